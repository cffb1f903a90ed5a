"""The tables that queries are composed from. What makes them is :mod:`db.migrations`; a test holds the two equal."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BLOB, Column, Integer, MetaData, Table, Text

metadata = MetaData()

cases: Final = Table(
    "cases",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("number", Text),
    Column("platform_number", Text, nullable=False),
    Column("intake_key", Text),
    Column("title", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("main_class", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("field_grade", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("uscc", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_kind", Text, nullable=False),
    Column("ended", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("examiner", Text, nullable=False),
    Column("received_on", Text, nullable=False),
    Column("due_on", Text),
    Column("due_clock", Text, nullable=False),
    Column("paused", Integer),
    Column("provisional", Integer, nullable=False),
    Column("application_number", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("accepted_on", Text),
    Column("concluded_on", Text),
    Column("ended_on", Text),
    Column("events", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Column("updated_hlc", Integer, nullable=False),
    Column("contested", Integer, nullable=False),
    Column("due_kind", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("matter", Text, nullable=False),
)

case_states: Final = Table(
    "case_states",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("haystack", Text, nullable=False),
    Column("state", BLOB, nullable=False),
)

case_doubles: Final = Table(
    "case_doubles",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
)

# The full-text index: only what a query names of it.
case_search: Final = Table("case_search", MetaData(), Column("rowid", Integer), Column("case_search", Text))
