"""Use cases of parties and agencies (备案主体, 代理机构): register, correct, decide, merge, import, ask.

Each command is decided, appended and projected in one transaction; a Refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from db import parties as party_table
from db.envelope import Draft
from db.journal import Reader, Transaction
from desktop.app import party_import, party_papers
from desktop.app.notice_papers import NoticeView
from desktop.app.party_page import party_view
from desktop.app.party_projection import project, stream_of
from desktop.app.party_reading import (
    agency_standing_of,
    cases_of,
    find_one,
    groups,
    page,
    proposed_for,
    standing_of,
    whole,
)
from desktop.app.party_views import (
    DuplicateView,
    PartyIntakeReport,
    PartyOutcome,
    PartyPage,
    PartyQuery,
    PartyStanding,
    PartyView,
    RuleView,
)
from desktop.app.workplace import Workplace, new_id
from desktop.core import party_decide
from desktop.core.context import Context
from desktop.core.notice_paper import NoticePaper
from desktop.core.party import PartyState
from desktop.core.party_decide import By, Match, Order, PartyDecision, read_facts
from desktop.core.party_facts import PartyKind
from desktop.core.party_intake import PartyRow, identities
from desktop.core.party_proposals import Proposal, proposals
from desktop.core.party_standing import standing
from desktop.core.refusal import Refusal

_TAIL = 12  # of an id: enough to name a finding or a measure of one party


class _Known:
    """One party as a command finds it: its own state, and ``whole`` with what stands on those merged into it."""

    def __init__(self, reader: Reader, id_: str) -> None:
        root = party_table.root_of(reader, id_)
        assert root is not None  # whoever asks has looked it up
        self.id, self.root = id_, root
        self.group = groups(reader, [root])[root]
        self.own = self.group[id_]
        self.whole = whole(self.group, root)

    def judged(self) -> PartyState:
        """What a decision looks at: the whole of it, unless it disappeared into another."""
        return self.whole if self.id == self.root else self.own

    def owner(self, target: str) -> tuple[str, str]:
        """(id of the party, full id) of a finding or measure named by its id or the beginning of it."""
        found = {
            one: id_ for id_, state in self.group.items() for one in (*state.sanctions, *state.findings)
            if one.startswith(target) and target
        }  # fmt: skip
        if target in found:
            return found[target], target
        if len(found) > 1:
            raise Refusal("ambiguous_target", f"“{target}”对应多项，请写全编号：{'、'.join(found)}", {"target": target})
        return next(((id_, one) for one, id_ in found.items()), (self.id, target))


class Parties:
    """The use cases over one workplace. ``ref`` names a party by id, 统一社会信用代码, 机构代码 or whole name."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # ------------------------------------------------------------------ questions
    def page(self, query: PartyQuery, *, on: date, limit: int = 50, offset: int = 0) -> PartyPage:
        """Strategic parties first, then by name; ``limit`` -1 means all."""
        return page(self._workplace, query, on=on, limit=limit, offset=offset)

    def show(
        self, ref: str, *, actor: str, on: date, kind: str = "", period: tuple[date, date] | None = None
    ) -> PartyView:
        """Everything about one; raises :class:`Refusal` ``unknown_party`` or ``ambiguous_party``."""
        with self._workplace.reading() as reader:
            id_ = find_one(reader, ref, kind)
            context = self._context(on)
            return party_view(reader, self._workplace, id_, actor=actor, on=on, context=context, period=period)

    def standing(self, uscc: str, name: str, on: date) -> PartyStanding | None:
        """How the party of a case stands on the day it was submitted; None: not registered."""
        with self._workplace.reading() as reader:
            return standing_of(reader, uscc, name, on, self._workplace.book.party_rules)

    def agency_standing(self, name: str, agency_code: str, on: date) -> PartyStanding | None:
        with self._workplace.reading() as reader:
            return agency_standing_of(reader, name, agency_code, on, self._workplace.book.party_rules)

    def duplicates(self) -> tuple[DuplicateView, ...]:
        """Parties that share a 统一社会信用代码."""
        with self._workplace.reading() as reader:
            return tuple(
                DuplicateView(kind, uscc, tuple(found)) for kind, uscc, found in party_table.duplicates(reader)
            )

    def rules(self) -> tuple[RuleView, ...]:
        """The rules of the document in force, active or not."""
        return tuple(
            RuleView(
                rule.id,
                rule.label,
                rule.text,
                rule.basis,
                rule.status.value,
                rule.applies.value,
                rule.measure,
                rule.months,
                rule.active,
            )
            for rule in self._workplace.newest_book().party_rules.rules
        )

    def proposed(self, *, on: date) -> int:
        """For how many parties the rules propose something today."""
        with self._workplace.reading() as reader:
            return len(proposed_for(reader, self._workplace.book.party_rules, on))

    # ------------------------------------------------------------------ registering
    def add(self, kind: str, values: Mapping[str, str], *, actor: str, on: date, today: date) -> PartyOutcome:
        with self._workplace.writing() as tx:
            by, id_ = self._by(actor, on, today), new_id()
            known = _alike(tx, kind, values)
            decision = party_decide.register(kind, values, known, by)
            return self._record(tx, id_, decision, by, fresh=True, made=id_)

    def amend(
        self,
        ref: str,
        values: Mapping[str, str],
        *,
        actor: str,
        on: date,
        today: date,
        reason: str = "",
        seen: str = "",
    ) -> PartyOutcome:
        """``seen`` is the :attr:`PartyView.head` that the actor was looking at, if any."""
        return self._act(
            ref, actor, on, today, lambda known, by: party_decide.amend(known.own, values, reason, by), seen=seen
        )

    def note(self, ref: str, text: str, *, actor: str, on: date, today: date) -> PartyOutcome:
        return self._act(ref, actor, on, today, lambda known, by: party_decide.note(known.own, text, by))

    def refuse(self, ref: str, *, actor: str, on: date, today: date, reason: str, basis: str) -> PartyOutcome:
        """An application for registration was refused; the standing stays as it is stated."""
        made = new_id()[-_TAIL:]
        return self._act(
            ref, actor, on, today,
            lambda known, by: party_decide.refuse(known.own, made, reason, basis, by), made=made,
        )  # fmt: skip

    def find(
        self, ref: str, kind: str, *, actor: str, found_on: date, today: date, case: str = "", note: str = ""
    ) -> PartyOutcome:
        """Registers a finding (认定) such as 非正常."""
        made = new_id()[-_TAIL:]

        def decide(known: _Known, by: By) -> PartyDecision:
            return party_decide.find(known.judged(), made, kind, case.strip(), found_on, note, by)

        return self._act(ref, actor, today, today, decide, made=made)

    # ------------------------------------------------------------------ deciding
    def appeal(
        self, ref: str, target: str, outcome: str, *, actor: str, on: date, today: date, note: str = ""
    ) -> PartyOutcome:
        """How an appeal ended; ``target`` is the id of a finding or measure, or the beginning of it."""
        return self._on_target(
            ref, target, actor, on, today,
            lambda known, full, by: party_decide.appeal(known.judged(), full, outcome, on, note, by),
        )  # fmt: skip

    def lift(self, ref: str, target: str, *, actor: str, on: date, today: date, reason: str) -> PartyOutcome:
        """A measure ends; ``on`` is the first day without it."""
        return self._on_target(
            ref, target, actor, on, today,
            lambda known, full, by: party_decide.lift(known.judged(), full, on, reason, by),
        )  # fmt: skip

    def sanction(
        self,
        ref: str,
        order: Order,
        *,
        actor: str,
        on: date,
        today: date,
        proposal: str = "",
        rule: str = "",
    ) -> PartyOutcome:
        """A measure: by a proposal that is confirmed, or by a rule that is named."""
        made = new_id()[-_TAIL:]

        def decide(known: _Known, by: By, tx: Transaction) -> PartyDecision:
            confirmed = self._proposal(tx, known, proposal, today) if proposal else None
            named = self._workplace.book.party_rules.named(confirmed.rule if confirmed else rule)
            return party_decide.sanction(known.judged(), made, order, named, confirmed, by)

        return self._act_in(ref, actor, on, today, decide, made=made)

    def dismiss(self, ref: str, proposal: str, *, actor: str, on: date, today: date, reason: str) -> PartyOutcome:
        """A proposal is not followed; it does not come again without new evidence."""
        return self._act_in(
            ref, actor, on, today,
            lambda known, by, tx: party_decide.dismiss(
                known.judged(), self._proposal(tx, known, proposal, today), reason, by
            ),
        )  # fmt: skip

    def grant(
        self, ref: str, year: str, base: int, extra: int | None = None, *, actor: str, on: date, today: date
    ) -> PartyOutcome:
        """The quota of a year; what is spent of it already is said."""

        def decide(known: _Known, by: By, tx: Transaction) -> PartyDecision:
            decision = party_decide.grant(known.own, year, base, extra, by)
            used = sum(case.accepted_on[:4] == year for case in cases_of(tx, [known.root])[known.root])
            total = decision.event.payload["base"] + decision.event.payload["extra"]
            short = (f"{year} 年已受理 {used} 件，多于额度 {total} 件",) if used > total else ()
            return PartyDecision(decision.event, decision.role, (*decision.warnings, *short))

        return self._act_in(ref, actor, on, today, decide)

    # ------------------------------------------------------------------ merging
    def merge(self, ref: str, into: str, *, actor: str, on: date, today: date, reason: str = "") -> PartyOutcome:
        """The first disappears into the second; both journals stay."""

        def decide(known: _Known, by: By, tx: Transaction) -> PartyDecision:
            other = _Known(tx, find_one(tx, into))
            return party_decide.merge(known.own, known.id, other.own, other.id, by, reason)

        return self._act_in(ref, actor, on, today, decide)

    def separate(self, ref: str, *, actor: str, on: date, today: date, reason: str = "") -> PartyOutcome:
        """Undoes a merge."""
        return self._act(ref, actor, on, today, lambda known, by: party_decide.separate(known.own, reason, by))

    # ------------------------------------------------------------------ papers
    def notices(self, ref: str) -> tuple[NoticeView, ...]:
        """The documents (备案通过、不通过、暂停、取消、恢复 通知书) that may be printed, oldest first."""
        return party_papers.notices(self._workplace, ref)

    def notice(self, ref: str, wanted: str = "") -> NoticePaper:
        """One of them by kind, title or hash; see :func:`desktop.app.party_papers.notice`."""
        return party_papers.notice(self._workplace, ref, wanted)

    # ------------------------------------------------------------------ lists
    def plan_import(self, kind: str, rows: Iterable[PartyRow]) -> PartyIntakeReport:
        """The dry run: what would happen to each row. Nothing is written."""
        return party_import.plan(self._workplace, kind, rows)

    def take_in(
        self, kind: str, rows: Iterable[PartyRow], *, actor: str, source: str, today: date
    ) -> PartyIntakeReport:
        return party_import.take_in(self._workplace, kind, rows, by=self._by(actor, today, today), source=source)

    # ------------------------------------------------------------------ inside
    def _context(self, today: date) -> Context:
        book = self._workplace.book
        return self._workplace.context(book.rules(book.basis_on("preexam", today.isoformat())), today)

    def _by(self, actor: str, on: date, today: date) -> By:
        return By(actor, on, self._context(today))

    def _proposal(self, reader: Reader, known: _Known, id_: str, today: date) -> Proposal:
        cases = cases_of(reader, [known.root])[known.root]
        for one in proposals(known.whole, self._workplace.book.party_rules, cases, today):
            if one.id == id_:
                return one
        raise Refusal("unknown_proposal", f"没有编号为“{id_}”的建议，或情况已经变化，请重新查看", {"proposal": id_})

    def _act(
        self,
        ref: str,
        actor: str,
        on: date,
        today: date,
        decide: Callable[[_Known, By], PartyDecision],
        *,
        seen: str = "",
        made: str = "",
    ) -> PartyOutcome:
        return self._act_in(ref, actor, on, today, lambda known, by, tx: decide(known, by), seen=seen, made=made)

    def _act_in(
        self,
        ref: str,
        actor: str,
        on: date,
        today: date,
        decide: Callable[[_Known, By, Transaction], PartyDecision],
        *,
        seen: str = "",
        made: str = "",
    ) -> PartyOutcome:
        with self._workplace.writing() as tx:
            known = _Known(tx, find_one(tx, ref))
            if seen and seen != party_table.heading(tx, known.id)[0]:
                raise Refusal("party_moved", f"“{known.own.name}”在您打开之后又有新的记录，请看过最新情况再办")
            by = self._by(actor, on, today)
            return self._record(tx, known.id, decide(known, by, tx), by, made=made)

    def _on_target(
        self,
        ref: str,
        target: str,
        actor: str,
        on: date,
        today: date,
        decide: Callable[[_Known, str, By], PartyDecision],
    ) -> PartyOutcome:
        """A step about a finding or a measure is recorded where that stands, be it on a merged party."""
        with self._workplace.writing() as tx:
            known = _Known(tx, find_one(tx, ref))
            owner, full = known.owner(target)
            by = self._by(actor, on, today)
            return self._record(tx, owner, decide(known, full, by), by)

    def _record(
        self, tx: Transaction, id_: str, decision: PartyDecision, by: By, *, fresh: bool = False, made: str = ""
    ) -> PartyOutcome:
        stream = stream_of(id_)
        envelopes = tx.append([draft_of(id_, decision, by, self._basis())])
        project(tx, [stream], {stream: envelopes} if fresh else None)
        known = _Known(tx, id_)
        here = standing(known.whole, by.context.today)
        return PartyOutcome(
            id=id_,
            name=known.own.name,
            events=len(envelopes),
            status=here.status.value,
            made=made,
            warnings=tuple(decision.warnings),
        )

    def _basis(self) -> dict[str, str]:
        return {"parties": self._workplace.book.party_rules.version}


def draft_of(id_: str, decision: PartyDecision, by: By, basis: dict[str, str]) -> Draft:
    event = decision.event
    return Draft(
        stream=stream_of(id_),
        type=event.type,
        version=event.version,
        actor=by.actor,
        role=decision.role.value,
        occurred_on=event.occurred_on,
        basis=basis,
        payload=dict(event.payload),
    )


def _alike(reader: Reader, kind: str, values: Mapping[str, str]) -> Sequence[Match]:
    """Who is registered already under the same code or name."""
    if kind not in tuple(PartyKind):
        return ()
    facts, _ = read_facts(kind, values)
    for key, how in identities(kind, {name: value for name, value in facts.items() if value}):
        sort, _, text = key.partition(":")
        for _, _, id_, root, former in party_table.by_keys(reader, kind, [(sort, text)]):
            if not former and id_ == root:
                return (Match(id_, party_table.heading(reader, id_)[1], how),)
    return ()
