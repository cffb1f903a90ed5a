"""Which data folder, who acts, which day it is, and the passphrase: what every command needs to know first."""

from __future__ import annotations

import errno
import getpass
import os
import socket
import stat
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.app.faults import EnvironmentFault
from desktop.cli.output import Output
from desktop.core.refusal import Refusal

if TYPE_CHECKING:
    from desktop.app.desk import Desk

PASSPHRASE = "KUAISHEN_PASSPHRASE"  # noqa: S105 (the variable's name)
UNNAMED_CENTRE = "未命名中心"


def data_folder(args: Namespace) -> Path:
    """--data, else KUAISHEN_DATA, else the local (never the roaming) application data of this user."""
    chosen = args.data or os.environ.get("KUAISHEN_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_dir

    return Path(user_data_dir("kuaishen", appauthor=False, roaming=False))


def today() -> date:
    """The computer's day; KUAISHEN_TODAY (ISO) replaces it for trying things out."""
    chosen = os.environ.get("KUAISHEN_TODAY")
    if not chosen:
        return date.today()
    try:
        return date.fromisoformat(chosen)
    except ValueError:
        raise EnvironmentFault("bad_today", f"环境变量 KUAISHEN_TODAY 不是日期：{chosen}") from None


def passphrase(new: bool = False) -> str:
    """From the environment, else asked at the terminal, twice when it is a ``new`` one."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise EnvironmentFault("no_passphrase", f"没有口令：请设置环境变量 {PASSPHRASE}，或在终端中运行以便输入。")
    try:
        typed = getpass.getpass("新口令：" if new else "口令：")
        if new and getpass.getpass("再输入一次：") != typed:
            raise Refusal("passphrase_differs", "两次输入的口令不一致。")
    except EOFError:
        typed = ""
    if not typed:
        raise EnvironmentFault("no_passphrase", "没有输入口令。")
    return typed


def has_passphrase() -> bool:
    """Whether a store could be opened without asking anybody."""
    return bool(os.environ.get(PASSPHRASE))


def actor_of(args: Namespace, desk: Desk | None = None) -> str:
    """--as, else KUAISHEN_AS, else the only member of staff, else the name of the logged-in user."""
    named = args.actor or os.environ.get("KUAISHEN_AS", "")
    if named.strip():
        return utf8(str(named.strip()))
    staff = desk.staff() if desk is not None else ()
    if len(staff) == 1:
        return staff[0].name
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise EnvironmentFault("no_actor", "不知道由谁办理：请用 --as 写明姓名。") from None


def require_file(path: Path) -> None:
    """Raises OSError. A pipe or a device is no document, and reading it could wait for ever."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    if not stat.S_ISREG(mode):
        raise EnvironmentFault("not_a_file", f"{path} 不是普通文件，不能读取。")


def utf8(text: str) -> str:
    """``text`` with a mark where the terminal or a file name gave bytes that are not UTF-8: the journal holds none."""
    return text.encode(errors="replace").decode()


def station_name() -> str:
    """What this computer calls itself."""
    return socket.gethostname() or "本机"


@contextmanager
def open_desk(args: Namespace, out: Output, *, create: bool = False) -> Iterator[Desk]:
    """The store of the data folder, closed at the end. ``create`` makes one where there is none."""
    from desktop.app.desk import Desk

    folder = data_folder(args)
    if Desk.exists(folder):
        desk = Desk.open(folder, passphrase())
    elif create:
        secret = passphrase(new=True)
        try:
            desk = Desk.create(folder, secret, centre=UNNAMED_CENTRE, station=station_name(), actor=actor_of(args))
            out.note(f"已在 {folder} 建立新的数据，中心名称暂为“{UNNAMED_CENTRE}”。")
        except EnvironmentFault as fault:
            if fault.code != "store_exists":
                raise
            desk = Desk.open(folder, secret)  # another process was faster
    else:
        raise EnvironmentFault(
            "missing_store",
            f"数据目录 {folder} 中没有数据；请先导入清单，或用 kuaishen init 或 join 建立，或从备份恢复。",
        )
    try:
        yield desk
    finally:
        desk.close()
