from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from db import schema, tables
from db.connection import connect
from db.faults import DataDamage, EnvironmentFault
from db.journal import Reader
from db.rows import CaseRow
from db.store import Store
from db.verify import verify
from tests.db import toy
from tests.db.conftest import PASSPHRASE

SCRIPTS = Path(schema.__file__).parent / "migrations"


def test_the_list_of_revisions_is_what_the_scripts_say() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS


def test_queries_and_migrations_mean_the_same_tables(store: Store) -> None:
    with store.read() as reader:
        for table in tables.metadata.sorted_tables:
            found = [(row[1], row[2], bool(row[3])) for row in reader.rows(f"PRAGMA table_info({table.name})")]
            assert [name for name, _, _ in found] == [column.name for column in table.columns]
            for (name, kind, required), column in zip(found, table.columns, strict=True):
                assert kind == str(column.type), name
                assert column.primary_key or required == (not column.nullable), name
    assert CaseRow._fields == tuple(column.name for column in tables.cases.columns)


def test_a_newer_or_unknown_schema_is_not_touched(fresh: Callable[..., Path]) -> None:
    directory = fresh()
    driver = connect(directory / "store.db", None)
    driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    before = (directory / "store.db").read_bytes()
    with pytest.raises(EnvironmentFault) as newer:
        Store.open(directory, PASSPHRASE, cipher=False)
    assert newer.value.code == "newer_schema"
    assert (directory / "store.db").read_bytes() == before
    assert not (directory / "backups").exists()
    driver = connect(directory / "store.db", None)
    driver.execute("DROP TABLE alembic_version")
    driver.close()
    with pytest.raises(DataDamage):
        Store.open(directory, PASSPHRASE, cipher=False)


NEXT = """
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.get_bind().exec_driver_sql("CREATE TABLE added (x INTEGER) STRICT")
    op.get_bind().exec_driver_sql("UPDATE settings SET value = '2'")
    {last}
"""


def _with_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """The program as it will be after its next revision."""
    scripts = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "r0002_next.py").write_text(NEXT.format(last=last, head=schema.HEAD))
    real_upgrade, real_check = schema.upgrade, schema.needs_upgrade
    monkeypatch.setattr(schema, "upgrade", lambda connection: real_upgrade(connection, scripts))
    monkeypatch.setattr(schema, "needs_upgrade", lambda revision: real_check(revision, (*schema.REVISIONS, "next")))


@pytest.mark.parametrize("cipher", [False, True])
def test_an_older_store_is_backed_up_and_brought_up_to_date(
    fresh: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cipher: bool
) -> None:
    directory = fresh(cipher=cipher)
    store = Store.open(directory, PASSPHRASE, cipher=cipher)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(1)) for n in range(10)])
        before = toy.cases.digest(tx)
    store.close()
    _with_next(tmp_path, monkeypatch, "pass")
    store = Store.open(directory, PASSPHRASE, cipher=cipher)
    with store.read() as reader:
        assert schema.revision_of(reader.driver) == "next"
        assert reader.rows("SELECT * FROM added") == []
        assert reader.count() == 10
        assert verify(reader) == []
        assert toy.cases.digest(reader) == before
    with store.write() as tx:
        assert tx.append([toy.draft(11, random.Random(1))])[0].seq == 11
    store.close()
    assert [path.name[:19] for path in (directory / "backups").iterdir()] == [f"before-upgrade-{schema.HEAD}"]


def test_an_upgrade_that_breaks_off_changes_nothing(
    fresh: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = fresh()
    with monkeypatch.context() as patched:
        _with_next(tmp_path, patched, "raise MemoryError")
        with pytest.raises(MemoryError):
            Store.open(directory, PASSPHRASE, cipher=False)
    driver = connect(directory / "store.db", None)
    assert schema.revision_of(driver) == schema.HEAD
    assert Reader(driver).rows("SELECT 1 FROM sqlite_master WHERE name = 'added'") == []
    driver.close()
    Store.open(directory, PASSPHRASE, cipher=False).close()
