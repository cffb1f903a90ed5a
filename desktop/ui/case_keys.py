"""What the keys, the palette and the bars of the case page call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTabWidget, QWidget
from shiboken6 import isValid

from desktop.app.views import ActOutcome, CaseView
from desktop.ui.case_actions import RESOLVE
from desktop.ui.case_checklist import DEFECT
from desktop.ui.dispute_view import DisputeDialog
from desktop.ui.i18n import tr
from desktop.ui.notices import WARN, Notice
from desktop.ui.phrase_picker import PhrasePicker

if TYPE_CHECKING:
    from desktop.core.phrases import Phrase
    from desktop.ui.case_actions import ActionBar
    from desktop.ui.case_checklist import ChecklistPanel
    from desktop.ui.case_files import FilesTab
    from desktop.ui.case_limits import LimitsTab
    from desktop.ui.case_matter import MatterTab
    from desktop.ui.case_opinion import OpinionPanel
    from desktop.ui.case_package import PackageTab
    from desktop.ui.case_package_acts import PackageActs
    from desktop.ui.context import Context
    from desktop.ui.parties_case import PartyLinks
    from desktop.ui.record_preview import RecordView
    from desktop.ui.worker import DeskWorker

OPINION = "opinion"
#: The tabs of the page, in order.
WORK, PACKAGE, LIMITS, JOURNAL, FILES, MATTER, RECORD = range(7)


class CaseKeys:
    """The handlers of the page's actions; :class:`desktop.ui.case_page.CasePage` is what they act on."""

    _context: Context
    _worker: DeskWorker
    _key: int | None
    case: CaseView | None
    tabs: QTabWidget
    work: QWidget
    checklist: ChecklistPanel
    opinion: OpinionPanel
    limits: LimitsTab
    files: FilesTab
    package: PackageTab
    package_acts: PackageActs
    links: PartyLinks
    matter: MatterTab
    record: RecordView
    actions_bar: ActionBar
    _guidance: Notice | None
    #: The case whose documents were counted, and how many there are.
    _sent: tuple[int | None, int] = (None, 0)

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

    # --- documents that went out

    def count_notices(self) -> None:
        """Ask how many documents went out with the steps of this case."""
        key = self._key
        if key is None:
            return

        def counted(count: int) -> None:
            if self._key == key:
                self._sent = key, count
                self.actions_bar.show_notices(count)

        self._worker.read(lambda desk: len(desk.notices.of(key)), counted, owner=self, replaces="case-notices")

    def has_notices(self) -> bool:
        return self._key is not None and self._sent[0] == self._key and self._sent[1] > 0

    def show_notices(self) -> None:
        """The documents of this case, the newest one's pages on the screen."""
        if self.case is not None:
            self._open_notices(self.case.key, self.case.number)

    def _open_notices(self, key: int, number: str, title: str = "") -> None:
        from desktop.ui.notice_preview import NoticePreview, of_case

        preview = NoticePreview(self._context, of_case(key, number), title, self)
        # Not every window system hands the keyboard back by itself.
        preview.finished.connect(lambda _result: self.window().activateWindow())
        preview.open()

    def _look_offer(self, key: int, outcome: ActOutcome) -> tuple[str, Callable[[], object]] | None:
        """The way to the document that went out with a step, for the word that it was recorded."""
        if outcome.notice is None:
            return None
        number, title = outcome.number, outcome.notice[0]
        return tr("查看文书"), lambda: self._open_notices(key, number, title)

    # --- disputes, files

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

    # --- the application package

    def takes_package(self) -> bool:
        """Only the cases of pre-examination are examined from packages."""
        return self.case is not None and self.package.concerns(self.case)

    def show_package(self) -> None:
        """What was found in the application package."""
        self.tabs.setCurrentIndex(PACKAGE)
        self.package.setFocus()

    def add_package(self) -> None:
        """Choose the package of this case: an archive, or a document of a folder."""
        self.tabs.setCurrentIndex(PACKAGE)
        self.package_acts.choose()

    def compare_texts(self) -> None:
        """The text that passed beside the one that was filed."""
        self.package_acts.compare()

    def accept_finding(self) -> None:
        self.package.accept_current()

    def edit_finding(self) -> None:
        self.package.edit_current()

    def dismiss_finding(self) -> None:
        self.package.dismiss_current()

    def reopen_finding(self) -> None:
        self.package.reopen_current()

    def has_finding(self) -> bool:
        return self.package.has_finding()

    def ask_step(self, name: str) -> None:
        """Open the form of this action, if it is open to this person now."""
        wanted = [one for one in self.case.actions if one.action == name and one.enabled] if self.case else []
        if wanted:
            self.ask(wanted[0])

    def on_evidence(self) -> bool:
        return self.case is not None and self.case.procedure == "evidence" and self.tabs.currentIndex() == FILES

    def has_case(self) -> bool:
        return self.case is not None

    def show_party(self) -> None:
        """The party of the case in the register, or its registration."""
        self.links.go_first()

    def show_matter(self) -> None:
        """Everything that is done for the same party and solution."""
        self.tabs.setCurrentIndex(MATTER)
        self.matter.setFocus()

    def on_matter(self) -> bool:
        return self.tabs.currentIndex() == MATTER

    def start_another(self) -> None:
        """Another service for this case: choose which."""
        if self.case is not None:
            self.flush()
            self.start_wanted.emit(self.case.key)

    def join_matter(self) -> None:
        """Put the related case under the cursor into this record, or this case into another one."""
        from desktop.ui.case_moving import ask_join

        if self.case is None:
            return
        wanted = self.matter.wanted() if self.on_matter() else None
        if wanted is not None:
            ask_join(self._context, key=wanted.key, number=wanted.number, title=wanted.title, into=self.case.number,
                     find=self._find, done=self.reload, parent=self)
        else:
            ask_join(self._context, key=self.case.key, number=self.case.number, title=self.case.title, into="",
                     find=self._find, done=self.reload, parent=self)

    def may_leave(self) -> bool:
        """The case stands in the record of another one."""
        view = self.matter.view
        return view is not None and view.here != view.root

    def leave_matter(self) -> None:
        """Take this case out of the record that it was put into."""
        from desktop.ui.case_moving import ask_leave

        if self.case is not None:
            ask_leave(self._context, key=self.case.key, number=self.case.number, title=self.case.title,
                      done=self.reload, parent=self)

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
        if not any(answer == DEFECT for answer, _note in answers.values()) and not self.case.findings:
            self._guide(tr("清单里还没有记缺陷；先在相应各项按 2，再生成意见正文。"))
            self.checklist.focus_row(0)
            return

        def composed(text: str) -> None:
            if self._key == key:
                self.opinion.replace_text(text)

        self._worker.read(lambda desk: desk.compose_opinion(key, answers, actor=actor, on=today), composed,
                          owner=self, replaces="compose")

    def pick_phrase(self) -> None:
        """Offer the phrases of this case's checklist; the chosen one goes to the cursor of the opinion."""
        if self.case is None:
            return
        key, procedure, facts = self.case.key, self.case.procedure, {"title": self.case.title}
        items = self.checklist.by_concern()
        here = self.tabs.currentIndex() == PACKAGE
        findings = self.package.concerning("" if here or not items else items[0])
        if here and findings:
            items = [findings[0].item, *items]

        def offer(phrases: tuple[Phrase, ...]) -> None:
            if self._key == key and self.isVisible():
                self.tabs.setCurrentIndex(WORK)
                self._picker.ask(phrases, items=items, findings=findings, facts=facts)

        self._worker.read(lambda desk: desk.phrases(procedure), offer, owner=self, replaces="phrases")

    @cached_property
    def _picker(self) -> PhrasePicker:
        picker = PhrasePicker(self._context.theme, self.window())
        picker.chosen.connect(self.opinion.insert)
        return picker

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
        elif page is self.package and self.package.reading is not None:
            parts.append((self.package.table, self.package.table.setFocus))
            parts.append((self.package.text, self.package.text.setFocus))
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
        at = (self.tabs.currentIndex() + step) % self.tabs.count()
        while not self.tabs.isTabVisible(at):
            at = (at + step) % self.tabs.count()
        self.tabs.setCurrentIndex(at)
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

    # --- guidance

    def _guide(self, words: str) -> None:
        """Say what is still missing for a step; the words go when more is said or a step succeeds."""
        self._end_guidance()
        self._guidance = self._context.notices.tell(words, WARN)

    def _end_guidance(self) -> None:
        if self._guidance is not None and isValid(self._guidance):
            self._guidance.dismiss()
        self._guidance = None

    def _rescue(self, text: str) -> None:
        """The stage moved elsewhere: what was written and not sent must not be lost."""
        if text.strip():
            self._context.notices.tell(
                tr("本案的环节在别处变了，你还没发出的意见文字没有丢。"), WARN,
                (tr("复制这段文字"), lambda: QGuiApplication.clipboard().setText(text)))
