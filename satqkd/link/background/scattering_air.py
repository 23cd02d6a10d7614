"""How deep clear air is to sunlight and moonlight at a wavelength, from its extinction in V."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from satqkd.link.air.molecules import rayleigh_optical_depth
from satqkd.link.background.sky_brightness import V_M

MAG = 2.5 * math.log10(math.e)
"""Magnitudes of extinction per optical depth."""

ANGSTROM = 1.3
"""Exponent by which aerosol extinction falls with wavelength (A. Ångström, *Geografiska Annaler*
11, 156 (1929), recalled; 0.5 for dust to 2 for smoke)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatteringAir:
    """Vertical optical depths at one wavelength."""

    molecules: float
    aerosol: float

    @property
    def depth(self) -> float:
        """Both together."""
        return self.molecules + self.aerosol

    @property
    def extinction(self) -> float:
        """The same in magnitudes per airmass.

        By definition of the magnitude, 2.5 lg e times the optical depth.
        """
        return MAG * self.depth


@lru_cache(maxsize=256)
def scattering_air(
    extinction: float, *, wavelength_m: float, site_height_m: float
) -> ScatteringAir:
    r"""Split an extinction in V into molecules and aerosol and take both to a wavelength.

    Parameters
    ----------
    extinction
        Of the V band, in magnitudes per airmass, above 0.
    wavelength_m
        Where the depths are wanted. [m]
    site_height_m
        Height of the station, which thins the molecules. [m]

    Returns
    -------
    ScatteringAir
        What molecules do not take from the extinction is aerosol, :math:`\propto
        \lambda^{-1.3}`; ozone counts as aerosol and lines of gases are left out. In V the two
        add up to the extinction.

    References
    ----------
    .. [1] B. A. Bodhaine et al., *J. Atmos. Ocean. Technol.* 16, 1854 (1999): molecules.
    .. [2] A. Ångström, *Geografiska Annaler* 11, 156 (1929): aerosol (recalled).
    """
    total = extinction / MAG
    at_m, in_v = (
        float(rayleigh_optical_depth(where_m, site_height_m=site_height_m))
        for where_m in (wavelength_m, V_M)
    )
    molecules = min(in_v, total)
    return ScatteringAir(
        molecules=molecules * at_m / in_v,
        aerosol=(total - molecules) * (V_M / wavelength_m) ** ANGSTROM,
    )
