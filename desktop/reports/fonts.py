"""The bundled faces: which of them prints a character, how wide it is, and what none of them can print."""

from __future__ import annotations

import threading
import unicodedata
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics

from desktop.reports.embedding import EmbeddedFont

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"


class Face(StrEnum):
    """A bundled face; the value is its name in reportlab."""

    SERIF = "KuaishenSerif"
    SANS = "KuaishenSans"
    BOLD = "KuaishenBold"


_FILES = {
    Face.SERIF: "NotoSerifSC-Regular.ttf",
    Face.SANS: "NotoSansSC-Regular.ttf",
    Face.BOLD: "NotoSansSC-Bold.ttf",
}
# Each face has some characters that the others lack; the look changes before the text is refused.
_FALLBACKS = {
    Face.SERIF: (Face.SERIF, Face.SANS),
    Face.SANS: (Face.SANS, Face.SERIF),
    Face.BOLD: (Face.BOLD, Face.SERIF),
}
_loading = threading.Lock()
_loaded: dict[Face, EmbeddedFont] = {}


def font(face: Face) -> EmbeddedFont:
    """The registered face; the first use in the process reads its file (about 0.1 s each)."""
    if face not in _loaded:
        with _loading:
            if face not in _loaded:
                # Text-safe encoding of streams costs a quarter more bytes and protects from nothing today.
                rl_config.useA85 = 0
                made = EmbeddedFont(face.value, FOLDER / _FILES[face])
                pdfmetrics.registerFont(made)
                _loaded[face] = made
    return _loaded[face]


class _Glyphs(dict[str, tuple[Face, float]]):
    """character -> (face that has it, advance in em), found when first asked for."""

    def __init__(self, wanted: Face) -> None:
        super().__init__()
        self._wanted = wanted

    def __missing__(self, character: str) -> tuple[Face, float]:
        code = ord(character)
        for face in _FALLBACKS[self._wanted]:
            metrics = font(face).face
            if code in metrics.charToGlyph:
                self[character] = (face, metrics.charWidths[code] / 1000)
                return self[character]
        raise KeyError(character)


_glyphs = {face: _Glyphs(face) for face in Face}


def advance(character: str, face: Face) -> float:
    """Width of one character in em, in ``face`` or its fall-back."""
    return _glyphs[face][character][1]


def runs(text: str, face: Face) -> list[tuple[Face, str]]:
    """``text`` cut into stretches of one face each."""
    glyphs = _glyphs[face]
    return [(chosen, "".join(part)) for chosen, part in groupby(text, lambda character: glyphs[character][0])]


class _Shapes(dict[int, str]):
    """A table for str.translate, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kind = unicodedata.category(character)
        shape = character
        if character in "\r\v\f\x85\u2028\u2029":
            shape = "\n"
        elif kind == "Cc" and character != "\n":
            shape = " "
        elif kind == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
            shape = ""
        self[code] = shape
        return shape


_shapes = _Shapes()


def printable(text: str) -> str:
    """``text`` without what has no shape of its own: controls become spaces (line ends stay), invisible
    formatting characters and variation selectors go."""
    return text.replace("\r\n", "\n").translate(_shapes)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of ``text`` that no bundled face can print, each once, in order."""
    found: dict[str, None] = {}
    for character in printable(text):
        if character == "\n":
            continue
        try:
            _glyphs[Face.SERIF][character]
        except KeyError:
            found[character] = None
    return tuple(found)
