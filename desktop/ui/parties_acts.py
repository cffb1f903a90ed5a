"""The handlers of the actions on the page of parties: which form opens for which step, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QDialog, QInputDialog, QWidget

from desktop.app.party_views import DuplicateView, PartyOutcome, PartyQuery, PartyView, ProposalView, RuleView
from desktop.core.party_facts import PartyKind
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, WARN
from desktop.ui.parties_forms import (
    AmendForm,
    AppealForm,
    DismissForm,
    FindForm,
    LiftForm,
    MergeForm,
    PartyForm,
    QuotaForm,
    RefuseForm,
    RegisterForm,
    SanctionForm,
    WordsForm,
    told,
)
from desktop.ui.parties_pane import PROPOSALS

if TYPE_CHECKING:
    from desktop.ui.context import Context
    from desktop.ui.parties_pane import PartyPane
    from desktop.ui.parties_side import PartySide
    from desktop.ui.parties_table import PartyTable


class PartyActs(QWidget):
    """:class:`desktop.ui.parties_page.PartiesPage` is what they act on."""

    _context: Context
    query: PartyQuery
    table: PartyTable
    pane: PartyPane
    side: PartySide

    # --- the list

    def add(self) -> None:
        """A new entry of the register on the screen."""
        self.register(self.query.kind or PartyKind.PARTY.value, {})

    def register(self, kind: str, given: Mapping[str, str]) -> None:
        """The form of a new entry with what is known of it."""
        self._open(RegisterForm(self._context, kind, given, self), self._registered)

    def _registered(self, outcome: PartyOutcome) -> None:
        self._recorded(outcome)
        self.show_party(outcome.id)

    def import_list(self, path: Path | None = None) -> None:
        from desktop.ui.parties_import import PartyImportDialog

        self._over(PartyImportDialog(self._context, path, self))

    def show_duplicates(self) -> None:
        """Entries that share a code."""
        from desktop.ui.parties_merge import DuplicatesDialog

        def read(found: tuple[DuplicateView, ...]) -> None:
            dialog = DuplicatesDialog(self._context, found, self)
            dialog.merge_asked.connect(self._merge)
            dialog.party_asked.connect(self.show_party)
            self._over(dialog)

        self._context.worker.read(lambda desk: desk.parties.duplicates(), read, owner=self, replaces="duplicates")

    def choose_tag(self) -> None:
        """A tag that does not stand in the strip."""
        text, sure = QInputDialog.getText(self, tr("按标签筛选"), tr("标签全称"), text=self.query.tag)
        if sure:
            self.ask(tag=text.strip())

    def turn_kind(self) -> None:
        """主体 or 代理机构."""
        self.ask(kind=(PartyKind.PARTY if self.query.kind == PartyKind.AGENCY else PartyKind.AGENCY).value)

    def turn_proposals(self) -> None:
        """Only those for which a rule proposes something, or all again."""
        self.ask(proposals=not self.query.proposals)

    def copy_row(self) -> None:
        if text := self.table.copied():
            QApplication.clipboard().setText(text)
            self._context.notices.tell(tr("已复制 1 行，可直接粘贴到表格。"), DONE)

    # --- one party

    def has_party(self) -> bool:
        return self.pane.view is not None

    def amend(self) -> None:
        self.take("amend")

    def find(self) -> None:
        self.take("find")

    def appeal(self) -> None:
        self.take("appeal")

    def sanction(self) -> None:
        self.take("sanction")

    def dismiss(self) -> None:
        self.take("dismiss")

    def lift(self) -> None:
        self.take("lift")

    def grant(self) -> None:
        self.take("grant")

    def merge(self) -> None:
        self.take("merge")

    def separate(self) -> None:
        self.take("separate")

    def note(self) -> None:
        self.take("note")

    def refuse(self) -> None:
        self.take("refuse")

    def papers(self) -> None:
        """The documents of the one on the screen, to be saved or printed."""
        from desktop.ui.notice_preview import NoticePreview, of_party

        if (view := self.pane.view) is not None:
            self._over(NoticePreview(self._context, of_party(view.id, view.name), parent=self))

    def take(self, step: str) -> None:
        """Open the form of a step; why it cannot be taken is said."""
        view = self.pane.view
        if view is None:
            return
        if why := self.pane.barred(step):
            self._context.notices.tell(why, WARN)
            return
        context, pane = self._context, self.pane
        if step == "papers":
            self.papers()
        elif step == "sanction":
            context.worker.read(lambda desk: desk.parties.rules(), lambda rules: self._sanction(view, rules),
                                owner=self, replaces="party-rules")
        elif step == "merge":
            context.worker.read(lambda desk: desk.parties.duplicates(), lambda found: self._merge_shown(view, found),
                                owner=self, replaces="duplicates")
        elif step == "dismiss":
            proposal = self._proposal(view) or view.proposals[0]
            self._open(DismissForm(context, view, proposal, self))
        elif step == "appeal":
            chosen = pane.decisions.chosen_sanction() if pane.decisions.sanctions.hasFocus() \
                else pane.decisions.chosen_finding()
            self._open(AppealForm(context, view, chosen, self))
        elif step == "lift":
            self._open(LiftForm(context, view, pane.liftable(), pane.decisions.chosen_sanction(), self))
        else:
            plain: dict[str, Callable[[], PartyForm]] = {
                "amend": lambda: AmendForm(context, view, self), "find": lambda: FindForm(context, view, self),
                "grant": lambda: QuotaForm(context, view, self), "note": lambda: WordsForm(context, view, "note", self),
                "refuse": lambda: RefuseForm(context, view, self),
                "separate": lambda: WordsForm(context, view, "separate", self),
            }
            self._open(plain[step]())

    def _proposal(self, view: PartyView) -> ProposalView | None:
        """The proposal that is before the person's eyes, if it is."""
        if self.pane.tabs.currentIndex() != PROPOSALS:
            return None
        return next((one for one in view.proposals if one.id == self.pane.proposals.chosen()), None)

    def _sanction(self, view: PartyView, rules: Sequence[RuleView]) -> None:
        self._open(SanctionForm(self._context, view, rules, self._proposal(view), self))

    def _merge_shown(self, view: PartyView, found: Sequence[DuplicateView]) -> None:
        same = next((one.parties for one in found if any(id_ == view.id for id_, _ in one.parties)), ())
        self._merge(view.id, view.name, [pair for pair in same if pair[0] != view.id])

    def _merge(self, id_: str, name: str, others: Sequence[tuple[str, str]]) -> None:
        self._open(MergeForm(self._context, id_, name, others, self))

    # --- forms

    def _open(self, form: PartyForm, recorded: Callable[[PartyOutcome], None] | None = None) -> None:
        form.recorded.connect(recorded or self._recorded)
        self._over(form)

    def _over(self, dialog: QDialog) -> None:
        # Not every window system hands the keyboard back by itself.
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def _recorded(self, outcome: PartyOutcome) -> None:
        self._context.notices.tell(told(outcome), DONE)
        for warning in outcome.warnings:
            self._context.notices.tell(tr("{name}：{warning}", name=outcome.name, warning=warning), WARN)

    def ask(self, **changes: object) -> None:
        raise NotImplementedError

    def show_party(self, id_: str) -> None:
        raise NotImplementedError
