"""Pictures of studies: which there are, what they show, and what they say of what is missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from made_study import APERTURE, KEPT, axis, formula, grid, made

from satqkd.config.mistake import Mistake
from satqkd.report.pictures.study_views import Views
from satqkd.report.pictures.style import png
from satqkd.study.indices import sobol_shares

YEAR = tuple(f"2026-{month:02d}" for month in range(1, 13))


def pictures(results, **more):
    return dict(Views.of(results, **more).pictures())


def words(figure):
    """All text of a picture."""
    texts = [one.get_text() for one in figure.texts]
    for axes in figure.axes:
        texts += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]
        texts += [one.get_text() for one in axes.texts]
        texts += [one.get_text() for one in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return " ".join(texts).replace("\n", " ")


@pytest.fixture(scope="module")
def of_grid():
    return pictures(grid(months=YEAR))


def test_a_grid_has_lines_maps_its_front_its_year_and_its_tornado(of_grid):
    assert list(of_grid) == [
        "aperture-key_day_mean", "kept-key_day_mean", "aperture-kept-key_day_mean", "front",
        "months", "tornado",
    ]  # fmt: skip


def test_lines_hold_the_values_with_their_band_on_an_axis_of_factors(of_grid):
    (axes,) = of_grid["aperture-key_day_mean"].axes
    lines = axes.get_lines()

    assert axes.get_xscale() == "log"
    assert [line.get_label() for line in lines] == ["1", "2", "3", "4"]
    np.testing.assert_allclose(lines[1].get_xdata(), [40, 80, 160])
    np.testing.assert_allclose(lines[1].get_ydata(), 1e-3 * 2 * np.array([40, 80, 160]) ** 2)
    band = axes.collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(1e-3 * 40**2)
    assert band[:, 1].max() == pytest.approx(1e-3 * 1.5 * 2 * 160**2)
    assert "[kbit/d]" in axes.get_ylabel()
    assert "102 kbit/d" in words(of_grid["aperture-key_day_mean"])


def test_a_map_has_the_measure_of_every_pair(of_grid):
    mesh = of_grid["aperture-kept-key_day_mean"].axes[0].collections[0]
    want = 1e-3 * np.outer([1, 2, 3, 4], np.array([40, 80, 160]) ** 2)

    np.testing.assert_allclose(mesh.get_array().reshape(4, 3), want)


def test_the_front_marks_its_knee_and_shows_what_changes(of_grid):
    front = Views.of(grid()).front
    figure = of_grid["front"]
    knee = figure.axes[0].get_lines()[2]

    assert knee.get_xdata()[0] == front.cost[front.knee]
    assert "Knee at" in words(figure)
    assert len(figure.axes) == 3, "the front, and a strip for each variable"


def test_a_year_has_a_panel_for_one_variable_and_a_line_for_another(of_grid):
    panels = of_grid["months"].axes

    assert len(panels) == 3
    assert [len(one.get_lines()) for one in panels] == [4, 4, 4]
    assert panels[0].get_lines()[0].get_ydata().tolist() == pytest.approx(
        [float(number) for number in range(12)]
    )


def test_bars_of_a_tornado_reach_from_its_nominal_value(of_grid):
    (axes,) = of_grid["tornado"].axes
    widths = sorted(round(bar.get_width(), 3) for bar in axes.patches)

    assert "aperture" in axes.get_yticklabels()[0].get_text()
    assert widths == [-9.6, -6.4, 12.8, 38.4]


def test_axes_of_factors_have_plain_numbers(of_grid):
    """The pictures' font sets no formulas."""
    for name, figure in of_grid.items():
        assert "mathdefault" not in words(figure), name


def test_what_is_left_or_failed_is_told_on_every_picture():
    status = ["failed"] + ["done"] * 8 + ["left"] * 3
    for name, figure in pictures(grid(status=status, months=YEAR)).items():
        told = words(figure)
        assert "3 of 12 rows are not worked out yet" in told, name
        assert "1 of 12 rows failed" in told, name


def test_nothing_done_is_said_in_place_of_a_picture():
    for name, figure in pictures(grid(status=["left"] * 12)).items():
        assert "done" in words(figure), name


def test_a_sample_is_drawn_as_points():
    axes = [axis("x", [], unit="mm"), axis("y", [])]
    rows = list(product(["0.1", "0.4", "0.7"], ["0.2", "0.9"]))
    shown = pictures(made(axes, rows, lambda x, y: (x * y, 0, 1, x)))

    assert list(shown) == ["x-key_day_mean", "y-key_day_mean", "front"]
    assert len(shown["x-key_day_mean"].axes[0].get_lines()[0].get_xdata()) == 6


def test_a_mean_is_drawn_through_many_points_of_a_sample_only():
    axes = [axis("x", [], unit="mm"), axis("y", [])]
    for count, lines in ((29, 1), (30, 2)):
        rows = [(str(n), "1") for n in range(1, count + 1)]
        figure = pictures(made(axes, rows, lambda x, y: (x * y, 0, 1, x)))["x-key_day_mean"]
        assert len(figure.axes[0].get_lines()) == lines
        assert ("mean of tenths" in words(figure)) == (lines == 2)


def test_numbers_stand_in_their_order_whatever_their_units():
    """120 mm is written 12 cm, and first."""
    levels = ("60 mm", "12 cm", "85 mm")
    axes = [axis("aperture", levels, unit="mm"), axis("other", ["1", "2"])]
    rows = list(product(levels, ["1", "2"]))
    results = made(axes, rows, lambda x, y: (x * y, 0, 1, x))
    true = np.array([{"60 mm": 60.0, "12 cm": 120.0, "85 mm": 85.0}[row[0]] for row in rows])
    results = replace(results, numbers={**results.numbers, "aperture": true})
    (drawn,) = pictures(results)["aperture-key_day_mean"].axes
    (beside,) = pictures(results)["other-key_day_mean"].axes

    assert [one.get_text() for one in drawn.get_xticklabels()] == ["60", "85", "120"]
    np.testing.assert_array_equal(drawn.get_xticks(), [60.0, 85.0, 120.0])
    np.testing.assert_array_equal(drawn.get_lines()[0].get_xdata(), [60.0, 85.0, 120.0])
    assert [one.get_label() for one in beside.get_lines()] == ["60 mm", "85 mm", "12 cm"]
    assert Views.of(results).held["aperture"] == "85 mm"
    bar = next(one for one in Views.of(results).tornado.bars if one.variable == "aperture")
    assert (bar.low, bar.high) == ("60 mm", "12 cm")


def test_a_front_of_one_point_has_no_bend_and_its_key_hides_no_point():
    axes = [axis("x", ["1", "2"]), axis("y", ["1", "2"])]
    rows = list(product(["1", "2"], ["1", "2"]))
    figure = pictures(made(axes, rows, lambda x, y: (1 / (x * y), 0, 1, x + y)))["front"]

    assert "1 point, too few for a knee" in words(figure)
    assert "Below" not in words(figure)
    figure.canvas.draw()
    shown = figure.axes[0].get_legend().get_window_extent()
    assert shown.y0 >= figure.axes[0].get_window_extent().y1


def test_points_moved_one_at_a_time_have_a_tornado_and_their_indices():
    axes = [axis("x", ["0", "0.5", "1"]), axis("y", ["0", "0.5", "1"])]
    alone = [("0.5", "0.5"), ("0", "0.5"), ("1", "0.5"), ("0.5", "0"), ("0.5", "1")]
    shares = sobol_shares(["x", "y"], 64, seed=1)
    rows = [*alone, *[tuple(f"{one:.12g}" for one in row) for row in shares.tolist()]]
    results = made(axes, rows, lambda x, y: (3 * x + y, 0, 0, 0))
    views = Views.of(results)

    assert list(dict(views.pictures())) == ["tornado", "sobol"]
    np.testing.assert_allclose(views.indices.first, [0.9, 0.1], atol=0.03)
    assert [one.variable for one in views.tornado.bars] == ["x", "y"]


def test_what_is_to_be_small_can_be_named():
    assert Views.of(grid()).front.small == "cost"
    assert Views.of(grid(), cost="kept").front.small == "kept"
    assert Views.of(grid(), measure="key_day_p10").quantity.middle.name == "key_day_p10"
    for wrong in ({"cost": "cots"}, {"measure": "keys"}, {"hold": {"kept": "9"}}):
        with pytest.raises(Mistake):
            Views.of(grid(), **wrong)


def test_names_with_markup_and_no_glyphs_do_no_harm():
    axes = [axis("place", ["$x$", "東京", "<b>"], numeric=False), KEPT]
    rows = list(product(axes[0].levels, KEPT.levels))
    shown = pictures(made(axes, rows, lambda _, kept: (kept, kept, kept, kept)))

    assert "$x$" in words(shown["place-key_day_mean"])
    assert png(shown["place-key_day_mean"]) == png(shown["place-key_day_mean"])
    assert formula(80.0, 2.0)[0] == 80.0**2 * 2
    assert APERTURE.label == "aperture [mm]"
