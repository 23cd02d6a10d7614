"""Edges of grazing passes, once more with SGP4 itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.passes.earth import to_itrf
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import elevation_deg
from satqkd.passes.search import Places, Sightings
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

GRAZING_DEG = 0.5
"""A pass that rises less than this above the mask crosses it so slowly that the metre by which
the interpolation errs is worth more than 5 ms. [°]"""

STEPS = 2
"""Newton steps; the first leaves less than a tenth of a millisecond."""


def polished(
    seen: Sightings,
    chains: Sequence[Ephemeris],
    sources: Sequence[object],
    places: Places,
    timebase: Timebase,
) -> Sightings:
    """Solve rise and set of grazing passes again, without interpolation.

    Parameters
    ----------
    seen
        Passes as the search found them.
    chains
        Their ephemerides.
    sources
        What the ephemerides were made from; only element sets are asked again.
    places
        The stations.
    timebase
        Mission time.

    Returns
    -------
    Sightings
        The same passes, in the same order.
    """
    above_deg = seen.max_elevation_deg - np.degrees(np.arcsin(places.sin_mask[seen.station]))
    grazing = above_deg < GRAZING_DEG
    rises = np.flatnonzero(grazing & ~seen.clipped_start)
    sets = np.flatnonzero(grazing & ~seen.clipped_end)
    edge = np.concatenate([rises, sets])
    edge_s = np.concatenate([seen.rise_s[rises], seen.set_s[sets]])
    for number in np.unique(seen.chain[edge]):
        source = sources[number]
        if isinstance(source, ElementSet):
            mine = np.flatnonzero(seen.chain[edge] == number)
            edge_s[mine] = _solved(
                edge_s[mine],
                station=seen.station[edge[mine]],
                chain=chains[number],
                element_set=source,
                places=places,
                timebase=timebase,
            )
    rise_s, set_s = seen.rise_s.copy(), seen.set_s.copy()
    rise_s[rises], set_s[sets] = edge_s[: rises.size], edge_s[rises.size :]
    return replace(seen, rise_s=rise_s, set_s=set_s)


def _solved(
    edge_s: FloatArray,
    *,
    station: IntArray,
    chain: Ephemeris,
    element_set: ElementSet,
    places: Places,
    timebase: Timebase,
) -> FloatArray:
    """Newton steps on SGP4's own elevation; a step longer than a second is not believed. [s]"""
    epoch_s = timebase.seconds(element_set.epoch)
    mask_deg = np.degrees(np.arcsin(places.sin_mask[station]))
    place, up = places.place_m[:, station], places.up[:, station]
    answer = edge_s
    for _ in range(STEPS):
        motion = propagate(element_set, answer - epoch_s)
        line = to_itrf(timebase, answer, motion.position_m) - place
        beyond_deg = elevation_deg(line, up) - mask_deg
        _, velocity = chain.state(*chain.locate(answer))
        later_deg = elevation_deg(line + 0.1 * velocity, up) - mask_deg
        with np.errstate(divide="ignore", invalid="ignore"):
            step_s = -0.1 * beyond_deg / (later_deg - beyond_deg)
        good = motion.good & np.isfinite(step_s) & (np.abs(answer + step_s - edge_s) < 1.0)
        answer = np.where(good, answer + step_s, answer)
    return answer
