"""What the window and the terminal may catch of the store's troubles; they never import the store itself."""

from __future__ import annotations

from db.faults import DataDamage, EnvironmentFault, in_words

__all__ = ["DataDamage", "EnvironmentFault", "in_words"]
