"""Lines are no wider than their box, lose nothing, and part where Chinese text may part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.reports.fonts import Face, advance, missing_glyphs, printable, runs
from desktop.reports.lines import Line, fit, width_of

TEXT = st.text("中文（）“”，。、；：甲乙丙 ABCxyz0123456789-/.,()<>&\n　𬭎", max_size=120)


def text_of(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(part for _, part in line.runs) for line in lines]


@given(TEXT, st.floats(30, 400))
def test_lines_fit_and_keep_every_character(text: str, width: float) -> None:
    lines = fit(text, Face.SERIF, 10.0, width)
    assert lines
    assert "".join("".join(text_of(lines)).split()) == "".join(text.split())
    for line, words in zip(lines, text_of(lines), strict=True):
        assert abs(line.width - width_of(words, Face.SERIF, 10.0)) < 1e-6
        assert line.width <= width + 1e-6


def test_marks_stay_with_their_text() -> None:
    # Ten characters fit; the comma and the bracket would be at the wrong end of a line.
    assert text_of(fit("一二三四五六七八九十，甲（乙）", Face.SERIF, 10.0, 100.0)) == [
        "一二三四五六七八九",
        "十，甲（乙）",
    ]
    assert text_of(fit("一二三四五六七八九（甲乙）", Face.SERIF, 10.0, 100.0)) == ["一二三四五六七八九", "（甲乙）"]


def test_words_and_dates_stay_whole_while_a_line_can_hold_them() -> None:
    assert text_of(fit("应于 2026-11-19 前", Face.SERIF, 10.0, 60.0)) == ["应于", "2026-11-19", "前"]
    assert text_of(fit("SDDH-2026-0000031", Face.SERIF, 10.0, 60.0)) == ["SDDH-2026-", "0000031"]
    assert "".join(text_of(fit("A" * 99, Face.SERIF, 10.0, 60.0))) == "A" * 99


def test_a_character_that_the_face_lacks_comes_from_another() -> None:
    assert runs("甲𰻝乙", Face.SERIF) == [(Face.SERIF, "甲"), (Face.SANS, "𰻝"), (Face.SERIF, "乙")]
    assert runs("鿰", Face.BOLD) == [(Face.SERIF, "鿰")]
    assert missing_glyphs("甲𰻝鿰\n 乙") == ()


def test_missing_glyphs_are_named_once_in_order() -> None:
    assert missing_glyphs("😀𠀁甲😀\ue000") == ("😀", "𠀁", "\ue000")


def test_widths_are_those_of_the_faces() -> None:
    assert advance("中", Face.SERIF) == 1.0
    assert 0.4 < advance("0", Face.SANS) < 0.7


def test_what_has_no_shape_is_left_out() -> None:
    assert printable("a\u200bb\x00c\r\nd\u2028e\ufe0f\ttail") == "ab c\nd\ne tail"
