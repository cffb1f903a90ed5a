"""What is done with application packages on the case page: taken in, filled into the case, compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.app.package_views import PackageComparison, PackageReading
from desktop.app.views import ActionView, ActOutcome
from desktop.core.package_facts import Difference
from desktop.core.terms import PackageKind
from desktop.ui.i18n import tr
from desktop.ui.notices import WARN
from desktop.ui.package_dialog import Loaded, PackageDialog, choose, keep, load
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.case_page import CasePage
    from desktop.ui.context import Context

AMEND = "amend"


class PackageActs:
    """Acts for the page ``page``; its package tab shows what comes of it."""

    def __init__(self, context: Context, page: CasePage) -> None:
        self._context, self._worker, self._page = context, context.worker, page
        page.package.add_asked.connect(self.choose)
        page.package.compare_asked.connect(self.compare)
        page.package.fill_asked.connect(self.fill)
        page.package.dropped.connect(self.offer)

    # --- taking in

    def choose(self) -> None:
        """An archive, or any document of a folder: then the folder is taken."""
        if self._page.case is None:
            return
        path = choose(self._page)
        if path is not None:
            self.offer(path)

    def offer(self, path: Path) -> None:
        """Read it and ask once more: what is kept stays."""
        case = self._page.case
        if case is None:
            return
        key = case.key

        def ask(loaded: Loaded) -> None:
            self._worker.read(lambda desk: desk.packages.proposal(key, loaded.package),
                              lambda found: propose(loaded, *found), owner=self._page, replaces="package-proposal")

        def propose(loaded: Loaded, kind: PackageKind, differences: tuple[Difference, ...]) -> None:
            case = self._page.case
            if case is None or case.key != key:
                return
            subject = tr("{number}　{title}", number=case.number, title=case.title)
            dialog = PackageDialog(self._context, loaded, subject, kind, differences, self._page)
            dialog.confirmed.connect(lambda chosen: self.add(key, loaded, chosen))
            dialog.finished.connect(lambda _result: self._page.window().activateWindow())
            dialog.open()

        load(self._context, path, ask, self._page)

    def add(self, key: int, loaded: Loaded, kind: PackageKind) -> None:
        """Keep it beside the case."""
        self._page.flush()
        keep(self._context, key, loaded, kind, self._added, self._page)

    def _added(self, outcome: ActOutcome) -> None:
        if self._page.key in outcome.moved:
            self._page.package.forget_choice()
            self._page.package_changed(outcome)
            self._page.show_package()

    # --- into the case

    def fill(self, reading: PackageReading) -> None:
        """The form of the correction, with what the package says where the case says otherwise."""
        case = self._page.case
        found = {one.name: one.package for one in reading.differences if not one.same}
        action = next((one for one in case.actions if one.action == AMEND), None) if case is not None else None
        if action is None or not action.enabled:
            why = action.reason if action is not None else tr("本环节不能更正信息")
            self._context.notices.tell(tr("不能填入案件：{why}", why=why), WARN)
            return
        asked = {field.name for field in action.fields}
        left = [one.label for one in reading.differences if not one.same and one.name not in asked]
        if left:
            self._context.notices.tell(tr("不能更正的栏目：{labels}", labels="、".join(left)), WARN)
        fields = tuple(replace(field, default=found.get(field.name, field.default)) for field in action.fields)
        self._page.ask(ActionView(action.action, action.label, action.to, action.to_label, action.enabled,
                                  action.reason, fields, action.emphasis, action.shortcut, action.checklist))

    # --- comparing

    def compare(self) -> None:
        """The text that passed beside the one that was filed; with no filed one yet, the two newest texts."""
        case = self._page.case
        if case is None:
            return
        key = case.key

        def read(desk: Desk) -> PackageComparison:
            from desktop.exchange.package_originals import reread

            return desk.packages.compare(key, reread)

        def shown(found: PackageComparison) -> None:
            from desktop.ui.case_comparison import ComparisonWindow

            if self._page.key == key and self._page.case is not None:
                window = ComparisonWindow(self._context, found, self._page.case.number, self._page)
                window.finished.connect(lambda _result: self._page.window().activateWindow())
                window.open()

        def failed(error: BaseException) -> None:
            reason = said_fault(error) or tr("程序内部出错")
            self._context.notices.tell(tr("不能比对：{reason}", reason=reason), WARN)

        self._worker.abroad(read, shown, failed, owner=self._page)
