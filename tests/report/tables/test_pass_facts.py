"""Columns about limits, sky and uncertainty, of a forecast that was really searched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.elements.age import timing_uncertainties_s
from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.stream import forecast
from satqkd.passes.mount import Mount
from satqkd.report.export.json import records
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.series import SERIES_COLUMNS, series_report

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def searched():
    """A day of the published campaign, all mounts limited."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    mount = Mount(max_azimuth_rate_deg_s=3.0, azimuth_range_deg=(-270.0, 270.0), acquisition_s=5.0)
    stations = tuple(
        replace(ground, terminal=replace(ground.terminal, mount=mount))
        for ground in mission.stations
    )
    return forecast(replace(mission, duration_s=86_400.0, stations=stations))


@pytest.fixture(scope="module")
def rows(searched):
    return records(PASS_COLUMNS, pass_report(searched))


@pytest.fixture(scope="module")
def best(searched):
    index = int(np.argmax(searched.yields.keys.secure_bits))
    return records(SERIES_COLUMNS, series_report(searched.with_series(np.array([index]))))


class TestPasses:
    def test_usable_and_lost_times_add_up_to_the_duration(self, rows):
        """Within half a digit of each column."""
        for row in rows:
            lost = sum(row[f"lost_{name}_s"] for name in NAMES)
            assert row["usable_s"] + lost == pytest.approx(
                row["duration_s"], abs=0.05 * (len(NAMES) + 2)
            )

    def test_pointing_error_is_the_angular_rate_times_the_timing_error(self, searched, rows, best):
        """The rate over the sky is taken from the angles of the series around the culmination.

        It holds the turn of the Earth, at most a fifteenth of a low satellite's own.
        """
        top = max(range(len(best)), key=lambda i: best[i]["elevation_deg"])
        before, after = best[top - 1], best[top + 1]
        level = np.cos(np.radians(best[top]["elevation_deg"]))
        rate_deg_s = 0.5 * np.hypot(
            level * (after["azimuth_deg"] - before["azimuth_deg"]),
            after["elevation_deg"] - before["elevation_deg"],
        )
        row = next(row for row in rows if row["pass_id"] == best[0]["pass_id"])
        index = int(np.argmax(searched.yields.keys.secure_bits))
        source = searched.mission.spacecraft[0].satellite.element_sets[
            searched.passes.element_set[index]
        ]
        (sigma_s,) = timing_uncertainties_s([source], searched.passes.element_age_s[[index]])

        assert row["timing_sigma_s"] == pytest.approx(sigma_s, abs=0.005)
        assert row["pointing_sigma_arcsec"] == pytest.approx(
            3_600.0 * rate_deg_s * sigma_s, rel=0.07
        )

    def test_refraction_lifts_and_point_ahead_is_that_of_a_low_orbit(self, rows):
        """Up by less than 0.1°; 5 to 11 arc seconds."""
        for row in rows:
            assert 0.0 <= row["apparent_max_elevation_deg"] - row["max_elevation_deg"] < 0.1
            assert 4.0 < row["point_ahead_arcsec"] < 11.0

    def test_the_axis_begins_within_its_cable(self, rows):
        """Only passes with a usable instant have a start."""
        starts = [row["mount_start_azimuth_deg"] for row in rows if row["usable_s"]]

        assert starts
        assert all(-270.0 <= start <= 270.0 for start in starts)
        assert all(row["mount_start_azimuth_deg"] is None for row in rows if not row["usable_s"])


class TestSeries:
    def test_usable_samples_have_no_obstacle_and_the_others_one(self, best):
        """The first of those that take it."""
        for row in best:
            assert row["usable"] == (row["obstacle"] == "")
            assert row["obstacle"] in {*NAMES, ""}

    def test_rates_are_the_differences_of_the_angles(self, best):
        """Between whole seconds, to the rounding of the angles and the curve of the track."""
        azimuth = np.unwrap([row["azimuth_deg"] for row in best[1:-1]], period=360.0)
        elevation = np.array([row["elevation_deg"] for row in best[1:-1]])
        for values, name in ((azimuth, "azimuth"), (elevation, "elevation")):
            rate = np.array([row[f"{name}_rate_deg_s"] for row in best[1:-1]])
            assert np.diff(values) == pytest.approx(0.5 * (rate[1:] + rate[:-1]), abs=1e-3)

    def test_the_axis_follows_the_azimuth_without_a_jump(self, best):
        """North is no jump for a cable."""
        axis = np.array([row["mount_azimuth_deg"] for row in best])
        turns = (axis - np.array([row["azimuth_deg"] for row in best])) / 360.0

        assert np.abs(np.diff(axis)).max() < 10.0
        assert turns == pytest.approx(np.round(turns), abs=1e-6)

    def test_light_takes_the_range_over_c(self, best):
        """Microseconds agree with the kilometres beside them."""
        for row in best:
            assert row["light_time_s"] == pytest.approx(row["range_km"] / 299_792.458, abs=1e-9)
