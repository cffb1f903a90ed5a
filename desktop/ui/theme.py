"""Colours, fonts and measures. One style sheet template, filled from the palette in force.

Colour never carries a meaning alone: the marks of the queue are shapes with a number and a word.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from desktop.ui.i18n import tr

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
SYSTEM_FACES = (
    "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC",
    "WenQuanYi Micro Hei",
)
BUNDLED_FACES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
TEXT_PIXELS = 13


@dataclass(frozen=True)
class Palette:
    """Named colours as #rrggbb. ``*_soft`` are backgrounds for text in the colour of the same name."""

    name: str
    background: str
    panel: str
    line: str
    line_soft: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    on_accent: str
    overdue: str
    overdue_soft: str
    soon: str
    soon_soft: str
    done: str
    done_soft: str
    paused: str
    selection: str
    hover: str
    focus: str

    def color(self, name: str) -> QColor:
        """One colour by its name above."""
        return QColor(getattr(self, name))


LIGHT = Palette(
    name="light", background="#f6f7f9", panel="#ffffff", line="#e3e6eb", line_soft="#eef0f3", text="#1d2430",
    muted="#667080", accent="#1d5fa6", accent_soft="#e8f0fa", on_accent="#ffffff", overdue="#b3261e",
    overdue_soft="#fdecea", soon="#8a5a00", soon_soft="#fdf3dc", done="#2d6a4f", done_soft="#e6f2ec",
    paused="#5b6b86", selection="#dbe8f7", hover="#f0f3f7", focus="#1d5fa6",
)
DARK = Palette(
    name="dark", background="#14171c", panel="#1b1f26", line="#2c323c", line_soft="#242a33", text="#e4e8ee",
    muted="#97a1b0", accent="#7ab2f0", accent_soft="#1e2f45", on_accent="#10151c", overdue="#ff8a80",
    overdue_soft="#3b1f1f", soon="#f0c063", soon_soft="#3a2e14", done="#7fc8a4", done_soft="#1c3329",
    paused="#9fb0cc", selection="#233a57", hover="#222832", focus="#7ab2f0",
)
CONTRAST = Palette(
    name="contrast", background="#000000", panel="#000000", line="#ffffff", line_soft="#7a7a7a", text="#ffffff",
    muted="#e0e0e0", accent="#ffe04d", accent_soft="#262200", on_accent="#000000", overdue="#ff9d94",
    overdue_soft="#330000", soon="#ffd24d", soon_soft="#2b2100", done="#86f0b8", done_soft="#00290f",
    paused="#bcd0ff", selection="#004a99", hover="#1f1f1f", focus="#ffe04d",
)
PALETTES = {palette.name: palette for palette in (LIGHT, DARK, CONTRAST)}


def choices() -> tuple[tuple[str, str], ...]:
    """(id, label) of what a person can choose."""
    return (("system", tr("跟随系统")), ("light", tr("浅色")), ("dark", tr("深色")), ("contrast", tr("高对比度")))


def row_height(font: QFont | None = None) -> int:
    """Height of a table row for this font: 28 px at least, more when the font needs it."""
    metrics = QFontMetrics(font or QApplication.font())
    return max(28, round(metrics.height() * 1.6))


def text_width(text: str, font: QFont | None = None) -> int:
    """Width of a text in the font, for column widths that do not depend on a pixel guess."""
    return QFontMetrics(font or QApplication.font()).horizontalAdvance(text)


def interface_font() -> QFont:
    """The system's Chinese face, or the bundled one; figures of equal width."""
    families = [face for face in SYSTEM_FACES if QFontDatabase.hasFamily(face)]
    if not families:
        families = _bundled()
    font = QFont()
    font.setFamilies([*families, font.defaultFamily()])
    font.setPixelSize(TEXT_PIXELS)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def _bundled() -> list[str]:
    families: list[str] = []
    for name in BUNDLED_FACES:
        path = RESOURCES / "fonts" / name
        if path.exists():
            families += QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    return list(dict.fromkeys(families))


class Theme(QObject):
    """The palette in force. Widgets that paint themselves read ``theme.palette`` and repaint on ``changed``."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        sheets = sorted((RESOURCES / "styles").glob("*.qss"))
        self._template = Template("\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
        self.choice = choice
        self.palette = LIGHT
        # Fusion draws every control from the palette alike on all systems; native styles ignore parts of it.
        application.setStyle("Fusion")
        application.setFont(interface_font())
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    def choose(self, choice: str) -> None:
        """``system``, ``light``, ``dark`` or ``contrast``."""
        self.choice = choice if choice in PALETTES else "system"
        self._apply()

    def _follow(self) -> None:
        if self.choice == "system":
            self._apply()

    def _apply(self) -> None:
        dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.palette = PALETTES.get(self.choice) or (DARK if dark else LIGHT)
        self._application.setPalette(qt_palette(self.palette))
        self._application.setStyleSheet(self.style_sheet())
        self.changed.emit()

    def style_sheet(self) -> str:
        """The filled template."""
        metrics = QFontMetrics(self._application.font())
        measures = {
            "em": metrics.height(), "pill": metrics.height() // 2 + 2, "row": row_height(self._application.font()),
            "small": TEXT_PIXELS - 1, "large": TEXT_PIXELS + 2, "title": TEXT_PIXELS + 4,
            "icons": (RESOURCES / "icons").as_posix(),
        }
        return self._template.substitute(asdict(self.palette), **{name: str(value) for name, value in measures.items()})


def qt_palette(palette: Palette) -> QPalette:
    """The same colours for everything Fusion draws itself."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, "background"), (role.Base, "panel"), (role.AlternateBase, "background"), (role.Text, "text"),
        (role.WindowText, "text"), (role.Button, "panel"), (role.ButtonText, "text"), (role.ToolTipBase, "panel"),
        (role.ToolTipText, "text"), (role.Highlight, "selection"), (role.HighlightedText, "text"),
        (role.PlaceholderText, "muted"), (role.Link, "accent"), (role.LinkVisited, "accent"), (role.Accent, "accent"),
        (role.BrightText, "overdue"), (role.Mid, "line"), (role.Midlight, "line_soft"), (role.Dark, "muted"),
        (role.Light, "panel"), (role.Shadow, "line"),
    ):
        result.setColor(target, palette.color(name))
    for target in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, palette.color("muted"))
    return result
