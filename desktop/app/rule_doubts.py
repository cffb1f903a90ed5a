"""Which figures of a case nobody has checked: limits taken from a version of the law whose text was not to be had."""

from __future__ import annotations

from desktop.app.workplace import Workplace
from desktop.core.case import CaseState
from desktop.core.clocks import UNIT_WORDS, Clock
from desktop.core.limits import Limit
from desktop.core.procedure import Procedure
from desktop.core.rulebook import RuleBook
from desktop.core.terms import CheckStatus


def doubts_of(workplace: Workplace, case: CaseState, book: RuleBook | None = None) -> tuple[str, ...]:
    """A sentence per version of the law, or per figure that has been checked since and is another one. ``book`` is
    today's unless another is given."""
    book = book or workplace.book
    if case.procedure not in book.services:
        return ()
    procedure = workplace.rules_of(case).procedure
    if not procedure.rule_sets:
        return ()
    newest = book.procedure(case.procedure)
    category = procedure.category_of(case.facts)
    sets = {one.id: one for one in procedure.rule_sets}
    doubtful: dict[str, list[str]] = {}
    found: list[str] = []
    for clock in case.clocks:
        limit = _limit(procedure, clock)
        if limit is None or limit.status is CheckStatus.CHECKED or limit.rule_set not in sets:
            continue
        if not sets[limit.rule_set].copied:
            continue
        checked = _limit(newest, clock)
        if checked is None or checked.status is CheckStatus.UNCHECKED:
            doubtful.setdefault(limit.rule_set, []).append(clock.label)
        elif (length := checked.length(category)) != clock.limit - clock.extended or checked.unit != clock.unit:
            right = f"{length} {UNIT_WORDS[checked.unit]}" if length is not None else "不设此期限"
            found.append(f"“{clock.label}”已核对的数值为 {right}，与本案所计不同，请人工处理")
    for name, labels in doubtful.items():
        found.append(
            f"适用“{sets[name].label}”，数值照抄旧办法，待核对：{'、'.join(dict.fromkeys(labels))}"
        )
    return tuple(found)


def _limit(procedure: Procedure, clock: Clock) -> Limit | None:
    rule = next((one for one in procedure.clocks if one.id == clock.id), None)
    limit = procedure.limits.get(rule.limit) if rule else None
    return limit.on(clock.spans[0][0]) if limit else None
