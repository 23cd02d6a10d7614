"""Many roots at once: of known functions, and of what passes are made of."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import find_passes
from satqkd.passes.roots import Arcs, climb, height, roots
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

LINES = (
    "1 00012U 26001A   26060.00000000  .00000000  00000-0  10000-4 0    15",
    "2 00012  91.5209 132.6770 0027236 349.5209 348.1355 14.99020368    11",
)


def flights(count: int) -> Arcs:
    """Bent paths over a station that looks up along z, through the sky within the interval."""
    rng = np.random.default_rng(5)
    coefficients = np.zeros((6, 3, count))
    coefficients[0] = rng.uniform([[-1.5e6], [-1e6], [4e5]], [[-5e5], [1e6], [9e5]], (3, count))
    coefficients[1, 0] = rng.uniform(1.5e6, 3e6, count)
    coefficients[2, 2] = rng.uniform(-3e5, 0.0, count)
    coefficients[3:] = rng.uniform(-1e3, 1e3, (3, 3, count))
    up = np.tile([[0.0], [0.0], [1.0]], count)
    return Arcs(coefficients=coefficients, up=up, sin_mask=np.full(count, 0.2))


@pytest.mark.parametrize("curve", [height, climb])
def test_slope_is_the_derivative(curve):
    """Against differences of the value; 1e-6 of the largest slope is what those give."""
    arcs = flights(50)
    for fraction in (0.1, 0.4, 0.9):
        there = np.full(50, fraction)
        _, slope = curve(arcs, there)
        difference = (curve(arcs, there + 1e-5)[0] - curve(arcs, there - 1e-5)[0]) / 2e-5

        assert np.abs(slope - difference).max() < 1e-6 * np.abs(slope).max()


@pytest.mark.parametrize("guess", [-1.0, 0.0, 0.5, 1.0, np.nan])
def test_culminations_are_found_from_any_guess(guess):
    """The climb is zero there, and the elevation on a grid no higher anywhere else."""
    arcs = flights(200)
    zero = np.zeros(200)
    begin, end = climb(arcs, zero)[0], climb(arcs, zero + 1.0)[0]
    turning = np.flatnonzero((begin > 0.0) & (end < 0.0))
    arcs = arcs.take(turning)
    assert turning.size > 50
    low = zero[turning]

    top = roots(
        climb, arcs, low=low, high=low + 1.0, grows=low > 0.0, guess=low + guess,
        tolerance=low + 1e-4,
    )  # fmt: skip

    def sine(fraction):
        line = arcs.line_m(fraction)
        return line[2] / np.linalg.norm(line, axis=0)

    others = np.array([sine(low + share) for share in np.linspace(0.0, 1.0, 201)])
    assert (sine(top) >= others.max(axis=0) - 1e-9).all()


def test_a_rise_beside_a_flat_start_is_solved():
    """SGP4 stands on the mask at every rise and set, to 10 ms.

    Once an interpolation that met two like values stopped 2.3 s from one of these rises.
    """
    start = datetime(2026, 3, 1, tzinfo=UTC)
    timebase = Timebase.starting(start)
    one = ElementSet(
        name="12", norad_id=12, cospar_id="", epoch=start, source="test:1",
        satrec=Satrec.twoline2rv(*LINES, WGS72),
    )  # fmt: skip
    station = Station(
        name="39", latitude_deg=30.79500582540685, longitude_deg=146.77486030765596,
        height_m=1383.9518156124732,
    )  # fmt: skip
    satellite = Satellite(name="12", norad_id=12, element_sets=(one,))
    table = find_passes([satellite], [station], timebase, duration_s=7 * 86_400.0).table
    edge_s = np.concatenate([table.rise_s[~table.clipped_start], table.set_s[~table.clipped_end]])

    def above_deg(seconds):
        position = to_itrf(timebase, seconds, propagate(one, seconds).position_m)
        line = position - station.itrf_m()[:, None]
        sine = station.east_north_up()[2] @ line / np.linalg.norm(line, axis=0)
        return np.degrees(np.arcsin(sine)) - station.min_elevation_deg

    rate = (above_deg(edge_s + 0.5) - above_deg(edge_s - 0.5)) / 1.0
    assert edge_s.size > 40
    assert np.abs(above_deg(edge_s) / rate).max() < 0.010
