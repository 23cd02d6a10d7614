"""The page in docs/ is what satqkd computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from satqkd.validation.missing import MISSING
from satqkd.validation.page import validation_page, validation_table

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


def test_the_page_is_current(outcomes):
    """To make it anew: the command in its head."""
    assert PAGE.read_text(encoding="utf-8") == validation_page(list(outcomes.values()))


def test_a_figure_outside_its_claim_stands_out(outcomes):
    """Nothing is hidden: the table says no."""
    outside = replace(outcomes["O-1 min range"], within=False)

    assert validation_table([outside]).splitlines()[-1].endswith("| **outside** |")


def test_every_case_has_its_section(outcomes):
    """With citation, provenance and the reasons."""
    page = validation_page(list(outcomes.values()))

    for outcome in outcomes.values():
        assert f"### {outcome.case.id}: {outcome.case.title}\n" in page
        assert outcome.case.cite in page
        assert outcome.why in page


def test_the_ten_papers_come_first_each_with_its_place(outcomes):
    """Rows of the table lead to headings that are there, and tell the kinds of figures."""
    page = validation_page(list(outcomes.values()))

    assert (
        page.index("## In short")
        < page.index("## The ten papers")
        < page.index("### T-1")
        < page.index("### O-1")
    )
    for number in range(1, 11):
        assert f"| [{number}](#paper-{number}-" in page
        assert f"\n## Paper {number}: " in page
    assert "| [5](#paper-5-micius-with-portable-stations) |" in page
    assert "2: 2 fit; 1 not reproduced |" in page


def test_inputs_are_told_apart(outcomes):
    """Published ones first, with the place; assumed ones with the reason."""
    page = validation_page([outcomes["D-2 0.5 ns for 31 ms: precision"]])

    assert "Inputs, 2 of 3 assumed:" in page
    published = page.index("- `rate` = 9 kHz. Published: abstract: 9 kHz.")
    assert published < page.index("- `jitter` = 0.5 ns, 0.6 ns. Assumed: recalled")


def test_values_of_a_preset_stand_once(outcomes):
    """Cases name what they take, and lead there."""
    page = validation_page(list(outcomes.values()))
    shared = {case.id: case for case in (outcome.case for outcome in outcomes.values())}

    assert page.count("`node.dark_rate` = 40 Hz. Published: table: 4e-8 a gate.") == 1
    assert page.count("\n### twin-field-2025\n") == 1
    assert "- From [twin-field-2025](#twin-field-2025), 3 of 14 assumed: `model`" in page
    for case in shared.values():
        for one in case.inputs:
            assert f"`{one.part}`" in page
            assert f"`{one.part}` = {one.value}" in page


def test_what_nothing_is_held_against_is_told_with_the_reason(outcomes):
    """Chen 2021, Ren 2017, Pugh 2017, Han 2019, Bolanos 2026, Roger 2023."""
    page = validation_page(list(outcomes.values()))
    told = page[page.index("## Published figures that nothing is held against") :]

    for each in MISSING:
        assert f"- {each.cite}: {each.figure}. {each.why}.\n" in told
