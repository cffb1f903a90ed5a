"""The tabs of one party: what it is and how it stands, what is proposed, what was found and decided, cases, journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.app.party_views import FindingView, PartyCaseView, PartyEntry, ProposalView, SanctionView
from desktop.ui.i18n import tr
from desktop.ui.parties_words import look_of, quota_look, quota_words, sanction_words, status_words
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

if TYPE_CHECKING:
    from desktop.ui.parties_timeline import PartyFile, Stretch
    from desktop.ui.theme import Theme

SEEN_FIRST = ("name", "uscc", "agency_code", "code", "region", "tags", "agency", "contact", "phone")


def plain(text: str = "", name: str = "", parent: QWidget | None = None) -> QLabel:
    """A wrapping label of plain text that can be marked and copied."""
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class PartySummary(QScrollArea):
    """Standing day by day, quota, rates with their definitions, and the facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("概况"))

    def show_file(self, file: PartyFile) -> None:
        top = self.verticalScrollBar().value()
        view = file.view
        page = QWidget()
        page.setObjectName("panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(3)
        if len(file.stretches) > 1:
            self._head(column, tr("状态的变化"))
            for stretch in file.stretches:
                column.addWidget(self._stretch(stretch))
        self._head(column, tr("额度"))
        mark, _said, level = quota_look(view.quota)
        quota = plain(f"{mark} {quota_words(view.quota)}".strip())
        quota.setProperty("kind", level)
        column.addWidget(quota)
        if view.rates:
            self._head(column, tr("比率（{first} 至 {last}）", first=view.period[0], last=view.period[1]))
        for rate in view.rates:
            column.addWidget(plain(tr("{label}　{text}（{part}/{whole}）", label=rate.label, text=rate.text,
                                      part=rate.part, whole=rate.whole)))
            column.addWidget(plain(rate.definition, "muted"))
        self._head(column, tr("登记事项"))
        column.addLayout(self._facts(file))
        column.addStretch(1)
        self.setWidget(page)
        self.verticalScrollBar().setValue(top)

    def _head(self, column: QVBoxLayout, words: str) -> None:
        if column.count():
            column.addSpacing(9)
        column.addWidget(plain(words, "caption"))

    def _stretch(self, stretch: Stretch) -> QLabel:
        standing = stretch.standing
        first, last = stretch.first, stretch.last
        days = tr("{first} 至 {last}", first=first, last=last) if first and last else (
            tr("{first} 起", first=first) if first else tr("{last} 以前", last=last) if last else "")
        now = tr("　← 今天") if stretch.here else ""
        reason = f"　{standing.reason}" if standing.reason else ""
        label = plain(f"{status_words(standing.status)}　{days}{now}{reason}")
        label.setProperty("kind", look_of(standing.status)[1] if stretch.here else "")
        if not stretch.here:
            label.setObjectName("muted")
        return label

    def _facts(self, file: PartyFile) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(4)
        form.setHorizontalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        doubted = {one.name: one.values for one in file.view.parallel}
        facts = sorted(file.view.facts, key=lambda fact: fact.name not in SEEN_FIRST)
        for fact in facts:
            if fact.value or fact.name in doubted:
                name = plain(fact.label, "muted")
                name.setWordWrap(False)
                said = fact.value or "—"
                if fact.name in doubted:
                    said += tr("\n◆ 并行修改：{values}，现取最后一个", values=" ／ ".join(doubted[fact.name]))
                form.addRow(name, plain(said))
        return form


class ProposalsTab(QWidget):
    """``measure_asked(id)`` and ``dismiss_asked(id)`` about the proposal under the cursor; ``case_asked(number)``."""

    measure_asked = Signal(str)
    dismiss_asked = Signal(str)
    case_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proposals: tuple[ProposalView, ...] = ()
        self.table = RowTable((TextColumn(tr("建议"), 3.4), TextColumn(tr("依据的规则"), 10, stretch=True),
                               TextColumn(tr("核对"), 3.6)), theme, tr("建议"))
        self.table.row_changed.connect(lambda _row: self._show())
        self.table.opened.connect(lambda _row: self.cases.setFocus())
        self.words = plain()
        scroll = QScrollArea()
        scroll.setObjectName("clear")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(2, 0, 2, 0)
        inner.addWidget(self.words)
        inner.addStretch(1)
        scroll.setWidget(page)
        self.cases = RowTable((TextColumn(tr("涉及的案件（Enter 打开）"), 10, stretch=True),), theme, tr("涉及的案件"))
        self.cases.opened.connect(lambda row: self.case_asked.emit(str(row.key)))
        self.measure = KeyButton(tr("采取措施…"), "M")
        self.dismiss = KeyButton(tr("不采纳…"), "D")
        for button, signal in ((self.measure, self.measure_asked), (self.dismiss, self.dismiss_asked)):
            button.setAutoDefault(True)
            button.clicked.connect(lambda _on=False, signal=signal: signal.emit(self.chosen()))
        line = QHBoxLayout()
        line.addWidget(self.measure)
        line.addWidget(self.dismiss)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.table, 2)
        column.addWidget(scroll, 4)
        column.addWidget(self.cases, 3)
        column.addLayout(line)
        self.setFocusProxy(self.table)

    def show_proposals(self, proposals: Sequence[ProposalView]) -> None:
        self._proposals = tuple(proposals)
        self.table.show_rows([TextRow((one.measure, one.label, one.status), "soon", one.id, one.label)
                              for one in proposals], select_first=True)
        self._show()

    def chosen(self) -> str:
        """The id of the proposal under the cursor; empty when there is none."""
        row = self.table.current()
        return str(row.key) if row is not None else ""

    def _show(self) -> None:
        one = next((known for known in self._proposals if known.id == self.chosen()), None)
        self.cases.show_rows([TextRow((number,), "", number) for number in one.cases] if one else [],
                             select_first=True)
        if one is None:
            self.words.setText(tr("没有建议。程序只按主体规则提出建议，处理由人决定。"))
            return
        until = tr("至 {day}", day=one.until) if one.until else tr("期限由确认的人填写")
        self.words.setText(tr(
            "{sentence}\n\n规则：{text}\n出处：{basis}（{status}）\n建议：{measure}，自 {since}，{until}",
            sentence=one.sentence, text=one.text, basis=one.basis, status=one.status, measure=one.measure,
            since=one.since, until=until))


class DecisionsTab(QWidget):
    """Findings above, measures below. ``appeal_asked``, ``lift_asked`` are about what is under the cursor."""

    case_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings = RowTable((TextColumn(tr("认定"), 3.4), TextColumn(tr("日期"), 5.5),
                                  TextColumn(tr("案件"), 8, stretch=True), TextColumn(tr("申诉"), 3.2)), theme,
                                 tr("认定"))
        self.sanctions = RowTable((TextColumn(tr("措施"), 3), TextColumn(tr("自"), 5.6),
                                   TextColumn(tr("效力"), 9, stretch=True)), theme, tr("处理措施"))
        self.words = plain("", "muted")
        self.words.setMinimumHeight(self.fontMetrics().lineSpacing() * 5)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._tips: dict[str, str] = {}
        self._cases: dict[str, str] = {}
        for table in (self.findings, self.sanctions):
            table.row_changed.connect(self._show)
            table.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        column.addWidget(plain(tr("认定（Enter 打开案件）"), "caption"))
        column.addWidget(self.findings, 3)
        column.addWidget(plain(tr("处理措施"), "caption"))
        column.addWidget(self.sanctions, 3)
        column.addWidget(self.words)
        self.setFocusProxy(self.findings)

    def show_decisions(self, findings: Sequence[FindingView], sanctions: Sequence[SanctionView]) -> None:
        self._tips = {one.id: _finding_words(one) for one in findings}
        self._tips |= {one.id: _sanction_told(one) for one in sanctions}
        self._cases = {one.id: one.case for one in findings}
        self._cases |= {one.id: one.cases[0] for one in sanctions if one.cases}
        self.findings.show_rows([
            TextRow((one.kind, one.found_on, one.case or "—", one.outcome or "—"),
                    "muted" if one.outcome == "成立" else "", one.id, self._tips[one.id]) for one in findings[::-1]
        ], select_first=True)
        self.sanctions.show_rows([
            TextRow((one.measure, one.since, sanction_words(one)),
                    "overdue" if one.in_force else "muted", one.id, self._tips[one.id]) for one in sanctions[::-1]
        ], select_first=True)

    def chosen_finding(self) -> str:
        row = self.findings.current()
        return str(row.key) if row is not None else ""

    def chosen_sanction(self) -> str:
        row = self.sanctions.current()
        return str(row.key) if row is not None else ""

    def _show(self, row: TextRow | None) -> None:
        chosen = str(row.key) if row is not None else self.chosen_finding() or self.chosen_sanction()
        self.words.setText(self._tips.get(chosen, ""))

    def _open(self, row: TextRow) -> None:
        if number := self._cases.get(str(row.key)):
            self.case_asked.emit(number)


def _finding_words(one: FindingView) -> str:
    appeal = tr("；申诉{outcome} {day}", outcome=one.outcome, day=one.outcome_on) if one.outcome else ""
    said = tr("{kind}，{day} 认定，{who} 登记{appeal}", kind=one.kind, day=one.found_on, who=one.actor, appeal=appeal)
    return "\n".join(part for part in (said, one.note) if part)


def _sanction_told(one: SanctionView) -> str:
    parts = [tr("{measure}，{who} {day} 决定：{reason}", measure=one.measure, who=one.actor, day=one.on,
                reason=one.reason),
             tr("规则：{text}", text=one.rule_text)]
    if one.cases:
        parts.append(tr("案件：{cases}", cases="、".join(one.cases)))
    if one.lifted_on:
        parts.append(tr("{day} 起解除：{reason}", day=one.lifted_on, reason=one.lift_reason))
    if one.outcome:
        parts.append(tr("申诉{outcome}，{day}", outcome=one.outcome, day=one.outcome_on))
    return "\n".join(parts)


class CasesTab(QWidget):
    """Its cases of pre-examination, newest first. ``case_asked(number)`` by Enter."""

    case_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RowTable((TextColumn(tr("案号"), 9.4), TextColumn(tr("名称"), 8, stretch=True),
                               TextColumn(tr("受理"), 5.6), TextColumn(tr("结论"), 4)), theme, tr("预审案件"))
        self.table.opened.connect(lambda row: self.case_asked.emit(str(row.key)))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(plain(tr("预审案件（Enter 打开）"), "caption"))
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def show_cases(self, cases: Sequence[PartyCaseView]) -> None:
        self.table.show_rows([
            TextRow((one.number, one.title, one.accepted_on or "—", one.result or "—"), "", one.number,
                    tr("{title}\n收件 {day}", title=one.title, day=one.received_on)) for one in cases[::-1]
        ], select_first=True)


class EntriesTab(QWidget):
    """The journal, newest first, the entry under the cursor in full below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = RowTable((TextColumn(tr("日期"), 5.6), TextColumn(tr("经办"), 4),
                               TextColumn(tr("内容"), 12, stretch=True)), theme, tr("流水"))
        self.words = plain("", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(self.fontMetrics().lineSpacing() * 5)
        self.table.row_changed.connect(lambda row: self.words.setText(row.tip if row else ""))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        self.setFocusProxy(self.table)

    def show_entries(self, entries: Sequence[PartyEntry]) -> None:
        rows = []
        for place, one in reversed(list(enumerate(entries))):
            text = (f"〔{one.party}〕" if one.party else "") + one.text
            tip = tr("{text}\n{who} · {role} · {station}，记于 {at}", text=text, who=one.actor, role=one.role,
                     station=one.station, at=one.at)
            rows.append(TextRow((one.occurred_on, one.actor, text), "", (place, one.at, text), tip))
        self.table.show_rows(rows, select_first=True)


def button(text: str, keys: str, run: object) -> QPushButton:
    """A button of the pane's foot."""
    made = KeyButton(text, keys)
    made.setAutoDefault(True)
    made.clicked.connect(run)
    return made
