"""Which schema a store has, and how it gets the present one. Alembic is imported only when there is work for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from db.faults import DataDamage, EnvironmentFault

REVISIONS: Final = ("0001", "0002", "0003")  # oldest first; the last one is what this program reads and writes
HEAD: Final = REVISIONS[-1]
_SCRIPTS: Final = Path(__file__).parent / "migrations"


def revision_of(driver: Any) -> str | None:
    """The store's schema revision; None for a file without any schema."""
    found = driver.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'").fetchone()
    if found is None:
        return None
    row = driver.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def needs_upgrade(revision: str | None, known: tuple[str, ...] = REVISIONS) -> bool:
    """EnvironmentFault "newer_schema" for a store that a newer program wrote; DataDamage for one without schema."""
    if revision is None:
        raise DataDamage(["数据文件中没有表结构，文件可能被截断或替换"])
    if revision not in known:
        raise EnvironmentFault(
            "newer_schema", f"数据由更新版本的程序建立（结构 {revision}），请升级程序后再打开；数据未作任何改动。"
        )
    return revision != known[-1]


def upgrade(connection: Any, scripts: Path = _SCRIPTS) -> None:
    """Brings the schema to the last revision. The caller holds the transaction: all of it happens or none."""
    from alembic import command
    from alembic.config import Config

    if not connection.in_transaction():
        connection.begin()  # Alembic commits what it began itself; it must find a transaction that is not its own
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
