"""Source strings are Chinese; wrapping them here lets a translation file be loaded beside them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language. ``{name}`` marks are filled after translation."""
    said = QCoreApplication.translate("desk", text)
    return said.format(**values) if values else said
