"""One case on one page: what it is, how long is left, what is to be done, and doing it.

The page keeps the examiner's unsent work (answers and opinion text) as a draft of this station: saved a second
after the last key, when the page is left and when the window closes. A refresh never replaces unsent work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from desktop.app.views import ActionView, ActOutcome, CaseView
from desktop.core.refusal import Refusal
from desktop.ui.case_actions import RESOLVE, ActionBar
from desktop.ui.case_checklist import DEFECT, NOT_APPLICABLE, PASS, ChecklistPanel
from desktop.ui.case_facts import FactsPanel
from desktop.ui.case_files import FilesTab
from desktop.ui.case_form import ActionForm
from desktop.ui.case_header import CaseHeader
from desktop.ui.case_journal import JournalTab
from desktop.ui.case_keys import FILES, JOURNAL, LIMITS, MATTER, OPINION, PACKAGE, RECORD, WORK, CaseKeys
from desktop.ui.case_limits import LimitsTab
from desktop.ui.case_matter import MatterTab
from desktop.ui.case_opinion import OpinionPanel
from desktop.ui.case_package import PackageTab
from desktop.ui.case_package_acts import PackageActs
from desktop.ui.context import Context
from desktop.ui.finding import finder
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, WARN
from desktop.ui.parties_case import PartyLinks
from desktop.ui.record_preview import RecordView
from desktop.ui.sync_fresh import ask_others
from desktop.ui.widgets.banner import Banner
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

SAVE_MS = 1_000
#: The refusal of an action that rests on what has changed since.
MOVED = "case_moved"


class CasePage(CaseKeys, QWidget):
    """``open(key, position)`` shows a case; ``position`` is (i, n) in the queue it came from. ``case_wanted(key)``:
    another case of the record; ``start_wanted(key)``: choose a service to begin beside this case, ``opening_wanted
    (procedure, key)``: that one; ``limits_wanted(procedure)``: the figures behind its limits."""

    closed = Signal()
    stepped = Signal(int)
    record_requested = Signal(int, str)
    act_done = Signal(object)
    shown = Signal(int)
    case_wanted = Signal(int)
    start_wanted = Signal(int)
    opening_wanted = Signal(str, int)
    limits_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._worker = context, context.worker
        self.case: CaseView | None = None
        self._key: int | None = None
        self._touched = False
        self._unsaved = False
        self.form: ActionForm | None = None
        # The newest event that the person had before their eyes when the form opened.
        self._seen = ""
        self._stale = False
        self._guidance = None
        self._position: tuple[int, int] | None = None

        self.header = CaseHeader(context.theme)
        self.header.back.connect(self.back)
        self.header.stepped.connect(self.stepped)
        self.header.why.connect(self.show_why)
        self.banner = Banner(tr("查看期限…"))
        self.banner.acted.connect(lambda: self.limits_wanted.emit(self.case.procedure if self.case else ""))
        self.checklist = ChecklistPanel()
        self.checklist.changed.connect(self._edited)
        self.opinion = OpinionPanel()
        self.opinion.changed.connect(self._edited)
        self.opinion.compose_asked.connect(self.compose_opinion)
        self.opinion.phrases_asked.connect(self.pick_phrase)
        self.facts = FactsPanel()
        self.links = PartyLinks(context)
        self.facts.layout().insertWidget(1, self.links)
        self.work = QSplitter(Qt.Orientation.Horizontal)
        self.work.setChildrenCollapsible(False)
        for widget in (self.checklist, self.facts, self.opinion):
            self.work.addWidget(widget)
        for place in range(self.work.count()):
            self.work.setStretchFactor(place, 1)
        self.limits = LimitsTab(context.theme)
        self.journal = JournalTab(context.theme)
        self.files = FilesTab(context)
        self.files.evidence.step_asked.connect(self.ask_step)
        self.package = PackageTab(context)
        self.package_acts = PackageActs(context, self)
        self.package.judging.connect(lambda: self.flush())
        self.package.judged.connect(self.package_changed)
        self.package.counted.connect(self._count_findings)
        self.matter = MatterTab(context)
        self.matter.case_wanted.connect(self.case_wanted)
        self.matter.opening_wanted.connect(lambda name: self.opening_wanted.emit(name, self._key or 0))
        self.matter.start_asked.connect(self.start_another)
        self.matter.counted.connect(lambda n: self.tabs.setTabText(MATTER, tr("关联 {n}", n=n) if n else tr("关联")))
        self.matter.join_asked.connect(self.join_matter)
        self.matter.leave_asked.connect(self.leave_matter)
        self.record = RecordView(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.work, tr("办理"))
        self.tabs.addTab(self.package, tr("申请文件"))
        self.tabs.addTab(self.limits, tr("期限"))
        self.tabs.addTab(self.journal, tr("流水"))
        self.tabs.addTab(self.files, tr("文件"))
        self.tabs.addTab(self.matter, tr("关联"))
        self.tabs.addTab(self.record, tr("打印"))
        self.tabs.currentChanged.connect(self._tab_opened)
        self.actions_bar = ActionBar(self)
        self.actions_bar.asked.connect(self.ask)
        self.actions_bar.record_asked.connect(self.show_record)
        self.actions_bar.notices_asked.connect(self.show_notices)
        self.actions_bar.dispute_asked.connect(self.show_dispute)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.banner)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.actions_bar)

        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_MS)
        self._save.timeout.connect(self.flush)
        self._find = finder(context, self)
        self._worker.changed.connect(self._something_changed)
        context.actor_changed.connect(lambda _actor: self.reload())

    # --- loading

    def open(self, key: int, position: tuple[int, int] | None = None) -> None:
        """Show another case; the work on the one before is saved first."""
        self.flush()
        self._key, self.case = key, None
        self._touched = self._unsaved = False
        self.show_place(position)
        self.matter.forget()
        self.tabs.setTabText(MATTER, tr("关联"))
        self.tabs.setCurrentIndex(WORK)
        self.reload()

    @property
    def key(self) -> int | None:
        """The case on the page."""
        return self._key

    def has_place(self) -> bool:
        return self._position is not None

    def show_place(self, position: tuple[int, int] | None) -> None:
        """Where the case stands in its queue, once that is known."""
        self._position = position
        self.header.show_place(position)

    def reload(self) -> None:
        """Read the case again. Unsent work on the page stays as it is."""
        if self._key is None:
            return
        key, actor, today = self._key, self._context.actor, self._context.today()
        self._worker.read(lambda desk: desk.case(key, actor=actor, today=today), self._show, owner=self,
                          replaces="case-page")

    def _something_changed(self, keys: frozenset[int] | None, origin: str) -> None:
        if self.isVisible() and self._key is not None and (keys is None or self._key in keys):
            self.reload()

    def _show(self, case: CaseView) -> None:
        if case.key != self._key:
            return
        before, self.case = self.case, case
        if self._stale:
            self._stale, self._seen = False, case.head
        same_step = before is not None and (before.stage, before.round) == (case.stage, case.round)
        if before is not None and not same_step and self._unsaved:
            self._rescue(self.opinion.text())
        self.header.show_case(case)
        self.banner.tell(case.banners)
        self.banner.button.setVisible(bool(case.banners))
        if not (same_step and self._touched):
            self._touched = self._unsaved = False
            self._save.stop()
            self._show_work(case)
        self._arrange(case)
        self.limits.show_case(case)
        self.journal.show_entries(case.journal)
        self.tabs.setTabText(LIMITS, tr("期限 {n}", n=len(case.limits)))
        self.tabs.setTabVisible(PACKAGE, self.takes_package())
        self.package.show_case(case)
        self.files.show_case(case)
        self.tabs.setTabText(FILES, tr("文件 {n}", n=FilesTab.count(case)))
        self.tabs.setTabText(JOURNAL, tr("流水 {n}", n=len(case.journal)))
        self.actions_bar.show_actions(case.actions, contested=case.contested)
        self.count_notices()
        self.matter.show_case(case)
        self.record.forget()
        self._tab_opened(self.tabs.currentIndex())
        if before is None or not same_step or self._keyboard_lost():
            self.focus_work()
        self.shown.emit(case.key)

    def package_changed(self, outcome: ActOutcome) -> None:
        """A finding was decided, or a package came in: the checklist takes over what was accepted."""
        self.act_done.emit(outcome)
        self.flush(self._show_again)

    def _show_again(self) -> None:
        """Everything on the page is saved: what was recorded meanwhile may be laid over it."""
        self._touched = False
        self.reload()

    def _count_findings(self, waiting: int) -> None:
        self.tabs.setTabText(PACKAGE, tr("申请文件 {n}", n=waiting) if waiting else tr("申请文件"))

    def _keyboard_lost(self) -> bool:
        """What held the keyboard went with the news, and with it every key of the page."""
        holder = self.window().focusWidget()
        return self.isVisible() and (holder is None or not holder.isVisible())

    def _show_work(self, case: CaseView) -> None:
        draft = case.draft
        writable = self.can_write()
        human = {field.name for action in case.actions for field in action.fields
                 if field.group == "checklist" and field.hint}
        self.checklist.show_checklist(case.checklist, draft.answers if draft else {}, human)
        self.opinion.show_case(case, draft.text if draft and writable else "", writable=writable,
                               saved_at=draft.saved_at if draft and writable else "")

    def _arrange(self, case: CaseView) -> None:
        """Show what this stage works on: the checklist or the facts on the left, the opinion or the facts right."""
        has_list = case.checklist is not None
        has_opinion = (case.writes_opinion and self.can_write()) or bool(case.opinions)
        self.checklist.setVisible(has_list)
        self.opinion.setVisible(has_opinion)
        self.facts.setVisible(not (has_list and has_opinion))
        self.facts.show_case(case)
        self.links.show_case(case)

    # --- unsent work

    def _edited(self) -> None:
        self._touched = self._unsaved = True
        self._save.start()

    def flush(self, then: Callable[[], object] | None = None) -> None:
        """Save the draft now, if there is anything unsaved; ``then`` when that is done."""
        self._save.stop()
        if not self._unsaved or self.case is None or not self._worker.ready:
            if then is not None:
                then()
            return
        self._unsaved = False
        key, text, answers = self.case.key, self.opinion.text(), self.checklist.answers()
        at = self._context.now().isoformat(timespec="minutes")

        def saved(_nothing: object) -> None:
            if self._key == key and not self._unsaved:
                self.opinion.saved(at)
            if then is not None:
                then()

        def failed(error: BaseException) -> None:
            if self._key == key:
                self._unsaved = True
                self.opinion.not_saved(said_fault(error) or tr("程序内部出错"))

        self._worker.write(lambda desk: desk.save_draft(key, text=text, answers=answers, at=at), saved, failed,
                           owner=self, quiet=True)

    # --- acting

    def ask(self, action: ActionView) -> None:
        """Open the form of an action, unless the page itself still lacks something for it."""
        if self.case is None or (self.form is not None and self.form.isVisible()):
            return
        if action.action == RESOLVE:
            self.show_dispute()
            return
        carried, words = self._carried(action)
        if not self._checklist_allows(action):
            return
        needs_text = any(field.name == OPINION and field.required for field in action.fields)
        if needs_text and not carried.get(OPINION):
            self.tabs.setCurrentIndex(WORK)
            self._guide(tr("意见正文还是空的：写好正文，或用“由缺陷生成”（Ctrl+G）起稿。"))
            self.opinion.editor.setFocus()
            return
        key, self._seen = self.case.key, self.case.head

        def send(values: Mapping[str, str], on: date, done: Callable[[object], None],
                 failed: Callable[[BaseException], None]) -> None:
            actor, today, seen = self._context.actor, self._context.today(), self._seen

            def act(desk: Desk) -> ActOutcome:
                return desk.act(key, action.action, values, actor=actor, on=on, today=today, seen=seen)

            def acted(outcome: ActOutcome) -> None:
                self._acted(key, action, outcome, bool(carried))
                done(outcome)

            def not_done(error: BaseException) -> None:
                if isinstance(error, Refusal) and error.code == MOVED:
                    # Told once; behind the form the page then shows what is new, and the next try rests on that.
                    self._stale = True
                    self.reload()
                failed(error)

            self._worker.write(act, acted, not_done, owner=self, origin="case")

        self.flush()
        self.form = ActionForm(self.case, action, carried=carried, carried_words=words, staff=self._context.staff,
                               today=self._context.today(), send=send, find=self._find, parent=self)
        self.form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form.finished.connect(self._forget_form)
        self.form.open()
        if action.to != self.case.stage:
            ask_others(self._context, self.form, self.case)

    def _forget_form(self) -> None:
        self.form = None
        # Not every window system hands the keyboard back by itself.
        self.window().activateWindow()

    def _carried(self, action: ActionView) -> tuple[dict[str, str], list[str]]:
        values: dict[str, str] = {}
        words: list[str] = []
        if action.checklist:
            answers = self.checklist.answers()
            for item, (answer, note) in answers.items():
                values[item] = answer
                if note:
                    values[f"{item}.note"] = note
            given = [answer for answer, _note in answers.values()]
            words.append(tr("清单 {all} 项：", all=len(given)) + "，".join(
                f"{tr(kind)} {given.count(kind)}" for kind in (PASS, DEFECT, NOT_APPLICABLE) if kind in given)
                if given else tr("清单还没有作答"))
        if any(field.name == OPINION for field in action.fields):
            text = self.opinion.text().strip()
            values[OPINION] = text
            words.append(tr("意见正文 {n} 字", n=len("".join(text.split()))))
        return values, words

    def _checklist_allows(self, action: ActionView) -> bool:
        """Say what the checklist still lacks for this action and go there; the rules ask again when it is sent."""
        wanted = {field.name for field in action.fields if field.group == "checklist" and field.required}
        missing = [item for item in self.checklist.unanswered() if item in wanted]
        faulty = self.checklist.defects() if wanted else []
        if not missing and not faulty:
            return True
        items = missing or faulty
        listed = "、".join(items[:8]) + (" …" if len(items) > 8 else "")
        self.tabs.setCurrentIndex(WORK)
        self._guide(
            tr("“{action}”之前还有 {n} 项清单没有回答：{items}", action=action.label, n=len(items), items=listed)
            if missing else tr("清单记有缺陷，不能“{action}”：{items}", action=action.label, items=listed))
        self.checklist.focus_item(items[0])
        return False

    def _acted(self, key: int, action: ActionView, outcome: ActOutcome, sent_work: bool) -> None:
        if sent_work:
            self._touched = self._unsaved = False
            self._save.stop()
        self._end_guidance()
        due = tr("，下一期限 {day}", day=outcome.due_on.isoformat()) if outcome.due_on else ""
        self._context.notices.tell(
            tr("{number} 已记录“{action}”，现为“{stage}”{due}", number=outcome.number, action=action.label,
               stage=outcome.stage_label, due=due), DONE, self._look_offer(key, outcome))
        for warning in outcome.warnings:
            self._context.notices.tell(tr("{number}：{warning}", number=outcome.number, warning=warning), WARN)
        self.act_done.emit(outcome)
        self.reload()

    def _tab_opened(self, position: int) -> None:
        if position == RECORD and self.case is not None:
            self.record.show_case(self.case.key)
        if position == MATTER:
            self.matter.look()
