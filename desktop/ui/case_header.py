"""Who, what and how long: the head of the case page with its stage line and the running clock."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.app.views import CaseView, StageStep
from desktop.ui.i18n import tr
from desktop.ui.queue_columns import CONTESTED
from desktop.ui.theme import Palette, Theme
from desktop.ui.widgets.clocks import MARKS, WATCH, limit_kind, limit_sentence, running_limits
from desktop.ui.widgets.elided import ElidedLabel


class StageLine(QWidget):
    """Done, now and next as points on a line. The present one also has a ring, so colour is not the only sign."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: tuple[StageStep, ...] = ()
        self._contested = False
        theme.changed.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: tuple[StageStep, ...], *, contested: bool = False) -> None:
        """``contested``: where the case stands is in dispute, so no point is shown as reached for good."""
        self._steps, self._contested = steps, contested
        now = tr("待裁决") if contested else next((step.label for step in steps if step.state == "now"), tr("已办结"))
        done = "、".join(f"{step.label} {step.on.isoformat() if step.on else ''}".strip()
                        for step in steps if step.state == "done")
        self.setAccessibleName(tr("环节：{now}；已完成：{done}", now=now, done=done or tr("无")))
        self.setToolTip("\n".join(self._told(step) for step in steps))
        self.update()

    def _told(self, step: StageStep) -> str:
        state = {"done": "✓", "now": "●", "next": "○"}[step.state]
        return f"{state} {step.label}　{step.on.isoformat() if step.on else ''}".rstrip("　")

    def sizeHint(self) -> QSize:
        return QSize(600, self._radius() * 2 + 6 + self._small().lineSpacing() * 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def _radius(self) -> int:
        return max(5, self.fontMetrics().height() // 3)

    def _font(self, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(11, self.font().pixelSize() - 1))
        font.setBold(bold)
        return font

    def _small(self) -> QFontMetrics:
        return QFontMetrics(self._font(True))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._steps:
            return
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = self.width() / len(self._steps)
        radius, height = self._radius(), self._small().lineSpacing()
        middle = radius + 3.0
        for position, step in enumerate(self._steps):
            centre = QPointF((position + 0.5) * cell, middle)
            reached = step.state in ("done", "now")
            if position:
                sure = "muted" if self._contested else "done"
                painter.setPen(QPen(palette.color(sure if reached else "line"), 3))
                left = QPointF(centre.x() - cell + radius + 2, middle)
                painter.drawLine(left, QPointF(centre.x() - radius - 2, middle))
            self._point(painter, palette, centre, radius, step.state)
            now = step.state == "now"
            painter.setFont(self._font(now))
            present = "soon" if self._contested else "accent"
            painter.setPen(palette.color(present if now else "text" if reached else "muted"))
            metrics = QFontMetrics(painter.font())
            box = QRectF(position * cell + 2, middle + radius + 3, cell - 4, height)
            said = tr("◆ {stage}", stage=step.label) if now and self._contested else step.label
            label = metrics.elidedText(said, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, label)
            if step.on:
                painter.setFont(self._font())
                painter.setPen(palette.color("muted"))
                painter.drawText(box.translated(0, height), Qt.AlignmentFlag.AlignHCenter, f"{step.on:%m-%d}")
        painter.end()

    def _point(self, painter: QPainter, palette: Palette, centre: QPointF, radius: int, state: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if state == "done":
            painter.setBrush(palette.color("muted" if self._contested else "done"))
            painter.drawEllipse(centre, radius - 1, radius - 1)
            painter.setPen(QPen(palette.color("panel"), 1.6))
            tick = radius * 0.42
            painter.drawPolyline([
                QPointF(centre.x() - tick, centre.y()),
                QPointF(centre.x() - tick * 0.2, centre.y() + tick * 0.7),
                QPointF(centre.x() + tick, centre.y() - tick * 0.7),
            ])
        elif state == "now" and self._contested:
            # A diamond, not filled: nobody has decided yet.
            painter.setBrush(palette.color("panel"))
            painter.setPen(QPen(palette.color("soon"), 2))
            painter.drawPolygon([
                QPointF(centre.x(), centre.y() - radius), QPointF(centre.x() + radius, centre.y()),
                QPointF(centre.x(), centre.y() + radius), QPointF(centre.x() - radius, centre.y()),
            ])
        elif state == "now":
            painter.setBrush(palette.color("accent_soft"))
            painter.drawEllipse(centre, radius + 2, radius + 2)
            painter.setBrush(palette.color("accent"))
            painter.drawEllipse(centre, radius - 1, radius - 1)
        else:
            painter.setBrush(QColor(Qt.GlobalColor.transparent))
            painter.setPen(QPen(palette.color("line"), 2))
            painter.drawEllipse(centre, radius - 2, radius - 2)


def clock_words(case: CaseView) -> tuple[str, str]:
    """(kind, words) of the clock that the case is watched by: mark, what runs, what is left."""
    if case.ended:
        return "", tr("已办结 · {stage}", stage=case.stage_label)
    alive = running_limits(case)
    limit = next((limit for limit in alive if limit.due_on == case.due_on and limit.running), None) or next(
        iter(alive), None)
    if limit is None:
        return "", tr("当前没有在计的期限")
    kind = limit_kind(limit)
    words = f"{MARKS[kind]} {limit_sentence(limit)}"
    if limit.provisional:
        words += tr("（暂定）")
    if case.paused is not None and limit.state != "paused":
        words += tr("　‖ 本中心暂停，余 {n}", n=case.paused) if case.paused >= 0 else tr(
            "　‖ 本中心暂停，已超 {n}", n=-case.paused)
    return kind, words


class CaseHeader(QFrame):
    """``back``, ``stepped(±1)`` and ``why`` are what a person can ask of it."""

    back = Signal()
    stepped = Signal(int)
    why = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("caseHeader")
        self._back = self._link(tr("‹ 队列"), tr("返回队列（Esc）"))
        self._back.clicked.connect(self.back)
        self._previous = self._link("‹", tr("上一件（Alt+↑）"))
        self._previous.clicked.connect(lambda: self.stepped.emit(-1))
        self._place = QLabel()
        self._place.setObjectName("muted")
        self._next = self._link("›", tr("下一件（Alt+↓）"))
        self._next.clicked.connect(lambda: self.stepped.emit(1))
        self._number = ElidedLabel()
        self._number.setObjectName("muted")
        self._matter = ElidedLabel()
        self._matter.setObjectName("muted")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self._clock = QLabel()
        self._clock.setObjectName("strong")
        self._due = QLabel()
        self._due.setObjectName("muted")
        self._why = self._link(tr("为什么"), tr("这个日期是怎么算出来的（Ctrl+E）"))
        self._why.setProperty("accent", True)
        self._why.clicked.connect(self.why)
        self._title = QLabel()
        self._title.setObjectName("title")
        self._title.setWordWrap(True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._party = QLabel()
        self._party.setObjectName("muted")
        self._party.setWordWrap(True)
        self._warning = QLabel()
        self._warning.setObjectName("caseWarning")
        self._warning.setWordWrap(True)
        self.line = StageLine(theme)

        top = QHBoxLayout()
        top.setSpacing(8)
        for widget in (self._back, self._previous, self._place, self._next, self._number):
            top.addWidget(widget)
        top.addLayout(self._chips)
        top.addWidget(self._matter)
        top.addStretch(1)
        for widget in (self._clock, self._due, self._why):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 8, 18, 8)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._title)
        column.addWidget(self._party)
        column.addWidget(self._warning)
        column.addSpacing(4)
        column.addWidget(self.line)

    def _link(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("link")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def show_place(self, position: tuple[int, int] | None) -> None:
        """Where the case stands in the queue it was opened from: (i, n), or None when opened on its own."""
        for widget in (self._previous, self._place, self._next):
            widget.setVisible(position is not None)
        if position is not None:
            at, total = position
            self._place.setText(f"{at} / {total}")
            self._previous.setEnabled(at > 1)
            self._next.setEnabled(at < total)

    def show_case(self, case: CaseView) -> None:
        self._number.setText("　".join(part for part in (case.number, case.platform_number) if part))
        self._matter.setText(tr("记录 {number}", number=case.matter) if case.matter else "")
        self._matter.setToolTip(tr("办理编号：一个主体、一项技术方案的各项业务（Ctrl+T）"))
        self._back.setText(tr("‹ {queue}", queue=case.procedure_label))
        self._title.setText(case.title)
        self._party.setText(" · ".join(part for part in (
            case.party if len(case.party) < 160 else case.party[:160] + "…",
            case.region,
            case.agency and tr("代理 ") + case.agency,
            case.main_class and tr("主分类 ") + case.main_class,
            case.application_number and tr("申请号 ") + case.application_number,
            f"{case.words.person} {case.examiner or tr('未定')}",
        ) if part))
        self._party.setToolTip(case.party if len(case.party) >= 160 else "")
        self._show_chips(case)
        kind, words = clock_words(case)
        self._clock.setText(words)
        self._clock.setProperty("kind", kind)
        self._clock.style().unpolish(self._clock)
        self._clock.style().polish(self._clock)
        # An awaited date says its day itself, and nothing has to be done by then.
        awaited = any(limit.kind == WATCH and limit.running and limit.due_on == case.due_on for limit in case.limits)
        told = case.due_on is not None and not case.ended and not awaited
        self._due.setText(tr("应于 ") + case.due_on.isoformat() if told and case.due_on else "")
        self._due.setVisible(bool(self._due.text()))
        self._why.setVisible(bool(case.limits))
        self._warning.setText("\n".join(dict.fromkeys(
            tr("◆ 待裁决：各方互不知情，作了不同的办理；裁决之前都不算数，由组长对照裁决（Ctrl D）。")
            if case.contested and warning == CONTESTED else warning for warning in case.warnings)))
        self._warning.setVisible(bool(case.warnings))
        self.line.show_steps(case.steps, contested=case.contested)

    def _show_chips(self, case: CaseView) -> None:
        while item := self._chips.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        chips = [(case.category, "")] if case.category else []
        if case.field or case.field_grade:
            field = case.field or tr("未归入领域")
            chips.append((f"{field} · {case.field_grade}" if case.field_grade else field, ""))
        if case.field and case.field_status == "待核对":
            chips.append((tr("领域待核对"), "soon"))
        if case.contested:
            chips.insert(0, (tr("◆ 待裁决"), "soon"))
        for text, level in chips:
            # The field may be long; where there is no room it ends in … instead of being cut. What warns stays whole.
            chip = QLabel(text) if level else ElidedLabel(text)
            chip.setToolTip(text)
            chip.setProperty("chip", True)
            chip.setProperty("kind", level)
            self._chips.addWidget(chip)
