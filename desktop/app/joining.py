"""Belonging to a centre: the enrolment file, who this store writes as, and who the others are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import incarnation, local, numbers
from db.envelope import Draft
from db.faults import EnvironmentFault
from db.journal import Reader, Transaction
from desktop.app.shipped import VERSION
from desktop.app.sync_views import JoinedView
from desktop.app.workplace import ENROLMENT, STATION_STARTED, STATIONS, Workplace
from desktop.core.refusal import Refusal
from desktop.core.terms import Role

if TYPE_CHECKING:
    from db.enrolment import Certificate, Enrolment

PROGRAM = "本程序"  # who is named where nobody acted


def enrolled(workplace: Workplace) -> Enrolment:
    """What this store knows of its centre. Raises :class:`Refusal` ``not_joined``."""
    with workplace.reading() as reader:
        found = _enrolment(reader)
    if found is None:
        raise Refusal("not_joined", "本站点还没有加入中心，请先用管理员给的登记文件（.kse）加入")
    return found


def _enrolment(reader: Reader) -> Enrolment | None:
    text = local.meta(reader, ENROLMENT)
    if text is None:
        return None
    from db.enrolment import Enrolment

    return Enrolment.from_json(text)


def joined(workplace: Workplace) -> JoinedView | None:
    with workplace.reading() as reader:
        found = _enrolment(reader)
    return None if found is None else _view(found, workplace.store.station_name)


def _view(enrolment: Enrolment, own_name: str) -> JoinedView:
    hub = enrolment.hub
    place = f"{hub['host']}:{hub['port']}/{hub['dbname']}" if hub else ""
    name = enrolment.station_name
    return JoinedView(enrolment.centre_name, name, enrolment.login, place, name if name != own_name else "")


def join(workplace: Workplace, data: bytes, *, actor: str) -> JoinedView:
    """Takes an enrolment file. From here on this store writes as a new incarnation, under the name it is enrolled by,
    and gives out reserved numbers only. EnvironmentFault ``bad_enrolment``; Refusal for another centre's file."""
    from db.enrolment import read

    enrolment = read(data)
    with workplace.writing() as tx:
        book = workplace.book
        if book.staff and Role.ADMIN not in book.staff.get(actor, frozenset()):
            raise Refusal("wrong_role", f"加入中心须由管理员办理，{actor}不是管理员", {"actor": actor})
        former = _enrolment(tx)
        if former is not None and former.centre_id != enrolment.centre_id:
            raise Refusal(
                "other_centre",
                f"本站点已属于“{former.centre_name}”，不能再加入“{enrolment.centre_name}”；请另建数据目录",
                {"centre": former.centre_name},
            )
        again = former is not None and former.login == enrolment.login
        if not again:
            incarnation.renew(tx)
            local.set_meta(tx, "station_name", enrolment.station_name)
            workplace.store.station_name = enrolment.station_name
        keep(tx, enrolment, former)
        if not again:
            introduce(tx, workplace, actor)
    return _view(enrolment, enrolment.station_name)


def keep(tx: Transaction, enrolment: Enrolment, former: Enrolment | None = None) -> None:
    """What this store knows of its centre from here on, and the numbers that it may give out. Those of the ``former``
    file are not given out anew: after a restore some of them stand on cases that are not here."""
    local.set_meta(tx, ENROLMENT, enrolment.to_json())
    known = set(former.blocks) if former else set()
    numbers.add(tx, (block for block in enrolment.blocks if block not in known))


def settle(tx: Transaction, workplace: Workplace) -> None:
    """This is where the present incarnation writes; elsewhere it would be a copy."""
    incarnation.remember_place(tx, workplace.store.directory)
    workplace.meet(tx)


def introduce(tx: Transaction, workplace: Workplace, actor: str = PROGRAM) -> None:
    """The first event of an incarnation: who is writing, and the keys by which others know it."""
    tx.append([introduction(tx, workplace.store.station_name, actor)])
    settle(tx, workplace)


def introduction(reader: Reader, name: str, actor: str) -> Draft:
    payload: dict[str, Any] = {"name": name, "program": VERSION}
    enrolment = _enrolment(reader)
    if enrolment is not None:
        payload["certificate"] = enrolment.certificate.to_json()
    return Draft(STATIONS, STATION_STARTED, 1, actor, Role.ADMIN.value, date.today().isoformat(), {}, payload)


def arrive(workplace: Workplace, actor: str) -> None:
    """At opening. A copy of the store that used to write here goes on as a new incarnation before it writes anything,
    since the other may still be at work. Whoever has written nothing yet, as after a restore, says who is writing."""
    directory: Path = workplace.store.directory
    with workplace.reading() as reader:
        moved = incarnation.was_moved(reader, directory) if workplace.joined(reader) else False
        silent = incarnation.own(reader)[-1] not in reader.vector()
    if moved is False and not silent:
        return
    with workplace.writing() as tx:
        if moved:
            incarnation.renew(tx)
        if moved or silent:
            introduce(tx, workplace, actor)
        else:
            settle(tx, workplace)


def known_certificates(reader: Reader, enrolment: Enrolment) -> dict[str, Certificate]:
    """Name -> certificate of every other station that introduced itself with a true one; the newest of each name."""
    from db.enrolment import Certificate

    found: dict[str, Certificate] = {}
    own = set(incarnation.own(reader))
    for event in reader.stream(STATIONS):
        text = event.payload.get("certificate")
        if event.type != STATION_STARTED or not isinstance(text, str) or event.station in own:
            continue
        try:
            certificate = Certificate.from_json(text)
        except (ValueError, EnvironmentFault):
            continue
        if certificate.centre == enrolment.centre_id and certificate.verify(enrolment.centre_public):
            found[certificate.station_name] = certificate
    return found
