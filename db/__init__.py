"""What is remembered: sealed journal, read tables, keys, backup, migrations.

The only package with SQL. It stores envelopes and rows and knows no rule.
"""
