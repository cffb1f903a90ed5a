"""The meaning: pure rules. No I/O and no clock; dates are passed in."""
