"""Instability as a table and as a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.parts import preset_values
from satqkd.config.preset import list_presets
from satqkd.report.pictures.instability import instability
from satqkd.report.pictures.style import png
from satqkd.report.tables.attacks import ATTACK_COLUMNS
from satqkd.report.tables.clocks import CLOCK_COLUMNS, CLOCK_SCREEN, significant
from satqkd.report.tables.column import cells, choose
from satqkd.report.tables.instability import (
    INSTABILITY_COLUMNS,
    averaging_times_s,
    comparison_text,
)
from satqkd.study.clock_curves import curves_of, stated_comparison
from satqkd.timing import frequency_transfer, linear_optical_sampling

PUBLISHED = (
    *linear_optical_sampling.PUBLISHED.points,
    *frequency_transfer.PUBLISHED.points,
)


@pytest.fixture(scope="module")
def clocks():
    """Every packaged preset of clocks."""
    names = [preset.name for preset in list_presets() if preset.kind == "clock"]
    return {name: preset_values(name).content.value for name in names}


@pytest.fixture(scope="module")
def curves(clocks):
    """Their curves, ten times a decade."""
    return curves_of(clocks, tau_s=averaging_times_s(per_decade=10))


def test_averaging_times_hit_the_powers_of_ten():
    """So that published times can be looked up."""
    assert averaging_times_s(per_decade=1) == pytest.approx(10.0 ** np.arange(-2.0, 6.0))


def test_blank_cells_have_a_reason_and_full_ones_none(curves):
    """In every row."""
    table = {column.name: cells(column, curves) for column in INSTABILITY_COLUMNS}

    assert None in table["mdev"]
    for value, reason in zip(table["mdev"], table["reason"], strict=True):
        assert (value is None) is (reason is not None)
    assert "geostationary orbit" in table["clock"]


def test_the_printed_instabilities_stand_in_the_table(curves):
    """4e-19 at 10,000 s over 113 km."""
    table = {column.name: cells(column, curves) for column in INSTABILITY_COLUMNS}
    rows = zip(table["clock"], table["averaging_s"], table["mdev"], strict=True)
    found = {(clock, tau): mdev for clock, tau, mdev in rows}

    assert found["combs-113km-2022", 1e4] == pytest.approx(PUBLISHED[0].mdev, rel=0.01)


def test_the_picture_holds_curves_and_published_points(curves):
    """Two panels of seconds; the published ones in both."""
    figure = instability(curves)
    left, right = figure.axes

    assert [axes.get_xscale() for axes in (left, right)] == ["log", "log"]
    points = [tuple(line.get_xydata()[0]) for line in left.lines if line.get_marker() != "None"]
    assert points == [(point.tau_s, point.mdev) for point in PUBLISHED]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "combs-113km-2022, 89 dB" in labels
    assert len(labels) == len(curves) + len(PUBLISHED)
    assert png(figure) == png(instability(curves))


def test_only_what_is_drawn_is_told_of(clocks):
    """Single photons alone: no word of combs, none of their points; and the other way round."""
    tau_s = averaging_times_s(per_decade=1)
    photons, combs = (
        instability(curves_of({name: clocks[name]}, tau_s=tau_s))
        for name in ("qstt-micius-2020", "combs-113km-2022")
    )
    said, other = (figure.texts[1].get_text() for figure in (photons, combs))

    assert "combs" not in said
    assert len(photons.legends[0].get_texts()) == 1
    assert [text.get_text()[:13] for text in photons.axes[1].texts] == ["published: 30"]
    assert "combs' floors are set" in other.replace("\n", " ")
    assert "orbits" not in other
    assert len(combs.legends[0].get_texts()) == 3
    assert not combs.axes[1].texts


def test_orbits_are_drawn_without_a_floor(curves):
    """Their lines part: that of the highest loss lies highest."""
    figure = instability(curves)
    drawn = {line.get_label(): line for line in figure.axes[1].lines}
    own = [line for name, line in drawn.items() if "orbit" in name]

    assert "low orbit, 39 dB, counting photons alone" in drawn
    assert [line.get_ydata()[0] for line in own] == sorted(line.get_ydata()[0] for line in own)
    assert own[-1].get_ydata()[0] > 5.0 * own[0].get_ydata()[0]
    assert "Of orbits no floor is known" in figure.texts[1].get_text().replace("\n", " ")


def test_a_clock_that_compares_nothing_is_not_drawn(clocks):
    """But told."""
    clock = clocks["combs-113km-2022"]
    lost = replace(clock, stated=replace(clock.stated, loss_db=120.0))
    some = curves_of({"lost": lost}, tau_s=averaging_times_s(per_decade=1))
    labels = [text.get_text() for text in instability(some).legends[0].get_texts()]

    assert labels == []
    assert "no comparison: light too weak" in comparison_text("lost", stated_comparison(lost))


def test_a_comparison_is_told_in_a_line(clocks):
    """Rate, length, noise, and all together."""
    clock = clocks["qstt-micius-2020"]
    text = comparison_text("Micius", stated_comparison(clock))

    assert text.startswith("Micius, two-way single-photon time transfer: 9,000 Hz for 300 s")
    assert text.endswith("0.175 ps from noise, 50 ps with systematic terms")


def test_numbers_are_shown_to_four_figures():
    """Infinite ones not at all."""
    assert significant(np.array([1.23456e-19, 0.0, np.inf, np.nan])) == [1.235e-19, 0.0, None, None]


def test_every_column_is_described_in_one_sentence():
    """And the screen's exist."""
    for column in (*CLOCK_COLUMNS, *INSTABILITY_COLUMNS, *ATTACK_COLUMNS):
        assert column.description.endswith("."), column.name
        assert "|" not in column.description
    assert len(choose(CLOCK_COLUMNS, CLOCK_SCREEN)) == len(CLOCK_SCREEN)
