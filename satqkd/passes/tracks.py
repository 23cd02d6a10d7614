"""The series of all passes, in flat arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import penumbra, plain_light, sunlit_fraction
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import DEGREE, in_sky
from satqkd.passes.pieces import Pieces, Scene, Seen, cut
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import FloatArray, IntArray

BLOCK = 1 << 14
"""Samples worked on at a time, so that intermediates stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Courses:
    """Passes as they run over the sky, to be looked at whenever one likes."""

    passes: PassTable
    scene: Scene
    pieces: Pieces

    @staticmethod
    def of(
        passes: PassTable,
        chains: Mapping[tuple[int, int], Ephemeris],
        stations: Sequence[Station],
        bodies: Bodies,
    ) -> Courses:
        """Lay polynomials through passes, rows in any order; see :func:`sample`."""
        scene = Scene.of(chains, stations, bodies)
        return Courses(passes=passes, scene=scene, pieces=cut(passes, scene))

    def take(self, passes: IntArray) -> Courses:
        """Return some of the passes, in that order."""
        return Courses(
            passes=self.passes.take(passes), scene=self.scene, pieces=self.pieces.take(passes)
        )

    def tracks(self, starts: IntArray, time_s: FloatArray, weight_s: FloatArray) -> Tracks:
        """Look at the passes at some instants each.

        Parameters
        ----------
        starts
            Offsets of the passes in the instants, one more than there are.
        time_s, weight_s
            The instants, and the time each stands for, shape (n,). [s]
        """
        owner = np.repeat(np.arange(len(self.passes)), np.diff(starts))
        columns = {name: np.empty(time_s.size) for name in _COLUMNS}
        for begin in range(0, time_s.size, BLOCK):
            here = slice(begin, begin + BLOCK)
            found = self.columns(owner[here], time_s[here])
            for name, column in columns.items():
                column[here] = found[name]
        return Tracks(starts=starts, time_s=time_s, weight_s=weight_s, **columns)

    def columns(self, owner: IntArray, time_s: FloatArray) -> dict[str, FloatArray]:
        """Columns of a series at instants of passes, in any order; ``shadow`` beside them.

        By definition of elevation, azimuth and range; see
        :func:`satqkd.passes.eclipse.penumbra` for the shadow.
        """
        seen = self.pieces.seen(owner, time_s)
        station = self.passes.station[owner]
        sunlit = _sunlit(seen, self.scene, station=station, time_s=time_s)
        return {**_columns(seen), "sunlit": sunlit, "shadow": SOME["shadow"](seen)}

    def some(self, names: Sequence[str], owner: IntArray, time_s: FloatArray) -> FloatArray:
        """Some of :data:`SOME` at instants of passes, in any order, shape (names, n)."""
        seen = self.pieces.seen(owner, time_s)
        return np.stack([SOME[name](seen) for name in names])


def sample(
    passes: PassTable,
    chains: Mapping[tuple[int, int], Ephemeris],
    stations: Sequence[Station],
    bodies: Bodies,
    *,
    step_s: float,
) -> Tracks:
    """Sample every pass at its rise, at every whole step between, and at its set.

    Parameters
    ----------
    passes
        Rows in any order; the series keep it.
    chains
        Ephemerides by (satellite, element set).
    stations
        By index.
    bodies
        Sun and Moon over the window.
    step_s
        Spacing; samples fall on multiples of it since the mission epoch. [s]

    Returns
    -------
    Tracks
        At least two samples a pass, however short.
    """
    return sampled(Courses.of(passes, chains, stations, bodies), step_s=step_s)


def sampled(courses: Courses, *, step_s: float) -> Tracks:
    """Look at courses as :func:`sample` does."""
    starts, time_s = sample_times(courses.passes.rise_s, courses.passes.set_s, step_s=step_s)
    return courses.tracks(starts, time_s, trapezoid_weights(starts, time_s))


_COLUMNS = (
    "elevation_deg",
    "azimuth_deg",
    "range_m",
    "range_rate_m_s",
    "angular_rate_rad_s",
    "sun_elevation_deg",
    "sun_separation_deg",
    "moon_elevation_deg",
    "moon_separation_deg",
    "sunlit",
)


def sample_counts(begin_s: FloatArray, end_s: FloatArray, *, step_s: float) -> IntArray:
    """How many instants :func:`sample_times` takes of each interval, which is at least two.

    By definition: the multiples of the step inside, and both ends.
    """
    first = np.floor(begin_s / step_s).astype(np.int64) + 1
    last = np.ceil(end_s / step_s).astype(np.int64) - 1
    return np.asarray(np.maximum(0, last - first + 1) + 2, dtype=np.int64)


def sample_times(
    begin_s: FloatArray, end_s: FloatArray, *, step_s: float
) -> tuple[IntArray, FloatArray]:
    """Instants at which intervals of time are sampled.

    By definition: the multiples of the step inside, and both ends.

    Parameters
    ----------
    begin_s, end_s
        The intervals, shape (n,). [s]
    step_s
        Spacing; samples fall on its multiples, and on the begin and end of each. [s]

    Returns
    -------
    tuple
        Offsets of the intervals, shape (n + 1,), and the times of all samples.
    """
    first = np.floor(begin_s / step_s).astype(np.int64) + 1
    size = sample_counts(begin_s, end_s, step_s=step_s)
    starts = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    time_s = np.arange(starts[-1], dtype=np.float64)
    time_s += np.repeat(first - 1 - starts[:-1], size)
    time_s *= step_s
    time_s[starts[:-1]] = begin_s
    time_s[starts[1:] - 1] = end_s
    return starts, time_s


def samples_of(starts: IntArray, passes: IntArray) -> IntArray:
    """Indices of all samples of some passes."""
    length = np.diff(starts)[passes]
    offset = np.repeat(starts[passes] - np.cumsum(length) + length, length)
    return np.asarray(np.arange(int(length.sum())) + offset, dtype=np.int64)


def trapezoid_weights(starts: IntArray, time_s: FloatArray) -> FloatArray:
    """Half the way to either neighbour within a pass. [s]

    By definition of the trapezoid rule.
    """
    step = np.diff(time_s, append=0.0)
    step[starts[1:] - 1] = 0.0
    return 0.5 * (step + np.roll(step, 1))


def _columns(seen: Seen) -> dict[str, FloatArray]:
    """Columns of a series but the sunlight."""
    sky = in_sky(seen.east_m, seen.north_m, seen.up_m)
    return {
        "elevation_deg": sky.elevation_deg,
        "azimuth_deg": sky.azimuth_deg,
        "range_m": sky.range_m,
        "range_rate_m_s": seen.approach_m2_s / sky.range_m,
        "angular_rate_rad_s": seen.turn_rad_s,
        "sun_elevation_deg": DEGREE * np.arcsin(_within_one(seen.sun_sine)),
        "sun_separation_deg": _apart_deg(seen.towards_sun_m, sky.range_m),
        "moon_elevation_deg": DEGREE * np.arcsin(_within_one(seen.moon_sine)),
        "moon_separation_deg": _apart_deg(seen.towards_moon_m, sky.range_m),
    }


SOME: Final[Mapping[str, Callable[[Seen], FloatArray]]] = {
    "elevation_deg": lambda seen: DEGREE * np.arcsin(_within_one(seen.up_m / seen.range_m)),
    "azimuth_deg": lambda seen: in_sky(seen.east_m, seen.north_m, seen.up_m).azimuth_deg,
    "range_m": lambda seen: seen.range_m,
    "sun_elevation_deg": lambda seen: DEGREE * np.arcsin(_within_one(seen.sun_sine)),
    "sun_separation_deg": lambda seen: _apart_deg(seen.towards_sun_m, seen.range_m),
    "moon_elevation_deg": lambda seen: DEGREE * np.arcsin(_within_one(seen.moon_sine)),
    "moon_separation_deg": lambda seen: _apart_deg(seen.towards_moon_m, seen.range_m),
    "shadow": lambda seen: penumbra(seen.sunward_m, seen.distance2_m2),
}
"""Columns in which something can begin or end."""


def _apart_deg(towards_m: FloatArray, range_m: FloatArray) -> FloatArray:
    return np.asarray(DEGREE * np.arccos(_within_one(towards_m / range_m)))


def _within_one(value: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(np.maximum(value, -1.0), 1.0))


def _sunlit(seen: Seen, scene: Scene, *, station: IntArray, time_s: FloatArray) -> FloatArray:
    """Sunlit fraction, worked out in full only near the edge of the shadow."""
    fraction = plain_light(seen.sunward_m, seen.distance2_m2)
    edge = np.flatnonzero(np.isnan(fraction))
    at = station[edge]
    line = np.stack([seen.east_m[edge], seen.north_m[edge], seen.up_m[edge]])
    position = scene.itrf_m[:, at] + np.einsum("ijn,in->jn", scene.frame[:, :, at], line)
    fraction[edge] = sunlit_fraction(position, scene.bodies.sun_itrf_m(time_s[edge]))
    return fraction
