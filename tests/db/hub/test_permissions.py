"""What a station's password is not good for, tried with the password itself and no program of ours between."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from db.hub import admin
from tests.db.hub.conftest import Hub
from tests.db.transports import A, B, Chain, greeting

TABLES = ("hub", "centre", "stations", "incarnations", "chains", "batches", "forks", "blobs")
VIEWS = ("vector", "journal", "attachments", "peers")

FORBIDDEN = {
    "insert": "INSERT INTO kuaishen.batches (centre, station, first, last, prev_hash, hashes, streams, body, size,"
    " login) VALUES ('a', 'a', 1, 1, '', '', '{}', '', 0, 'a')",
    "update": "UPDATE kuaishen.chains SET seq = 0",
    "delete": "DELETE FROM kuaishen.batches",
    "truncate": "TRUNCATE kuaishen.batches",
    "read the keys": "SELECT signing_key FROM kuaishen.centre",
    "read other tables": "SELECT * FROM kuaishen.batches",
    "create": "CREATE TABLE kuaishen.mine (id integer)",
    "create elsewhere": "CREATE TABLE public.mine (id integer)",
    "alter": "ALTER TABLE kuaishen.batches ADD COLUMN mine integer",
    "drop": "DROP TABLE kuaishen.batches",
    "replace a function": "CREATE OR REPLACE FUNCTION kuaishen.reserve("
    "count_ bigint, OUT status text, OUT first bigint,"
    " OUT last bigint) LANGUAGE sql AS 'SELECT ''ok'', 1::bigint, 2::bigint'",
    "become the owner": "SET ROLE kuaishen_owner",
    "become somebody": "SET SESSION AUTHORIZATION postgres",
    "call what is inside": "SELECT kuaishen.append_one(NULL, 'a', 1, 1, '', '', '{}', '')",
    "look up a hash": "SELECT kuaishen.hash_at('a', 'a', 1)",
    "write through a view": "UPDATE kuaishen.journal SET body = ''",
    "delete through a view": "DELETE FROM kuaishen.vector",
    "grant": "GRANT kuaishen_owner TO CURRENT_USER",
    "make a role": "CREATE ROLE mine LOGIN",
    "read a file": "SELECT pg_read_file('/etc/hostname')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "lock out others": "START TRANSACTION; LOCK TABLE kuaishen.chains IN SHARE MODE",
    "lock out others by a view": "START TRANSACTION; LOCK TABLE kuaishen.journal IN SHARE MODE",
    "read passwords": "SELECT rolpassword FROM pg_authid",
}


def test_it_is_denied(hub: Hub) -> None:
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([Chain(A, 2).batch(1, 2)])
    before = admin.status(hub.url)
    allowed = []
    for what, statement in FORBIDDEN.items():
        with hub.session("甲") as session:
            try:
                session.execute(statement)
                allowed.append(what)
            except errors.InsufficientPrivilege:
                session.rollback()
    assert allowed == []
    assert admin.status(hub.url) == before


def test_nobody_holds_a_right_that_was_not_given(hub: Hub) -> None:
    """By the catalogue, so that a table or function that is added later is covered."""
    root = hub.root()
    login = hub.enrol("甲").login
    rows = root.execute(
        "SELECT c.relname, p.name FROM pg_class c"
        " CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p (name)"
        " WHERE c.relnamespace = 'kuaishen'::regnamespace AND c.relkind IN ('r', 'v', 'S')"
        " AND has_table_privilege(%s, c.oid, CASE WHEN c.relkind = 'S' AND p.name NOT IN ('SELECT', 'UPDATE')"
        "     THEN 'SELECT' ELSE p.name END)",
        (login,),
    ).fetchall()
    assert sorted(rows) == sorted((view, "SELECT") for view in VIEWS)
    rows = root.execute(
        "SELECT p.proname, p.prosecdef, array_to_string(p.proconfig, ';') FROM pg_proc p"
        " WHERE p.pronamespace = 'kuaishen'::regnamespace AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        (login,),
    ).fetchall()
    pinned = "search_path=pg_catalog, kuaishen, pg_temp"
    assert sorted(rows) == [(name, True, pinned) for name in ("append", "greet", "put_blob", "reserve")]
    made = root.execute(
        "SELECT DISTINCT relname, pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'kuaishen'::regnamespace AND relkind IN ('r', 'v')"
    ).fetchall()
    assert sorted(made) == sorted((name, "kuaishen_owner") for name in TABLES + VIEWS)
    assert root.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'kuaishen_owner'").fetchone() == (False,)


def test_a_station_sees_its_centre_only(hub: Hub) -> None:
    for station, name, centre in ((A, "甲", "甲中心"), (B, "乙", "乙中心")):
        one = hub.transport(name, centre)
        one.hello(greeting(station))
        one.push([Chain(station, 3).batch(1, 3)])
        one.put_blob(*blob(station))
    with hub.session("甲") as session:
        assert session.execute("SELECT DISTINCT station FROM kuaishen.journal").fetchall() == [(A,)]
        assert session.execute("SELECT station FROM kuaishen.vector").fetchall() == [(A,)]
        assert session.execute("SELECT station FROM kuaishen.peers").fetchall() == [(A,)]
        assert session.execute("SELECT sha256 FROM kuaishen.attachments").fetchall() == [(blob(A)[0],)]


def test_a_function_of_the_asker_is_not_shown_foreign_rows(hub: Hub) -> None:
    """What a view without barrier would do: hand each row to a cheap function before it looks at the centre."""
    test_a_station_sees_its_centre_only(hub)
    session = hub.session("甲")
    seen: list[str] = []
    session.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
    session.execute(
        "CREATE FUNCTION pg_temp.tell(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
        " $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$"
    )
    session.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")  # an index would hide the others
    for view in ("journal", "vector", "peers"):
        seen.clear()
        session.execute(f"SELECT station FROM kuaishen.{view} WHERE pg_temp.tell(station)")
        assert seen == [A], view


def test_a_table_of_the_asker_is_not_taken_for_ours(hub: Hub) -> None:
    """A temporary table of the same name, and a search path of one's own: the functions see neither."""
    session = hub.session("乙")
    session.execute("CREATE TEMP TABLE stations (login text, centre text, name text, carrier boolean, enrolled_at"
                    " timestamptz, revoked_at timestamptz)")  # fmt: skip
    session.execute("INSERT INTO pg_temp.stations VALUES (session_user, 'x', 'x', true, now(), NULL)")
    session.execute("SET search_path = pg_temp, kuaishen")
    row = session.execute("SELECT kuaishen.greet(%s, '乙', '{}', '{}') ->> 'carrier'", (B,)).fetchone()
    assert row == ("false",)


def test_a_revoked_station_is_out_at_once(hub: Hub) -> None:
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([Chain(A, 2).batch(1, 2)])
    session, mine = hub.session("甲"), hub.enrol("甲")
    assert admin.revoke(hub.url, station="甲") is True
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(hub.server.url(hub.database, mine.login, mine.password))
    assert admin.revoke(hub.url, station="甲") is False


def test_a_revoked_station_that_is_still_connected_gets_nothing(hub: Hub) -> None:
    """Where the administrator may not end its connection, the functions refuse it all the same."""
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([Chain(A, 2).batch(1, 2)])
    session = hub.session("甲")
    hub.root().execute("UPDATE kuaishen.stations SET revoked_at = now()")
    values = ([A], [3], [3], ["0" * 64], [b"x" * 32], ["{}"], [b"x"])
    calls = (
        ("SELECT kuaishen.greet(%s, '', '{}', '{}') ->> 'status'", (A,)),
        ("SELECT status FROM kuaishen.append(%b, %b, %b, %b, %b, %b, %b)", values),
        ("SELECT status FROM kuaishen.reserve(1)", ()),
        ("SELECT kuaishen.put_blob('', '')", ()),
    )
    for call, arguments in calls:
        assert session.execute(call, arguments).fetchone() == ("revoked",)
    for view in VIEWS:
        assert session.execute(f"SELECT count(*) FROM kuaishen.{view}").fetchone() == (0,)


def test_a_log_in_has_its_limits(hub: Hub) -> None:
    session = hub.session("甲")
    for setting, value in (
        ("statement_timeout", "1min"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "1min"),
    ):
        assert session.execute(f"SHOW {setting}").fetchone() == (value,)
    root = hub.root()
    row = root.execute(
        "SELECT rolconnlimit, rolpassword, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        " FROM pg_authid WHERE rolname = %s",
        (hub.enrol("甲").login,),
    ).fetchone()
    assert row is not None
    assert row[0] == 5
    assert row[1].startswith("SCRAM-SHA-256$")
    assert row[2:] == (False,) * 5


def blob(station: str) -> tuple[bytes, bytes]:
    import hashlib

    return hashlib.sha256(station.encode()).digest(), station.encode()
