"""What the centre's administrator does at the hub: make it, bring it up to date, let stations in and out, look at it.

Everything is done as the owner of the schema, which nobody can log in as; the administrator needs a log-in that may
create roles and, once, a schema.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import orjson

from db.faults import EnvironmentFault
from db.hub import connection
from db.hub.owner import administrator, as_owner, bring_up, centre_of, require_version, which_centre
from db.hub.schema import STATIONS, VERSION
from db.numbers import LAST_SERIAL

if TYPE_CHECKING:
    from psycopg import Connection

BLOCK: Final = 5_000  # serial numbers handed out with an enrolment
SKIPPED_BLOCKS: Final = 2  # per station, after a restore: as much as each may have reserved since the backup
_SETTINGS: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "password_encryption": "scram-sha-256",
}
_CONNECTIONS: Final = 5  # at once, of one station


@dataclass(frozen=True, slots=True)
class Made:
    """What :func:`init` left: ``fresh`` says whether the centre is new."""

    centre: str
    name: str
    epoch: str
    version: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A station's log-in; ``content`` is its enrolment file."""

    content: bytes
    centre: str
    station: str
    login: str
    carrier: bool
    block: tuple[int, int]


def init(url: str, centre: str = "") -> Made:
    """Roles, tables, functions, and the centre of that name with its keys. Repeating it changes nothing."""
    with administrator(url) as admin, as_owner(admin, prepare=True):
        bring_up(admin)
        known = admin.execute("SELECT id, name, epoch FROM centre ORDER BY created_at").fetchall()
        wanted = [row for row in known if row[1] == centre] if centre else known
        if wanted:
            if len(wanted) > 1:
                raise which_centre(known)
            id_, name, epoch = wanted[0]
            return Made(id_, name, epoch, VERSION, fresh=False)
        if not centre:
            raise EnvironmentFault("hub_no_centre", "这里还没有中心，请用 --centre 写明中心名称。")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        made = Made(uuid4().hex, centre, secrets.token_hex(8), VERSION, fresh=True)
        admin.execute(
            "INSERT INTO centre (id, name, epoch, signing_key, bundle_key) VALUES (%s, %s, %s, %s, %s)",
            (
                made.centre,
                made.name,
                made.epoch,
                Ed25519PrivateKey.generate().private_bytes_raw(),
                secrets.token_bytes(32),
            ),
        )
        return made


def upgrade(url: str, *, new_epoch: bool = False) -> tuple[int, int]:
    """Brings tables and functions to this program's version: (version before, version now).

    ``new_epoch`` after the database was restored from a backup: stations see that they met another hub, and serial
    numbers that may have been handed out since the backup are passed over.
    """
    with administrator(url) as admin, as_owner(admin):
        before = bring_up(admin)
        if new_epoch:
            for id_, enrolled in admin.execute(
                "SELECT c.id, count(s.login) FROM centre c LEFT JOIN stations s ON s.centre = c.id GROUP BY c.id"
            ).fetchall():
                admin.execute(
                    "UPDATE centre SET epoch = %s, next_serial = least(next_serial + %s, %s) WHERE id = %s",
                    (secrets.token_hex(8), SKIPPED_BLOCKS * BLOCK * max(1, enrolled), LAST_SERIAL + 1, id_),
                )
    return before, VERSION


def enrol(
    url: str, *, station: str, centre: str = "", carrier: bool = False, ca_file: str | None = None, host: str = ""
) -> Enrolled:
    """A log-in, a block of numbers and an enrolment file for the station. A revoked one of the same name comes back
    under its old log-in with a new password, so that what it wrote before still counts as its own.

    ``host`` is how stations reach the server when the administrator reaches it otherwise.
    """
    from db.enrolment import MOST_NAME, issue

    station = station.strip()
    if not station or len(station) > MOST_NAME:
        raise EnvironmentFault("bad_station", f"站点名称应为 1 至 {MOST_NAME} 个字。")
    with administrator(url) as admin:
        hub = _way_for_stations(url, admin, ca_file, host)
        with as_owner(admin):
            require_version(admin)
            id_, centre_name, signing_key, bundle_key = centre_of(admin, centre, "id, name, signing_key, bundle_key")
            login = _login_of(id_, station)
            row = admin.execute("SELECT revoked_at IS NULL FROM stations WHERE login = %s", (login,)).fetchone()
            if row is not None and row[0]:
                raise EnvironmentFault(
                    "station_enrolled", f"站点“{station}”已经登记；要重新发放登记文件，请先用 hub revoke 撤销。"
                )
            block = _reserve(admin, id_)
            password = secrets.token_urlsafe(24)
            content = issue(
                centre_id=id_,
                centre_name=centre_name,
                centre_key=bytes(signing_key),
                bundle_key=bytes(bundle_key),
                station_name=station,
                login=login,
                password=password,
                hub=hub,
                blocks=[block],
            )
            admin.execute(
                "INSERT INTO stations (login, centre, name, carrier) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (login) DO UPDATE"
                " SET carrier = excluded.carrier, enrolled_at = now(), revoked_at = NULL",
                (login, id_, station, carrier),
            )
            admin.execute("RESET ROLE")
            _let_in(admin, login, password)
    return Enrolled(content, centre_name, station, login, carrier, block)


def revoke(url: str, *, station: str, centre: str = "") -> bool:
    """Takes the station's log-in away, at once. False when it was revoked already; its events stay."""
    from psycopg import errors, sql

    with administrator(url) as admin:
        with as_owner(admin):
            require_version(admin)
            (id_,) = centre_of(admin, centre, "id")
            row = admin.execute(
                "SELECT login, revoked_at IS NULL FROM stations WHERE centre = %s AND name = %s", (id_, station.strip())
            ).fetchone()
            if row is None:
                raise EnvironmentFault("unknown_station", f"没有登记过名为“{station}”的站点，用 hub status 查看。")
            login, active = row
            admin.execute("UPDATE stations SET revoked_at = coalesce(revoked_at, now()) WHERE login = %s", (login,))
            admin.execute("RESET ROLE")
            admin.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login)))
        with contextlib.suppress(errors.InsufficientPrivilege):  # its functions refuse it in any case
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (login,))
    return bool(active)


def status(url: str, centre: str = "") -> list[dict[str, Any]]:
    """One document per centre: name, id, epoch, version, server, bytes, events, next_serial, stations, forks.

    A station has its incarnations with ``seq`` (events held of it) and ``lag`` (events of the centre that it lacked
    when it last said what it holds; None if it never did).
    """
    with administrator(url) as admin, as_owner(admin, look=True):
        version = require_version(admin)
        centres = admin.execute(
            "SELECT id, name, epoch, next_serial FROM centre WHERE %(name)s = '' OR %(name)s IN (name, id)"
            " ORDER BY created_at",
            {"name": centre},
        ).fetchall()
        if not centres:
            raise EnvironmentFault("hub_no_centre", f"这里没有名为“{centre}”的中心。" if centre else "这里还没有中心。")
        server = admin.execute("SHOW server_version").fetchone()
        return [
            {
                "centre": name,
                "id": id_,
                "epoch": epoch,
                "version": version,
                "server": server[0] if server else "",
                "next_serial": next_serial,
                **_contents(admin, id_),
            }
            for id_, name, epoch, next_serial in centres
        ]


def _contents(admin: Connection[Any], id_: str) -> dict[str, Any]:
    chains = dict(admin.execute("SELECT station, seq FROM chains WHERE centre = %s AND seq > 0", (id_,)).fetchall())
    stations: dict[str | None, dict[str, Any]] = {
        login: {
            "name": name,
            "login": login,
            "carrier": carrier,
            "enrolled_at": enrolled_at,
            "revoked_at": revoked_at,
            "heard_at": None,
            "seq": 0,
            "lag": None,
            "incarnations": [],
        }
        for login, name, carrier, enrolled_at, revoked_at in admin.execute(
            f"SELECT login, name, carrier, {_iso('enrolled_at')}, {_iso('revoked_at')}"  # noqa: S608 (columns)
            " FROM stations WHERE centre = %s ORDER BY name",
            (id_,),
        )
    }
    brought: list[dict[str, Any]] = []
    for login, station, vector, heard_at in admin.execute(
        f"SELECT login, station, vector, {_iso('heard_at')} FROM incarnations"  # noqa: S608 (a column)
        " WHERE centre = %s ORDER BY registered_at, station",
        (id_,),
    ):
        seq = chains.get(station, 0)
        found = {"station": station, "seq": seq, "heard_at": heard_at}
        if login is None:
            brought.append(found)
            continue
        of = stations[login]
        of["incarnations"].append(found)
        of["seq"] += seq
        if heard_at is not None and heard_at >= (of["heard_at"] or ""):
            told = orjson.loads(vector)
            of["heard_at"] = heard_at
            of["lag"] = sum(max(0, held - told.get(one, 0)) for one, held in chains.items())
    forks = admin.execute(
        f"SELECT f.station, f.seq, s.name, {_iso('f.at')} FROM forks f"  # noqa: S608 (a column)
        " JOIN stations s ON s.login = f.login WHERE f.centre = %s ORDER BY f.at, f.seq",
        (id_,),
    ).fetchall()
    size = admin.execute(
        "SELECT (SELECT coalesce(sum(size), 0) FROM batches WHERE centre = %(id)s)"
        " + (SELECT coalesce(sum(size), 0) FROM blobs WHERE centre = %(id)s)",
        {"id": id_},
    ).fetchone()
    return {
        "events": sum(chains.values()),
        "bytes": int(size[0]) if size else 0,
        "stations": list(stations.values()),
        "brought": brought,
        "forks": [dict(zip(("station", "seq", "from", "at"), fork, strict=True)) for fork in forks],
    }


def _iso(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


def _login_of(centre: str, station: str) -> str:
    """The same for the same station, and plain enough for any server's rules about names."""
    return "ks_" + centre[:8] + "_" + hashlib.sha256(f"{centre}/{station}".encode()).hexdigest()[:16]


def _reserve(admin: Connection[Any], id_: str) -> tuple[int, int]:
    row = admin.execute(
        "UPDATE centre SET next_serial = next_serial + %s WHERE id = %s AND next_serial + %s <= %s"
        " RETURNING next_serial",
        (BLOCK, id_, BLOCK, LAST_SERIAL + 1),
    ).fetchone()
    if row is None:
        raise EnvironmentFault("hub_numbers_out", "本中心的案号号段已经用完，没有登记。")
    return int(row[0]) - BLOCK, int(row[0]) - 1


def _let_in(admin: Connection[Any], login: str, password: str) -> None:
    """The log-in role. The password leaves this program only as its SCRAM verifier."""
    from psycopg import sql

    name = sql.Identifier(login)
    verifier = admin.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login,)).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    admin.execute(
        sql.SQL("ALTER ROLE {} LOGIN INHERIT CONNECTION LIMIT {} PASSWORD {}").format(
            name, sql.Literal(_CONNECTIONS), sql.Literal(verifier)
        )
    )
    for setting, value in _SETTINGS.items():
        admin.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))
    admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(STATIONS), name))


def _way_for_stations(url: str, admin: Connection[Any], ca_file: str | None, host: str) -> dict[str, Any]:
    """Where stations find the server, tried out with the certificate that they will hold it against."""
    from psycopg.conninfo import conninfo_to_dict

    facts = conninfo_to_dict(url)
    way: dict[str, Any] = {
        "host": host or admin.info.host,
        "port": admin.info.port,
        "dbname": admin.info.dbname,
        "tls": "local",
        "ca": "",
    }
    if connection.is_local(way["host"]) and ca_file is None:
        return way
    ca = connection.authority(ca_file, _text(facts.get("sslrootcert")), way["host"], way["port"])
    with TemporaryDirectory(prefix="kuaishen-") as folder:
        strict = connection.strict(ca, Path(folder) / connection.CA_NAME)
        try:
            connection.connect({**connection.ALWAYS, **facts, "host": way["host"], **strict}).close()
        except EnvironmentFault as fault:
            if fault.code != "hub_refused":  # the administrator may log in from elsewhere only; the certificate held
                raise
    return {**way, "tls": "verify-full", "ca": ca}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
