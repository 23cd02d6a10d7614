"""Edges of umbra and penumbra against rays from the satellite to the limb of the Sun."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from satqkd.constants import SUN_RADIUS_M, WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import LARGEST_SUN, penumbra, shadow_place, sunlit_fraction
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

    def test_the_penumbra_lies_between_its_own_ends(self, micius):
        """Of all instants of half a day that are near it; to 0.2 % of the Sun's radius.

        Light changes there as the 3/2 power, so a border of a quadrature has to be as near.
        """
        timebase = Timebase.starting(micius.epoch)
        chain = ephemeris(micius, timebase, start_s=0.0, end_s=43_200.0)
        bodies = Bodies.over(timebase, start_s=0.0, end_s=43_200.0)
        times = np.arange(0.0, 43_200.0, 0.05)
        place, sun = chain.position_m(*chain.locate(times)), bodies.sun_itrf_m(times)
        size = SUN_RADIUS_M / np.linalg.norm(sun, axis=0) / LARGEST_SUN

        where = penumbra(*shadow_place(place, sun)) / size
        lit = sunlit_fraction(place, sun)

        assert 1_000 < (np.abs(where) < 1.0).sum() < 10_000
        assert lit[where < -1.002].max() == 0.0
        assert lit[where > -0.998].min() > 0.0
        assert lit[where < 0.998].max() < 1.0
        assert lit[where > 1.002].min() == 1.0


def switch(side, low, high):
    """Instant at which a condition changes between two times."""
    begin = side(low)
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if side(middle) == begin else (low, middle)
    return 0.5 * (low + high)
