"""Stores full of made-up cases. Made once; kept between runs when the folder is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path

from db import cases as case_table
from db.envelope import Draft
from db.store import Store
from desktop.app.desk import Desk
from desktop.app.projection import event_of, row_of, state_bytes
from desktop.app.shipped import shipped
from desktop.app.surroundings import Surroundings
from desktop.app.workplace import Workplace, stream_of
from desktop.bench.made import Case, Maker, Step
from desktop.bench.measure import Setting
from desktop.core.case import CaseState, advance
from desktop.core.rulebook import RuleBook

SECRET = "基准测试用口令"  # noqa: S105 - it guards made-up cases
ACTOR = "甲审查"
MADE = "made-2"  # another generator or other read tables, another name: old stores are made again
CHUNK = 2_000


def queue_store(setting: Setting, full: int) -> Path:
    """Cases of which one in ten is open, most of the others refused or withdrawn soon after."""
    cases = setting.size(full)
    return _kept(setting, f"cases-{cases}", lambda source: source.cases(cases), maker(open_share=0.1, long_share=0.0))


def ledger_store(setting: Setting, full: int) -> Path:
    """Cases with all their dates."""
    cases = setting.size(full)
    source = maker(open_share=0.15, long_share=0.75)
    return _kept(setting, f"ledger-{cases}", lambda source: source.cases(cases), source)


def history_store(setting: Setting, full: int) -> tuple[Path, int]:
    """About ``full`` events in cases that mostly went their whole way, and the number of events."""
    wanted = setting.size(full)

    def enough(source: Maker) -> Iterator[Case]:
        events = 0
        for case in source.cases(wanted):
            if events >= wanted:
                return
            events += len(case.steps)
            yield case

    folder = _kept(setting, f"events-{wanted}", enough, maker(open_share=0.15, long_share=0.75))
    store = Store.open(folder, SECRET)
    with store.read() as reader:
        count = reader.count()
    store.close()
    return folder, count


def copy_of(folder: Path, target: Path) -> Path:
    """A store that may be changed."""
    shutil.rmtree(target, ignore_errors=True)
    return shutil.copytree(folder, target)


def fill_new(folder: Path, cases: Iterator[Case], say: Callable[[str], None] | None = None) -> None:
    """A new store with these cases: many recorded at a time, the events of different cases mixed as in a day's work."""
    Desk.create(folder, SECRET, centre="基准中心", station="基准站", actor=ACTOR).close()
    store = Store.open(folder, SECRET)
    try:
        workplace = Workplace(store)
        done = 0
        while chunk := list(islice(cases, CHUNK)):
            _record(workplace, chunk)
            done += len(chunk)
            if say is not None and done % (25 * CHUNK) == 0:
                say(f"  已造 {done} 件")
    finally:
        store.close()


def _record(workplace: Workplace, cases: Sequence[Case]) -> None:
    drafts = [
        draft_of(case, step)
        for steps in zip_longest(*(case.steps for case in cases))
        for case, step in zip(cases, steps, strict=True)
        if step is not None
    ]
    states = {stream_of(case.id): CaseState() for case in cases}
    last: dict[str, tuple[str, int]] = {}
    with workplace.writing() as tx:
        for envelope in tx.append(drafts):
            advance(states[envelope.stream], event_of(envelope))
            last[envelope.stream] = envelope.hash, envelope.hlc
        around = Surroundings(workplace.book.calendar)
        case_table.upsert_many(
            tx,
            (
                (row_of(case.id, states[stream], *last[stream], around), state_bytes(states[stream]))
                for case in cases
                for stream in (stream_of(case.id),)
            ),
        )


def draft_of(case: Case, step: Step) -> Draft:
    event = step.event
    return Draft(
        stream_of(case.id), event.type, event.version, step.actor, step.role, event.occurred_on, case.basis,
        dict(event.payload),
    )  # fmt: skip


def maker(*, open_share: float, long_share: float, seed: int = 7) -> Maker:
    """A maker under the rules as shipped."""
    return Maker(RuleBook(shipped()), open_share=open_share, long_share=long_share, seed=seed)


def _kept(setting: Setting, name: str, cases: Callable[[Maker], Iterator[Case]], source: Maker) -> Path:
    folder = setting.folder / name
    if (folder / MADE).exists():
        return folder
    setting.say(f"造数据：{name}")
    shutil.rmtree(folder, ignore_errors=True)
    fill_new(folder, cases(source), setting.say)
    (folder / MADE).touch()
    return folder
