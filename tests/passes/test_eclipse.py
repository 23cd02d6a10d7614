"""Edges of umbra and penumbra against rays from the satellite to the limb of the Sun."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from satqkd.constants import SUN_RADIUS_M, WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import (
    LARGEST_SUN,
    STRETCH,
    penumbra,
    shadow_place,
    sunlit_fraction,
)
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.timebase import Timebase

LIMB = np.linspace(0.0, 2.0 * np.pi, 720, endpoint=False)


def clearance(place, sun):
    """How far rays to points of the Sun's limb miss the WGS84 ellipsoid, negative when they hit.

    Closest approach to the centre in the space in which the ellipsoid is a ball, less its radius.
    """
    toward = (sun - place) / np.linalg.norm(sun - place)
    across = np.cross(toward, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    third = np.cross(toward, across)
    limb = sun + SUN_RADIUS_M * (np.cos(LIMB)[:, None] * across + np.sin(LIMB)[:, None] * third)
    stretch = np.array([1.0, 1.0, 1.0 / (1.0 - WGS84_FLATTENING)])
    ray = (limb - place) * stretch
    ray /= np.linalg.norm(ray, axis=1)[:, None]
    ball = place * stretch
    along = ray @ ball
    nearest = np.linalg.norm(ball - along[:, None] * ray, axis=1)
    return np.where(along < 0.0, nearest - WGS84_RADIUS_M, 1e9)


class TestEdges:
    def test_umbra_and_penumbra_begin_and_end_within_a_fifth_of_a_second(self, micius):
        """Every edge of a day; model: straight rays, WGS84, Sun a ball, no atmosphere.

        Ours stretches the Earth to a ball, and with it the Sun's disc by 0.3 %.
        """
        timebase = Timebase.starting(micius.epoch)
        chain = ephemeris(micius, timebase, start_s=0.0, end_s=86_400.0)
        bodies = Bodies.over(timebase, start_s=0.0, end_s=86_400.0)

        def scene(second):
            time = np.array([second])
            return chain.position_m(*chain.locate(time)), bodies.sun_itrf_m(time)

        def ours(second):
            return float(sunlit_fraction(*scene(second))[0])

        def rays(second):
            place, sun = scene(second)
            return clearance(place[:, 0], sun[:, 0])

        grid = np.arange(0.0, 86_400.0, 5.0)
        lit = sunlit_fraction(chain.position_m(*chain.locate(grid)), bodies.sun_itrf_m(grid))
        errors = []
        for partly, worst in (
            (lambda fraction: fraction > 0.0, np.max),  # leaves the umbra: one ray gets through
            (lambda fraction: fraction < 1.0, np.min),  # enters the penumbra: one ray is stopped
        ):
            here = partly(lit)
            for index in np.flatnonzero(here[1:] != here[:-1]):
                low, high = grid[index], grid[index + 1]
                theirs = brentq(lambda t, worst=worst: worst(rays(t)), low - 5.0, high + 5.0)
                errors.append(switch(lambda t, p=partly: p(ours(t)), low, high) - theirs)

        assert len(errors) >= 40
        assert np.abs(errors).max() < 0.2


def switch(side, low, high):
    """Instant at which a condition changes between two times."""
    begin = side(low)
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if side(middle) == begin else (low, middle)
    return 0.5 * (low + high)


@pytest.mark.parametrize("sun_m", [1.471e11, 1.521e11])
def test_the_penumbra_lies_between_its_own_ends(sun_m):
    """Of satellites all around the shadow, in January and July; to 0.1 % of the Sun's radius.

    Light changes there as the 3/2 power, so a border of a quadrature has to be as near. That the
    satellite is not at the Earth's centre is worth 1 %.
    """
    rng = np.random.default_rng(1)
    size = SUN_RADIUS_M / sun_m
    sun = np.array([[sun_m], [0.0], [0.0]]) * np.ones(40_000)
    off = np.arcsin(WGS84_RADIUS_M / 7e6) + rng.uniform(-1.2, 1.2, 40_000) * size
    round_it = rng.uniform(0.0, 2.0 * np.pi, off.size)
    across = np.sin(off) * np.stack([np.cos(round_it), np.sin(round_it)])
    place = 7e6 * np.vstack([-np.cos(off), across]) / STRETCH[:, None]

    where = penumbra(*shadow_place(place, sun)) / (size / LARGEST_SUN)
    lit = sunlit_fraction(place, sun)

    assert lit[where < -1.001].max() == 0.0
    assert lit[where > -0.999].min() > 0.0
    assert lit[where < 0.999].max() < 1.0
    assert lit[where > 1.001].min() == 1.0
