"""A meeting with the others: greet, take what is new, hand over what they lack. By any transport, in any weather.

Nothing about a meeting is remembered that the next one relies on. Both sides say what they hold, each time anew, so a
cut at any moment, a hub that was restored or a stick that comes twice need no special care: what lacks is sent, what
is there is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from db import incarnation
from db.envelope import MOST_OF_EVENT, Envelope
from db.ingest import Taken, take_in
from db.journal import EVENTS_OF, Reader, Transaction
from db.peers import hear
from db.store import Store
from db.transport import CATCHING_UP, CHUNK_EVENTS, Fork, Gap, Greeting, Transport, Welcome
from db.wire import EVENTS_IN_BATCH, Arrived, BadBatch, Batch, Spoilt, pack, portions, unpack

Apply = Callable[[Transaction, list[Envelope]], None]  # projects new events, in the transaction that took them in
Introduce = Callable[[Transaction], None]  # the first event of a new incarnation: who is writing
Progress = Callable[[str, int, int], None]  # (what, done, of how many; 0 = unknown)
_PUSH_BYTES: Final = 4 * 2**20  # of packed batches handed over at a time
_NEVER_REACHED: Final = 2**62
_FORKED_AT: Final = "SELECT min(seq) FROM quarantine WHERE station = ? AND kind = 'fork'"
_ROUNDS: Final = 6  # greetings in one meeting, before it is called a day


@dataclass(slots=True)
class Meeting:
    """What came of it, in events. ``stations`` maps a station to (sent, received); ``not_taken`` are others' events
    that the other side takes from themselves only; ``renewed`` says that this store became a new incarnation."""

    sent: int = 0
    received: int = 0
    known: int = 0
    held: int = 0
    quarantined: int = 0
    not_taken: int = 0
    renewed: bool = False
    cancelled: bool = False
    twin: bool = False
    epoch: str = ""
    stations: dict[str, list[int]] = field(default_factory=dict)
    forked: dict[str, int] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)
    told: dict[str, int] = field(default_factory=dict)  # what the other side is known to hold in the end


def synchronise(
    store: Store,
    transport: Transport,
    apply: Apply,
    introduce: Introduce,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    receive_only: bool = False,
) -> Meeting:
    """One whole meeting. EnvironmentFault when the way is closed; what was taken in or handed over before stays.

    ``apply`` runs in the transaction that takes events in, so that journal and read tables never differ.
    """
    meeting = Meeting()
    exchange = _Exchange(store, transport, apply, introduce, meeting, progress or _silent, cancelled or _never)
    for _ in range(_ROUNDS):
        welcome = exchange.greet()
        exchange.pull(welcome)
        exchange.hold_against(welcome)
        if meeting.cancelled or receive_only:
            break
        if exchange.renewed or exchange.part_ways(welcome):
            continue  # the other side has yet to hear who we are now
        try:
            exchange.push(welcome)
        except Gap:
            continue
        except Fork as fork:
            meeting.forked.setdefault(fork.station, fork.seq)
            if fork.station in exchange.own:
                exchange.suspects.add(fork.station)
                if exchange.part_ways(welcome):
                    continue
            exchange.shunned.add(fork.station)
            continue
        break
    return meeting


def try_on(
    tx: Transaction,
    transport: Transport,
    apply: Apply,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Meeting:
    """What a meeting would bring, inside a transaction that the caller then undoes."""
    meeting = Meeting()

    def stopped() -> bool:
        meeting.cancelled = cancelled is not None and cancelled()
        return meeting.cancelled

    own = incarnation.own(tx)
    welcome = transport.hello(Greeting(own[-1], "", own, tx.vector()))
    for batches in _chunks(transport, welcome, received(tx), progress or _silent, stopped):
        taken = take_in(tx, (one for batch in batches for one in opened_batch(batch)), transport.name)
        apply(tx, taken.events)
        count(meeting, taken)
    meeting.epoch = welcome.epoch
    return meeting


def _chunks(
    transport: Transport, welcome: Welcome, vector: dict[str, int], progress: Progress, stopped: Callable[[], bool]
) -> Iterator[list[Batch]]:
    """What the other side holds beyond the vector, as much at a time as is taken in at once."""
    total = sum(max(0, seq - vector.get(station, 0)) for station, seq in welcome.vector.items())
    done = 0
    while not stopped():
        most = 2 * CHUNK_EVENTS if total - done > CATCHING_UP else CHUNK_EVENTS
        if not (batches := transport.pull(vector, most)):
            break
        yield batches
        for batch in batches:
            fresh = batch.last - max(vector.get(batch.station, 0), batch.first - 1)
            done += max(0, fresh)
            # Beyond what was just seen, whatever became of it: or a bad batch would be fetched for ever.
            vector[batch.station] = max(vector.get(batch.station, 0), batch.last)
        progress("接收", done, max(total, done))


def _silent(what: str, done: int, total: int) -> None:
    return


def _never() -> bool:
    return False


class _Exchange:
    def __init__(
        self, store: Store, transport: Transport, apply: Apply, introduce: Introduce, meeting: Meeting,
        progress: Progress, cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.store = store
        self.transport = transport
        self.apply = apply
        self.introduce = introduce
        self.meeting = meeting
        self.progress = progress
        self.cancelled = cancelled
        self.own: tuple[str, ...] = ()
        self.suspects: set[str] = set()  # our own stations under which somebody else may have written too
        self.shunned: set[str] = set()  # stations whose chains the other side will not take
        self.renewed = False  # since the last greeting, by what came

    def greet(self) -> Welcome:
        with self.store.read() as reader:
            self.own = incarnation.own(reader)
            heads = dict(reader.rows("SELECT station, hash FROM chains"))
            greeting = Greeting(self.own[-1], self.store.station_name, self.own, reader.vector(), heads)
        self.renewed = False
        welcome = self.transport.hello(greeting)
        self.meeting.epoch = welcome.epoch
        self.meeting.twin = welcome.twin
        self.meeting.told = dict(welcome.vector)
        with self.store.write() as tx:
            for station, (name, vector, heard_at) in welcome.peers.items():
                hear(tx, station, name, vector, heard_at)
        return welcome

    def pull(self, welcome: Welcome) -> None:
        with self.store.read() as reader:
            vector = received(reader)
        for batches in _chunks(self.transport, welcome, vector, self.progress, self._stopped):
            self._take(batches)

    def _take(self, batches: list[Batch]) -> None:
        arrivals = [one for batch in batches for one in opened_batch(batch)]
        meeting = self.meeting
        with self.store.write() as tx:
            own = incarnation.own(tx)
            taken = take_in(tx, arrivals, self.transport.name)
            self.apply(tx, taken.events)
            if any(event.station == own[-1] for event in taken.events):
                # We had lost them. Whoever else may have seen what we wrote since, nothing is written as that again.
                incarnation.renew(tx)
                self.introduce(tx)
                meeting.renewed = self.renewed = True
        count(meeting, taken)
        self.suspects.update(station for station in taken.forked if station in own)

    def hold_against(self, welcome: Welcome) -> None:
        """Where the other side holds something else than we do under a third station's name, theirs is put aside for
        people to see: both came from one that wrote twice, and neither of us can say which holds."""
        with self.store.read() as reader:
            held = reader.vector()
            apart = {
                station: reader.value(_FORKED_AT, (station,))
                for station, hash_ in welcome.heads.items()
                if station not in self.own
                and 0 < (theirs := welcome.vector.get(station, 0)) <= held.get(station, 0)
                and incarnation.divergence(reader, station, theirs, [hash_]) is not None
            }
        for station, first in apart.items():
            if first is None and (found := self._first_difference(station, welcome)) is not None:
                first, _ = found
                vector = dict.fromkeys(welcome.vector, _NEVER_REACHED) | {station: first - 1}
                self._take(self.transport.pull(vector, 1))
            self.meeting.forked.setdefault(station, first or welcome.vector[station])
            self.shunned.add(station)

    def part_ways(self, welcome: Welcome) -> bool:
        """Where the other side holds other events under our own name, ours get a new one. True if anything moved."""
        with self.store.read() as reader:
            held = reader.vector()
            for station in self.own:
                theirs = welcome.vector.get(station, 0)
                both = 0 < theirs <= held.get(station, 0) and station in welcome.heads
                if both and incarnation.divergence(reader, station, theirs, [welcome.heads[station]]) is not None:
                    self.suspects.add(station)
        moved = False
        for station in sorted(self.suspects - self.shunned):
            if (found := self._first_difference(station, welcome)) is None:
                continue
            first, theirs_there = found
            self.meeting.forked.setdefault(station, first)
            self.shunned.add(station)
            again: list[Envelope] = []
            with self.store.write() as tx:
                # Asked once more: another process on this store may have just done it, and holds theirs by now.
                if incarnation.divergence(tx, station, first, [theirs_there]) is not None:
                    if incarnation.others_build_on(tx, station, first):
                        continue  # theirs and ours stay as they are, and the screen says so
                    incarnation.renew(tx)
                    again = incarnation.record_again(tx, station, first)
                    self.introduce(tx)
                    self.apply(tx, again)
            self.shunned.discard(station)
            self.meeting.renewed = moved = True
            self.meeting.streams.update(event.stream for event in again)
        self.suspects.clear()
        return moved

    def _first_difference(self, station: str, welcome: Welcome) -> tuple[int, str] | None:
        """The first number under which the other side holds something else than we do, and the hash that it has."""
        vector = dict.fromkeys(welcome.vector, _NEVER_REACHED)
        vector[station] = 0
        while batches := self.transport.pull(vector, CHUNK_EVENTS):
            with self.store.read() as reader:
                for batch in batches:
                    # Others may have come to the other side since it was greeted.
                    if batch.station == station:
                        hashes = [batch.hashes[at : at + 32].hex() for at in range(0, len(batch.hashes), 32)]
                        found = incarnation.divergence(reader, station, batch.first, hashes)
                        if found is not None:
                            return found, hashes[found - batch.first]
                    vector[batch.station] = max(vector.get(batch.station, 0), batch.last)
        return None

    def push(self, welcome: Welcome) -> None:
        with self.store.read() as reader:
            held = reader.vector()
        lacking = {
            station: seq - welcome.vector.get(station, 0)
            for station, seq in held.items()
            if seq > welcome.vector.get(station, 0) and station not in self.shunned
        }
        refused = [s for s in lacking if welcome.writable is not None and s not in welcome.writable]
        self.meeting.not_taken = sum(lacking.pop(station) for station in refused)
        total, done = sum(lacking.values()), 0
        # What a newcomer builds on is mostly older stations' work; ours comes last.
        for station in sorted(lacking, key=lambda one: (one in self.own, one)):
            for batches in self._portions(station, welcome.vector.get(station, 0)):
                if self._stopped():
                    return
                self.transport.push(batches)
                self.meeting.told[station] = batches[-1].last
                events = sum(batch.last - batch.first + 1 for batch in batches)
                self.meeting.sent += events
                self.meeting.stations.setdefault(station, [0, 0])[0] += events
                done += events
                self.progress("发送", done, total)

    def _portions(self, station: str, after: int) -> Iterator[list[Batch]]:
        portion: list[Batch] = []
        size = 0
        while True:
            with self.store.read() as reader:  # a short one each: nobody waits for a slow line
                rows = reader.rows(EVENTS_OF, (station, after, EVENTS_IN_BATCH))
            if not rows:
                break
            after = rows[-1][1]
            for part in portions(rows):
                batch = pack(part)
                portion.append(batch)
                size += len(batch.body)
                if size >= _PUSH_BYTES:
                    yield portion
                    portion, size = [], 0
        if portion:
            yield portion

    def _stopped(self) -> bool:
        self.meeting.cancelled = self.meeting.cancelled or self.cancelled()
        return self.meeting.cancelled


def count(meeting: Meeting, taken: Taken) -> None:
    """Adds what was taken in to the sum of the meeting."""
    meeting.received += len(taken.events)
    meeting.known += taken.known
    meeting.held += taken.held
    meeting.quarantined += taken.refused
    for station, ms in taken.ahead.items():
        meeting.ahead[station] = max(ms, meeting.ahead.get(station, 0))
    meeting.streams.update(event.stream for event in taken.events)
    for station, seq in taken.forked.items():
        meeting.forked.setdefault(station, seq)
    for event in taken.events:
        meeting.stations.setdefault(event.station, [0, 0])[1] += 1


def opened_batch(batch: Batch) -> Iterator[Arrived | Spoilt]:
    """The events of a batch; one that cannot be read at all is one spoilt event in place of all."""
    try:
        yield from unpack(batch)
    except BadBatch as error:
        yield Spoilt(batch.station[:32], batch.first, batch.hashes[:32].hex(), str(error), batch.body[:MOST_OF_EVENT])


def received(reader: Reader) -> dict[str, int]:
    """What need not be sent again: what the journal holds, and what waits right behind it."""
    vector = reader.vector()
    for station, seq in reader.rows("SELECT station, seq FROM held ORDER BY station, seq"):
        if seq == vector.get(station, 0) + 1:
            vector[station] = seq
    return vector
