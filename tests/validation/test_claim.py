"""Kinds of nearness, at and beyond their edges."""

from __future__ import annotations

import pytest

from satqkd.validation.claim import Absolute, Contains, Factor, Relative, Same

HOLDS = Contains(widest=10.0)
HOLDS_DB = Contains(widest=10.0, unit="dB")


@pytest.mark.parametrize(
    ("claim", "ours", "published", "within", "deviation", "text"),
    [
        (Absolute(tolerance=1.0), 645.25, "645", True, "+0.25", "± 1"),
        (Absolute(tolerance=1.0), 643.9, "645", False, "-1.10", "± 1"),
        (Absolute(tolerance=1.0), 645.001, "645", True, "< 0.01", "± 1"),
        (Relative(tolerance=0.05), 95.0, "100", True, "-5.00 %", "± 5 %"),
        (Relative(tolerance=0.05), 105.1, "100", False, "+5.10 %", "± 5 %"),
        (Relative(tolerance=1e-6), 1e6 + 0.5, "1000000", True, "+5.0e-07", "± 1e-06, relative"),
        (Relative(tolerance=1e-6), 1e6 + 1.5, "1000000", False, "+1.50e-06", "± 1e-06, relative"),
        (Relative(tolerance=1e-6), 0.0, "0", True, "none", "± 1e-06, relative"),
        (Relative(tolerance=1e-6), 1e-9, "0", False, "+1.00000000", "± 1e-06, relative"),
        (Factor(factor=2.0), 50.0, "100", True, "× 0.50", "factor 2"),
        (Factor(factor=2.0), 201.0, "100", False, "× 2.01", "factor 2"),
        (HOLDS, (1.0, 3.0), "2", True, "× 0.50 to × 1.50", "holds it, at most × 10 wide"),
        (HOLDS, (2.1, 3.0), "2", False, "× 1.05 to × 1.50", "holds it, at most × 10 wide"),
        (HOLDS, (1.0, 10.1), "2", False, "× 0.50 to × 5.05", "holds it, at most × 10 wide"),
        (HOLDS, (0.0, 3.0), "2", False, "× 0.00 to × 1.50", "holds it, at most × 10 wide"),
        (HOLDS_DB, (20.0, 29.9), "25", True, "× 0.80 to × 1.20", "holds it, at most × 10 wide"),
        (HOLDS_DB, (20.0, 30.1), "25", False, "× 0.80 to × 1.20", "holds it, at most × 10 wide"),
        (Same(), "checksum", "checksum", True, "none", "the same"),
        (Same(), "accepted", "checksum", False, "differs", "the same"),
    ],
)
def test_a_claim_judges_and_says_so(  # noqa: PLR0917 -- one a column of the table above
    claim, ours, published, within, deviation, text
):
    """Inside up to the edge, outside beyond it, with the deviation in the claim's own terms."""
    verdict = claim.judge(ours, published)

    assert verdict.within is within
    assert claim.text() == text
    assert verdict.deviation_text == deviation


def test_values_are_shown_to_a_hundredth_of_the_claim_in_groups():
    """More digits would be noise, fewer would hide a deviation."""
    verdict = Relative(tolerance=1e-6).judge(4_652_997.7481, "4652997.7")

    assert verdict.published_text == "4,652,997.7"
    assert verdict.ours_text == "4,652,997.75"


@pytest.mark.parametrize("claim", [Relative(tolerance=0.1)])
def test_what_cannot_be_reached_is_far_outside(claim):
    """No light, no instability: infinity is a number that is told, not a crash."""
    verdict = claim.judge(float("inf"), "4e-19")

    assert not verdict.within
    assert verdict.ours_text == "inf"
    assert verdict.deviation_text == "+inf %"


@pytest.mark.parametrize("claim", [Absolute(tolerance=1.0), Factor(factor=2.0), HOLDS])
def test_a_claim_about_another_kind_of_value_is_a_mistake_of_the_case(claim):
    """A word is no number and no interval."""
    with pytest.raises(TypeError, match="is claimed"):
        claim.judge("word", "1")
