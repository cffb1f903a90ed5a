"""What the sync screen, the dispute view and the terminal show: frozen values, sentences included."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.app.views import JournalEntry, MovedLimit


@dataclass(frozen=True)
class JoinedView:
    """The centre and the hub that this store belongs to; ``hub`` is empty when only files are exchanged."""

    centre: str
    station: str
    login: str
    hub: str
    other_name: str = ""  # under which this station is enrolled, where that differs from its own name


@dataclass(frozen=True)
class TrafficView:
    """Events sent to and received from the others, by the station that recorded them."""

    station: str
    name: str
    sent: int
    received: int


@dataclass(frozen=True)
class SyncReport:
    """One meeting. Counts are events, but for ``contested``: cases that wait for a decision now. ``pending`` = ``held``
    (waiting for what has not come yet) + ``unsent``. ``at`` is ISO 8601; ``way``: hub, import, export."""

    at: str
    way: str
    sent: int = 0
    received: int = 0
    known: int = 0
    held: int = 0
    unsent: int = 0
    quarantined: int = 0
    contested: int = 0
    not_taken: int = 0
    dry_run: bool = False
    cancelled: bool = False
    file: str = ""
    stations: tuple[TrafficView, ...] = ()
    moved: tuple[MovedLimit, ...] = ()
    notes: tuple[str, ...] = ()  # sentences: holes, clocks, forks, numbers

    @property
    def pending(self) -> int:
        return self.held + self.unsent


@dataclass(frozen=True)
class StationView:
    """One incarnation of a station. ``here`` is the number of its last event in this store, ``waiting`` how many
    wait beside it, ``missing`` the holes before those; ``lacks`` how many of this store's own events it did not
    have when it was last heard of (None: never heard)."""

    station: str
    name: str
    own: bool
    present: bool
    here: int
    waiting: int
    missing: tuple[tuple[int, int], ...]
    lacks: int | None
    heard_at: str
    forked: bool


@dataclass(frozen=True)
class SyncState:
    """For the status line and the sync screen. ``behind_minutes`` is how far this computer's clock lies behind what
    was already recorded; ``numbers_left`` is None where numbers need not be reserved."""

    joined: JoinedView | None
    last_at: str
    unsent: int
    held: int
    contested: int
    quarantined: int
    numbers_left: int | None
    numbers_low: bool
    behind_minutes: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class QuarantineView:
    station: str
    name: str
    seq: int
    kind: str
    kind_label: str
    reason: str
    source: str
    found_at: str


@dataclass(frozen=True)
class SideView:
    """One side of a dispute. ``choice`` is what to answer (left, right, 3, 4 ...); ``unseen`` are the others' entries
    that its authors had not seen; ``stage_label`` and ``facts`` say how the case would stand if it were chosen."""

    choice: str
    label: str
    summary: str
    authors: tuple[str, ...]
    entries: tuple[JournalEntry, ...]
    unseen: tuple[JournalEntry, ...]
    stage_label: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DisputeView:
    """``common`` is what all sides had seen or agree on, oldest first; the case stands there meanwhile."""

    key: int
    number: str
    title: str
    common: tuple[JournalEntry, ...]
    sides: tuple[SideView, ...]
    stage_label: str


@dataclass(frozen=True)
class Freshness:
    """Whether others have news of one case: ``complete`` when nothing is missing any more, else ``stations`` names
    who has recorded something that did not arrive; ``asked`` is False when the hub could not be asked (``reason``)."""

    asked: bool
    complete: bool
    stations: tuple[str, ...] = ()
    reason: str = ""
    received: int = 0
