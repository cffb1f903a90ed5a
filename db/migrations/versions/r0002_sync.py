"""Other stations' events: those that wait, those that cannot be true, who holds what; contested cases."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Streams in which people once worked without each other: read in causal order, not in the order of arrival.
    "CREATE TABLE branched (stream TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    # Whole events that build on one that has not come yet.
    """CREATE TABLE held (
  station TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  event TEXT NOT NULL,
  source TEXT NOT NULL,
  arrived_at TEXT NOT NULL,
  PRIMARY KEY (station, seq, hash)
) STRICT, WITHOUT ROWID""",
    # What cannot be taken in, kept as it came, with the reason. ``kind``: spoilt, fork, meaning, rewritten.
    """CREATE TABLE quarantine (
  station TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  kind TEXT NOT NULL,
  stream TEXT NOT NULL,
  reason TEXT NOT NULL,
  body BLOB NOT NULL,
  source TEXT NOT NULL,
  found_at TEXT NOT NULL,
  PRIMARY KEY (station, seq, hash, kind)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX quarantine_meaning ON quarantine (hash) WHERE kind = 'meaning'",
    # What each other station last said that it holds, by whichever way the word came.
    """CREATE TABLE peers (
  station TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  vector TEXT NOT NULL,
  heard_at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    # Serial numbers that this station may give out.
    """CREATE TABLE number_blocks (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last >= first)
) STRICT""",
    # Meetings with others, as the sync screen lists them.
    """CREATE TABLE meetings (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  way TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT""",
    "ALTER TABLE cases ADD COLUMN contested INTEGER NOT NULL DEFAULT 0 CHECK (contested IN (0, 1))",
    "CREATE INDEX cases_contested ON cases (procedure, pk) WHERE contested = 1",
    # Which files were put beside cases, found without looking through the journal.
    "CREATE INDEX journal_attached ON journal (station, seq) WHERE type = 'case.attached'",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
