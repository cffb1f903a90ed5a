"""Schema revisions. Each runs inside the one transaction that :mod:`db.schema` opens, so it happens or it does not."""
