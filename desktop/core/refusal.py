"""A rule said no. Anything else that goes wrong is the environment's fault or our bug, and is another class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class Refusal(Exception):
    """A command that a rule does not allow.

    ``code`` is stable English for programs; ``reason`` is one clear Chinese sentence for people;
    ``data`` holds the facts the sentence speaks of. Nothing was changed when this is raised.
    """

    code: str
    reason: str
    data: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason
