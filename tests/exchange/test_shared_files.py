"""Real exports, where the folder with them lies beside the project. Nothing of them is kept here."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.intake import examine_rows
from desktop.core.refusal import Refusal
from desktop.exchange.reading import Sheet, read_workbook
from desktop.exchange.recognition import recognise, source_rows

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def table(name: str) -> Sheet:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real file {name} is not on this machine")
    return read_workbook(path)


def test_a_platform_export() -> None:
    found = table("intake-shandong.xlsx")
    recognition = recognise(found)
    assert recognition.header_row == 2
    recognition.require_complete()
    rows = list(examine_rows(source_rows(found, recognition)))
    assert len(rows) == 1200
    refused = [row for row in rows if row.errors]
    assert 5 <= len(refused) <= 12
    assert all(error.reason and error.column in recognition.titles for row in refused for error in row.errors)


@pytest.mark.parametrize(
    ("name", "rows", "missing"),
    [
        ("incopat-72.xlsx", 73, ["接收日期"]),
        ("incopat-3816.xlsx", 3816, ["接收日期"]),
        ("gazette-utility-2019-07-12.csv", 16183, ["接收日期", "专利类型"]),
        ("gazette-design-2019-07-12.csv", 5299, ["接收日期", "专利类型"]),
    ],
)
def test_exports_that_lack_columns(name: str, rows: int, missing: list[str]) -> None:
    found = table(name)
    recognition = recognise(found)
    assert len(list(source_rows(found, recognition))) == rows
    with pytest.raises(Refusal) as no:
        recognition.require_complete()
    assert no.value.data["missing"] == missing
