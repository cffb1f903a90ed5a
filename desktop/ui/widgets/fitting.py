"""Dialogs that are no larger than the window they open over."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

#: The strip of the window beneath that stays visible around a dialog.
SPARE = 40


def fit(dialog: QWidget, width: int, height: int) -> None:
    """Give a dialog the wished size, but never more than the window it opens over."""
    parent = dialog.parentWidget()
    if parent is not None:
        room = parent.window().size()
        width, height = min(width, room.width() - SPARE), min(height, room.height() - SPARE)
    dialog.resize(width, height)
