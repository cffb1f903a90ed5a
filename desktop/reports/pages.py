"""Rows of cells onto A4 pages: what stays together, what is repeated, and how it is drawn.

Lengths are points, y counts downwards from the top of the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop.reports.fonts import Face, font
from desktop.reports.lines import Line

SHEET_WIDTH, SHEET_HEIGHT = A4
# GB/T 9704-2012 binds on the left (28 mm) and leaves 26 mm on the right; tables need some of that room.
LEFT, RIGHT = 25 * mm, SHEET_WIDTH - 20 * mm
TOP, BOTTOM = 21 * mm, SHEET_HEIGHT - 24 * mm
WIDTH = RIGHT - LEFT

_SHADE = 0.95
_RULE = 0.5
_TALL = 9  # rows of more lines than this may be divided between two pages
_WIDOW = 2  # and leave at least this many lines on either


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of text in a box; ``x`` counts from the left margin. ``blank`` draws a rule to write on;
    ``heavy`` thickens the strokes, because no heavy serif face is bundled."""

    x: float
    width: float
    lines: tuple[Line, ...]
    size: float
    leading: float
    align: str = "left"
    shaded: bool = False
    blank: bool = False
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side. ``keep`` holds it to the next row, ``header`` is repeated when a page begins with
    it, ``foot`` puts it at the bottom of its page instead of right below the row before it, ``rule`` draws a
    line over it."""

    cells: tuple[Cell, ...]
    before: float = 0.0
    pad: float = 0.0
    framed: bool = False
    keep: bool = False
    header: Row | None = None
    foot: bool = False
    rule: bool = False

    @property
    def height(self) -> float:
        """Without the space before it, which is dropped at the top of a page."""
        return max(len(cell.lines) * cell.leading for cell in self.cells) + 2 * self.pad

    @property
    def line_count(self) -> int:
        return max(len(cell.lines) for cell in self.cells)

    def head(self, lines: int) -> Row:
        """The first lines of each cell, as a row of its own."""
        return self._with([cell.lines[:lines] for cell in self.cells])

    def rest(self, lines: int) -> Row:
        """What ``head`` leaves."""
        return self._with([cell.lines[lines:] for cell in self.cells])

    def least(self) -> float:
        """The height it needs at least where it begins."""
        return self.head(_WIDOW).height if self.line_count > _TALL else self.height

    def _with(self, lines: Sequence[tuple[Line, ...]]) -> Row:
        return replace(
            self, cells=tuple(replace(cell, lines=part) for cell, part in zip(self.cells, lines, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the y of its upper edge."""

    row: Row
    y: float


def paginate(rows: Sequence[Row]) -> list[list[Placed]]:
    """Lay the rows out in order. No page is empty and no row is lost, however long."""
    pages: list[list[Placed]] = [[]]
    y = TOP
    waiting = list(reversed(rows))
    while waiting:
        row = waiting.pop()
        page = pages[-1]
        if page and y + row.before + _together(row, waiting) > BOTTOM:
            page = []
            pages.append(page)
            y = TOP
        if page:
            y += row.before
        elif row.header is not None:
            page.append(Placed(row.header, y))
            y += row.header.height
        if y + row.height > BOTTOM and (lines := _that_fit(row, BOTTOM - y)):
            waiting.append(replace(row.rest(lines), before=0.0))
            row = replace(row.head(lines), keep=False)
        place = BOTTOM - row.height if row.foot else y
        page.append(Placed(row, place))
        y = place + row.height
    return pages


def _together(row: Row, waiting: Sequence[Row]) -> float:
    """Height that the row needs together with all that it is held to; if no page has that, alone."""
    chain = 0.0
    held = row
    for after in reversed(waiting):
        if not held.keep:
            break
        chain += held.height + after.before
        held = after
    chain += held.least()
    header = row.header.height if row.header is not None else 0.0
    return chain if header + chain <= BOTTOM - TOP else row.least()


def _that_fit(row: Row, space: float) -> int:
    """How many lines of a row that is too tall fit into ``space``, without a lone line before or after."""
    leading = max(cell.leading for cell in row.cells)
    lines = int((space - 2 * row.pad) / leading)
    lines = min(lines, row.line_count - _WIDOW)
    return max(lines, 0) if lines >= _WIDOW else 0


def draw(canvas: Canvas, page: Sequence[Placed]) -> None:
    """Draw one page's rows, in reading order, so that the text layer reads like the page."""
    canvas.setLineWidth(_RULE)
    canvas.setFillGray(_SHADE)
    # All grounds first: one drawn later would cover the rule that it shares with the row above.
    for placed in page:
        for cell in placed.row.cells:
            if cell.shaded:
                edge = SHEET_HEIGHT - placed.y - placed.row.height
                canvas.rect(LEFT + cell.x, edge, cell.width, placed.row.height, stroke=0, fill=1)
    canvas.setFillGray(0)
    above = 0.0
    for placed in page:
        for cell in placed.row.cells:
            _draw_cell(canvas, cell, placed)
        _draw_rules(canvas, placed, above)
        above = placed.y + placed.row.height if placed.row.framed else 0.0


def _draw_rules(canvas: Canvas, placed: Placed, above: float) -> None:
    """``above`` is the y where a frame already ends, whose lower rule need not be drawn again."""
    row, cells = placed.row, placed.row.cells
    top, bottom = SHEET_HEIGHT - placed.y, SHEET_HEIGHT - placed.y - row.height
    left, right = LEFT + cells[0].x, LEFT + cells[-1].x + cells[-1].width
    rules = []
    if row.rule or (row.framed and abs(above - placed.y) > 0.01):
        rules.append((left, top, right, top))
    if row.framed:
        rules += [(edge, top, edge, bottom) for edge in (*(LEFT + cell.x for cell in cells), right)]
        rules.append((left, bottom, right, bottom))
    if rules:
        canvas.lines(rules)


def _draw_cell(canvas: Canvas, cell: Cell, placed: Placed) -> None:
    row = placed.row
    inset = cell_inset(row.framed)
    spare = row.height - 2 * row.pad - len(cell.lines) * cell.leading
    # Labels stand in the middle of their box, text at the top where reading begins.
    top = placed.y + row.pad + (spare / 2 if cell.shaded else 0.0)
    face = font(Face.SERIF).face
    ascent, descent = (part / 1000 * cell.size for part in (face.ascent, face.descent))
    base = SHEET_HEIGHT - top - (cell.leading - ascent + descent) / 2 - ascent
    text = canvas.beginText()
    if cell.heavy:
        text.setTextRenderMode(2)
    for line in cell.lines:
        room = cell.width - 2 * inset - line.width
        x = LEFT + cell.x + inset + {"left": 0.0, "centre": room / 2, "right": room}[cell.align]
        text.setTextOrigin(x, base)
        for name, part in line.runs:
            text.setFont(font(name).fontName, cell.size, cell.leading)
            text.textOut(part)
        if cell.blank:
            canvas.line(x + line.width + 2, base - 2, LEFT + cell.x + cell.width - 10, base - 2)
        base -= cell.leading
    if cell.heavy:
        text.setTextRenderMode(0)
    canvas.drawText(text)


def cell_inset(framed: bool) -> float:
    """Space between a cell's edge and its text."""
    return 5.0 if framed else 0.0
