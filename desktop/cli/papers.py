"""``kuaishen record``, ``ledger`` and ``verify``: papers out, and papers checked."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.faults import DataDamage
from desktop.app.notice_papers import SEAL_FORMAT
from desktop.app.queue_views import QueueQuery
from desktop.app.views import VerifyReport
from desktop.cli.cases import procedure_named, query_of
from desktop.cli.output import Output
from desktop.cli.session import actor_of, open_desk, require_file, today
from desktop.core.configuration import PREEXAM
from desktop.core.refusal import Refusal

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.core.record import UnifiedRecord

DAMAGED = 4


def record(args: Namespace, out: Output) -> int:
    """The unified handling record of a case as a PDF."""
    target = target_file(args.output, ".pdf", "记录单")
    with open_desk(args, out) as desk:
        made = write_record(desk, args.case, target)
    document = {"number": made.matter_number, "file": str(target), "verification": made.verification}
    out.answer(document, f"{made.matter_number} 的统一办理记录已写入 {target}　记录校验值 {made.verification}")
    return 0


def write_record(desk: Desk, ref: str, target: Path) -> UnifiedRecord:
    """Make the record of a case and write it to ``target``."""
    from desktop.reports.record_pdf import render_record

    made = desk.record(ref, at=datetime.combine(today(), datetime.now().time()))
    render_record(made, target)
    return made


def ledger(args: Namespace, out: Output) -> int:
    """The ledger of the chosen cases as a workbook."""
    target = target_file(args.output, ".xlsx", "台账")
    with open_desk(args, out) as desk:
        query = query_of(args, procedure_named(desk, args.procedure, today()))
        if query.procedure == PREEXAM:
            count = write_ledger_of(desk, query, target, actor_of(args, desk), today(), out)
        else:
            count = _write_service_ledger(desk, query, target, actor_of(args, desk))
    out.answer({"file": str(target), "rows": count}, f"台账 {count} 件已写入 {target}")
    return 0


def write_ledger_of(desk: Desk, query: QueueQuery, target: Path, actor: str, day: date, out: Output) -> int:
    """Write the ledger of the query's cases; answers with the number of lines."""
    from desktop.exchange.ledger import LEDGER_COLUMNS, write_ledger

    def lines() -> Any:
        for number, line in enumerate(desk.ledger(query, actor=actor, today=day), 1):
            if number % 200 == 0:
                out.progress("台账", number, 0)
            yield [line[column.key] for column in LEDGER_COLUMNS]

    return write_ledger(target, lines(), title=f"{desk.centre}预审台账")


def _write_service_ledger(desk: Desk, query: QueueQuery, target: Path, actor: str) -> int:
    from desktop.exchange.referral import write_referral

    label = next(one.label for one in desk.services(today=today()) if one.id == query.procedure)
    titles, lines = desk.service_ledger(query, actor=actor, today=today())
    return write_referral(target, f"{desk.centre}{label}台账", "", titles, lines)


def verify(args: Namespace, out: Output) -> int:
    """The whole journal, or one printed record against it."""
    if args.file is not None:
        report = _verify_record(args, out)
        status = 0 if report.ok else 1
    else:
        try:
            with open_desk(args, out) as desk:
                report = desk.verify(lambda done, total: out.progress("核验", done, total))
        except DataDamage as damage:  # so damaged that it cannot even be opened
            report = VerifyReport(False, 0, damage.problems, ())
        status = 0 if report.ok else DAMAGED
    document = {"ok": report.ok, "events": report.events, "problems": report.problems, "checked": report.checked}
    if args.file is None:
        document["attachments"] = report.attachments
    verdict = "核验通过" if report.ok else "核验未通过"
    out.answer(document, [verdict, *(f"  ✗ {p}" for p in report.problems), *(f"  {c}" for c in report.checked)])
    return status


def _verify_record(args: Namespace, out: Output) -> VerifyReport:
    from desktop.reports.notice_pdf import render_notice_bytes
    from desktop.reports.reading import read_printed, read_seal
    from desktop.reports.record_pdf import render_record_bytes

    path = Path(args.file)
    require_file(path)
    seal, printed = read_seal(path), read_printed(path)
    with open_desk(args, out) as desk:
        if seal.get("format") == SEAL_FORMAT:
            return desk.notices.verify(seal, printed, lambda again: read_printed(render_notice_bytes(again)))
        return desk.verify_record(seal, printed, lambda again: read_printed(render_record_bytes(again)))


def target_file(text: str, suffix: str, what: str) -> Path:
    """Where to write. Refusal for another kind of file, OSError for a folder that is not there."""
    target = Path(text)
    if target.suffix.lower() != suffix:
        raise Refusal("wrong_target", f"{what}应写成 {suffix} 文件，现在是“{target.name}”。", {"file": text})
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(2, "", str(target.absolute().parent))
    return target
