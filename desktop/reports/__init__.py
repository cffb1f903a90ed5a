"""Papers: plain values in, PDF out."""
