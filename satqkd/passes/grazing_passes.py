"""Rise and set of grazing passes, solved again with SGP4 itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.passes.earth import state_to_itrf, to_itrf
from satqkd.passes.horizon import azimuth_deg
from satqkd.passes.search import Places, Sightings
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

GRAZING_DEG = 0.5
"""A pass that rises less than this above the mask crosses it so slowly that the metre by which
the interpolation errs is worth more than 5 ms. [°]"""

STEPS = 2
"""Newton steps at most."""

STEP_TOLERANCE_S = 2e-3
"""A second Newton step follows one that is longer; a shorter one leaves some microseconds. [s]"""


def with_exact_edges(
    seen: Sightings, sources: Sequence[ElementSet | None], places: Places, timebase: Timebase
) -> Sightings:
    """Solve rise and set of grazing passes again, without interpolation.

    Derived here: Newton's method on the height above the mask, with SGP4 (Vallado et al. 2006) in
    place of the polynomials.

    Parameters
    ----------
    seen
        Passes as the search found them.
    sources
        Element sets the ephemerides were made from, which are solved again; None for a table.
    places
        The stations.
    timebase
        Mission time.

    Returns
    -------
    Sightings
        The same passes, in the same order.
    """
    solvable = np.array([source is not None for source in sources], dtype=np.bool_)
    mask_deg = np.degrees(np.arcsin(places.sin_mask))
    above_deg = seen.max_elevation_deg - mask_deg.take(seen.station)
    grazing = (above_deg < GRAZING_DEG) & solvable.take(seen.chain)
    rises = np.flatnonzero(grazing & ~seen.clipped_start)
    sets = np.flatnonzero(grazing & ~seen.clipped_end)
    edge = np.concatenate([rises, sets])
    if edge.size == 0:
        return seen
    edge_s = np.concatenate([seen.rise_s[rises], seen.set_s[sets]])
    chain, station = seen.chain[edge], seen.station[edge]
    solved_s, rest = edge_s.copy(), np.arange(edge.size)
    for _ in range(STEPS):
        at_s = solved_s[rest]
        step_s = _step_s(
            at_s,
            chain=chain[rest],
            station=station[rest],
            sources=sources,
            places=places,
            timebase=timebase,
        )
        plausible = np.abs(at_s + step_s - edge_s[rest]) < 1.0
        rest, step_s = rest[plausible], step_s[plausible]
        solved_s[rest] += step_s
        rest = rest[np.abs(step_s) > STEP_TOLERANCE_S]
    position, _, good = _states(solved_s, chain, sources, timebase)
    line = to_itrf(timebase, solved_s, position) - places.place_m.take(station, axis=1)
    azimuth = azimuth_deg(line, places.frame.take(station, axis=2))
    rise_s, set_s = seen.rise_s.copy(), seen.set_s.copy()
    rise_deg, set_deg = seen.rise_azimuth_deg.copy(), seen.set_azimuth_deg.copy()
    for own, time_s, angle_deg, part in (
        (rises, rise_s, rise_deg, slice(None, rises.size)),
        (sets, set_s, set_deg, slice(rises.size, None)),
    ):
        time_s[own] = solved_s[part]
        angle_deg[own] = np.where(good[part], azimuth[part], angle_deg[own])
    return replace(
        seen,
        rise_s=rise_s,
        set_s=set_s,
        rise_azimuth_deg=rise_deg,
        set_azimuth_deg=set_deg,
    )


def _step_s(
    seconds: FloatArray,
    *,
    chain: IntArray,
    station: IntArray,
    sources: Sequence[ElementSet | None],
    places: Places,
    timebase: Timebase,
) -> FloatArray:
    """Newton steps to where SGP4 stands on the mask; NaN where there is none. [s]"""
    position, velocity, good = _states(seconds, chain, sources, timebase)
    position, (u, v, w) = state_to_itrf(timebase, seconds, position, velocity)
    x, y, z = position - places.place_m.take(station, axis=1)
    e, n, h = places.up.take(station, axis=1)
    sin_mask = places.sin_mask.take(station)
    range_m = np.sqrt(x * x + y * y + z * z)
    height_m = x * e + y * n + z * h - sin_mask * range_m
    rate_m_s = u * e + v * n + w * h - sin_mask * (x * u + y * v + z * w) / range_m
    step_s = np.full(good.size, np.nan)
    return np.asarray(np.divide(-height_m, rate_m_s, out=step_s, where=good))


def _states(
    seconds: FloatArray, chain: IntArray, sources: Sequence[ElementSet | None], timebase: Timebase
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Positions [m] and velocities [m/s] in TEME, each at one time of one element set."""
    order = np.argsort(chain, kind="stable")
    numbers = np.arange(len(sources) + 1)
    bounds = np.searchsorted(chain, numbers, sorter=order)
    position, velocity = np.ones((3, chain.size)), np.zeros((3, chain.size))
    good = np.zeros(chain.size, dtype=np.bool_)
    for number, source in enumerate(sources):
        mine = order[bounds[number] : bounds[number + 1]]
        if mine.size and source is not None:
            motion = propagate(source, seconds[mine] - timebase.seconds(source.epoch))
            good[mine] = motion.good
            usable = mine[motion.good]
            position[:, usable] = motion.position_m[:, motion.good]
            velocity[:, usable] = motion.velocity_m_s[:, motion.good]
    return position, velocity, good
