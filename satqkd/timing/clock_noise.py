"""What a free-running clock adds to a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import DAY_S
from satqkd.errors import require_not_negative
from satqkd.timing.stability import tdev_from_mdev
from satqkd.units import FloatArray

FLICKER_FREQUENCY_RATIO: Final = math.log(3.0 ** (27.0 / 16.0) / 4.0) / math.log(2.0)
"""Modified over plain Allan variance of flicker frequency noise after many samples, 0.67."""

RANDOM_WALK_RATIO: Final = 33.0 / 40.0
"""The same of a random walk of frequency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockNoise:
    r"""A clock's Allan deviation as a sum of power laws.

    .. math:: \sigma_y^2(\tau) = \frac{a_0^2}{\tau} + a_{-1}^2 + a_{-2}^2 \tau
              + \frac{(D\tau)^2}{2}

    References
    ----------
    .. [1] W. J. Riley, *Handbook of Frequency Stability Analysis*, NIST SP 1065 (2008), table 3
       and sec. 5.2.5: the modified Allan variance is 1/2, 0.67, 0.82 and 1 times that.
    """

    white_frequency_1s: float = 0.0
    """Allan deviation at 1 s from white frequency noise :math:`a_0`."""
    flicker_frequency: float = 0.0
    """The flicker floor :math:`a_{-1}`."""
    random_walk_1s: float = 0.0
    """Allan deviation at 1 s from a random walk of frequency :math:`a_{-2}`."""
    drift_per_day: float = 0.0
    """Change of the fractional frequency in a day, its sign dropped: :math:`D` times 86400 s."""

    def __post_init__(self) -> None:
        for part in fields(self):
            require_not_negative(part.name, getattr(self, part.name))

    def adev(self, tau_s: npt.ArrayLike) -> FloatArray:
        """Allan deviation, shaped like ``tau_s`` [s]."""
        return self._root(tau_s, (1.0, 1.0, 1.0))

    def mdev(self, tau_s: npt.ArrayLike) -> FloatArray:
        """Modified Allan deviation after many samples, shaped like ``tau_s`` [s]."""
        return self._root(tau_s, (0.5, FLICKER_FREQUENCY_RATIO, RANDOM_WALK_RATIO))

    def tdev_s(self, tau_s: npt.ArrayLike) -> FloatArray:
        """Time deviation after many samples, shaped like ``tau_s`` [s]. [s]"""
        return tdev_from_mdev(self.mdev(tau_s), tau_s=tau_s)

    def _root(self, tau_s: npt.ArrayLike, ratios: tuple[float, float, float]) -> FloatArray:
        tau = np.asarray(tau_s, dtype=np.float64)
        white, flicker, walk = ratios
        variance = (
            white * self.white_frequency_1s**2 / tau
            + flicker * self.flicker_frequency**2
            + walk * self.random_walk_1s**2 * tau
            + 0.5 * (self.drift_per_day / DAY_S * tau) ** 2
        )
        return np.asarray(np.sqrt(variance))
