"""Palettes are complete and readable, the style sheet is filled, measures follow the font."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication

from desktop.ui import theme as themes
from desktop.ui.theme import CONTRAST, DARK, LIGHT, Palette, Theme


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def light(color: str) -> float:
        parts = [channel / 255 for channel in QColor(color).getRgb()[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=lambda palette: palette.name)
def test_texts_are_readable_on_every_background(palette: Palette) -> None:
    least = 7.0 if palette is CONTRAST else 4.5
    pairs = [(text, back) for text in ("text", "overdue", "soon", "done", "accent", "paused")
             for back in ("panel", "background", "selection")]
    pairs += [("muted", "panel"), ("muted", "background"), ("on_accent", "accent"), ("overdue", "overdue_soft"),
              ("soon", "soon_soft"), ("done", "done_soft"), ("accent", "accent_soft")]
    poor = {
        pair: round(ratio, 2) for pair in pairs
        if (ratio := contrast(getattr(palette, pair[0]), getattr(palette, pair[1])))
        < (least if pair[1] != "selection" else 4.0)
    }
    assert not poor


@pytest.mark.parametrize("choice", ["light", "dark", "contrast"])
def test_the_choice_fills_the_style_sheet(theme: Theme, qapp: QApplication, choice: str) -> None:
    theme.choose(choice)
    assert theme.palette.name == choice
    assert theme.palette.accent in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()
    assert qapp.palette().window().color().name() == theme.palette.background


def test_an_unknown_choice_follows_the_system(theme: Theme) -> None:
    theme.choose("pink")
    assert theme.choice == "system"
    assert theme.palette in (LIGHT, DARK)


def test_a_change_is_told_once(theme: Theme) -> None:
    told: list[int] = []
    theme.changed.connect(lambda: told.append(1))
    theme.choose("dark")
    assert told == [1]


def test_rows_grow_with_the_font(qapp: QApplication) -> None:
    small, large = QFont(qapp.font()), QFont(qapp.font())
    small.setPixelSize(12)
    large.setPixelSize(26)
    assert 28 <= themes.row_height(small) <= 32
    assert themes.row_height(large) > QFontMetrics(large).height()


def test_without_a_system_face_the_bundled_one_is_used(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "SYSTEM_FACES", ())
    font = themes.interface_font()
    assert font.families()[0] == "Noto Sans SC"
    assert QFontDatabase.hasFamily("Noto Sans SC")
    assert QFontMetrics(font).inFontUcs4(ord("鑫"))
