"""What the frame says about sync: the state at the top with its age, a word below, a count at the left, rare news."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.app.sync_views import SyncReport
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import WARN, Notice
from desktop.ui.rail import RailButton
from desktop.ui.statusbar import StatusBar
from desktop.ui.sync_words import clock, joined_line, pill
from desktop.ui.topbar import TopBar


class SyncFrame(QObject):
    """``disputes_wanted``: a person wants to see the cases in dispute; ``staff_wanted``: the staff list may be another
    now, since it is one of the things that come from others."""

    disputes_wanted = Signal()
    staff_wanted = Signal()

    def __init__(self, context: Context, top: TopBar, status: StatusBar, rail: RailButton) -> None:
        super().__init__(context)
        self._context, self._top, self._status, self._rail = context, top, status, rail
        self._known: int | None = None  # cases in dispute that were there before or have been told of
        self._told: Notice | None = None
        context.sync.told.connect(self.show)
        context.sync.met.connect(self._met)

    def show(self) -> None:
        """The state as it is now; ages grow, so this is called every minute too."""
        if not self._context.worker.ready:
            return
        rhythm, state = self._context.sync, self._context.sync.state
        tip = [rhythm.words() or joined_line(state)]
        if state is not None and state.last_at:
            tip.append(tr("上次同步 {at}", at=clock(state.last_at)))
        tip.append(tr("打开同步（Ctrl Shift S）"))
        words = pill(state, rhythm.phase, self._context.now())
        self._top.show_state(words, "\n".join(tip), "soon" if rhythm.fault else "")
        self._status.say_sync(rhythm.words())
        if state is not None:
            self._known = state.contested if self._known is None else min(self._known, state.contested)
            self._rail.show_count(state.contested or None, alert=True)
            if not state.contested:
                self._take_back()

    def _met(self, report: SyncReport) -> None:
        """Quiet unless a meeting brought work for people."""
        if report.dry_run:
            return
        known, self._known = self._known or 0, report.contested
        if report.contested != known:
            self._take_back()
        if report.contested > known:
            self._told = self._context.notices.tell(
                tr("各方办理不一致，有 {n} 件待裁决。", n=report.contested), WARN,
                (tr("查看"), self.disputes_wanted.emit))
        elif report.contested < known:
            # Who decided one side of it has to learn that it was, perhaps against him.
            left = tr("还有 {n} 件待裁决", n=report.contested) if report.contested else tr("没有待裁决的了")
            self._context.notices.tell(
                tr("有分歧的案件已在别的站点裁决，{left}；未采用的办理在该案“流水”中标明。", left=left), WARN)
        if report.received:
            self.staff_wanted.emit()
        if report.moved:
            self._context.notices.tell(
                tr("收到中心的新文件，{n} 项期限的日期有变，见“同步·最近会合”。", n=len(report.moved)))

    def _take_back(self) -> None:
        """What was said of disputes is no longer so."""
        if self._told is not None and isValid(self._told):
            self._told.dismiss()
        self._told = None
