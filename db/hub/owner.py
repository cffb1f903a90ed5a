"""The hub's database in the hands of its administrator, who acts as the owner of the schema; nobody logs in as that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from db.faults import EnvironmentFault
from db.hub import connection
from db.hub.schema import FUNCTIONS, OWNER, RIGHTS, SCHEMA, STATIONS, TABLES, VERSION, VIEWS

if TYPE_CHECKING:
    from psycopg import Connection

OLDEST: Final = 15
_LOCK: Final = 0x6B756169  # for the first administrator, while there is no table yet to lock


@contextlib.contextmanager
def administrator(url: str) -> Iterator[Connection[Any]]:
    """A connection by the administrator's address, in which what goes wrong is a fault. EnvironmentFault."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        facts = {**connection.ALWAYS, **conninfo_to_dict(url)}
    except ProgrammingError:
        # Not "from": what the driver says repeats the address, and with it the password.
        raise connection.fault("bad_hub_address") from None
    port = str(facts.get("port") or "")
    if "," in str(facts.get("host") or "") or (port and not port.isdecimal()):  # stations are told one way, not several
        raise connection.fault("bad_hub_address")
    admin = connection.connect(facts)
    with contextlib.closing(admin), connection.speaking():
        if admin.info.server_version < OLDEST * 10_000:
            raise EnvironmentFault(
                "hub_too_old",
                f"服务器是 PostgreSQL {admin.info.server_version // 10_000}，需要 {OLDEST} 或更新的版本。",
            )
        if not connection.is_local(admin.info.host) and not admin.pgconn.ssl_in_use:
            raise connection.fault("hub_tls_missing")  # the centre's keys come this way
        yield admin


@contextlib.contextmanager
def as_owner(admin: Connection[Any], *, prepare: bool = False, look: bool = False) -> Iterator[None]:
    """One transaction as the owner of the schema, one administrator at a time unless he only wants to ``look``;
    ``prepare`` makes owner and schema where they lack."""
    from psycopg import errors, sql

    with admin.transaction():
        present = admin.execute("SELECT to_regclass('kuaishen.hub') IS NOT NULL").fetchone() == (True,)
        if prepare:
            if not present:
                admin.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            _make_roles(admin)
        elif not present:
            raise EnvironmentFault("hub_absent", "这个数据库里还没有建立中心服务器，请先运行 kuaishen hub init。")
        try:
            admin.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        except errors.InsufficientPrivilege as error:
            raise connection.fault("hub_denied") from error
        admin.execute("SET LOCAL search_path = pg_catalog, kuaishen, pg_temp")
        if present and not look:
            admin.execute("LOCK TABLE hub IN EXCLUSIVE MODE")  # unlike an advisory lock, no station can hold it
        yield


def _make_roles(admin: Connection[Any]) -> None:
    from psycopg import errors, sql

    for role in (OWNER, STATIONS):
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    with contextlib.suppress(errors.InsufficientPrivilege), admin.transaction():  # everybody may, unless it was taken
        admin.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(admin.info.dbname), sql.Identifier(STATIONS)
            )
        )
    privileged = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if not (privileged and privileged[0]):  # who is no superuser must belong to the owner to act as it
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    if admin.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone() is None:
        admin.execute(
            sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(sql.Identifier(SCHEMA), sql.Identifier(OWNER))
        )


def bring_up(admin: Connection[Any]) -> int:
    """Tables of this version, functions, views, rights. Answers with the version that was there (0 for nothing)."""
    before = 0
    if admin.execute("SELECT to_regclass('kuaishen.hub')").fetchone() != (None,):
        before = _version(admin)
    if before > VERSION:
        raise EnvironmentFault("hub_newer", "中心服务器由更新版本的程序建立，请用那个版本管理，没有改动。")
    search_path = "SET LOCAL search_path = kuaishen, pg_catalog, pg_temp"  # the first is where things are made
    admin.execute(search_path)
    for statements in TABLES[before:]:
        admin.execute(statements)
    admin.execute("DELETE FROM hub")
    admin.execute("INSERT INTO hub VALUES (%s)", (VERSION,))
    for statements in (VIEWS, FUNCTIONS, RIGHTS):
        admin.execute(statements)
    return before


def _version(admin: Connection[Any]) -> int:
    row = admin.execute("SELECT max(version) FROM hub").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def require_version(admin: Connection[Any]) -> int:
    found = _version(admin)
    if found < VERSION:
        raise EnvironmentFault("hub_version", "中心服务器的数据库较旧，请先运行 kuaishen hub upgrade。")
    if found > VERSION:
        raise EnvironmentFault("hub_newer", "中心服务器由更新版本的程序建立，请用那个版本管理，没有改动。")
    return found


def centre_of(admin: Connection[Any], name: str, columns: str) -> tuple[Any, ...]:
    """The columns of the centre with this name or id, or of the only one."""
    known = admin.execute("SELECT id, name FROM centre ORDER BY created_at").fetchall()
    wanted = [row for row in known if not name or name in row]
    if not wanted:
        raise EnvironmentFault("hub_no_centre", f"这里没有名为“{name}”的中心。" if name else "这里还没有中心。")
    if len(wanted) > 1:
        raise which_centre(known)
    row = admin.execute(f"SELECT {columns} FROM centre WHERE id = %s", wanted[0][:1]).fetchone()  # noqa: S608 (columns)
    assert row is not None
    return tuple(row)


def which_centre(known: list[Any]) -> EnvironmentFault:
    names = "、".join(row[1] for row in known)
    return EnvironmentFault("hub_which_centre", f"这里有几个中心，请用 --centre 写明是哪一个：{names}。")
