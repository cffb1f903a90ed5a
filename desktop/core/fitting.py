"""Whether the documents that one case is worked under fit together; each alone may be sound.

Asked before a document is published: a notice that speaks of a limit which is switched off could never be written,
and the cases would stand before that step for ever.
"""

from __future__ import annotations

from desktop.core.checks import CHECKS
from desktop.core.documents import Problems
from desktop.core.notices import names
from desktop.core.procedure import Action, validate
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind, PatentType

_DUE = "_due"


def fit(rules: Rules) -> None:
    """Raises :class:`desktop.core.refusal.Refusal` ``bad_document`` with every misfit and its place."""
    validate(rules.procedure)
    problems = Problems("配套")
    for action in rules.procedure.actions.values():
        place = f"actions.{action.id}"
        if action.checklist and not all(rules.checklists.named(action.checklist, t) for t in PatentType):
            problems.add(place, f"检查表“{action.checklist}”未定义")
        for name in action.rules:
            if name not in CHECKS:
                problems.add(place, f"规则“{name}”未定义")
        if action.notice and action.notice not in rules.notices.templates:
            problems.add(place, f"文书“{action.notice}”未定义")
        elif action.notice:
            _dues(rules, action, problems)
    problems.raise_if_any()


def _dues(rules: Rules, action: Action, problems: Problems) -> None:
    """A notice may name the due date only of a limit that this action leaves running for every patent type."""
    notice = rules.notices.templates[action.notice]
    clocks = {clock.id: clock for clock in rules.procedure.clocks}
    for name in sorted(names(notice.title) | names(notice.text)):
        clock = clocks.get(name.removesuffix(_DUE)) if name.endswith(_DUE) else None
        if clock is None:
            continue
        limit = rules.procedure.limits[clock.limit]
        without = [t.value for t in PatentType if limit.for_type(t) is None]
        if without or limit.kind is LimitKind.TARGET:
            why = f"对{'、'.join(without)}没有设定" if without else "只是内部目标"
            problems.add(
                f"notices.{notice.id}",
                f"“{notice.title}”写有{clock.label}期限的届满日 {{{name}}}，而“{limit.label}”{why}，"
                "请先发布不含它的文书正文，或保留这一期限",
            )
