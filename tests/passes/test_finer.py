"""Samples put between samples stand where the satellite does."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.passes.arcs import Arcs
from satqkd.passes.finer import PARTS, TURN_DEG, Finer, turning

SPEED_RAD_S = 7.5 / 500.0  # over the zenith of a 500 km orbit


def directions(time_s, nearest_deg):
    """A straight flight over a flat Earth: azimuth and elevation in closed form. [°]"""
    along, miss = SPEED_RAD_S * time_s, np.tan(np.radians(nearest_deg))
    azimuth = np.degrees(np.arctan2(miss, along)) % 360.0
    return azimuth, np.degrees(np.arctan2(1.0, np.hypot(along, miss)))


def flights(nearest_deg, *, step_s):
    """One flight for each distance from the zenith, behind each other."""
    one = np.arange(-200.0 + 0.3 * step_s, 200.0, step_s)
    found = [directions(one, nearest) for nearest in nearest_deg]
    time_s = np.tile(one, len(nearest_deg))
    return Arcs(
        starts=one.size * np.arange(len(nearest_deg) + 1), time_s=time_s,
        weight_s=np.full(time_s.size, step_s),
        azimuth_deg=np.concatenate([azimuth for azimuth, _ in found]),
        elevation_deg=np.concatenate([elevation for _, elevation in found]),
    )  # fmt: skip


def unit(azimuth_deg, elevation_deg):
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)])


@pytest.mark.parametrize(("step_s", "error_rad"), [(1.0, 1e-8), (10.0, 1e-4)])
def test_what_is_put_in_stands_where_the_satellite_does(step_s, error_rad):
    """Of two flights with every cell divided; old samples hold what they held."""
    nearest = (0.3, 25.0)
    sky = flights(nearest, step_s=step_s)
    start = Finer(arcs=sky, at=np.arange(sky.time_s.size))
    finer = start.divided(np.ones(sky.time_s.size - 1, dtype=np.bool_))
    arcs = finer.arcs

    assert arcs.time_s.size == (sky.time_s.size - 2) * PARTS + 2
    for name in ("time_s", "azimuth_deg", "elevation_deg"):
        assert (getattr(arcs, name)[finer.at] == getattr(sky, name)).all()
    for number, own in enumerate(nearest):
        here = slice(arcs.starts[number], arcs.starts[number + 1])
        known = unit(*directions(arcs.time_s[here], own))
        ours = unit(arcs.azimuth_deg[here], arcs.elevation_deg[here])
        assert (np.diff(arcs.time_s[here]) > 0.0).all()
        assert np.linalg.norm(ours - known, axis=0).max() < error_rad
    assert arcs.weight_s.sum() == pytest.approx(2 * np.ptp(sky.time_s))


def test_only_passes_near_the_zenith_are_divided_there():
    """A cell whose azimuth turns by 5° or less stays whole."""
    sky = flights((0.3, 25.0), step_s=1.0)
    turned = np.abs((np.diff(sky.azimuth_deg) + 180.0) % 360.0 - 180.0)
    fast = (turned > TURN_DEG)[: sky.starts[1] - 1].sum()
    finer = Finer.near_zenith(sky)

    assert fast > 0
    assert turning(sky).tolist() == [True, False]
    assert finer.arcs.time_s.size == sky.time_s.size + fast * (PARTS - 1)


def test_a_pass_of_three_samples_is_left_as_it_is():
    """No cubic goes through them."""
    sky = Arcs(
        starts=np.array([0, 3]), time_s=np.arange(3.0), weight_s=np.ones(3),
        azimuth_deg=np.array([0.0, 90.0, 180.0]), elevation_deg=np.full(3, 80.0),
    )  # fmt: skip

    assert Finer.near_zenith(sky).arcs is sky
