"""Alembic's entry. The connection is handed over by :mod:`db.schema`, already inside a transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None)
context.run_migrations()
