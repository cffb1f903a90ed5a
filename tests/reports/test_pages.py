"""Pages hold every row once, in order, inside the margins, and keep together what belongs together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.reports.fonts import Face
from desktop.reports.lines import Line
from desktop.reports.pages import BOTTOM, TOP, Cell, Placed, Row, paginate

LEADING = 10.0
HEADER = Row((Cell(0, 100, (Line(((Face.SANS, "header"),), 1.0),), 9, LEADING),), framed=True)


def row(name: str, lines: int = 1, **options: object) -> Row:
    texts = tuple(Line(((Face.SERIF, f"{name}.{at}"),), 1.0) for at in range(lines))
    return Row((Cell(0, 100, texts, 9, LEADING),), **options)  # type: ignore[arg-type]


def names(page: list[Placed]) -> list[str]:
    return [line.runs[0][1] for placed in page for line in placed.row.cells[0].lines]


ROWS = st.lists(st.tuples(st.integers(1, 200), st.booleans(), st.booleans(), st.floats(0, 30)), min_size=1, max_size=40)


@given(ROWS)
def test_no_line_is_lost_or_outside(plan: list[tuple[int, bool, bool, float]]) -> None:
    rows = [
        row(f"r{at}", lines, keep=keep, header=HEADER if headed else None, before=before)
        for at, (lines, keep, headed, before) in enumerate(plan)
    ]
    pages = paginate(rows)
    printed = [name for page in pages for name in names(page) if name != "header"]
    assert printed == [f"r{at}.{line}" for at, (lines, *_) in enumerate(plan) for line in range(lines)]
    for page in pages:
        assert any(name != "header" for name in names(page))
        y = TOP
        for placed in page:
            assert placed.y >= y - 1e-6
            y = placed.y + placed.row.height
        assert y <= BOTTOM + 1e-6


def test_a_divided_row_leaves_two_lines_on_either_side() -> None:
    for above in range(1, 70):
        pages = paginate([*(row(f"a{at}") for at in range(above)), row("tall", 30)])
        parts = [sum(name.startswith("tall") for name in names(page)) for page in pages]
        assert all(count != 1 for count in parts), f"{above} rows above: {parts}"


def test_kept_rows_share_a_page_and_short_rows_are_not_divided() -> None:
    for above in range(1, 80):
        rows = [*(row(f"a{at}") for at in range(above)), row("head", keep=True), row("first", 8)]
        pages = [names(page) for page in paginate(rows)]
        (page,) = (page for page in pages if "head.0" in page)
        assert [name for name in page if name.startswith("first")] == [f"first.{at}" for at in range(8)]


def test_a_header_is_repeated_only_where_its_table_goes_on() -> None:
    pages = paginate([HEADER, *(row(f"a{at}", header=HEADER) for at in range(100)), row("end")])
    assert len(pages) == 2
    assert [names(page).count("header") for page in pages] == [1, 1]
    assert names(pages[1])[0] == "header"


def test_a_foot_stands_at_the_bottom() -> None:
    (page,) = paginate([row("a"), row("notes", 2, foot=True)])
    assert page[-1].y + page[-1].row.height == BOTTOM
