"""The table of measured geometry, as the page shows it."""

from __future__ import annotations

from satqkd.validation.measured import Measured, measured_table, read_measured
from satqkd.validation.page import validation_page


def test_what_is_kept_lies_within_its_tolerance():
    """And speaks of everything a station rests on."""
    rows = read_measured()

    assert all(0.0 <= row.worst <= row.tolerance for row in rows)
    told = " ".join(row.quantity for row in rows)
    for part in ("missed", "invented", "decay", "rise and set", "Sun", "Moon", "keyhole"):
        assert part in told


def test_the_page_shows_it(outcomes):
    """From the one file that the tests keep."""
    page = validation_page(list(outcomes.values()))

    assert "## How exact the geometry is" in page
    assert page.endswith(measured_table(read_measured()))


def test_worst_errors_are_kept_to_two_digits():
    """More of them differ from machine to machine."""
    row = Measured.of("rise", "the other way", 3.1415, 10, "ms", "why not")

    assert row.kept()["worst"] == 3.1
    assert "| rise | the other way | 3.1415 ms | 10 ms | why not |" in measured_table([row])
