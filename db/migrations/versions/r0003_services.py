"""Six services: category, lead, awaited dates, record and references of cases; the registered parties and agencies."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CASES = (
    # The patent type is what the category of a case is in pre-examination; the other services have kinds of their own.
    "ALTER TABLE cases RENAME COLUMN patent_type TO category",
    "DROP INDEX cases_open_patent_type",
    "DROP INDEX cases_ended_patent_type",
    "CREATE INDEX cases_open_category ON cases (procedure, category) WHERE ended = 0",
    "CREATE INDEX cases_ended_category ON cases (procedure, category) WHERE ended = 1",
    # What kind of limit the date is: one that is awaited (watch) is never overdue.
    "ALTER TABLE cases ADD COLUMN due_kind TEXT NOT NULL DEFAULT ''",
    # The queue's own order in one text: 0 for a strategic party, else 1, then the date, or the last of all dates.
    "ALTER TABLE cases ADD COLUMN lead TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX cases_open_lead ON cases"
    " (procedure, lead, pk, field, examiner, category, stage_kind) WHERE ended = 0",
    "CREATE INDEX cases_ended_lead ON cases (procedure, lead) WHERE ended = 1",
    # Id of the case that began the record to which the case belongs; its own id if it began one.
    "ALTER TABLE cases ADD COLUMN matter TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX cases_matter ON cases (matter)",
    "CREATE INDEX cases_uscc ON cases (uscc) WHERE uscc <> ''",
    "CREATE INDEX cases_party ON cases (party)",
    "DROP INDEX cases_open_counts",
    "CREATE INDEX cases_open_counts ON cases"
    " (procedure, field, category, stage_kind, examiner, due_on, due_kind, lead) WHERE ended = 0",
    # Which other cases a case names by number, found from either side.
    """CREATE TABLE case_refs (
  case_id TEXT NOT NULL,
  name TEXT NOT NULL,
  number TEXT NOT NULL,
  PRIMARY KEY (case_id, name)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX case_refs_number ON case_refs (number)",
)

PARTIES = (
    # ``root`` is the party into which this one was merged in the end, or itself; only a root is listed.
    """CREATE TABLE parties (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  root TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  uscc TEXT NOT NULL,
  code TEXT NOT NULL,
  region TEXT NOT NULL,
  tags TEXT NOT NULL,
  status TEXT NOT NULL,
  strategic INTEGER NOT NULL CHECK (strategic IN (0, 1)),
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
  merged_into TEXT NOT NULL,
  marks TEXT NOT NULL,
  events INTEGER NOT NULL,
  head TEXT NOT NULL,
  updated_hlc INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX parties_listed ON parties (strategic DESC, name, pk, kind) WHERE listed = 1",
    "CREATE INDEX parties_of_kind ON parties (kind, strategic DESC, name, pk) WHERE listed = 1",
    "CREATE INDEX parties_root ON parties (root)",
    "CREATE INDEX parties_merged ON parties (merged_into) WHERE merged_into <> ''",
    "CREATE INDEX parties_uscc ON parties (kind, uscc) WHERE listed = 1 AND uscc <> ''",
    # The folded state, and the normalised text in which a search looks.
    """CREATE TABLE party_states (
  pk INTEGER PRIMARY KEY,
  haystack TEXT NOT NULL,
  state BLOB NOT NULL
) STRICT""",
    r"""CREATE VIRTUAL TABLE party_search USING fts5(
  pairs, content='', contentless_delete=1, detail=none,
  tokenize="ascii tokenchars '!""#$%&''''()*+,-./:;<=>?@[\]^_`{|}~'"
)""",
    # What a party is found by. ``sort``: uscc, agency_code, name (normalised), spelling (as lists of cases write it).
    """CREATE TABLE party_keys (
  pk INTEGER NOT NULL,
  sort TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  former INTEGER NOT NULL CHECK (former IN (0, 1)),
  PRIMARY KEY (pk, sort, key)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX party_keys_found ON party_keys (kind, sort, key, former, pk)",
    # The standing of each root on every day, in periods without a hole.
    """CREATE TABLE party_spans (
  pk INTEGER NOT NULL,
  first TEXT NOT NULL,
  last TEXT NOT NULL,
  status TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (pk, first)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX party_spans_status ON party_spans (status, first, last, pk)",
    "CREATE TABLE party_tags (tag TEXT NOT NULL, pk INTEGER NOT NULL, PRIMARY KEY (tag, pk)) STRICT, WITHOUT ROWID",
    # What a rule may look at besides the cases: findings by their kind, a quota, a business abnormality.
    """CREATE TABLE party_grounds (
  pk INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (pk, kind, id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX party_grounds_kind ON party_grounds (kind, day, pk)",
    "CREATE INDEX cases_agency ON cases (agency) WHERE agency <> ''",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in (*CASES, *PARTIES):
        connection.exec_driver_sql(statement)
