"""The journal, the read tables of cases, the search index, configuration documents, local tables."""

from __future__ import annotations

import sqlite3

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOURNAL = """
CREATE TABLE journal (
  ordinal INTEGER PRIMARY KEY,
  station TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  stream TEXT NOT NULL,
  parents TEXT NOT NULL,
  type TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  occurred_on TEXT NOT NULL,
  basis TEXT NOT NULL,
  payload TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  UNIQUE (station, seq)
) STRICT;
CREATE INDEX journal_stream ON journal (stream, ordinal);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- REPLACE deletes silently unless recursive_triggers is on, so an existing key is refused before it comes to that.
CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE hash = NEW.hash)
  OR EXISTS (SELECT 1 FROM journal WHERE station = NEW.station AND seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM journal WHERE ordinal = NEW.ordinal)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- The last event of each station: the next one is sealed onto it, and a journal that lost its tail is found out.
CREATE TABLE chains (
  station TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Heads of a stream other than its latest event. Empty until two people work on one case without each other.
CREATE TABLE side_heads (
  stream TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (stream, hash)
) STRICT, WITHOUT ROWID;
"""

READ_TABLES = r"""
CREATE TABLE cases (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  procedure TEXT NOT NULL,
  number TEXT,
  platform_number TEXT NOT NULL,
  intake_key TEXT,
  title TEXT NOT NULL,
  patent_type TEXT NOT NULL,
  main_class TEXT NOT NULL,
  field TEXT NOT NULL,
  field_grade TEXT NOT NULL,
  party TEXT NOT NULL,
  uscc TEXT NOT NULL,
  region TEXT NOT NULL,
  agency TEXT NOT NULL,
  stage TEXT NOT NULL,
  stage_kind TEXT NOT NULL CHECK (stage_kind IN ('open', 'waiting', 'ended')),
  ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
  round INTEGER NOT NULL,
  examiner TEXT NOT NULL,
  received_on TEXT NOT NULL,
  due_on TEXT,
  due_clock TEXT NOT NULL,
  paused INTEGER,
  provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)),
  application_number TEXT NOT NULL,
  flags TEXT NOT NULL,
  accepted_on TEXT,
  concluded_on TEXT,
  ended_on TEXT,
  events INTEGER NOT NULL,
  head TEXT NOT NULL,
  updated_hlc INTEGER NOT NULL
) STRICT;
-- Attributes, not identities: two stations may open the same case, or give one number twice.
CREATE INDEX cases_number ON cases (number);
CREATE INDEX cases_intake_key ON cases (intake_key);
CREATE INDEX cases_platform_number ON cases (platform_number) WHERE platform_number <> '';
CREATE INDEX cases_application_number ON cases (replace(application_number, '.', ''))
WHERE application_number <> '';
-- What the counts beside the queue read: the open cases only, in the order in which they are grouped.
CREATE INDEX cases_open_counts ON cases (procedure, field, patent_type, stage_kind, examiner, due_on) WHERE ended = 0;
-- How many cases there are, kept beside every change, so that a million closed ones need not be counted.
CREATE TABLE case_tally (
  procedure TEXT NOT NULL,
  ended INTEGER NOT NULL,
  cases INTEGER NOT NULL,
  PRIMARY KEY (procedure, ended)
) STRICT, WITHOUT ROWID;
-- Which numbers and intake keys more than one case has. Nearly always empty.
CREATE TABLE case_doubles (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name, value)
) STRICT, WITHOUT ROWID;
-- The folded state, and the normalised text in which a search looks, kept out of the narrow row.
CREATE TABLE case_states (
  pk INTEGER PRIMARY KEY,
  haystack TEXT NOT NULL,
  state BLOB NOT NULL
) STRICT;
CREATE VIRTUAL TABLE case_search USING fts5(
  pairs, content='', contentless_delete=1, detail=none,
  tokenize="ascii tokenchars '!""#$%&''''()*+,-./:;<=>?@[\]^_`{|}~'"
);
CREATE TABLE configuration (
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  published_on TEXT NOT NULL,
  actor TEXT NOT NULL,
  basis TEXT NOT NULL,
  checked_on TEXT NOT NULL,
  status TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  document TEXT NOT NULL,
  hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE INDEX configuration_number ON configuration (kind, number);
"""

LOCAL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
  case_id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, saved_at TEXT NOT NULL,
  PRIMARY KEY (case_id, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE mappings (
  fingerprint TEXT PRIMARY KEY, mapping TEXT NOT NULL, used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
  owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
"""

SORTED = (
    "due_on", "number", "title", "patent_type", "main_class", "field", "party", "stage", "round", "examiner",
    "received_on", "platform_number", "application_number",
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    for script in (JOURNAL, READ_TABLES, LOCAL):
        for statement in _statements(script):
            connection.exec_driver_sql(statement)
    # An open case lives in the open indexes, an ended one in the ended ones: a queue walks one of them in order and
    # never sorts. They are narrow, so that a command that changes a stage or a date touches three of them, not all.
    for column in SORTED:
        asked = ", pk, field, examiner, patent_type, stage_kind" if column == "due_on" else ""
        connection.exec_driver_sql(
            f"CREATE INDEX cases_open_{column} ON cases (procedure, {column}{asked}) WHERE ended = 0"
        )
        connection.exec_driver_sql(f"CREATE INDEX cases_ended_{column} ON cases (procedure, {column}) WHERE ended = 1")


def _statements(script: str) -> list[str]:
    """The script cut after each complete statement; a trigger holds semicolons of its own."""
    statements, pending = [], ""
    for line in script.strip().splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
