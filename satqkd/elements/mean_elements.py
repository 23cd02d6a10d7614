"""Mean elements by hand, and SGP4 initialised with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sgp4.api import WGS72, Satrec

from satqkd.constants import WGS84_RADIUS_M
from satqkd.elements.propagation import failure_text
from satqkd.errors import NonPhysicalError

SGP4_GM_M3_S2: Final = 3.986_008e14
"""Gravitational constant of WGS72, which SGP4 uses [AIAA 2006-6753]. [m³/s²]"""
SGP4_RADIUS_M: Final = 6_378_135.0
"""Equatorial radius of WGS72, which SGP4 uses [AIAA 2006-6753]. [m]"""
SGP4_J2: Final = 1.082_616e-3
"""Second zonal harmonic of WGS72, which SGP4 uses [AIAA 2006-6753]."""

DAY_ZERO: Final = datetime(1949, 12, 31, tzinfo=UTC)
"""``sgp4init`` counts days from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanElements:
    """Where one satellite of a design is at the epoch; mean elements as SGP4 takes them."""

    semi_major_axis_m: float
    """Brouwer's mean semi-major axis. [m]"""
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    """Right ascension of the ascending node. [°]"""
    argument_of_perigee_deg: float
    mean_anomaly_deg: float


def circular(
    altitude_m: float, inclination_deg: float, raan_deg: float, phase_deg: float
) -> MeanElements:
    """Return the elements of a circular orbit; the phase counts from the ascending node."""
    return MeanElements(
        semi_major_axis_m=WGS84_RADIUS_M + altitude_m,
        eccentricity=0.0,
        inclination_deg=inclination_deg,
        raan_deg=raan_deg % 360.0,
        argument_of_perigee_deg=0.0,
        mean_anomaly_deg=phase_deg % 360.0,
    )


def satrec_of(elements: MeanElements, epoch: datetime) -> Satrec:
    """Initialise SGP4 with mean elements; bstar and the rates of the mean motion are 0."""
    satrec = Satrec()
    satrec.sgp4init(
        WGS72,
        "i",
        0,
        (epoch - DAY_ZERO) / timedelta(days=1),
        0.0,
        0.0,
        0.0,
        elements.eccentricity,
        math.radians(elements.argument_of_perigee_deg),
        math.radians(elements.inclination_deg),
        math.radians(elements.mean_anomaly_deg),
        60.0 * _kozai_rad_s(elements),
        math.radians(elements.raan_deg),
    )
    if satrec.error:
        raise NonPhysicalError("orbit", f"is refused by SGP4: {failure_text(satrec.error)}")
    return satrec


def _kozai_rad_s(elements: MeanElements) -> float:
    """Kozai's mean motion, which SGP4 is given and turns into that of Brouwer's axis. [rad/s].

    References
    ----------
    .. [1] AIAA 2006-6753, subroutine ``initl``, solved for its input.
    """
    brouwer = math.sqrt(SGP4_GM_M3_S2 / elements.semi_major_axis_m**3)
    squeeze = (1.0 - elements.eccentricity**2) ** 1.5
    d1 = 0.75 * SGP4_J2 * (3.0 * math.cos(math.radians(elements.inclination_deg)) ** 2 - 1.0)
    kozai = brouwer
    for _ in range(8):
        axis = (SGP4_GM_M3_S2 / kozai**2) ** (1.0 / 3.0) / SGP4_RADIUS_M
        delta = d1 / squeeze / axis**2
        axis *= 1.0 - delta**2 - delta * (1.0 / 3.0 + 134.0 * delta**2 / 81.0)
        kozai = brouwer * (1.0 + d1 / squeeze / axis**2)
    return kozai
