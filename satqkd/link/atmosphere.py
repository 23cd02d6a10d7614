"""Loss in the air, by airmass."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.errors import require_fraction, require_positive, require_range
from satqkd.units import FloatArray, loss_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Atmosphere:
    """Clear air described by how much light it lets through from the zenith."""

    zenith_transmittance: float
    """Transmittance straight up, at the signal's wavelength."""
    zenith_transmittance_range: tuple[float, float] | None = None
    """Smallest and largest zenith transmittance thought possible."""

    def __post_init__(self) -> None:
        self._check_zenith()
        self._check_range()

    def _check_zenith(self) -> None:
        require_fraction("zenith_transmittance", self.zenith_transmittance)
        require_positive("zenith_transmittance", self.zenith_transmittance)

    def _check_range(self) -> None:
        require_range(
            "zenith_transmittance_range",
            self.zenith_transmittance_range,
            self.zenith_transmittance,
        )
        if self.zenith_transmittance_range is not None:
            require_positive("zenith_transmittance_range", self.zenith_transmittance_range[0])
            require_fraction("zenith_transmittance_range", self.zenith_transmittance_range[1])

    def atmosphere_loss_db(self, elevation_deg: FloatArray) -> FloatArray:
        """Loss along the path, shaped like ``elevation_deg``. [dB]"""
        return airmass(elevation_deg) * loss_db(self.zenith_transmittance)

    def best(self) -> Atmosphere:
        """Return the clearest air of the range."""
        limits = self.zenith_transmittance_range
        return replace(self, zenith_transmittance=limits[1]) if limits else self

    def worst(self) -> Atmosphere:
        """Return the haziest air of the range."""
        limits = self.zenith_transmittance_range
        return replace(self, zenith_transmittance=limits[0]) if limits else self


def airmass(elevation_deg: FloatArray) -> FloatArray:
    r"""Relative optical airmass of Kasten and Young.

    .. math:: X = \frac{1}{\sin\gamma + 0.50572\,(\gamma + 6.07995°)^{-1.6364}}

    Parameters
    ----------
    elevation_deg
        Elevation above the horizon :math:`\gamma`, 0…90. [°]

    Returns
    -------
    FloatArray
        Airmass, shaped like ``elevation_deg``; 0.9997 at the zenith, as printed.

    Notes
    -----
    The paper's :math:`\gamma` is the apparent elevation; used with a geometric one the airmass
    is up to 1.5 % too large at 10° and 0.1 % at 30°. One profile for the whole of the air:
    aerosol, which lies lower than the molecules, is not treated apart.

    References
    ----------
    .. [1] F. Kasten and A. T. Young, "Revised optical air mass tables and approximation
       formula", *Applied Optics* 28, 4735 (1989), eq. 3.

    Examples
    --------
    >>> [round(float(x), 2) for x in airmass(np.array([90.0, 30.0, 10.0]))]
    [1.0, 1.99, 5.59]
    """
    gamma = np.asarray(elevation_deg, dtype=np.float64)
    return np.asarray(1.0 / (np.sin(np.radians(gamma)) + 0.50572 * (gamma + 6.07995) ** -1.6364))
