"""What is remembered: sealed journal, read tables, keys, backup, migrations. The only package with SQL; knows no rule."""
