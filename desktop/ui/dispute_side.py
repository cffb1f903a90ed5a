"""One side of a dispute as a column: who recorded what where and when, what they had not seen, where it would lead."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.app.sync_views import SideView
from desktop.app.views import JournalEntry
from desktop.ui.i18n import tr
from desktop.ui.queue_brief import escaped
from desktop.ui.theme import Theme
from desktop.ui.widgets.elided import ElidedLabel


def entry_words(entry: JournalEntry, muted: str) -> str:
    """One entry as rich text: what, then who, in which role, where, recorded when."""
    said = entry.text if entry.text.startswith(entry.action) else f"{entry.action}　{entry.text}".strip()
    who = f"{entry.actor}（{entry.role}）" if entry.role else entry.actor
    recorded = entry.at[:16].replace("T", " ")
    about = " · ".join(part for part in (who, entry.station, tr("{at} 记录", at=recorded)) if part)
    return (
        f"{entry.occurred_on.isoformat()}　{escaped(said)}"
        f'<br><span style="color:{muted}">{escaped(about)}</span>'
    )


def short_words(entry: JournalEntry) -> str:
    """One entry in a line: for what the others had not seen."""
    return f"{entry.occurred_on:%m-%d}　{entry.action} · {entry.actor} · {entry.station}"


def differing(sides: Sequence[SideView]) -> list[str]:
    """Names of the facts that would not be the same on all sides, in the order of the first that has them."""
    names = list(dict.fromkeys(name for side in sides for name, _value in side.facts))
    known = [dict(side.facts) for side in sides]
    return [name for name in names if len({facts.get(name, "") for facts in known}) > 1]


class SidePanel(QFrame):
    """``chosen(choice)`` by a click; the keyboard chooses in the row of buttons below. The text scrolls by arrows."""

    chosen = Signal(str)

    def __init__(self, side: SideView, unlike: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = side
        self._theme, self._unlike = theme, list(unlike)
        self.setObjectName("disputeSide")
        self.setProperty("chosen", False)
        name = QLabel(side.label)
        name.setObjectName("heading")
        self._mark = QLabel()
        self._mark.setProperty("chip", True)
        self._mark.setProperty("kind", "accent")
        self._mark.hide()
        authors = ElidedLabel("、".join(side.authors))
        authors.setObjectName("muted")
        head = QHBoxLayout()
        head.addWidget(name)
        head.addWidget(self._mark)
        head.addWidget(authors, 1)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setObjectName("clear")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(tr("{label}：{summary}", label=side.label, summary=side.summary))
        self.area.setWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 6, 8)
        head.setContentsMargins(6, 0, 0, 0)
        self._words.setContentsMargins(6, 2, 6, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        theme.changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        palette = self._theme.palette
        muted, soon = palette.muted, palette.soon

        def caption(words: str, colour: str = muted) -> str:
            return f'<p style="margin:8px 0 2px 0; color:{colour}">{words}</p>'

        parts = [f'<p style="margin:2px 0 7px 0">{entry_words(entry, muted)}</p>' for entry in self.side.entries]
        if self.side.unseen:
            parts.append(caption(tr("◆ 记这些的时候，还没有看到："), soon))
            parts += [f'<p style="margin:1px 0 1px 14px">{escaped(short_words(one))}</p>' for one in self.side.unseen]
        parts.append(caption(tr("若采用，此案将是")))
        stage = tr("环节")
        for name, value in ((stage, self.side.stage_label), *self.side.facts):
            # What would not come out the same on all sides stands out.
            said = f"<b>{escaped(value)}</b>" if name == stage or name in self._unlike else escaped(value)
            parts.append(f'<p style="margin:1px 0"><span style="color:{muted}">{escaped(name)}　</span>{said}</p>')
        self._words.setText("".join(parts))

    def words(self) -> str:
        """What the column says, as rich text."""
        return self._words.text()

    def show_chosen(self, on: bool) -> None:
        """Mark it by a frame and a word."""
        self._mark.setText(tr("✓ 采用"))
        self._mark.setVisible(on)
        self.setProperty("chosen", on)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.side.choice)
        super().mousePressEvent(event)
