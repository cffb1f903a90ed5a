"""The versions of all rules that one case is worked under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.checklists import Checklists
from desktop.core.fields import FieldTable
from desktop.core.notices import Notices
from desktop.core.procedure import Procedure


@dataclass(frozen=True)
class Rules:
    """``basis`` names the document versions: procedure, limits, checklists, fields, notices (0 = as shipped);
    ``missing`` names documents of the basis that this station does not hold, so that the case can only be looked at."""

    procedure: Procedure
    checklists: Checklists
    notices: Notices
    fields: FieldTable
    basis: Mapping[str, str]
    missing: tuple[str, ...] = ()
