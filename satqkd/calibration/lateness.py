"""How late a satellite was, by where a telescope saw it or how far it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from satqkd.calibration.log_contacts import Chunk
from satqkd.constants import EARTH_ROTATION_RAD_S, SPEED_OF_LIGHT_M_S
from satqkd.mission.mission import Mission
from satqkd.passes.horizon import Horizontal, horizontal
from satqkd.passes.sky_geometry import Geometry, SkyGeometry, sky_geometry
from satqkd.passes.table import PassTable
from satqkd.units import FloatArray

FEWEST: Final = 3
"""Samples from which a lateness and its error are worked out."""
STEP_S: Final = 0.05
"""Numerical: half of the lateness over which a rate is taken; a satellite moves 400 m. [s]"""
ROUNDS: Final = 4
"""Numerical: steps towards a lateness; each takes away all but a few thousandths of what is left.
"""


class Late(NamedTuple):
    """How late a satellite was."""

    late_s: float
    """Early is negative. [s]"""
    error_s: float
    """1 σ, by what it leaves. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """Where one contact's satellite is expected from its station."""

    mission: Mission
    chunk: Chunk
    place: int
    """Of the contact in the chunk."""

    @property
    def table(self) -> PassTable:
        """The pass, a table of one row."""
        return self.chunk.contacts.arms[0].take(np.array([self.place]))

    def seen(self, time_s: FloatArray, late_s: float = 0.0) -> Horizontal:
        """Look at the satellite, geometrically, if it is so much late.

        It is then where it was so long before, of which the Earth has turned on.
        """
        one = self.table
        chain = self.chunk.sky.chains[int(one.satellite[0]), int(one.element_set[0])]
        site = self.mission.stations[int(one.station[0])].site
        (x, y, z), _ = chain.state(*chain.locate(time_s - late_s))
        turned = EARTH_ROTATION_RAD_S * late_s
        cos, sin = np.cos(turned), np.sin(turned)
        position = np.stack([cos * x + sin * y, cos * y - sin * x, z])
        return horizontal(position - site.itrf_m()[:, None], site.east_north_up())

    def received(self, time_s: FloatArray) -> SkyGeometry:
        """Where a telescope receives its light."""
        mission, sky = self.mission, self.chunk.sky
        crafts = range(len(mission.spacecraft))
        return sky_geometry(
            self.table,
            Geometry(
                chains=sky.chains,
                stations=[ground.site for ground in mission.stations],
                bodies=sky.bodies,
            ),
            owner=np.zeros(time_s.size, dtype=np.int64),
            time_s=time_s,
            wavelength_m=np.array([mission.wavelength_m(craft) for craft in crafts]),
        )

    def angles(
        self, time_s: FloatArray, azimuth_deg: FloatArray, elevation_deg: FloatArray
    ) -> Callable[[float], FloatArray]:
        """Return what angles are off if the satellite is so much late, by that lateness.

        Azimuth, times the cosine of elevation, and elevation, shape (2, n). [°]
        """
        sky, plain = self.received(time_s), self.seen(time_s)
        level = np.cos(np.deg2rad(sky.tracking_elevation_deg))

        def off(late_s: float) -> FloatArray:
            late = self.seen(time_s, late_s)
            east = sky.tracking_azimuth_deg + late.azimuth_deg - plain.azimuth_deg
            high = sky.tracking_elevation_deg + late.elevation_deg - plain.elevation_deg
            turned = (azimuth_deg - east + 180.0) % 360.0 - 180.0
            return np.stack([turned * level, elevation_deg - high])

        return off

    def ranges(self, received_s: FloatArray, range_m: FloatArray) -> Callable[[float], FloatArray]:
        """Return what one-way ranges are off if the satellite is so much late, shape (n,). [m]

        Of the instant at which it sent or returned the signal.
        """
        left_s = received_s - self.seen(received_s).range_m / SPEED_OF_LIGHT_M_S
        return lambda late_s: range_m - self.seen(left_s, late_s).range_m


def late_by(off: Callable[[float], FloatArray]) -> Late | None:
    r"""Return how late a satellite was by least squares; None of too few samples.

    Parameters
    ----------
    off
        What measurements are off for some lateness, the last axis being samples.

    Notes
    -----
    By Gauss and Newton: with differences :math:`d` and their slopes :math:`s` over lateness,
    :math:`\tau` moves by :math:`-\sum d s / \sum s^2`.
    """
    late_s, left, squares = 0.0, off(0.0), 0.0
    if left.shape[-1] < FEWEST:
        return None
    for _ in range(ROUNDS):
        slope = (off(late_s + STEP_S) - off(late_s - STEP_S)) / (2.0 * STEP_S)
        squares = float((slope**2).sum())
        if squares <= 0.0:
            return None
        late_s -= float((left * slope).sum()) / squares
        left = off(late_s)
    spread = float((left**2).sum()) / (left.size - 1)
    return Late(late_s, float(np.sqrt(spread / squares)))
