"""What is said beneath the table of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_study import axis, grid, made
from scipy.stats import binom

from satqkd.report.tables.column import cells
from satqkd.report.tables.study import screen_columns, study_notes

MANIFEST = {
    "realisations": 200,
    "expressions": {"key_day_mean": "key_day_mean", "key_day_p10": "key_day_p10", "cost": "2 * 3"},
}


def test_nothing_is_said_of_clear_skies_and_full_rows():
    assert study_notes(grid()) == ()


def test_stations_without_anything_are_said_once_and_failures_stay_in_their_rows():
    idle = "nothing is usable over Pole"
    results = grid(status=["failed"] + ["done"] * 11)
    results = replace(results, reason=("broken", *(idle,) * 2, *("",) * 9))
    reason = next(one for one in screen_columns(results) if one.name == "reason")

    assert study_notes(results) == (f"{idle}: 2 rows",)
    assert cells(reason, results)[:3] == ["broken", "", ""]
    assert study_notes(replace(grid(), reason=(idle,) * 12)) == (f"{idle}: every row",)


def test_a_measure_without_any_value_is_named():
    results = made([axis("x", ["1", "2"])], [("1",), ("2",)], lambda x: (x, x, x, np.nan))

    assert study_notes(results) == ("without a value in any row: cost",)


def test_percentiles_have_the_ranks_that_so_many_draws_leave_open():
    """10 ± 1.96 √(0.1 · 0.9 / 200) of a hundred; by the binomial law itself 6 to 14.5."""
    (text,) = study_notes(grid(manifest={**MANIFEST, "sample": "grid"}))
    low, high = (100 * binom.ppf(q, 200, 0.1) / 200 for q in (0.025, 0.975))

    assert "200 realisations: P10 lies between the true P6 and P14 (95 %)" in text
    assert pytest.approx((low, high), abs=0.6) == (6.0, 14.0)
    assert study_notes(grid(manifest={**MANIFEST, "realisations": 0})) == ()


def test_repetitions_say_how_far_they_scatter():
    """Of 9, 10 and 11 the standard deviation is 1."""
    rows = [("1",)] * 3
    keys = iter((9.0, 10.0, 11.0))
    results = made([axis("x", ["1"])], rows, lambda x: (next(keys), 5.0, 5.0, x))
    results = replace(results, point=("p",) * 3, repeat=np.array([1, 2, 3]), manifest=MANIFEST)

    assert study_notes(results)[1] == (
        "over 3 repetitions key_day_mean scatters by up to 10 % of its mean "
        "(one standard deviation)"
    )
