"""Opening the file: the driver, the key, and the settings on which every promise rests. The only such place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from db.faults import DataDamage, translated

if TYPE_CHECKING:
    from sqlalchemy import Engine

BUSY_MS: Final = 5_000
STORE_NAME: Final = "store.db"


def connect(path: Path, key: bytes | None, *, synchronous: str = "FULL", vfs: str | None = None) -> Any:
    """A driver connection (DB-API) in autocommit mode. The file must exist or is created empty.

    ``key`` is the raw database key, None for an unencrypted file (benchmarks and tests only), as are
    ``synchronous`` other than FULL and another ``vfs``. A wrong key shows as DataDamage here, not later.
    """
    from sqlcipher3 import dbapi2

    target = f"file:{_uri_path(path)}" + (f"?vfs={vfs}" if vfs else "")
    driver = dbapi2.connect(
        target, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, cached_statements=256
    )
    try:
        if key is not None:
            driver.execute("PRAGMA cipher_log_level = NONE")  # or a wrong key is reported on the terminal
            driver.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        try:
            driver.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.DatabaseError as error:
            if isinstance(translated(error), DataDamage):
                raise DataDamage(["数据文件不是有效的数据库，或已损坏，或与密钥文件不配套"]) from error
            raise
        for setting in (
            f"synchronous = {synchronous}",  # with NORMAL a power cut loses acknowledged commits
            "recursive_triggers = ON",  # or REPLACE slips past the delete trigger of the journal
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "temp_store = MEMORY",  # no plain text in temporary files
            "cell_size_check = ON",
            "cache_size = -64000",
            "journal_size_limit = 67108864",
            "wal_autocheckpoint = 8000",  # 32 MB: pages that every command touches are written back once, not often
        ):
            driver.execute(f"PRAGMA {setting}")
    except BaseException:
        driver.close()
        raise
    return driver


def _uri_path(path: Path) -> str:
    from urllib.parse import quote

    return quote(path.as_posix())


def make_engine(path: Path, key: bytes | None, **options: Any) -> Engine:
    """A SQLAlchemy engine over such connections. Transactions are begun and ended by :mod:`db.store` alone."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import QueuePool
    from sqlcipher3 import dbapi2

    return create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connect(path, key, **options),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=16,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
    )
