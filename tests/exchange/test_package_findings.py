"""What the formal checks find in the made packages: every seeded defect, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from desktop.exchange.packages import read_package_bytes
from tests.exchange.made_defects import PACKAGES, Made

examine = pytest.importorskip("desktop.core.formal_checks").examine

THRICE = (
    "claim_numbering claim_reference_missing claim_reference_order claim_alternative claim_multiple claim_subject"
    " type_words technical_field paragraph_repeated paragraph_fragment title_differs abstract_length abstract_figure"
    " mark_missing mark_conflict figure_missing figure_undescribed figure_numbering unknown_code early_publication"
    " examination_request same_day"
).split()


@pytest.mark.parametrize("made", PACKAGES, ids=[made.name for made in PACKAGES])
def test_a_package_shows_what_was_seeded_and_nothing_else(made: Made) -> None:
    found = examine(read_package_bytes("案卷.zip", made.archive))
    assert {finding.rule for finding in found} == made.rules, [finding.text for finding in found]


def test_enough_is_seeded() -> None:
    counts = Counter(rule for made in PACKAGES for rule in made.findings)
    assert {rule: counts[rule] for rule in THRICE if counts[rule] < 3} == {}
    assert sum(not made.findings for made in PACKAGES) >= 15
