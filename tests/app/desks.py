"""A desk over a made-up store, and a case that is walked by dates written as texts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from db import cases as case_table
from db import parties as party_table
from db.store import Store, Transaction
from desktop.app.casework import load
from desktop.app.centre import first_documents
from desktop.app.desk import Desk, _introduce
from desktop.app.queue_views import StaffMember
from desktop.app.views import ActOutcome, CaseView, LimitView
from desktop.core.case import CaseState
from desktop.core.intake import IntakeRow, examine_row
from desktop.core.refusal import Refusal

CENTRE = "某市知识产权保护中心"
CLASSES = {"发明": "G06F 16/29", "实用新型": "H01M 10/42", "外观设计": "14-02"}
NUMBERS = {"发明": "202619999999.5", "实用新型": "202629999999.0", "外观设计": "202639999999.6"}
SHA_A, SHA_B = "a" * 64, "b" * 64
_serial = itertools.count(1)

# What no sentence for people may hold: values of the program that slipped through, names of its inner things.
_LEAKS = re.compile(r"None|True|False|[{}]|\bobject\b|Traceback|[a-z]+_[a-z_]+|<.*>")


def new_desk(folder: Path, *, staff: Sequence[tuple[str, str]] = (), centre: str = CENTRE) -> Desk:
    """A desk without encryption (which is not the subject here); ``staff`` is (name, roles separated by blanks)."""
    documents = first_documents(centre, [StaffMember(name, tuple(roles.split())) for name, roles in staff])

    def begin(tx: Transaction) -> None:
        _introduce(tx, "甲站", "管理员甲", documents)

    return Desk(Store.create(folder, "", station_name="甲站", begin=begin, cipher=False))


def open_again(folder: Path) -> Desk:
    return Desk(Store.open(folder, "", cipher=False))


def a_row(received: str = "2026-03-02", patent_type: str = "发明", row: int = 2, **facts: str) -> IntakeRow:
    """A good row of a list; a platform number of its own unless one is given."""
    values = {
        "platform_number": f"PT{next(_serial):08d}",
        "received_on": received,
        "patent_type": patent_type,
        "title": "一种用于测试的装置",
        "party": "某某科技有限公司",
        "main_class": CLASSES[patent_type],
        **facts,
    }
    return examine_row(row, values, {name: name for name in values})


def digest(desk: Desk) -> str:
    """Of all read tables."""
    with desk._store.read() as reader:
        return case_table.digest(reader) + party_table.digest(reader)


def journal_count(desk: Desk) -> int:
    with desk._store.read() as reader:
        return reader.count()


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass
class Walk:
    """One case on its way. ``on`` is the business date and, unless told otherwise, today."""

    desk: Desk
    ref: str
    patent_type: str = "发明"
    actor: str = "张三"

    def act(self, action: str, on: str, *, actor: str = "", today: str = "", **values: str) -> ActOutcome:
        given = {name.replace("__", "."): value for name, value in values.items()}
        return self.desk.act(self.ref, action, given, actor=actor or self.actor, on=day(on), today=day(today or on))

    def refused(self, action: str, on: str, *, actor: str = "", today: str = "", **values: str) -> Refusal:
        """The refusal of an action that must not be allowed; it must read well and leave no trace."""
        before = digest(self.desk), journal_count(self.desk)
        with pytest.raises(Refusal) as caught:
            self.act(action, on, actor=actor, today=today, **values)
        assert (digest(self.desk), journal_count(self.desk)) == before
        reads_well(caught.value.reason)
        return caught.value

    def view(self, today: str) -> CaseView:
        return self.desk.case(self.ref, actor=self.actor, today=day(today))

    def limit(self, name: str, today: str) -> LimitView:
        """The newest limit of that name."""
        return [limit for limit in self.view(today).limits if limit.name == name][-1]

    def state(self) -> CaseState:
        with self.desk._workplace.reading() as reader:
            return load(reader, self.ref)[1]

    # the usual stretches of the way
    def accept(self, on: str) -> Walk:
        self.act("accept", on, checklist="符合")
        return self

    def assign(self, on: str, examiner: str = "张三") -> Walk:
        self.act("assign", on, examiner=examiner)
        return self

    def pass_(self, on: str, **values: str) -> Walk:
        self.act("pass", on, checklist="符合", **values)
        return self

    def file(self, on: str, **values: str) -> Walk:
        self.act("file", on, **{"application_number": NUMBERS[self.patent_type], **values})
        return self


def take(desk: Desk, received: str = "2026-03-02", patent_type: str = "发明", **facts: str) -> Walk:
    """Take one case in."""
    row = a_row(received, patent_type, **facts)
    report = desk.take_in([row], actor="张三", source="清单.xlsx", today=day(received))
    assert report.new == 1, report.rows
    return Walk(desk, report.rows[0].number, patent_type)


def reads_well(reason: str) -> None:
    """A sentence for people: Chinese, not empty, without the program's inner words."""
    assert reason
    assert re.search("[\u4e00-\u9fff]", reason), reason
    assert not _LEAKS.search(reason), reason
    assert reason == reason.strip()
