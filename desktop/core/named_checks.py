"""Every named check that a procedure may ask for (``rules`` of an action)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from desktop.core.checks import CHECKS as OF_PREEXAM
from desktop.core.checks import Look
from desktop.core.checks_services import CHECKS_OF_SERVICES

CHECKS: Final[Mapping[str, Callable[[Look], None]]] = {**OF_PREEXAM, **CHECKS_OF_SERVICES}
