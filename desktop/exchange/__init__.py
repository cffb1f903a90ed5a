"""Files in and out: workbooks and ledgers."""
