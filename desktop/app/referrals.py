"""Lists for platforms outside (资源库, 清单, 备案平台): which cases are to be told, and which facts of them."""

from __future__ import annotations

from datetime import date

from db import cases as case_table
from desktop.app.projection import CONTESTED, state_from
from desktop.app.queue_views import QueueQuery
from desktop.app.queues import case_filter
from desktop.app.views import ReferralList
from desktop.app.workplace import Workplace, require_service
from desktop.core.refusal import Refusal

_CHUNK = 500
NUMBER = "案号"


def referral(workplace: Workplace, procedure: str, name: str, *, actor: str, today: date) -> ReferralList:
    """The list as of now. A contested case is not told to anybody; it is named in ``left_out``.

    Raises :class:`Refusal` ``unknown_procedure``, ``unknown_referral``.
    """
    book = workplace.newest_book()
    require_service(book, procedure)
    service = book.procedure(procedure)
    one = next((found for found in service.referrals if name in (found.id, found.label)), None)
    if one is None:
        known = "、".join(f"{found.id}（{found.label}）" for found in service.referrals) or "无"
        raise Refusal("unknown_referral", f"{service.label}没有“{name}”这份报送表，可用：{known}", {"referral": name})
    rows: list[tuple[str, ...]] = []
    left_out: list[str] = []
    query = QueueQuery(procedure=procedure, view="all", sort=(("number", False),))
    with workplace.reading() as reader:
        wanted = case_table.keys(reader, case_filter(workplace, query, actor, today))
        for start in range(0, len(wanted), _CHUNK):
            for row, data in case_table.states(reader, wanted[start : start + _CHUNK]):
                case = state_from(data)
                category = service.category_of(case.facts)
                if (one.stages and case.stage not in one.stages) or (one.categories and category not in one.categories):
                    continue
                if case.contested:
                    left_out.append(f"{row.number}（{CONTESTED}）")
                    continue
                rows.append((case.number, *(case.facts.get(column.fact, "") for column in one.columns)))
    return ReferralList(
        id=one.id,
        label=one.label,
        target=one.target,
        columns=(NUMBER, *(column.label for column in one.columns)),
        rows=tuple(rows),
        left_out=tuple(left_out),
    )
