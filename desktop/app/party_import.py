"""Taking in a list of parties or agencies: the dry run and the real run answer alike, the same list twice adds
nothing, and a list never overrules a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from db import parties as party_table
from db.envelope import Draft
from db.journal import Reader, Transaction
from desktop.app.memory import chunks, nothing_collected
from desktop.app.party_projection import project, state_from, stream_of
from desktop.app.party_views import PartyIntakeReport, PlannedParty
from desktop.app.workplace import Workplace, new_id
from desktop.core.context import role_among
from desktop.core.party import PartyEvent, PartyState
from desktop.core.party_decide import REGISTRARS, By
from desktop.core.party_facts import label_of
from desktop.core.party_intake import PartyRow, amend_from_list, contradicted, from_list, identities, relisted

CHUNK = 250  # rows to a transaction
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"


@dataclass
class _Plan:
    row: PartyRow
    verdict: str
    id: str = ""
    party: PartyState | None = None
    reasons: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()


def plan(workplace: Workplace, kind: str, rows: Iterable[PartyRow]) -> PartyIntakeReport:
    found: list[PlannedParty] = []
    for chunk in chunks(rows, CHUNK):
        with nothing_collected(), workplace.reading() as reader:
            found += map(_planned, _judge(reader, kind, chunk))
    return _report(found, dry_run=True)


def take_in(workplace: Workplace, kind: str, rows: Iterable[PartyRow], *, by: By, source: str) -> PartyIntakeReport:
    """Registers every new row and amends the changed ones, a chunk to a transaction."""
    found: list[PlannedParty] = []
    for chunk in chunks(rows, CHUNK):
        with nothing_collected(), workplace.writing() as tx:
            role = role_among(REGISTRARS, "导入名单", by.actor, by.context)
            plans = _judge(tx, kind, chunk)
            _write(tx, plans, by, role.value, source, {"parties": workplace.book.party_rules.version})
        found += map(_planned, plans)
    return _report(found, dry_run=False)


def _judge(reader: Reader, kind: str, chunk: Sequence[PartyRow]) -> list[_Plan]:
    wanted = {row.row: [(*key.split(":", 1),) for key, _ in identities(kind, row.facts)] for row in chunk}
    keys = {(key[0], key[1]) for found in wanted.values() for key in found}
    known: dict[tuple[str, str], list[str]] = {}
    for sort, key, id_, _, _ in party_table.by_keys(reader, kind, sorted(keys)):
        known.setdefault((sort, key), []).append(id_)
    ids = {id_ for found in known.values() for id_ in found}
    states = {id_: state_from(state) for id_, (state, _, _) in party_table.stored(reader, ids).items()}
    plans = []
    for row in chunk:
        if row.errors:
            plans.append(_Plan(row, REFUSED, reasons=tuple((one.column, one.reason) for one in row.errors)))
            continue
        candidates = [id_ for key in wanted[row.row] for id_ in known.get((key[0], key[1]), ())]
        standing = [id_ for id_ in candidates if not states[id_].merged_into]
        id_ = next(iter(standing or candidates), "")
        plans.append(_compare(row, id_, states[id_]) if id_ else _Plan(row, NEW))
    return plans


def _compare(row: PartyRow, id_: str, party: PartyState) -> _Plan:
    """What the list would change of a party that it knows."""
    found = _Plan(row, UNCHANGED, id_, party)
    changed = relisted(party, row.facts)
    if not changed:
        return found
    found.reasons = tuple((label_of(row.kind, name), reason) for name, reason in _objections(party, changed, row))
    found.verdict = REFUSED if found.reasons else CHANGED
    found.changes = tuple((label_of(row.kind, name), party.facts.get(name, ""), row.facts[name]) for name in changed)
    return found


def _objections(party: PartyState, changed: Sequence[str], row: PartyRow) -> Iterator[tuple[str, str]]:
    if party.read_only:
        yield changed[0], f"“{party.name}”含有更新版本程序的记录，本站点只能查看"
        return
    if party.merged_into:
        yield changed[0], f"“{party.name}”已并入别的登记，不再按名单更改"
        return
    for name in ("uscc", "agency_code"):
        if name in changed and party.facts.get(name):
            yield name, f"名称相同的“{party.name}”登记的代码是 {party.facts[name]}，请核对是否同一单位"
    fixed = ("uscc", "agency_code")
    for name in contradicted(party, [name for name in changed if name not in fixed or not party.facts.get(name)]):
        known = party.facts.get(name, "") or "空"
        yield name, f"“{party.name}”已由人员改为“{known}”，与名单的“{row.facts[name]}”不同，请人工更正"


def _write(tx: Transaction, plans: Sequence[_Plan], by: By, role: str, source: str, basis: dict[str, str]) -> None:
    drafts: list[Draft] = []
    fresh: set[str] = set()
    for item in plans:
        named = f"{source} 第 {item.row.row} 行"
        if item.verdict == NEW:
            item.id = new_id()
            fresh.add(stream_of(item.id))
            event: PartyEvent = from_list(item.row, named, by.on.isoformat())
        elif item.verdict == CHANGED and item.party is not None:
            event = amend_from_list(item.party, item.row, named, by.on.isoformat())
        else:
            continue
        drafts.append(
            Draft(
                stream_of(item.id), event.type, event.version, by.actor, role, event.occurred_on, basis,
                dict(event.payload),
            )
        )  # fmt: skip
    if drafts:
        envelopes = tx.append(drafts)
        streams = {envelope.stream: [envelope] for envelope in envelopes}
        project(tx, streams, {stream: said for stream, said in streams.items() if stream in fresh})


def _planned(item: _Plan) -> PlannedParty:
    return PlannedParty(
        row=item.row.row,
        verdict=item.verdict,
        name=item.row.facts.get("name", ""),
        id=item.id,
        reasons=item.reasons,
        changes=item.changes,
        warnings=item.row.warnings,
    )


def _report(rows: Sequence[PlannedParty], *, dry_run: bool) -> PartyIntakeReport:
    tally = dict.fromkeys((NEW, CHANGED, UNCHANGED, REFUSED), 0)
    for row in rows:
        tally[row.verdict] += 1
    return PartyIntakeReport(
        read=len(rows),
        new=tally[NEW],
        changed=tally[CHANGED],
        unchanged=tally[UNCHANGED],
        refused=tally[REFUSED],
        rows=tuple(rows),
        dry_run=dry_run,
    )
