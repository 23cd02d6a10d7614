"""The page in docs/ is what satqkd computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from satqkd.validation.page import validation_page, validation_table

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def test_the_page_is_current(outcomes):
    """To make it anew: the command in its head."""
    assert PAGE.read_text(encoding="utf-8") == validation_page(list(outcomes.values()))


def test_a_figure_outside_its_claim_stands_out(outcomes):
    """Nothing is hidden: the table says no."""
    outside = replace(outcomes["O-1 min range"], within=False)

    assert validation_table([outside]).splitlines()[-1].endswith("| **no** |")


def test_every_case_has_its_section(outcomes):
    """With citation, provenance and the reasons."""
    page = validation_page(list(outcomes.values()))

    for outcome in outcomes.values():
        assert f"## {outcome.case.id}: {outcome.case.title}" in page
        assert outcome.case.cite in page
        assert outcome.why in page
