"""When a satellite is in sunlight, revolution by revolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import sunlit_fraction
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

STEP_S: Final = 10.0
"""Numerical: spacing of the instants looked at; stretches are so sharp at both ends. [s]"""
AT_ONCE: Final = 1 << 16
"""Numerical: instants looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sunlight:
    """Stretches of sunlight and of shadow in order, divided at ascending nodes too; shape (n,)."""

    revolution: IntArray
    """In which revolution each is, as contact keys count them, from the ascending node."""
    start_s: FloatArray
    """Begin, or that of the window. [s]"""
    end_s: FloatArray
    """End, or that of the window. [s]"""
    sunlit_s: FloatArray
    """Time in sunlight, of the penumbra the share of the Sun that is seen. [s]"""

    def __len__(self) -> int:
        return int(self.revolution.size)

    def divided_at(self, instants_s: FloatArray, *, where: BoolArray) -> Sunlight:
        """Divide some stretches at those instants that lie within them, sunlight by time.

        Parameters
        ----------
        instants_s
            In any order. [s]
        where
            Which stretches, shape (n,).
        """
        place = np.searchsorted(self.start_s, instants_s, side="right") - 1
        inside = (place >= 0) & (instants_s > self.start_s[place])
        inside &= (instants_s < self.end_s[place]) & where[place]
        start_s = np.unique(np.concatenate([self.start_s, instants_s[inside]]))
        of = np.searchsorted(self.start_s, start_s, side="right") - 1
        end_s = self.end_s[of]
        same = of[1:] == of[:-1]
        end_s[:-1][same] = start_s[1:][same]
        share = (end_s - start_s) / (self.end_s - self.start_s)[of]
        return Sunlight(
            revolution=self.revolution[of],
            start_s=start_s,
            end_s=end_s,
            sunlit_s=self.sunlit_s[of] * share,
        )


def sunlight_of(
    satellite: Satellite,
    chains: Mapping[int, Ephemeris],
    timebase: Timebase,
    bodies: Bodies,
    *,
    duration_s: float,
) -> Sunlight:
    """Divide the flight of a satellite into stretches of sunlight and of shadow.

    Parameters
    ----------
    satellite
        With all its sources of positions.
    chains
        Its ephemerides, by source.
    timebase
        Second 0 is the beginning of the window.
    bodies
        The Sun over the window.
    duration_s
        Length of the window. [s]

    Notes
    -----
    By definition of a sum over instants. Where two sources overlap the later one counts.
    """
    steps = max(1, round(duration_s / STEP_S))
    step_s = duration_s / steps
    number, light, at = [], [], []
    for time_s in _instants(steps, step_s):
        source = np.full(time_s.size, -1)
        for one, chain in chains.items():
            source[(time_s >= chain.node_s[0]) & (time_s <= chain.node_s[-1])] = one
        turn = np.zeros(time_s.size, dtype=np.int64)
        sunlit = np.zeros(time_s.size)
        for one, chain in chains.items():
            own = source == one
            known = satellite.sources[one]
            age_s = time_s[own] - timebase.seconds(known.epoch)
            turn[own] = known.revolution(age_s, ahead=np.zeros(age_s.size))
            place_m = chain.position_m(*chain.locate(time_s[own]))
            sunlit[own] = sunlit_fraction(place_m, bodies.sun_itrf_m(time_s[own]))
        there = source >= 0
        number.append(turn[there])
        light.append(sunlit[there])
        at.append(time_s[there])
    turns = np.maximum.accumulate(np.concatenate(number))
    time_s, sunlit = np.concatenate(at), np.concatenate(light)
    bright = sunlit > 0.5  # of the Sun's disc: the middle of the penumbra
    begins = np.ones(turns.size, dtype=np.bool_)
    begins[1:] = (turns[1:] != turns[:-1]) | (bright[1:] != bright[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], turns.size)[: first.size] - 1
    return Sunlight(
        revolution=turns[first],
        start_s=time_s[first] - 0.5 * step_s,
        end_s=time_s[last] + 0.5 * step_s,
        sunlit_s=np.add.reduceat(sunlit, first) * step_s if first.size else np.zeros(0),
    )


def _instants(steps: int, step_s: float) -> Iterator[FloatArray]:
    """Yield the middles of even steps, some at a time. [s]"""
    for begin in range(0, steps, AT_ONCE):
        yield np.asarray((np.arange(begin, min(begin + AT_ONCE, steps)) + 0.5) * step_s)
