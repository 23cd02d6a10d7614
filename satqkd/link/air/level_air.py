"""Air along a path that stays near the ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from satqkd.errors import (
    NonPhysicalError,
    require_not_negative,
    require_positive,
    require_range,
)
from satqkd.link.air.aerosol import (
    MOLECULAR_HEIGHT_M,
    REFERENCE_M,
    VisibilityModel,
    ground_extinction_per_m,
    visibility_exponent,
)
from satqkd.link.air.cloud import DECIBEL
from satqkd.link.air.molecules import rayleigh_optical_depth
from satqkd.passes.refraction import standard_air


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelAir:
    """The same air from end to end, stated by its visual range or by its attenuation."""

    visibility_m: float = 23e3
    """Visual range along the path, at 550 nm and 2 % contrast; the default, assumed, is what
    meteorologists call clear. [m]"""
    visibility_range_m: tuple[float, float] | None = None
    """Shortest and longest possible visual range; None where not given. [m]"""
    visibility_model: VisibilityModel = "kim"
    """Whose law carries visibility to the signal's wavelength."""
    attenuation_db_m: float | None = None
    """Loss per length at the signal's wavelength; given, it counts instead of the visibility.
    [dB/m]"""
    attenuation_range_db_m: tuple[float, float] | None = None
    """Smallest and largest possible; None where not given. [dB/m]"""

    def __post_init__(self) -> None:
        self._check_visibility()
        self._check_attenuation()

    def _check_visibility(self) -> None:
        require_positive("visibility_m", self.visibility_m)
        require_range("visibility_range_m", self.visibility_range_m, self.visibility_m)
        if self.visibility_range_m is not None:
            require_positive("visibility_range_m", self.visibility_range_m[0])

    def _check_attenuation(self) -> None:
        value, limits = self.attenuation_db_m, self.attenuation_range_db_m
        if value is None and limits is not None:
            raise NonPhysicalError(
                "attenuation_range_db_m", "is a range around a value that is not given"
            )
        if value is None:
            return
        require_not_negative("attenuation_db_m", value)
        require_range("attenuation_range_db_m", limits, value)
        if limits is not None:
            require_not_negative("attenuation_range_db_m", limits[0])
        if self.visibility_range_m is not None:
            raise NonPhysicalError(
                "visibility_range_m",
                "says nothing where attenuation is given; give attenuation_range instead",
            )

    def lines_db(
        self, length_m: float, *, wavelength_m: float, height_m: float
    ) -> Mapping[str, float]:
        r"""Losses over a length: ``molecules`` and ``aerosol``, or ``atmosphere`` for both.

        .. math:: \beta_{mol} = \tau_R / H, \qquad
                  \beta_{aer} = \left[\frac{3.912}{V} - \beta_{mol}(550\,\mathrm{nm})\right]
                  \left(\frac{550\,\mathrm{nm}}{\lambda}\right)^q

        Parameters
        ----------
        length_m
            Of the path. [m]
        wavelength_m
            Of the light. [m]
        height_m
            Of the path above sea level, for its molecules. [m]

        Returns
        -------
        mapping of str to float
            [dB]

        Notes
        -----
        Molecules dim the view too, so that only the rest of the extinction seen at 550 nm is
        aerosol; :math:`\tau_R` is the Rayleigh optical depth above the path and :math:`H` the
        scale height of the pressure there. Lines of water and carbon dioxide are left out: state
        an attenuation where they count.

        References
        ----------
        .. [1] H. Koschmieder, *Beitr. Phys. freien Atmos.* 12, 33 (1924), for the contrast
           (recalled); P. W. Kruse, L. D. McGlauchlin and R. B. McQuistan, *Elements of Infrared
           Technology* (Wiley, 1962); I. I. Kim, B. McArthur and E. Korevaar, *Proc. SPIE* 4214, 26
           (2001): aerosol.
        .. [2] B. A. Bodhaine et al., *J. Atmos. Ocean. Technol.* 16, 1854 (1999): molecules.
        """
        if self.attenuation_db_m is not None:
            return {"atmosphere": self.attenuation_db_m * length_m}
        exponent = visibility_exponent(self.visibility_m, model=self.visibility_model)
        seen = ground_extinction_per_m(self.visibility_m, wavelength_m=REFERENCE_M)
        haze = max(seen - rayleigh_per_m(REFERENCE_M, height_m=height_m), 0.0)
        aerosol = haze * (REFERENCE_M / wavelength_m) ** exponent
        molecules = rayleigh_per_m(wavelength_m, height_m=height_m)
        return {
            "molecules": DECIBEL * molecules * length_m,
            "aerosol": DECIBEL * aerosol * length_m,
        }

    def best(self) -> LevelAir:
        """Return the clearest air of the range."""
        return self._at(clear=True)

    def worst(self) -> LevelAir:
        """Return the haziest air of the range."""
        return self._at(clear=False)

    def _at(self, *, clear: bool) -> LevelAir:
        visibility, attenuation = self.visibility_range_m, self.attenuation_range_db_m
        if attenuation is not None:
            return replace(self, attenuation_db_m=attenuation[0 if clear else 1])
        if visibility is not None:
            return replace(self, visibility_m=visibility[1 if clear else 0])
        return self


def rayleigh_per_m(wavelength_m: float, *, height_m: float) -> float:
    """Extinction by the molecules at a height, in the standard atmosphere. [1/m]

    Derived here: the optical depth above a height (Bodhaine et al. 1999) falls with the pressure,
    whose scale height it is divided by.

    Examples
    --------
    >>> round(4343 * rayleigh_per_m(550e-9, height_m=0.0), 3)  # dB/km
    0.05
    """
    _, temperature_c = standard_air(height_m)
    scale_m = MOLECULAR_HEIGHT_M * float(temperature_c + 273.15) / 288.15
    return float(rayleigh_optical_depth(wavelength_m, site_height_m=height_m)) / scale_m
