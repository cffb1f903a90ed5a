"""A TrueType font that goes into a PDF as one subset whose text layer is what was typed.

reportlab cuts a font into 256-character pieces and writes characters above U+FFFF wrongly into ToUnicode
(ISO 32000-1, 9.10.3 asks for UTF-16BE), so 𬭎 would be extracted as something else. Here each face is
written once, as a Type 0 font with two-byte codes (ISO 32000-1, 9.7), which is also smaller and faster.
"""

from __future__ import annotations

from pathlib import Path
from struct import pack
from typing import Any

from reportlab.pdfbase import pdfdoc, ttfonts

_BLOCK = 100  # a bfchar block may hold at most 100 lines (Adobe Technical Note 5014)


def to_unicode(codes: list[int]) -> str:
    """The ToUnicode map of a subset: position in ``codes`` -> the character there; position 0 is .notdef."""
    units = [chr(code).encode("utf-16-be").hex().upper() for code in codes]
    lines = [f"<{at:04X}> <{unit}>" for at, unit in enumerate(units) if at]
    blocks = (lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK))
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]) for block in blocks),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


class _Subset:
    """What one document uses of one face: character -> code. The other names are reportlab's own."""

    namePrefix = "F"  # noqa: N815

    def __init__(self) -> None:
        self.codes = {0: 0}
        self.internalName: str | None = None
        self.subsets: list[list[int]] = [[]]


class EmbeddedFont(ttfonts.TTFont):  # type: ignore[misc]
    """A face registered with reportlab; the subset of each document is kept apart, as in the base class."""

    def __init__(self, name: str, file: Path) -> None:
        """Read ``file`` (an OSError or reportlab's TTFError if that fails), to be registered as ``name``."""
        super().__init__(name, file, shapable=False)
        self.postscript_name = self.face.name.decode("ascii")
        # reportlab answers with the first font registered for a face's name, which may not be this one.
        self.face.name = name.encode("ascii")

    def splitString(  # noqa: N802
        self, text: str, doc: Any, encoding: str = "utf-8"
    ) -> list[tuple[int, bytes]]:
        """Two bytes per character; a character met for the first time takes the next free code."""
        codes = self._subset_of(doc).codes
        glyphs = self.face.charToGlyph
        # A missing character here is our fault: the text is checked before anything is drawn.
        numbers = [codes.setdefault(code, len(codes)) for code in map(ord, text) if code in glyphs]
        return [(0, pack(f">{len(numbers)}H", *numbers))]

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Write the font into ``doc``; called by reportlab once all pages are drawn."""
        codes = list(self._subset_of(doc).codes)
        name = "AAAAAA+" + self.postscript_name
        old_glyphs = [self.face.charToGlyph.get(code, 0) for code in codes]
        new_glyphs: dict[int, int] = {0: 0}  # in the order in which makeSubset numbers them
        places = [new_glyphs.setdefault(glyph, len(new_glyphs)) for glyph in old_glyphs]
        widths = pdfdoc.PDFArray([self.face.getCharWidth(code) for code in codes])
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": pdfdoc.PDFName(name),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {
                        "Registry": pdfdoc.PDFString("Adobe"),
                        "Ordering": pdfdoc.PDFString("Identity"),
                        "Supplement": 0,
                    }
                ),
                "FontDescriptor": self.face.addSubsetObjects(doc, name, codes),
                "DW": 1000,
                "W": pdfdoc.PDFArray([0, widths]),
                # Two characters may share a glyph; separate codes keep their text apart.
                "CIDToGIDMap": self._stream(doc, "glyphs", pack(f">{len(places)}H", *places)),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([doc.Reference(descendant, f"descendant:{name}")]),
                "ToUnicode": self._stream(doc, "unicode", to_unicode(codes).encode("ascii")),
            }
        )
        internal = self.getSubsetInternalName(0, doc)[1:]
        doc.idToObject[pdfdoc.BasicFonts].dict[internal] = doc.Reference(font, internal)
        del self.state[doc]

    def _subset_of(self, doc: Any) -> _Subset:
        if doc not in self.state:
            self.state[doc] = _Subset()
        subset: _Subset = self.state[doc]
        return subset

    def _stream(self, doc: Any, kind: str, content: bytes) -> Any:
        stream = pdfdoc.PDFStream(content=content, filters=[pdfdoc.PDFZCompress])
        return doc.Reference(stream, f"{kind}:{self.fontName}")
