"""Use cases: take a command, decide, append, project, answer. No toolkit and no SQL."""
