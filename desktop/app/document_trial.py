"""Whether a published document may come into effect: it is well formed, and it fits what it builds on.

Asked before a document is numbered here, and again of every one that others published, in whatever order they arrive
and with whichever program they were first read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from db.envelope import Envelope
from db.order import behind
from desktop.core.checklists import parse_checklists
from desktop.core.configuration import HEADER, OF_PROCEDURE, PUBLISHED, Document, Kind, Published, read_document
from desktop.core.fitting import fit
from desktop.core.phrases import parse_phrases
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.terms import CheckStatus

_ALWAYS: Final = "9999-12-31"
_KINDS: Final = frozenset(Kind)
SENSELESS: Final = "发布的文件内容不成立，或它所依据的文件还没有到达"
_MOST_DOCUMENTS: Final = 100_000  # of one kind: further no centre ever counts
_ON_TRIAL: Final = 1_000_000  # the number of a document that has none yet: the newest of all


def is_document(envelope: Envelope) -> bool:
    """Whether this program can read what the event published."""
    kind = envelope.payload.get("kind")
    return envelope.type == PUBLISHED and envelope.version == 1 and isinstance(kind, str) and kind in _KINDS


def published_from(envelope: Envelope) -> Published:
    payload = envelope.payload
    document = Document(
        Kind(payload["kind"]),
        payload["basis"],
        payload["checked_on"],
        CheckStatus(payload["status"]),
        payload["valid_from"],
        payload["body"],
        payload["procedure"],
    )
    return Published(payload["number"], document, envelope.occurred_on, envelope.actor, envelope.hash)


def well_formed(envelope: Envelope) -> Published | None:
    """A document as somebody published it, held to what a file must be that is published here: once it is in the rule
    book everybody works by it. None for one that is not."""
    try:
        published = published_from(envelope)
        document = published.document
        header = {
            "kind": document.kind.value,
            "basis": document.basis,
            "checked_on": document.checked_on,
            "status": document.status.value,
            "valid_from": document.valid_from,
            "procedure": document.procedure,
        }
        read = read_document({HEADER: {name: value for name, value in header.items() if value != ""}, **document.body})
    except (Refusal, KeyError, TypeError, ValueError, AttributeError):
        return None
    counted = type(published.number) is int and 0 < published.number <= _MOST_DOCUMENTS
    return published if counted and read.procedure == document.procedure else None


def take_effect(
    book: RuleBook, stream: Sequence[Envelope], events: Sequence[Envelope], put: Callable[[Published], object]
) -> tuple[RuleBook, list[Envelope]]:
    """The documents of these events come into effect, each as soon as what it builds on is there; ``stream`` is all
    that was ever published, ``put`` is told of each. A document is held to what its author had seen, and to nothing
    that was published beside it, so that every station comes to the same, in whatever order it hears of them.

    Answers the book with them, and the events whose documents make no sense or do not fit.
    """
    waiting = [(event, published) for event in events if (published := well_formed(event)) is not None]
    before = -1
    while before != len(waiting):
        before = len(waiting)
        for event, published in tuple(waiting):
            seen = {one.hash for one in behind(stream, event.parents)}
            known = RuleBook(book.shipped, tuple(one for one in book.published if one.hash in seen))
            try:
                try_on(known, published.document)
            except (Refusal, KeyError, TypeError, ValueError, AttributeError):
                continue
            waiting.remove((event, published))
            book = book.with_published([published])
            put(published)
    effective = {published.hash for published in book.published}
    return book, [event for event in events if event.hash not in effective]


def try_on(book: RuleBook, document: Document) -> None:
    """A document may be well formed and still not fit: compile the rules with it, for every day on which other
    documents are in force beside it, before it is numbered. Raises :class:`Refusal` ``bad_document``."""
    trial = book.with_published([Published(_ON_TRIAL, document)])
    if document.procedure and document.procedure not in trial.services:
        sentence = f"没有“{document.procedure}”这个办理程序，可用：{'、'.join(trial.services)}"
        raise Refusal("bad_document", sentence, {"problems": [f"document.procedure：{sentence}"]})
    if document.kind in OF_PROCEDURE:  # what serves all of them, no step asks for by a name of its own
        later = {published.document.valid_from for published in trial.published}
        for name in trial.services if not document.procedure else (document.procedure,):
            for day in sorted(day for day in later if day >= document.valid_from):
                fit(trial.rules(trial.basis_on(name, day)))
    if document.kind is Kind.CALENDAR:
        _ = trial.calendar
    day = document.valid_from or _ALWAYS
    if document.kind is Kind.LIMITS:
        known = trial.rules(book.basis_on(document.procedure, day)).procedure.limits
        _no_others("limits.", document.body.get("limits", {}), set(known))
    if document.kind is Kind.NOTICES:
        notices = trial.rules(book.basis_on(document.procedure, day)).notices
        _no_others("", document.body, {*notices.templates, "common"})
    if document.kind is Kind.PHRASES:
        _only_items(document, _items(trial, document.procedure))


def _items(book: RuleBook, procedure: str) -> set[str]:
    """The lines of every checklist that a case may be worked by: the shipped one and all that were published."""
    own = (p.document for kind in (Kind.SERVICE, Kind.CHECKLISTS) for p in book.of_kind(kind))
    bodies = [document.body for document in own if document.procedure == procedure]
    bodies.append(book.shipped.procedures.get(procedure, {}))
    lists = [parse_checklists({"lists": body.get("lists", ())}).lists.values() for body in bodies]
    return {item.id for some in lists for one in some for item in one.items}


def _only_items(document: Document, items: Collection[str]) -> None:
    """A phrase stands by a line of a checklist, or by none."""
    strange = [one for one in parse_phrases(document.body) if one.item and one.item not in items and not one.hidden]
    if strange:
        said = [f"phrases[{one.id}].item：检查表中没有“{one.item}”，疑为笔误" for one in strange]
        raise Refusal("bad_document", said[0], {"problems": said})


def _no_others(place: str, names: Iterable[str], known: set[str]) -> None:
    """A name that no step of any procedure uses is a slip of the pen."""
    unknown = sorted(set(names) - known)
    if unknown:
        raise Refusal(
            "bad_document",
            f"“{unknown[0]}”没有任何环节使用，疑为笔误",
            {"problems": [f"{place}{name}：没有任何环节使用，疑为笔误" for name in unknown]},
        )
