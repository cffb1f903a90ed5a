"""What a unified handling record looks like: its parts as rows for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktop.core.record import RecordSection, RecordTable, UnifiedRecord
from desktop.reports.fonts import Face, printable
from desktop.reports.lines import fit, longest_word, width_of
from desktop.reports.pages import BOTTOM, WIDTH, Cell, Placed, Row, cell_inset

_BODY, _LEADING = 9.5, 13.5
_LABEL = 9.0
_SMALL, _SMALL_LEADING = 8.5, 12.5
_HEADING, _HEADING_LEADING = 10.5, 19.0
_LABEL_WIDTHS = (64.0, 100.0)  # the label column is as wide as its longest label, within these
_INSET = cell_inset(framed=True)
_CENTRED_EM = 6.0  # a column whose texts are all this short stands in the middle
_LONGEST_WORD = 100.0  # points; a longer one parts at its marks
_SHORT_TEXT = 80.0  # points; such texts get a line of their own where there is room
_PAD = 2.25
_SIGNATURES = 3  # to a line


def record_rows(record: UnifiedRecord) -> list[Row]:
    """The record from its title to its notes. The last lines of the body stay with the signatures, so that
    no page holds signatures alone."""
    rows = list(_title_rows(record))
    label_width = _label_width(record.sections)
    for section in record.sections:
        rows += _section_rows(section, label_width)
    body_ends = [at for at in (len(rows) - 2, len(rows) - 1) if at >= 0]
    for at in body_ends:
        rows[at] = replace(rows[at], keep=True)
    return [*rows, *_signature_rows(record.signatures), _notes_row(record.notes)]


def furniture_rows(record: UnifiedRecord, number: int, total: int) -> list[Placed]:
    """The foot of every page: what it belongs to, and which page of how many."""
    y = BOTTOM + 8
    belongs = f"办理编号：{record.matter_number}　记录校验值：{record.verification}"
    left = _cell(belongs, 0, WIDTH - 90, small=True)
    right = _cell(f"第 {number} 页　共 {total} 页", WIDTH - 90, 90, small=True, align="right")
    return [Placed(Row((left, right), pad=4.0, rule=True), y)]


def _title_rows(record: UnifiedRecord) -> Iterator[Row]:
    yield _text_row(record.centre, Face.SANS, 14.0, 21.0, align="centre", keep=True)
    title = _text_row(record.title, Face.SERIF, 20.0, 29.0, align="centre", keep=True, before=3.0)
    yield replace(title, cells=(replace(title.cells[0], heavy=True),))
    half = WIDTH / 2
    yield Row(
        (
            _cell(f"办理编号：{record.matter_number}", 0, half),
            _cell(f"生成时间：{record.generated_at}", half, half, align="right"),
        ),
        before=9.0,
        keep=True,
    )


def _section_rows(section: RecordSection, label_width: float) -> Iterator[Row]:
    heading = _text_row(section.title, Face.BOLD, _HEADING, _HEADING_LEADING, keep=True, before=5.0)
    if section.pairs or section.table is not None:
        yield heading
        yield from _pair_rows(section.pairs, label_width)
        if section.table is not None:
            yield from _table_rows(section.table, before=4.0 if section.pairs else 0.0)
        return
    # 无 stands beside its heading, in line with the values of the other sections.
    (title,) = heading.cells
    used = max(label_width + _INSET, title.lines[-1].width + 2 * _INSET)
    if len(title.lines) > 1 or used + _BODY > WIDTH:
        yield heading
        yield _text_row("无", Face.SERIF, _BODY, _LEADING)
        return
    nothing = Cell(used, WIDTH - used, fit("无", Face.SERIF, _BODY, WIDTH), _BODY, _HEADING_LEADING)
    yield replace(heading, cells=(replace(title, width=used), nothing), before=2.0, keep=False)


def _pair_rows(pairs: Sequence[tuple[str, str]], label_width: float) -> Iterator[Row]:
    """Two to a line; a value that is too long for half a line has the line to itself."""
    half = WIDTH / 2
    waiting: tuple[str, str] | None = None
    for pair in pairs:
        short = len(fit(pair[1], Face.SERIF, _BODY, half - label_width - 2 * _INSET)) == 1
        if waiting and short:
            yield _pair_row([waiting, pair], label_width)
            waiting = None
            continue
        if waiting:
            yield _pair_row([waiting], label_width)
        waiting = pair if short else None
        if not short:
            yield _pair_row([pair], label_width)
    if waiting:
        yield _pair_row([waiting], label_width)


def _pair_row(pairs: Sequence[tuple[str, str]], label_width: float) -> Row:
    share = WIDTH / len(pairs)
    cells: list[Cell] = []
    for at, (label, value) in enumerate(pairs):
        cells.append(_label_cell(label, at * share, label_width))
        cells.append(_cell(value, at * share + label_width, share - label_width, framed=True))
    return Row(tuple(cells), pad=_PAD, framed=True)


def _table_rows(table: RecordTable, before: float) -> Iterator[Row]:
    widths = _column_widths(table)
    places = [sum(widths[:at]) for at in range(len(widths))]
    aligns = [_alignment(table, at, width) for at, width in enumerate(widths)]
    header = Row(
        tuple(
            _label_cell(text, x, width, align="centre")
            for text, x, width in zip(table.columns, places, widths, strict=True)
        ),
        pad=_PAD,
        framed=True,
        keep=True,
    )
    yield replace(header, before=before)
    if not table.rows:
        yield Row((_cell("无", 0, WIDTH, framed=True),), pad=_PAD, framed=True)
    last = len(table.rows) - 1
    for at, texts in enumerate(table.rows):
        face = Face.BOLD if at in table.marked else Face.SERIF
        cells = tuple(
            _cell(text, x, width, face=face, align=align, framed=True)
            for text, x, width, align in zip(texts, places, widths, aligns, strict=True)
        )
        # The first two and the last two rows stay together: a row alone on a page reads as a mistake.
        keep = last > 0 and at in (0, last - 1)
        yield Row(cells, pad=_PAD, framed=True, keep=keep, header=header)


def _column_widths(table: RecordTable) -> list[float]:
    """The asked proportions, but no column narrower than its header, its short texts (names, dates) and its
    longest word, as far as the page allows."""
    headers = [_unbroken(text, Face.SANS, _LABEL) for text in table.columns]
    columns = [set(column) for column in zip(table.columns, *table.rows, strict=True)]
    for whole in (_SHORT_TEXT, 0.0):
        longest = (max(_least_width(text, whole) for text in column) for column in columns)
        least = [max(pair) + 2 * _INSET + 0.5 for pair in zip(headers, longest, strict=True)]
        if sum(least) <= WIDTH:
            break
    else:
        least = [0.0] * len(least)
    widths = [0.0] * len(least)
    free = dict(enumerate(table.widths))
    room = WIDTH
    while free:
        unit = room / sum(free.values())
        narrow = [at for at, share in free.items() if share * unit < least[at]]
        for at in narrow or list(free):
            widths[at] = least[at] if narrow else free[at] * unit
            room -= widths[at]
            del free[at]
    return widths


def _least_width(text: str, whole: float) -> float:
    """Width of ``text`` that is not to part: all of it up to ``whole``, else its longest word."""
    width = _unbroken(text, Face.BOLD, _BODY)
    return width if width <= whole else min(longest_word(text, Face.BOLD, _BODY), _LONGEST_WORD)


def _alignment(table: RecordTable, column: int, width: float) -> str:
    """Short marks, counts and dates stand in the middle of their column, sentences begin at its left."""
    room = min(_CENTRED_EM * _BODY, width - 2 * _INSET)
    longest = max((_unbroken(row[column], Face.BOLD, _BODY) for row in table.rows), default=0.0)
    return "centre" if longest <= room else "left"


def _signature_rows(signatures: Sequence[str]) -> Iterator[Row]:
    """Room to sign and to date; what stands in brackets, such as （盖章）, only marks its place."""
    share = WIDTH / _SIGNATURES
    for start in range(0, len(signatures), _SIGNATURES):
        cells = []
        for at, text in enumerate(signatures[start : start + _SIGNATURES]):
            place = text.endswith("）")
            label = text if place else text.rstrip("：") + "："
            cells.append(replace(_cell(label, at * share, share), blank=not place))
        yield Row(tuple(cells), before=22.0, keep=True)


def _notes_row(notes: Sequence[str]) -> Row:
    return Row((_cell("\n".join(notes), 0, WIDTH, small=True),), before=26.0, foot=True)


def _label_width(sections: Sequence[RecordSection]) -> float:
    """One width for the whole record, so that the boxes of all sections line up."""
    labels = [label for section in sections for label, _ in section.pairs]
    widest = max((_unbroken(label, Face.SANS, _LABEL) for label in labels), default=0.0)
    low, high = _LABEL_WIDTHS
    return min(max(widest + 2 * _INSET + 0.5, low), high)


def _unbroken(text: str, face: Face, size: float) -> float:
    return width_of(printable(text).replace("\n", ""), face, size)


def _label_cell(text: str, x: float, width: float, align: str = "left") -> Cell:
    lines = fit(text, Face.SANS, _LABEL, width - 2 * _INSET)
    return Cell(x, width, lines, _LABEL, _LEADING, align=align, shaded=True)


def _cell(
    text: str,
    x: float,
    width: float,
    *,
    face: Face = Face.SERIF,
    small: bool = False,
    align: str = "left",
    framed: bool = False,
) -> Cell:
    size, leading = (_SMALL, _SMALL_LEADING) if small else (_BODY, _LEADING)
    return Cell(x, width, fit(text, face, size, width - 2 * cell_inset(framed)), size, leading, align=align)


def _text_row(
    text: str,
    face: Face,
    size: float,
    leading: float,
    *,
    align: str = "left",
    keep: bool = False,
    before: float = 0.0,
) -> Row:
    cell = Cell(0.0, WIDTH, fit(text, face, size, WIDTH), size, leading, align=align)
    return Row((cell,), before=before, keep=keep)
