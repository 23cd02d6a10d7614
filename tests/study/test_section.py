"""Cuts through a study, its front, and what moves it most: against formulas known by heart."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_study import APERTURE, KEPT, axis, formula, grid, made

from satqkd.config.mistake import Mistake
from satqkd.study.front import changes_along, front_of, knee_of
from satqkd.study.section import (
    Points,
    one_at_a_time,
    reference,
    sampled,
    section,
    tornado,
)


def test_a_section_moves_one_variable_and_holds_the_others():
    points = Points.of(grid())
    rows = section(points, "kept", {"aperture": "160 mm", "kept": "2"})

    np.testing.assert_array_equal(points.numbers["kept"][rows], [1, 2, 3, 4])
    np.testing.assert_array_equal(
        points.numbers["key_day_mean"][rows], 160.0**2 * np.array([1, 2, 3, 4])
    )


def test_what_failed_or_is_left_is_no_part_of_a_section():
    status = ["done"] * 8 + ["failed", "done", "left", "done"]
    points = Points.of(grid(status=status))

    rows = section(points, "kept", {"aperture": "160 mm", "kept": "2"})

    assert points.numbers["kept"][rows].tolist() == [2.0, 4.0]


def test_variables_stand_at_the_middle_of_a_grid_or_where_they_are_asked_to():
    results = grid()

    assert not sampled(results)
    assert not one_at_a_time(results)
    assert reference(results) == {"aperture": "80 mm", "kept": "2"}
    assert reference(results, {"aperture": "160"})["aperture"] == "160 mm"
    assert reference(results, {"aperture": "160mm"})["aperture"] == "160 mm"
    with pytest.raises(Mistake, match="is no value of 'aperture'"):
        reference(results, {"aperture": "100"})
    with pytest.raises(Mistake, match="is not varied"):
        reference(results, {"apertur": "100"})


def test_a_value_can_be_named_as_tables_and_pictures_show_it():
    levels = ("77.4596669241 mm", "77.9 mm", "100 mm")
    results = made([axis("d", levels, unit="mm")], [(one,) for one in levels], lambda d: (d,) * 4)

    for text in ("77.46", "77.46 mm", "7.746 cm", "77.4596669241"):
        assert reference(results, {"d": text})["d"] == levels[0]
    for text in ("77.7", "76", "77.5 urad", "wide"):  # between two, near none, no length, no number
        with pytest.raises(Mistake, match="is no value of 'd'"):
            reference(results, {"d": text})


ALONE = [("80 mm", "4"), ("40 mm", "4"), ("160 mm", "4"), ("80 mm", "1"), ("80 mm", "2")]
"""One at a time from a point at which a variable stands at its end."""


def test_points_that_move_one_variable_stand_where_the_first_does():
    axes = [APERTURE, axis("kept", ["1", "2", "4"])]
    results = made(axes, ALONE, formula)

    assert one_at_a_time(results)
    assert reference(results) == {"aperture": "80 mm", "kept": "4"}
    assert not one_at_a_time(grid())


def test_the_widest_bar_of_a_tornado_comes_first():
    results = made([APERTURE, axis("kept", ["1", "2", "4"])], ALONE, formula)
    found = tornado(Points.of(results), "key_day_mean", reference(results))

    assert found.nominal == 80.0**2 * 4
    assert [one.variable for one in found.bars] == ["aperture", "kept"]
    first, second = found.bars
    assert (first.at_low, first.at_high) == (40.0**2 * 4, 160.0**2 * 4)
    assert (second.low, second.high) == ("1", "4")
    assert second.swing == 80.0**2 * 3
    assert found.missing == ()


def test_a_tornado_needs_the_point_at_which_all_stand_still():
    results = grid(status=["done"] * 5 + ["left"] + ["done"] * 6)

    assert tornado(Points.of(results), "key_day_mean", reference(results)) is None


def test_a_variable_with_one_value_done_is_missing():
    status = ["done" if row in {4, 5, 6, 7} else "failed" for row in range(12)]
    results = grid(status=status)

    found = tornado(Points.of(results), "key_day_mean", reference(results))

    assert found.missing == ("aperture",)


def best_of_all(cost, gain):
    """Front by comparing every point with every other."""
    return {
        (c, g)
        for c, g in zip(cost, gain, strict=True)
        if not any(
            (oc <= c and og >= g) and (oc < c or og > g) for oc, og in zip(cost, gain, strict=True)
        )
    }


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=25))
def test_no_point_of_a_front_is_beaten(pairs):
    axes = [axis("number", [str(place) for place in range(len(pairs))])]
    rows = [(str(place),) for place in range(len(pairs))]

    def value(place):
        cost, gain = pairs[int(place)]
        return gain, gain, gain, cost

    found = front_of(Points.of(made(axes, rows, value)), small="cost", large="key_day_mean")

    assert set(zip(found.cost.tolist(), found.gain.tolist(), strict=True)) == best_of_all(
        *zip(*pairs, strict=True)
    )
    assert np.all(np.diff(found.cost) > 0.0)
    assert np.all(np.diff(found.gain) > 0.0)


def test_the_knee_of_a_root_is_where_its_slope_is_that_of_the_line_between_its_ends():
    """√x on 0…1 lies farthest above x at 1/4, whatever the units."""
    x = np.linspace(0.0, 1.0, 1001)

    assert x[knee_of(x, np.sqrt(x))] == pytest.approx(0.25)
    assert x[knee_of(7.0 + 1e6 * x, 1e-9 * np.sqrt(x))] == pytest.approx(0.25)
    assert knee_of(x, x**2) is None
    assert knee_of(x[:2], x[:2]) is None


def test_what_changes_along_a_front_is_said_from_point_to_point():
    points = Points.of(grid())
    found = front_of(points, small="cost", large="key_day_mean")
    told = changes_along(points, found)

    assert told[0] == "aperture 40 mm, kept 1"
    assert told[1] == "kept 1 → 2"
    assert len(told) == len(found)


def test_numbers_of_tables_are_read_as_the_levels_have_them():
    """A level that is written in another unit than the first is told as it is written."""
    axes = [axis("aperture", ["80 mm", "20 cm"], unit="mm")]
    results = made(axes, [("80 mm",), ("200 mm",)], lambda a: (a, a, a, a))

    assert Points.of(results).texts["aperture"] == ("80 mm", "20 cm")


def test_a_sample_has_no_reference():
    axes = [axis("x", []), axis("y", [])]
    rows = list(product(["0.1", "0.7"], ["0.2", "0.9"]))
    results = made(axes, rows, lambda x, y: (x, x, y, y))

    assert sampled(results)
    assert not one_at_a_time(results)
    assert KEPT.levels == ("1", "2", "3", "4")
