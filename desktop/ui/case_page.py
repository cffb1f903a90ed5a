"""One case on one page: what it is, how long is left, what is to be done, and doing it.

The page keeps the examiner's unsent work (answers and opinion text) as a draft of this station: saved a second
after the last key, when the page is left and when the window closes. A refresh never replaces unsent work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.app.views import ActionView, ActOutcome, CaseView
from desktop.core.refusal import Refusal
from desktop.ui.case_actions import RESOLVE, ActionBar
from desktop.ui.case_checklist import DEFECT, NOT_APPLICABLE, PASS, ChecklistPanel
from desktop.ui.case_facts import FactsPanel
from desktop.ui.case_files import FilesTab
from desktop.ui.case_form import ActionForm
from desktop.ui.case_header import CaseHeader
from desktop.ui.case_journal import JournalTab
from desktop.ui.case_limits import LimitsTab
from desktop.ui.case_opinion import OpinionPanel
from desktop.ui.context import Context
from desktop.ui.dispute_view import DisputeDialog
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, WARN, Notice
from desktop.ui.record_preview import RecordView
from desktop.ui.sync_fresh import ask_others
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

SAVE_MS = 1_000
OPINION = "opinion"
#: The refusal of an action that rests on what has changed since.
MOVED = "case_moved"
WORK, LIMITS, JOURNAL, FILES, RECORD = range(5)


class CasePage(QWidget):
    """``open(key, position)`` shows a case; ``position`` is (i, n) in the queue it came from."""

    closed = Signal()
    stepped = Signal(int)
    record_requested = Signal(int, str)
    act_done = Signal(object)
    shown = Signal(int)

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
        self._guidance: Notice | None = None

        self.header = CaseHeader(context.theme)
        self.header.back.connect(self.back)
        self.header.stepped.connect(self.stepped)
        self.header.why.connect(self.show_why)
        self.checklist = ChecklistPanel()
        self.checklist.changed.connect(self._edited)
        self.opinion = OpinionPanel()
        self.opinion.changed.connect(self._edited)
        self.opinion.compose_asked.connect(self.compose_opinion)
        self.facts = FactsPanel()
        self.work = QSplitter(Qt.Orientation.Horizontal)
        self.work.setChildrenCollapsible(False)
        for widget in (self.checklist, self.facts, self.opinion):
            self.work.addWidget(widget)
        for place in range(self.work.count()):
            self.work.setStretchFactor(place, 1)
        self.limits = LimitsTab(context.theme)
        self.journal = JournalTab(context.theme)
        self.files = FilesTab(context)
        self.record = RecordView(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.work, tr("办理"))
        self.tabs.addTab(self.limits, tr("期限"))
        self.tabs.addTab(self.journal, tr("流水"))
        self.tabs.addTab(self.files, tr("文件"))
        self.tabs.addTab(self.record, tr("打印"))
        self.tabs.currentChanged.connect(self._tab_opened)
        self.actions_bar = ActionBar(self)
        self.actions_bar.asked.connect(self.ask)
        self.actions_bar.record_asked.connect(self.show_record)
        self.actions_bar.dispute_asked.connect(self.show_dispute)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.actions_bar)

        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_MS)
        self._save.timeout.connect(self.flush)
        self._worker.changed.connect(self._something_changed)
        context.actor_changed.connect(lambda _actor: self.reload())

    # --- loading

    def open(self, key: int, position: tuple[int, int] | None = None) -> None:
        """Show another case; the work on the one before is saved first."""
        self.flush()
        self._key, self.case = key, None
        self._touched = self._unsaved = False
        self.header.show_place(position)
        self.tabs.setCurrentIndex(WORK)
        self.reload()

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
        if not (same_step and self._touched):
            self._touched = self._unsaved = False
            self._save.stop()
            self._show_work(case)
        self._arrange(case)
        self.limits.show_case(case)
        self.journal.show_entries(case.journal)
        self.tabs.setTabText(LIMITS, tr("期限 {n}", n=len(case.limits)))
        self.files.show_case(case)
        self.tabs.setTabText(FILES, tr("文件 {n}", n=FilesTab.count(case)))
        self.tabs.setTabText(JOURNAL, tr("流水 {n}", n=len(case.journal)))
        self.actions_bar.show_actions(case.actions, contested=case.contested)
        self.record.forget()
        self._tab_opened(self.tabs.currentIndex())
        if before is None or not same_step or self._keyboard_lost():
            self.focus_work()
        self.shown.emit(case.key)

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
        has_opinion = self.can_write() or bool(case.opinions)
        self.checklist.setVisible(has_list)
        self.opinion.setVisible(has_opinion)
        self.facts.setVisible(not (has_list and has_opinion))
        self.facts.show_case(case)

    def _rescue(self, text: str) -> None:
        if not text.strip():
            return
        self._context.notices.tell(
            tr("本案的环节在别处变了，你还没发出的意见文字没有丢。"), WARN,
            (tr("复制这段文字"), lambda: QGuiApplication.clipboard().setText(text)))

    # --- unsent work

    def _edited(self) -> None:
        self._touched = self._unsaved = True
        self._save.start()

    def flush(self) -> None:
        """Save the draft now, if there is anything unsaved."""
        self._save.stop()
        if not self._unsaved or self.case is None or not self._worker.ready:
            return
        self._unsaved = False
        key, text, answers = self.case.key, self.opinion.text(), self.checklist.answers()
        at = self._context.now().isoformat(timespec="minutes")

        def saved(_nothing: object) -> None:
            if self._key == key and not self._unsaved:
                self.opinion.saved(at)

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
                self._acted(action, outcome, bool(carried))
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
                               today=self._context.today(), send=send, parent=self)
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

    def _guide(self, words: str) -> None:
        """Say what is still missing for a step; the words go when more is said or a step succeeds."""
        self._end_guidance()
        self._guidance = self._context.notices.tell(words, WARN)

    def _end_guidance(self) -> None:
        if self._guidance is not None and isValid(self._guidance):
            self._guidance.dismiss()
        self._guidance = None

    def _acted(self, action: ActionView, outcome: ActOutcome, sent_work: bool) -> None:
        if sent_work:
            self._touched = self._unsaved = False
            self._save.stop()
        self._end_guidance()
        due = tr("，下一期限 {day}", day=outcome.due_on.isoformat()) if outcome.due_on else ""
        self._context.notices.tell(
            tr("{number} 已记录“{action}”，现为“{stage}”{due}", number=outcome.number, action=action.label,
               stage=outcome.stage_label, due=due), DONE)
        for warning in outcome.warnings:
            self._context.notices.tell(tr("{number}：{warning}", number=outcome.number, warning=warning), WARN)
        self.act_done.emit(outcome)
        self.reload()

    # --- what the keys and the palette call

    def back(self) -> None:
        self.flush()
        self.closed.emit()

    def open_previous(self) -> None:
        self.stepped.emit(-1)

    def open_next(self) -> None:
        self.stepped.emit(1)

    def show_record(self) -> None:
        """The record in a window of its own, ready to print; where it is on the screen already, print it."""
        if self.tabs.currentIndex() == RECORD:
            self.record.print()
        elif self.case is not None:
            self.record_requested.emit(self.case.key, self.case.number)

    def show_dispute(self) -> None:
        """The sides of the dispute beside each other, and the decision."""
        if self.case is None or not self.case.contested:
            return
        dialog = DisputeDialog(self._context, self.case.key, self)
        dialog.resolved.connect(self._resolved)
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def _resolved(self, outcome: ActOutcome) -> None:
        self.act_done.emit(outcome)
        self.reload()

    def attach_files(self) -> None:
        """Choose files to put beside the case."""
        self.tabs.setCurrentIndex(FILES)
        self.files.choose()

    def is_contested(self) -> bool:
        return self.case is not None and self.case.contested

    def show_why(self) -> None:
        self.tabs.setCurrentIndex(LIMITS)
        self.limits.explain_running()

    def compose_opinion(self) -> None:
        """Ask the desk for the text of the next round from the defects on the page; it can be undone."""
        if self.case is None:
            return
        key, answers = self.case.key, self.checklist.answers()
        actor, today = self._context.actor, self._context.today()
        if not any(answer == DEFECT for answer, _note in answers.values()):
            self._guide(tr("清单里还没有记缺陷；先在相应各项按 2，再生成意见正文。"))
            self.checklist.focus_row(0)
            return

        def composed(text: str) -> None:
            if self._key == key:
                self.opinion.replace_text(text)

        self._worker.read(lambda desk: desk.compose_opinion(key, answers, actor=actor, on=today), composed,
                          owner=self, replaces="compose")

    def pass_the_rest(self) -> None:
        self.checklist.pass_the_rest()

    def toggle_past(self) -> None:
        self.opinion.previous.toggle()

    def show_blocked(self) -> None:
        self.actions_bar.blocked.showMenu()

    def next_part(self) -> None:
        """Move the keyboard from list to editor to actions, as F6 does in other programs."""
        first_button = next(iter(self.actions_bar.buttons.values()), None) or self.actions_bar.record
        page = self.tabs.currentWidget()
        parts: list[tuple[QWidget, Callable[[], object]]] = []
        if page is self.work:
            if self.checklist.isVisible():
                parts.append((self.checklist, self.checklist.focus_current))
            if self.opinion.isVisible():
                parts.append((self.opinion, self.opinion.editor.setFocus))
        elif page is not None:
            parts.append((page, page.setFocus))
        parts.append((self.actions_bar, first_button.setFocus))
        holder = next((place for place, (widget, _go) in enumerate(parts)
                       if widget.isAncestorOf(self.focusWidget() or self)), -1)
        parts[(holder + 1) % len(parts)][1]()

    def next_tab(self) -> None:
        self._turn(1)

    def previous_tab(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        """The keyboard goes along: to the list of the tab, or to where the work goes on."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        page = self.tabs.currentWidget()
        if page is self.work:
            self.focus_work()
        elif page is not None:
            page.setFocus()

    def has_unanswered(self) -> bool:
        return bool(self.checklist.unanswered())

    def has_past(self) -> bool:
        return self.case is not None and bool(self.case.opinions)

    def can_write(self) -> bool:
        """An action that sends an opinion is open to this person at this stage."""
        return self.case is not None and any(
            action.enabled and any(field.name == OPINION for field in action.fields) for action in self.case.actions)

    def focus_work(self) -> None:
        """Put the keyboard where the work goes on: first open item, else the text, else the first action."""
        open_items = self.checklist.unanswered()
        if self.checklist.rows and self.checklist.isVisible():
            self.checklist.focus_item(open_items[0]) if open_items else self.checklist.focus_row(0)
        elif self.can_write():
            self.opinion.editor.setFocus()
        elif self.is_contested():
            (self.actions_bar.buttons.get(RESOLVE) or self.actions_bar.dispute).setFocus()
        else:
            # What leads on; an ended case is read and printed, not taken up again by a stray Enter.
            onward = [action.action for action in self.case.actions if action.enabled and action.shortcut] \
                if self.case is not None else []
            button = self.actions_bar.buttons.get(onward[0]) if onward else None
            (button or self.actions_bar.record).setFocus()

    def _tab_opened(self, position: int) -> None:
        if position == RECORD and self.case is not None:
            self.record.show_case(self.case.key)
