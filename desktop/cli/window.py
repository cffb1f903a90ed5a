"""``kuaishen`` and ``kuaishen demo``: the window, and what is left where there is no screen for one."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.app.faults import EnvironmentFault
from desktop.cli.output import Output
from desktop.cli.session import PASSPHRASE, data_folder, today

if TYPE_CHECKING:
    from desktop.app.desk import Desk

ENVIRONMENT = 3
NEW_LIST = "新收案件清单.xlsx"
SAMPLE = "申请文件示例"
NO_SCREEN = (
    "没有可用的屏幕，打不开窗口；命令行可以办理全部事项，见 kuaishen --help。"
    "要看看样子，可运行 kuaishen demo，它会把截图留在目录里。"
)
_SCREENLESS = ("offscreen", "minimal", "vnc")


def window(args: Namespace, out: Output) -> int:
    """Open the desk on the data folder."""
    folder = data_folder(args)
    known = os.environ.get(PASSPHRASE) if folder.is_dir() and any(folder.iterdir()) else None
    actor = args.actor or os.environ.get("KUAISHEN_AS", "")
    return _open_window(folder, known or None, actor, today(), out)


def demo(args: Namespace, out: Output) -> int:
    """The made-up centre: in a window, else as files in a folder."""
    day = today()
    if has_screen() and not args.files and not out.as_json:
        with _demo_folder(args) as folder:
            return _demo_window(folder, day, out)
    with _demo_folder(args) as folder:
        return _demo_files(folder, Path(args.output), day, out)


def has_screen() -> bool:
    """Whether a window can be shown. On X11 the display must answer too: Qt ends the process if it does not."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform:
        return platform not in _SCREENLESS
    if sys.platform in ("win32", "darwin") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return _display_answers(os.environ.get("DISPLAY", ""))


def _display_answers(display: str) -> bool:
    """``host:number.screen``; no host means the local socket (X(7), "Display names")."""
    host, mark, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not mark or not number.isdigit():
        return False
    try:
        if host in ("", "unix"):
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(f"/tmp/.X11-unix/X{number}")  # noqa: S108 (the place that X11 names)
        else:
            socket.create_connection((host, 6000 + int(number)), timeout=2).close()
    except OSError:
        return False
    return True


def _open_window(folder: Path, passphrase: str | None, actor: str, day: date, out: Output) -> int:
    if not has_screen():
        raise EnvironmentFault("no_screen", NO_SCREEN)
    try:
        from desktop.ui.application import run
    except ImportError as missing:
        if (missing.name or "").startswith("desktop"):
            raise
        raise EnvironmentFault("no_window_libraries", f"缺少打开窗口所需的系统库：{missing}") from missing
    from desktop.app.demo import clock_on

    def on_demo() -> int:
        with tempfile.TemporaryDirectory(prefix="kuaishen-demo-", ignore_cleanup_errors=True) as temporary:
            return _demo_window(Path(temporary), day, out)

    return int(run(folder, passphrase=passphrase, user=actor or None, now=clock_on(day), on_demo=on_demo))


@contextmanager
def _demo_folder(args: Namespace) -> Iterator[Path]:
    """--data keeps the made-up store; without it the store goes when the demo ends."""
    if args.data:
        yield data_folder(args)
        return
    with tempfile.TemporaryDirectory(prefix="kuaishen-demo-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _build(folder: Path, day: date, out: Output) -> Desk:
    from desktop.app.demo import build
    from desktop.exchange.package_originals import reread

    return build(folder, day, progress=lambda done, total: out.progress("准备虚构的中心", done, total), read=reread)


def _demo_window(folder: Path, day: date, out: Output) -> int:
    from desktop.app.demo import ACTOR, PASSPHRASE

    _build(folder, day, out).close()
    out.note(f"虚构的中心，口令“{PASSPHRASE}”；其中的单位、人员和案件都是编造的。")
    return _open_window(folder, PASSPHRASE, ACTOR, day, out)


def _demo_files(folder: Path, target: Path, day: date, out: Output) -> int:
    """Walk one case to its end, begin the other services beside it, and leave record, ledger, documents, packages and
    pictures in ``target``."""
    from desktop.app.demo import walk
    from desktop.app.demo_services import beside
    from desktop.exchange.package_originals import reread

    target.mkdir(parents=True, exist_ok=True)
    out.note("没有可用的屏幕：走完一件虚构的案件，把文件留在目录里。")
    desk = _build(folder, day, out)
    files: list[Path] = []
    steps: list[dict[str, object]] = []
    others: list[str] = []
    try:
        number = ""
        for label, outcome in walk(desk, day, read=reread):
            number = outcome.number
            steps.append({"step": label, "stage": outcome.stage, "due_on": outcome.due_on})
            if not out.as_json:
                out.note(f"  {label}")
        out.note("同一方案接着办理其余五项业务：")
        for label in beside(desk, number, day):
            others.append(label)
            out.note(f"  {label}")
        files += _papers(desk, number, target, day, out)
    except BaseException:
        desk.close()
        raise
    missing = ""
    try:
        files += _pictures(desk, number, target, day)
    except ImportError as fault:
        if (fault.name or "").startswith("desktop"):
            raise
        missing = f"缺少截图所需的系统库，没有留下截图：{fault}"
        out.note(missing)
    finally:
        desk.close()
    document: dict[str, object] = {
        "number": number, "steps": steps, "beside": others, "files": list(map(str, files)),
    }  # fmt: skip
    if missing:
        document["fault"] = {"code": "no_window_libraries", "reason": missing}
    lines = [f"案件 {number} 已从已收件走到授权，并开始办理其余五项业务；文件在 {target}："]
    out.answer(document, [*lines, *(f"  {file.relative_to(target)}" for file in files)])
    return ENVIRONMENT if missing else 0


def _papers(desk: Desk, number: str, target: Path, day: date, out: Output) -> list[Path]:
    from desktop.app.demo_cases import ADMIN
    from desktop.app.queue_views import QueueQuery
    from desktop.cli.papers import write_ledger_of, write_record

    record, ledger = target / f"统一办理记录-{number}.pdf", target / "预审台账.xlsx"
    write_record(desk, number, record)
    write_ledger_of(desk, QueueQuery(view="all"), ledger, ADMIN, day, out)
    return [record, ledger, _new_list(target, day), *_notices(desk, number, target), *_packages(desk, target, day)]


def _notices(desk: Desk, number: str, target: Path) -> list[Path]:
    """Every document that went out with the case, in the order of the steps."""
    from desktop.core.attachment import safe_name
    from desktop.reports.notice_pdf import render_notice

    files = []
    for at, one in enumerate(desk.notices.of(number), 1):
        files.append(target / safe_name(f"文书-{at}-{one.title.replace(' ', '')}.pdf"))
        render_notice(desk.notices.paper(number, hash_=one.hash), files[-1])
    return files


def _packages(desk: Desk, target: Path, day: date) -> list[Path]:
    """A folder to drop on the window, and two texts to compare."""
    from desktop.app.demo import packages

    sample, later = packages(desk, day)
    folder = target / SAMPLE
    for path, content in sample.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for name, content in later.items():
        (target / name).write_bytes(content)
    return [folder, *(target / name for name in later)]


def _new_list(target: Path, day: date) -> Path:
    """A list to try the import with; some of its rows are faulty on purpose."""
    from desktop.app.demo import new_list
    from desktop.exchange.ledger import LedgerColumn, write_ledger

    header, rows = new_list(day)
    columns = [LedgerColumn(title, title, 22) for title in header]
    write_ledger(target / NEW_LIST, rows, columns, "新收案件清单")
    return target / NEW_LIST


def _pictures(desk: Desk, number: str, target: Path, day: date) -> list[Path]:
    """Pictures of every screen, drawn in memory. Raises ImportError where the toolkit cannot be loaded."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # it regrets that it has no window manager
    from desktop.app.demo import ACTOR, clock_on
    from desktop.ui.screenshots import tour

    folder = target / "screenshots"
    return tour(desk, folder, actor=ACTOR, now=clock_on(day), workbook=target / NEW_LIST, matter=number)
