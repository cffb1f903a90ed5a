"""What the window and the terminal may catch of the store's troubles; they never import the store itself."""

from __future__ import annotations

from db.faults import DataDamage, EnvironmentFault

__all__ = ["DataDamage", "EnvironmentFault"]
