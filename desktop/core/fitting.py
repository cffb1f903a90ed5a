"""Whether the documents that one case is worked under fit together; each alone may be sound.

Asked before a document is published: a notice that speaks of a limit which is switched off could never be written,
and the cases would stand before that step for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.documents import Problems
from desktop.core.named_checks import CHECKS
from desktop.core.notices import KNOWN, names
from desktop.core.procedure import Action
from desktop.core.procedure_validity import validate
from desktop.core.procedure_working import validate_working
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind

_DUE = "_due"


def fit(rules: Rules) -> None:
    """Raises :class:`desktop.core.refusal.Refusal` ``bad_document`` with every misfit and its place."""
    validate(rules.procedure)
    problems = Problems("配套")
    validate_working(rules.procedure, problems)
    _checks("opening", rules.procedure.opening_rules, problems)
    for action in rules.procedure.actions.values():
        place = f"actions.{action.id}"
        codes = [category.code for category in rules.procedure.categories if action.fits(category.code)]
        if action.checklist and not all(rules.checklists.named(action.checklist, code) for code in codes):
            problems.add(place, f"检查表“{action.checklist}”未定义")
        _checks(place, action.rules, problems)
        if action.notice and action.notice not in rules.notices.templates:
            problems.add(place, f"文书“{action.notice}”未定义")
        elif action.notice:
            _names(rules, action, problems)
            _dues(rules, action, problems)
    problems.raise_if_any()


def _checks(place: str, named: Sequence[str], problems: Problems) -> None:
    for name in named:
        if name not in CHECKS:
            problems.add(place, f"规则“{name}”未定义")


def _names(rules: Rules, action: Action, problems: Problems) -> None:
    """A notice may name what every notice may, the facts of the case and the answers to this action."""
    notice = rules.notices.templates[action.notice]
    known = KNOWN | rules.notices.common.keys() | rules.procedure.fact_labels.keys()
    known |= {item.name for item in action.inputs} | {clock.id + _DUE for clock in rules.procedure.clocks}
    for key in sorted((names(notice.title) | names(notice.text)) - known):
        problems.add(f"notices.{notice.id}", f"名称 {{{key}}} 不认识")


def _dues(rules: Rules, action: Action, problems: Problems) -> None:
    """A notice may name the due date only of a limit that this action leaves running for every category."""
    notice = rules.notices.templates[action.notice]
    clocks = {clock.id: clock for clock in rules.procedure.clocks}
    for name in sorted(names(notice.title) | names(notice.text)):
        clock = clocks.get(name.removesuffix(_DUE)) if name.endswith(_DUE) else None
        if clock is None:
            continue
        limit = rules.procedure.limits[clock.limit]
        concerned = [c for c in rules.procedure.categories if action.fits(c.code) and clock.fits(c.code)]
        without = [category.label for category in concerned if limit.length(category.code) is None]
        if without or limit.kind is LimitKind.TARGET:
            why = f"对{'、'.join(without)}没有设定" if without else "只是内部目标"
            problems.add(
                f"notices.{notice.id}",
                f"“{notice.title}”写有{clock.label}期限的届满日 {{{name}}}，而“{limit.label}”{why}，"
                "请先发布不含它的文书正文，或保留这一期限",
            )
