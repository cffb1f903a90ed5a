"""The hub: tables and functions in a PostgreSQL that is there anyway, and the way to them. No program of ours runs
on it; what a station may do there is decided by the database itself."""
