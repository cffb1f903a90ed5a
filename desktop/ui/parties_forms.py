"""The forms of a party: what each step asks, and what it sends. A refusal is shown at the field it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.app.party_views import PartyOutcome, PartyView, ProposalView, RuleView
from desktop.app.views import FieldView
from desktop.core.party import OUTCOMES
from desktop.core.party_decide import Order
from desktop.core.party_facts import FACTS, STATED, Fact, PartyKind
from desktop.core.party_rules import FINDINGS
from desktop.core.party_soundness import MEASURES
from desktop.core.refusal import Refusal
from desktop.ui.case_form import SPARE, TALLEST, FormDialog
from desktop.ui.context import Context
from desktop.ui.finding import finder
from desktop.ui.form_fields import FormFields
from desktop.ui.i18n import tr
from desktop.ui.parties_words import kind_title

if TYPE_CHECKING:
    from desktop.app.desk import Desk

#: ``run(desk, values, day)`` on the writer.
Run = Callable[["Desk", Mapping[str, str], date], PartyOutcome]
#: Refusals name the business date by one of these.
DAYS = ("on", "found_on")
#: Refusals about a party that was named.
NAMES = ("unknown_party", "ambiguous_party")
#: Questions that are asked of few are asked last.
LATER = ("founded_on", "legal_person", "insured", "fields", "products", "inventions", "utilities", "designs", "ip_head",
         "email", "status", "status_from", "status_to", "note")


class PartyForm(FormDialog):
    """``recorded(PartyOutcome)`` when the step is in the journal."""

    recorded = Signal(object)

    def __init__(
        self, context: Context, fields: Sequence[FieldView], run: Run, *, title: str, heading: str, subject: str,
        confirm: str, day_hint: str, words: Sequence[tuple[str, str]] = (), danger: bool = False,
        below: Sequence[QWidget] = (), parent: QWidget | None = None,
    ) -> None:
        self._context, self._run = context, run
        form = FormFields(fields, words=words, staff=context.staff, today=context.today(), day_hint=day_hint,
                          find=self._find)
        self._finder = finder(context, form)
        super().__init__(form, title=title, heading=heading, subject=subject, confirm=confirm, danger=danger,
                         below=below, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if fields and form.first_needed() is None:
            self.editors[fields[0].name].setFocus()  # a stray Enter must not be enough

    def grow(self) -> None:
        """Make room for what the fields say now, as far as the window beneath allows."""
        parent = self.parentWidget()
        most = parent.window().height() - SPARE if parent is not None else TALLEST
        missing = self.fields.widget().sizeHint().height() - self.fields.viewport().height()
        if missing > 0:
            self.resize(self.width(), min(self.height() + missing, max(most, self.height())))

    def _find(self, text: str, done: object) -> None:
        self._finder(text, done)  # type: ignore[arg-type]

    def send(self, values: Mapping[str, str], day: date) -> None:
        run = self._run
        self._context.worker.write(lambda desk: run(desk, values, day), self._accepted, self._refused, owner=self,
                                   origin="parties")

    def _accepted(self, outcome: object) -> None:
        super()._accepted(outcome)
        self.recorded.emit(outcome)

    def _refused(self, error: BaseException) -> None:
        super()._refused(error)
        if not isinstance(error, Refusal):
            return
        wrong = self.on if str(error.data.get("input", "")) in DAYS else None
        if error.code in NAMES and "into" in self.editors:
            wrong = self.editors["into"]
        if wrong is not None:
            self._forget_problem()
            wrong.remark(error.reason)
            self.fields.go_to(wrong)


# ---------------------------------------------------------------- facts
def fact_field(fact: Fact, value: str, doubt: Sequence[str] = ()) -> FieldView:
    """The question for one fact; ``doubt`` are the values that were set side by side."""
    kinds = {"status": "choice", "bool": "choice", "tags": "text", "integer": "text"}
    hints = {"tags": tr("多个用“、”隔开"),
             "status": tr("暂停、取消用“采取措施”登记，依据规则留痕；申请没有准予的为“未通过”")}
    hint = hints.get(fact.type, "")
    if doubt:
        hint = tr("并行修改：{values}；保存即确认这里的值", values=" ／ ".join(doubt))
    options = ("是", "否") if fact.type == "bool" else tuple(STATED) if fact.type == "status" else fact.choices
    return FieldView(fact.name, fact.label, kinds.get(fact.type, fact.type), fact.name == "name", options, options,
                     value, hint=hint)


def facts_of(kind: str, values: Mapping[str, str], doubted: Mapping[str, Sequence[str]]) -> list[FieldView]:
    """A question for each fact of this kind, the usual ones first."""
    facts = sorted(FACTS[PartyKind(kind)].values(), key=lambda fact: fact.name in LATER)
    return [fact_field(fact, values.get(fact.name, ""), doubted.get(fact.name, ())) for fact in facts]


class RegisterForm(PartyForm):
    """A new entry; ``given`` is what is known of it already."""

    def __init__(self, context: Context, kind: str, given: Mapping[str, str], parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.add(kind, values, actor=context.actor, on=day, today=context.today())

        super().__init__(
            context, facts_of(kind, given, {}), run, title=tr("登记{what}", what=kind_title(kind)),
            heading=tr("登记{what}", what=kind_title(kind)),
            subject=tr("代码或名称与已有登记相同的不能再登记；成批的用“导入名单”。"), confirm=tr("登记"),
            day_hint=tr("记入流水的日期"), parent=parent)


class AmendForm(PartyForm):
    """Other facts. Only what was changed is sent, and what two people had set side by side."""

    def __init__(self, context: Context, view: PartyView, parent: QWidget | None = None) -> None:
        self._before = {fact.name: fact.value for fact in view.facts}
        doubted = {one.name: one.values for one in view.parallel}
        self._doubted = set(doubted)
        reason = FieldView("reason", tr("更正原因"), "text", required=False)

        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            facts = {name: value for name, value in values.items() if name != "reason"}
            return desk.parties.amend(view.id, facts, actor=context.actor, on=day, today=context.today(),
                                      reason=values.get("reason", ""), seen=view.head)

        super().__init__(
            context, [*facts_of(view.kind, self._before, doubted), reason], run,
            title=tr("更正 · {name}", name=view.name), heading=tr("更正登记事项"), subject=view.name,
            confirm=tr("确认更正"), day_hint=tr("更正的日期；改状态时没有填起始日的，从这一天起"), parent=parent)

    def values(self) -> dict[str, str]:
        now = {name: editor.value() for name, editor in self.editors.items()}
        return {name: value for name, value in now.items()
                if value != self._before.get(name, "") or name in self._doubted}


# ---------------------------------------------------------------- findings and measures
class FindForm(PartyForm):
    def __init__(self, context: Context, view: PartyView, parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.find(view.id, values.get("kind", ""), actor=context.actor, found_on=day,
                                     today=context.today(), case=values.get("case", ""), note=values.get("note", ""))

        fields = [
            FieldView("kind", tr("认定"), "choice", required=True, options=FINDINGS, option_labels=FINDINGS),
            FieldView("case", tr("案件"), "case", required=False, hint=tr("与哪一件案件有关；没有对应案件的不填")),
            FieldView("note", tr("说明"), "multiline", required=False),
        ]
        super().__init__(context, fields, run, title=tr("登记认定 · {name}", name=view.name), heading=tr("登记认定"),
                         subject=tr("{name}\n认定只是事实；达到主体规则的条件时，程序提出建议，处理由人决定。",
                                    name=view.name),
                         confirm=tr("登记认定"), day_hint=tr("作出认定的日期，规则按它计算"), parent=parent)


class RefuseForm(PartyForm):
    """An application for registration was refused."""

    def __init__(self, context: Context, view: PartyView, parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.refuse(view.id, actor=context.actor, on=day, today=context.today(),
                                       reason=values.get("reason", ""), basis=values.get("basis", ""))

        fields = [FieldView("reason", tr("不予备案的情形"), "multiline", required=True),
                  FieldView("basis", tr("依据"), "multiline", required=True,
                            hint=tr("所依据的规定和条款，印在通知书上"))]
        super().__init__(context, fields, run, title=tr("登记不通过 · {name}", name=view.name),
                         heading=tr("登记申请不通过"),
                         subject=tr("{name}\n只记录决定，不改变状态；没有准予备案的，另用“更正”把状态改为“未通过”。",
                                    name=view.name),
                         confirm=tr("登记不通过"), day_hint=tr("作出决定的日期"), parent=parent)


class AppealForm(PartyForm):
    """``target``: the finding or measure that stands chosen, if any."""

    def __init__(self, context: Context, view: PartyView, target: str = "", parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.appeal(view.id, values.get("target", ""), values.get("outcome", ""),
                                       actor=context.actor, on=day, today=context.today(), note=values.get("note", ""))

        known = [(one.id, tr("认定 {kind} {day} {case}", kind=one.kind, day=one.found_on, case=one.case).strip())
                 for one in view.findings[::-1]]
        known += [(one.id, tr("措施 {measure} 自 {day}", measure=one.measure, day=one.since))
                  for one in view.sanctions[::-1]]
        ids, labels = tuple(id_ for id_, _ in known), tuple(label for _, label in known)
        fields = [
            FieldView("target", tr("针对"), "choice", required=True, options=ids, option_labels=labels,
                      default=target if target in ids else ids[0] if len(ids) == 1 else ""),
            FieldView("outcome", tr("结果"), "choice", required=True, options=tuple(OUTCOMES),
                      option_labels=tuple(OUTCOMES),
                      hint=tr("成立：认定不再计入，措施自当日起终止；待定：暂不计入按申诉计算的规则")),
            FieldView("note", tr("说明"), "text", required=False),
        ]
        super().__init__(context, fields, run, title=tr("申诉结果 · {name}", name=view.name),
                         heading=tr("登记申诉结果"),
                         subject=view.name, confirm=tr("登记申诉结果"), day_hint=tr("申诉有结果的日期"), parent=parent)


class SanctionForm(PartyForm):
    """A measure, by a proposal that is confirmed (``proposal``) or by a rule that is named. The text of the rule
    stands on the form; a person gives the reason."""

    def __init__(self, context: Context, view: PartyView, rules: Sequence[RuleView],
                 proposal: ProposalView | None = None, parent: QWidget | None = None) -> None:
        self._rules = {rule.id: rule for rule in rules if rule.applies == view.kind}
        self._today = context.today().isoformat()

        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            months, until = values.get("months", ""), values.get("to", "")
            order = Order(
                reason=values.get("reason", ""), measure=values.get("measure", ""),
                since=date.fromisoformat(values["from"]) if values.get("from") else None,
                until=date.fromisoformat(until) if until else None, months=int(months) if months else None,
                cases=tuple(values.get("cases", "").replace("、", " ").replace("，", " ").split()))
            return desk.parties.sanction(view.id, order, actor=context.actor, on=day, today=context.today(),
                                         proposal=proposal.id if proposal else "", rule=values.get("rule", ""))

        super().__init__(
            context, self._questions(proposal), run, title=tr("采取措施 · {name}", name=view.name),
            heading=tr("采取措施"), subject=view.name, confirm=tr("确认采取措施"), danger=True,
            words=self._grounds(proposal), day_hint=tr("作出决定的日期"), parent=parent)
        if proposal is None:
            rule = self.editors["rule"]
            rule.changed.connect(self._tell_rule)
            self._tell_rule()

    def _questions(self, proposal: ProposalView | None) -> list[FieldView]:
        options = tuple(self._rules)
        labels = tuple(f"{rule.label}（{rule.measure}，{tr('有效') if rule.active else tr('备选')}，{rule.status}）"
                       for rule in self._rules.values())
        asked = []
        if proposal is None:
            asked = [FieldView("rule", tr("依据的规则"), "choice", required=True, options=options,
                               option_labels=labels),
                     FieldView("cases", tr("涉及案件"), "text", required=False, hint=tr("案号，多个用空格隔开"))]
        return [
            *asked,
            FieldView("measure", tr("措施"), "choice", required=True, options=tuple(MEASURES),
                      option_labels=tuple(MEASURES), default=proposal.measure if proposal else ""),
            FieldView("from", tr("自"), "date", required=True,
                      default=proposal.since if proposal else self._today),
            FieldView("months", tr("月数"), "integer", required=False, hint=self._months_hint(proposal)),
            FieldView("to", tr("至"), "date", required=False, hint=tr("截止日与月数只写一样")),
            FieldView("reason", tr("理由"), "multiline", required=True),
        ]

    def _months_hint(self, proposal: ProposalView | None) -> str:
        rule = self._rules.get(proposal.rule) if proposal else None
        if rule is None:
            return tr("不填：按规则的期限；规则没有期限的，至解除为止")
        return tr("不填：按规则 {n} 个月", n=rule.months) if rule.months else tr(
            "规则没有写明期限；不填至解除为止")

    def _grounds(self, proposal: ProposalView | None) -> list[tuple[str, str]]:
        if proposal is None:
            return []
        found = [(tr("建议"), proposal.sentence), (tr("规则"), proposal.text),
                 (tr("出处"), f"{proposal.basis}（{proposal.status}）")]
        return [*found, (tr("涉及案件"), "、".join(proposal.cases))] if proposal.cases else found

    def _tell_rule(self) -> None:
        rule = self._rules.get(self.editors["rule"].value())
        self.editors["rule"].hint(f"{rule.text}\n{rule.basis}（{rule.status}）" if rule else tr(
            "选定之后这里写出规则全文和出处"))
        if rule is not None and not self.editors["measure"].value():
            self.editors["measure"].set_value(rule.measure)
        self.grow()


class DismissForm(PartyForm):
    def __init__(self, context: Context, view: PartyView, proposal: ProposalView,
                 parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.dismiss(view.id, proposal.id, actor=context.actor, on=day, today=context.today(),
                                        reason=values.get("reason", ""))

        super().__init__(
            context, [FieldView("reason", tr("不采纳的理由"), "multiline", required=True)], run,
            title=tr("不采纳建议 · {name}", name=view.name), heading=tr("不采纳建议"), subject=view.name,
            words=[(tr("建议"), proposal.sentence), (tr("规则"), proposal.text)], confirm=tr("不采纳"),
            day_hint=tr("有新的证据时，同一规则会再次提出建议"), parent=parent)


class LiftForm(PartyForm):
    def __init__(self, context: Context, view: PartyView, liftable: Sequence[str], target: str = "",
                 parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.lift(view.id, values.get("target", ""), actor=context.actor, on=day,
                                     today=context.today(), reason=values.get("reason", ""))

        known = [one for one in view.sanctions if one.id in liftable]
        ids = tuple(one.id for one in known)
        labels = tuple(tr("{measure} 自 {day}：{reason}", measure=one.measure, day=one.since, reason=one.reason)
                       for one in known)
        fields = [FieldView("target", tr("处理措施"), "choice", required=True, options=ids, option_labels=labels,
                            default=target if target in ids else ids[0]),
                  FieldView("reason", tr("解除理由"), "multiline", required=True)]
        super().__init__(context, fields, run, title=tr("解除处理 · {name}", name=view.name), heading=tr("解除处理"),
                         subject=view.name, confirm=tr("解除处理"), day_hint=tr("从这一天起不再有效"), parent=parent)


# ---------------------------------------------------------------- the rest
class QuotaForm(PartyForm):
    def __init__(self, context: Context, view: PartyView, parent: QWidget | None = None) -> None:
        quota = view.quota

        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            extra = values.get("extra", "")
            return desk.parties.grant(view.id, values.get("year", ""), int(values["base"]),
                                      int(extra) if extra else None, actor=context.actor, on=day,
                                      today=context.today())

        known = quota.left is not None
        fields = [
            FieldView("year", tr("年度"), "text", required=True, default=quota.year),
            FieldView("base", tr("基础额度（件）"), "integer", required=True, default=str(quota.base) if known else ""),
            FieldView("extra", tr("追加（件）"), "integer", required=False, default=str(quota.extra) if known else "",
                      hint=tr("一年一般追加一次；不填保持原数")),
        ]
        super().__init__(context, fields, run, title=tr("额度 · {name}", name=view.name), heading=tr("核定年度额度"),
                         subject=tr("{name}\n{year} 年已受理 {n} 件", name=view.name, year=quota.year, n=quota.used),
                         confirm=tr("核定"), day_hint=tr("核定的日期"), parent=parent)


class MergeForm(PartyForm):
    """``others`` are (id, name) of entries with the same code; without any the other one is named by hand."""

    def __init__(self, context: Context, id_: str, name: str, others: Sequence[tuple[str, str]],
                 parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            return desk.parties.merge(id_, values.get("into", ""), actor=context.actor, on=day, today=context.today(),
                                      reason=values.get("reason", ""))

        ids, names = tuple(one for one, _ in others), tuple(label for _, label in others)
        into = FieldView("into", tr("保留哪一个"), "choice", required=True, options=ids, option_labels=names,
                         default=ids[0]) if ids else FieldView(
            "into", tr("并入"), "text", required=True, hint=tr("写全名称，或统一社会信用代码、机构代码、标识"))
        super().__init__(
            context, [into, FieldView("reason", tr("理由"), "text", required=False)], run,
            title=tr("合并 · {name}", name=name), heading=tr("把“{name}”并入另一个登记", name=name),
            subject=tr("认定、措施和案件一并计入保留的一个；两边的流水都在，合错了可以取消合并。"), confirm=tr("合并"),
            danger=True, day_hint=tr("合并的日期"), parent=parent)


class WordsForm(PartyForm):
    """One text: a remark, or why a merge is undone."""

    def __init__(self, context: Context, view: PartyView, step: str, parent: QWidget | None = None) -> None:
        def run(desk: Desk, values: Mapping[str, str], day: date) -> PartyOutcome:
            who = {"actor": context.actor, "today": context.today()}
            if step == "note":
                return desk.parties.note(view.id, values.get("text", ""), on=day, **who)  # type: ignore[arg-type]
            return desk.parties.separate(view.id, on=day, reason=values.get("text", ""), **who)  # type: ignore[arg-type]

        note = step == "note"
        label = tr("备注") if note else tr("取消合并")
        asked = FieldView("text", tr("备注") if note else tr("理由"), "multiline", required=note)
        super().__init__(context, [asked], run, title=f"{label} · {view.name}", heading=label, subject=view.name,
                         confirm=label, day_hint=tr("记入流水的日期"), parent=parent)


def told(outcome: PartyOutcome) -> str:
    """What came of a step, for a notice."""
    return tr("“{name}”已记录，今天的状态：{status}", name=outcome.name, status=outcome.status)


