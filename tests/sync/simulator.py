"""A centre in miniature: real stores that meet over bad ways, with everything that goes wrong in years in minutes.

Stores, ingestion, projection and meetings are the program's own; only the ways between them, the clocks and the people
are played. One seed gives one history: every step draws its chance from the seed and its own number, so that a history
without some of its steps is still nearly the same history, and a failing one can be cut down to few steps.
"""

from __future__ import annotations

import random
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

import db.ingest
import db.journal
from db import cases as case_table
from db import incarnation, local, quarantine, verify
from db.bundle import BundleReader, BundleWriter
from db.envelope import Draft, Envelope
from db.journal import Transaction
from db.sync import synchronise
from db.transport import MemoryHub, MemoryTransport, Transport
from desktop.app.arrivals import Projector
from desktop.app.projection import event_of, history_of, rebuild, state_from
from desktop.app.shipped import shipped
from desktop.core.case import RESOLVED
from desktop.core.soundness import flaw
from tests.db.enrolled import Centre
from tests.sync import acts
from tests.sync.oracle import Oracle, Said, open_spans, plain
from tests.sync.station import UID, Copy, Station, copied_hub, introduce, opened, uids_in
from tests.sync.ways import Bundle, Crash, Cut, In, Line, Out, dying_pulls

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
START = 1_772_413_200_000  # 2026-03-02 09:00 in China
YEAR_2099 = 4_070_908_800_000
_ROUNDS = 12  # in which all stations meet at the end; more would mean that they never come to rest


class Found(AssertionError):
    """What the simulator was made for."""


@dataclass(frozen=True)
class Plan:
    """What may happen in a history, as weights of the steps; 0 leaves it out. ``clocks`` sets stations' clocks wrong;
    ``sealed`` bundles are real files, signed and encrypted."""

    stations: tuple[int, int] = (3, 8)
    cases: int = 8
    act: int = 44
    meet: int = 36
    write_bundle: int = 4
    read_bundle: int = 5
    leave: int = 2  # a station is off the net for a while
    rest: int = 2  # days go by
    hub_copy: int = 0
    hub_restore: int = 0
    station_copy: int = 0
    station_restore: int = 0
    clone: int = 0
    clocks: int = 0
    look: int = 2
    bad_line: float = 0.35
    crash: float = 0.05
    carriers: float = 0.7
    known: bool = False  # everybody has the first case before they part
    sealed: bool = False


class World:
    """One history, and everything in it."""

    hub_type: type[MemoryHub] = MemoryHub

    def __init__(self, folder: Path, template: Path, seed: int, plan: Plan) -> None:
        self.folder = folder
        self.template = template
        self.seed = seed
        self.plan = plan
        self.now = START
        self.step = 0
        self.chance = random.Random(f"{seed}/names")
        self.oracle = Oracle()
        self.committed: set[int] = set()
        self.lost: set[int] = set()
        self.uids = 0
        self.stations: list[Station] = []
        self.hub = self.hub_type()
        self.hub_copies: list[MemoryHub] = []
        self.copies: dict[int, list[Copy]] = {}
        self.bundles: list[Bundle | Path] = []
        self.centre = Centre()
        self.streams: list[str] = []
        self.at: Station | None = None
        self.log: list[str] = ["begin"]
        self.counts: Counter[str] = Counter()

    # ------------------------------------------------------------------ the surroundings
    def clock(self) -> int:
        return self.now + (self.at.offset if self.at else 0)

    def new_id(self) -> Any:
        return uuid.UUID(int=self.chance.getrandbits(128))

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        """Clock and chance of the program are the history's own."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db.journal, "now_ms", self.clock)
            patch.setattr(db.ingest, "now_ms", self.clock)
            patch.setattr(incarnation, "uuid", _Ids(self.new_id))
            try:
                yield
            finally:
                for station in self.stations:
                    station.store.close()

    def place(self, source: Path) -> Path:
        target = self.folder / f"s{len(list(self.folder.iterdir()))}"
        target.mkdir()
        shutil.copyfile(source / "store.db", target / "store.db")
        return target

    def begin(self) -> None:
        chance = random.Random(f"{self.seed}/begin")
        for number in range(chance.randint(*self.plan.stations)):
            station = Station(number, opened(self.place(self.template)), carrier=chance.random() < self.plan.carriers)
            self.stations.append(station)
            with self.writing(station) as tx:
                tx.station = self.new_id().hex
                local.set_meta(tx, "station", tx.station)
                local.set_meta(tx, "station_name", station.name)
                introduce(tx)
            station.absorb()
        if self.plan.known:
            while not self.streams:
                self.step_act(chance)
            self.meet_at_last()

    @contextmanager
    def writing(self, station: Station) -> Iterator[Transaction]:
        self.at = station
        with station.store.write() as tx:
            yield tx

    def reopen(self, station: Station) -> None:
        folder = station.store.directory
        station.store.close()
        station.store = opened(folder)

    def way_of(self, station: Station) -> Transport:
        return MemoryTransport(self.hub)

    # ------------------------------------------------------------------ the steps
    def play(self, steps: Iterable[int]) -> None:
        self.begin()
        names = [name for name in _STEPS if getattr(self.plan, name)]
        weights = [getattr(self.plan, name) for name in names]
        for step in steps:
            self.step = step
            chance = random.Random(f"{self.seed}/{step}")
            self.now += chance.randrange(MINUTE, 120 * MINUTE)
            name = chance.choices(names, weights)[0]
            self.counts[name] += 1
            self.log.append(f"{step} {name}")
            getattr(self, "step_" + name)(chance)
        self.step = -1
        self.meet_at_last()
        self.examine()

    def note(self, text: str) -> None:
        self.log[-1] += f" {text}"

    def someone(self, chance: random.Random, *, online: bool = False) -> Station | None:
        found = [one for one in self.stations if not online or one.away_until <= self.step]
        return chance.choice(found) if found else None

    def step_act(self, chance: random.Random) -> None:
        station = self.someone(chance)
        assert station is not None
        crash = chance.choice(("before", "after")) if chance.random() < self.plan.crash else ""
        self.note(f"{station.name} {crash}")
        done: list[Said] = []
        try:
            with self.writing(station) as tx:
                for _ in range(chance.choice((1, 1, 1, 2))):
                    done += self.act(tx, station, chance, done)
                if crash == "before":
                    raise Crash
            for one in done:
                self.oracle.remember(one)
                self.committed.add(one.uid)
            if crash:
                raise Crash
        except Crash:
            self.reopen(station)
        station.absorb()

    def act(self, tx: Transaction, station: Station, chance: random.Random, before: Sequence[Said]) -> list[Said]:
        """One event, decided on what the station shows of the case. What its author saw is what the store holds."""
        self.uids += 1
        known = sorted(station.known)
        if len(self.streams) < self.plan.cases and (not known or chance.random() < 0.25):
            draft = acts.opened(self.uids, chance)
            self.streams.append(draft.stream)
        elif not known:
            return []
        else:
            stream = chance.choice(known)
            states = case_table.states_by_ids(tx, [stream.removeprefix("case/")])
            if not states:  # its opening makes no sense
                return []
            found = self.decide(tx, station, stream, orjson.loads(states[stream.removeprefix("case/")]), chance)
            if found is None:
                return []
            draft = found
        seen = frozenset(station.known.get(draft.stream, ())) | {
            one.uid for one in before if one.stream == draft.stream
        }
        events = self.append(tx, draft)
        self.note(f"#{self.uids} {draft.stream[5:9]} {draft.payload.get('action', draft.type)}")
        return [self.said(tx, events[0], seen)]

    def append(self, tx: Transaction, draft: Draft) -> list[Envelope]:
        events = tx.append([draft])
        Projector().apply(tx, events)
        return events

    def decide(
        self, tx: Transaction, station: Station, stream: str, state: dict[str, Any], chance: random.Random
    ) -> Draft | None:
        """Disputed cases are decided, sometimes, and otherwise left alone, mostly."""
        if not state["contested"]:
            return acts.acted(self.uids, stream, state, chance)
        mood = chance.random()
        if mood < 0.5:
            return None
        if mood < 0.6:
            return acts.beside(self.uids, stream, state, chance)
        standing = history_of(tx.stream(stream), quarantine.meaningless(tx)).stand()
        if not standing.sides:
            raise Found(f"{stream} is called disputed and has no sides")
        number = chance.randrange(len(standing.sides) + 1)
        if number == len(standing.sides):
            return acts.resolved(self.uids, stream, state["last_on"], "new", [], list(standing.fresh_start))
        side = standing.sides[number]
        uids = {one.hash: one.payload["uid"] for one in tx.stream(stream)}
        kept = {uids[hash_] for hash_ in side.kept}
        for pair in self.oracle.judge(station.known[stream]).pairs:
            self.require(not kept.issuperset(pair), f"choosing a side of {stream[:9]} would let both of {pair} count")
        return acts.resolved(self.uids, stream, state["last_on"], str(number), list(side.kept), list(side.set_aside))

    def said(self, tx: Transaction, event: Envelope, seen: frozenset[int]) -> Said:
        case_event = event_of(event)
        aside: frozenset[int] = frozenset()
        kept: frozenset[int] = frozenset()
        sense = not flaw(case_event)
        if event.type == RESOLVED and event.version == 1 and sense:
            uids = {one.hash: one.payload["uid"] for one in tx.stream(event.stream)}
            aside = frozenset(uids[hash_] for hash_ in event.payload["set_aside"])
            kept = frozenset(uids[hash_] for hash_ in event.payload["kept"])
        return Said(event.payload["uid"], event.stream, seen, case_event, sense, aside, kept)

    def step_meet(self, chance: random.Random) -> None:
        station = self.someone(chance, online=True)
        if station is None:
            return
        inner = self.way_of(station)
        if chance.random() >= self.plan.bad_line:
            self.meet(station, inner, chance)
            return
        line = Line(inner, chance, None if station.carrier else ())
        if chance.random() < 0.2:
            other = self.someone(chance, online=True)
            if other is not None and other is not station:
                line.between = lambda: self.meet(other, self.way_of(other), chance)
        self.meet(station, line, chance)

    def meet(self, station: Station, transport: Transport, chance: random.Random) -> None:
        apply = Projector(source=transport.name).apply
        crash_at = chance.randint(1, 3) if chance.random() < self.plan.crash else 0
        after_commit = chance.random() < 0.5

        def dying(tx: Transaction, events: Sequence[Envelope]) -> None:
            nonlocal crash_at
            crash_at -= 1
            apply(tx, events)
            if crash_at == 0:
                raise Crash

        before, self.at = self.at, station
        self.note(f"{station.name} {getattr(transport, 'mood', '')}")
        try:
            if crash_at and after_commit:
                dying_pulls(transport, crash_at)
            synchronise(station.store, transport, dying if crash_at and not after_commit else apply, introduce)
        except Cut:
            self.note("cut")
        except Crash:
            self.note("crash")
            self.reopen(station)
        finally:
            self.at = before
            station.absorb()

    def step_write_bundle(self, chance: random.Random) -> None:
        station = self.someone(chance)
        assert station is not None
        if self.shares_its_name(station):
            return  # see :meth:`step_clone`
        known: dict[str, int] = {}
        if chance.random() < 0.5:
            with self.someone(chance).store.read() as reader:  # type: ignore[union-attr]
                known = {name: seq for name, seq in reader.vector().items() if chance.random() < 0.8}
        self.at = station
        if self.plan.sealed:
            path = self.folder / f"{self.step}.ksb"
            with BundleWriter(path, self.centre.enrol(station.name), None, known) as writer:
                synchronise(station.store, writer, Projector().apply, introduce)
            self.bundles.append(path)
            return
        out = Out(known)
        synchronise(station.store, out, Projector().apply, introduce)
        if out.batches:
            self.note(station.name)
            self.bundles.append(Bundle(station.name, out.vector, out.batches))

    def step_read_bundle(self, chance: random.Random) -> None:
        station = self.someone(chance)
        if station is None or not self.bundles:
            return
        bundle = chance.choice(self.bundles[-12:])  # any order, twice, late
        self.at = station
        self.note(f"{station.name} of {bundle.name if isinstance(bundle, Path) else bundle.writer}")
        reader = BundleReader(bundle, self.centre.enrol(station.name)) if isinstance(bundle, Path) else In(bundle)
        synchronise(station.store, reader, Projector(source="bundle").apply, introduce, receive_only=True)
        reader.close()
        station.absorb()

    def step_leave(self, chance: random.Random) -> None:
        station = self.someone(chance)
        assert station is not None
        station.away_until = self.step + chance.choice((10, 30, 60))

    def step_rest(self, chance: random.Random) -> None:
        self.now += chance.randrange(1, 21) * DAY

    def step_clocks(self, chance: random.Random) -> None:
        station = self.someone(chance)
        assert station is not None
        station.offset = chance.choice(
            (0, 60 * MINUTE, -60 * MINUTE, DAY, -DAY, YEAR_2099 - self.now, -30 * DAY, -chance.randrange(DAY))
        )
        self.note(f"{station.name} {station.offset // MINUTE} min")

    def step_look(self, chance: random.Random) -> None:
        """A store that is behind the others must show what follows from what it has."""
        station = self.someone(chance)
        assert station is not None
        self.compare(station, chance.sample(sorted(station.known), min(2, len(station.known))))

    # ------------------------------------------------------------------ calamities
    def step_hub_copy(self, chance: random.Random) -> None:
        self.hub_copies.append(copied_hub(self.hub))

    def step_hub_restore(self, chance: random.Random) -> None:
        """An older copy of the hub takes its place; it knows that it was restored."""
        if self.hub_copies:
            self.hub = copied_hub(chance.choice(self.hub_copies))
            self.hub.epoch = str(self.step)
            self.counts["hub restored"] += 1
            self.forget_the_lost()

    def step_station_copy(self, chance: random.Random) -> None:
        station = self.someone(chance)
        assert station is not None
        self.copies.setdefault(station.number, []).append(self.copied(station))

    def copied(self, station: Station) -> Copy:
        with station.store.write():
            pass  # nobody else is writing
        station.store._watch.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return Copy(self.place(station.store.directory), frozenset(station.held))

    def step_station_restore(self, chance: random.Random) -> None:
        """A station goes back to an older copy of its store, as restoring does: under a new name."""
        if not self.copies:
            return
        station = self.stations[chance.choice(sorted(self.copies))]
        copy = chance.choice(self.copies[station.number])
        station.store.close()
        station.store = opened(self.place(copy.folder))
        with self.writing(station) as tx:
            incarnation.renew(tx)
            introduce(tx)
        station.absorb()
        self.note(station.name)
        self.counts["station restored"] += 1
        self.forget_the_lost()

    def step_clone(self, chance: random.Random) -> None:
        """Two or three go on as one. Until they have met the others they write no bundles and are not copied again:
        somebody who got one clone's events by hand, under numbers that the hub knows for something else, cannot tell
        who is right, and what two stores hold alike under a wrong name both would record again."""
        station = self.someone(chance)
        if station is None or len(self.stations) > 9 or self.shares_its_name(station):
            return
        for _ in range(chance.choice((1, 1, 1, 2))):
            copy = self.copied(station)
            twin = Station(len(self.stations), opened(copy.folder), station.offset, carrier=station.carrier)
            twin.absorb()
            self.stations.append(twin)
            self.note(f"{station.name} as {twin.name}")
            self.counts["cloned"] += 1

    def shares_its_name(self, station: Station) -> bool:
        return any(one is not station and one.incarnation == station.incarnation for one in self.stations)

    def forget_the_lost(self) -> None:
        """What only a store or a hub held that is no more. What waits somewhere for a lost predecessor is lost too."""
        there = set().union(*(one.held for one in self.stations), uids_in(self.hub.batches))
        self.lost |= self.committed - there

    # ------------------------------------------------------------------ the end
    def meet_at_last(self) -> None:
        """Everybody is back, every line is good, everybody may carry."""
        for _ in range(_ROUNDS):
            moved = 0
            for station in self.stations:
                self.at = station
                meeting = synchronise(station.store, self.way_of(station), Projector().apply, introduce)
                station.absorb()
                moved += meeting.sent + meeting.received + meeting.renewed
            if not moved:
                return
        raise Found(f"after {_ROUNDS} rounds of meetings there is still something to move")

    def examine(self) -> None:
        chance = random.Random(f"{self.seed}/end")
        first = self.stations[0]
        with first.store.read() as reader:
            vector, digest = reader.vector(), case_table.digest(reader)
        for station in self.stations:
            with station.store.read() as reader:
                listed = [int(uid[1]) for row in reader.rows("SELECT payload FROM journal")
                          if (uid := UID.search(row[0]))]  # fmt: skip
                self.require(len(listed) == len(set(listed)), f"{station.name} holds events twice")
                missing = self.committed - self.lost - set(listed)
                self.require(not missing, f"{station.name} lacks {sorted(missing)}")
                self.require(set(listed) <= self.committed, f"{station.name} holds what nobody recorded")
                self.require(reader.vector() == vector, f"{station.name} holds another vector than {first.name}")
                found = verify.journal(reader)
                self.require(not found, f"{station.name}: {found}")
                if not self.lost:
                    waiting = quarantine.held(reader)
                    self.require(not waiting, f"{station.name} still holds back {waiting}")
                kinds = {one.kind for one in quarantine.listed(reader)}
                self.require(quarantine.SPOILT not in kinds, f"{station.name} holds good events for spoilt")
                self.require(case_table.digest(reader) == digest, f"{station.name} shows something else")
        station = chance.choice(self.stations)
        self.compare(station, sorted(station.known))
        with station.store.read() as reader:
            self.require(not verify.pages(reader), "the file is damaged")
        with self.writing(station) as tx:
            rebuild(tx, shipped())
            self.require(case_table.digest(tx) == digest, f"{station.name} is rebuilt to something else")

    def compare(self, station: Station, streams: Sequence[str]) -> None:
        """What the read tables show of these cases against what the oracle knows."""
        with station.store.read() as reader:
            states = case_table.states_by_ids(reader, [stream.removeprefix("case/") for stream in streams])
        for stream in streams:
            known = station.known[stream]
            shown = states.get(stream.removeprefix("case/"))
            if shown is None:
                self.require(False, f"{station.name} shows nothing of {stream}")
            state = state_from(shown)  # type: ignore[arg-type]
            judgement = self.oracle.judge(known)
            self.counts["compared"] += 1
            self.counts["disputed"] += bool(judgement.disputed)
            self.counts["set aside"] += len(judgement.aside)
            disputed = bool(state.contested)
            self.require(
                disputed == bool(judgement.disputed),
                f"{station.name} calls {stream[:9]} {'disputed' if disputed else 'undisputed'};"
                f" apart and different are {judgement.pairs}",
            )
            expected, found = self.oracle.state(known), plain(state)
            differences = {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]}
            self.require(not differences, f"{station.name} shows of {stream[:9]} {differences}")
            self.require(not open_spans(state), f"{station.name}, {stream[:9]}: limits {open_spans(state)} count twice")

    def require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise Found(otherwise)


_STEPS = (
    "act", "meet", "write_bundle", "read_bundle", "leave", "rest", "hub_copy", "hub_restore", "station_copy",
    "station_restore", "clone", "clocks", "look",
)  # fmt: skip


class _Ids:
    """As much of the module uuid as a new incarnation needs."""

    def __init__(self, uuid4: Callable[[], Any]) -> None:
        self.uuid4 = uuid4
