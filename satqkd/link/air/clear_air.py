"""Air without clouds, part by part: molecules, aerosol, a thin veil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_not_negative,
    require_positive,
    require_range,
)
from satqkd.link.air.aerosol import (
    AEROSOL_HEIGHT_M,
    WATER_COLUMN_M,
    VisibilityModel,
    angstrom_optical_depth,
    linke_optical_depth,
    visibility_optical_depth,
)
from satqkd.link.air.airmass import seen_airmass
from satqkd.link.air.cloud import DECIBEL, cloud_loss_db
from satqkd.link.air.molecules import OZONE_DU, molecular_optical_depth
from satqkd.link.scene import Scene
from satqkd.link.stated import Stated
from satqkd.units import FloatArray

ANGSTROM_EXPONENT = 1.3
"""Ångström exponent of haze over land (A. Ångström, 1929); desert dust and sea salt 0…0.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAir:
    """Air described by one measure of its haze: visibility, optical depth or Linke turbidity."""

    visibility_m: float | None = None
    """Visual range at the station, at 550 nm and 2 % contrast. [m]"""
    visibility_range_m: tuple[float, float] | None = None
    """Shortest and longest possible visual range; None where not given. [m]"""
    visibility_model: VisibilityModel = "kim"
    """Whose law carries visibility to the signal's wavelength."""
    aerosol_scale_height_m: float = AEROSOL_HEIGHT_M
    """Height over the station in which haze thins to 1/e; with a visibility only. [m]"""
    aerosol_optical_depth: float | None = None
    """Optical depth of the aerosol over the station, at 550 nm and the zenith."""
    aerosol_optical_depth_range: tuple[float, float] | None = None
    """Smallest and largest possible optical depth; None where not given."""
    angstrom_exponent: float = ANGSTROM_EXPONENT
    """Fall of the optical depth with wavelength; not used with a visibility."""
    linke_turbidity: tuple[float, ...] | None = None
    """Linke turbidity at airmass 2 at the station's height, January to December."""
    linke_turbidity_error: float = 0.0
    """How far the turbidity may lie off, either way."""
    precipitable_water_m: float = WATER_COLUMN_M
    """Column of water; with a Linke turbidity only. [m]"""
    ozone_du: float = OZONE_DU
    """Column of ozone. [Dobson units]"""
    cloud_optical_depth: float = 0.0
    """Optical depth of thin cloud at the zenith."""

    def __post_init__(self) -> None:
        self._check_one()
        self._check_visibility()
        self._check_aerosol()
        self._check_linke()
        self._check_rest()

    def _check_one(self) -> None:
        measures = (self.visibility_m, self.aerosol_optical_depth, self.linke_turbidity)
        given = sum(measure is not None for measure in measures)
        if given != 1:
            raise NonPhysicalError(
                "aerosol_optical_depth",
                "is one of three measures of haze: give exactly one of visibility, "
                f"aerosol_optical_depth and linke_turbidity, got {given}",
            )

    def _check_visibility(self) -> None:
        if self.visibility_m is not None:
            require_positive("visibility_m", self.visibility_m)
        _check_range("visibility_range_m", self.visibility_range_m, self.visibility_m)
        if self.visibility_range_m is not None:
            require_positive("visibility_range_m", self.visibility_range_m[0])
        require_positive("aerosol_scale_height_m", self.aerosol_scale_height_m)

    def _check_aerosol(self) -> None:
        limits = self.aerosol_optical_depth_range
        if self.aerosol_optical_depth is not None:
            require_not_negative("aerosol_optical_depth", self.aerosol_optical_depth)
        _check_range("aerosol_optical_depth_range", limits, self.aerosol_optical_depth)
        if limits is not None:
            require_not_negative("aerosol_optical_depth_range", limits[0])
        require_between("angstrom_exponent", self.angstrom_exponent, -1.0, 4.0)

    def _check_linke(self) -> None:
        require_not_negative("linke_turbidity_error", self.linke_turbidity_error)
        require_between("precipitable_water_m", self.precipitable_water_m, 1e-3, 0.1)
        if self.linke_turbidity is None:
            if self.linke_turbidity_error > 0.0:
                raise NonPhysicalError("linke_turbidity_error", "needs a linke_turbidity")
            return
        if len(self.linke_turbidity) != 12:
            raise NonPhysicalError(
                "linke_turbidity",
                f"must be 12 values, January to December, got {len(self.linke_turbidity)}",
            )
        for value in self.linke_turbidity:
            require_between("linke_turbidity", value, 1.0, 20.0)

    def _check_rest(self) -> None:
        require_between("ozone_du", self.ozone_du, 0.0, 1_000.0)
        require_not_negative("cloud_optical_depth", self.cloud_optical_depth)

    def extinction_db(self, scene: Scene, *, wavelength_m: float) -> Mapping[str, FloatArray]:
        """Losses along the path: lines ``molecules``, ``aerosol`` and ``cloud``. [dB]

        The law of Bouguer and Lambert, that decibels grow with the airmass; molecules of Bodhaine
        et al. 1999.

        Raises
        ------
        NonPhysicalError
            For a wavelength outside 365 nm to 4 µm.
        """
        height_m = scene.site_height_m
        airmass = seen_airmass(
            scene.elevation_deg, site_height_m=height_m, wavelength_m=wavelength_m
        )
        molecules, haze = _zenith_depths(self, wavelength_m, height_m)
        monthly = haze[scene.month - 1] if len(haze) > 1 else haze
        return {
            "molecules": airmass * (DECIBEL * molecules),
            "aerosol": airmass * (DECIBEL * monthly),
            "cloud": cloud_loss_db(airmass, optical_depth=self.cloud_optical_depth),
        }

    def zenith_aerosol(self, wavelength_m: float, height_m: float) -> FloatArray:
        """Optical depth of the aerosol at the zenith, one value or one for each month."""
        if self.visibility_m is not None:
            depth = visibility_optical_depth(
                self.visibility_m,
                wavelength_m=wavelength_m,
                site_height_m=height_m,
                scale_height_m=self.aerosol_scale_height_m,
                model=self.visibility_model,
            )
            return np.array([depth])
        return angstrom_optical_depth(
            self._green(height_m), wavelength_m=wavelength_m, exponent=self.angstrom_exponent
        )

    def _green(self, height_m: float) -> FloatArray:
        """Optical depth at 550 nm and the zenith, one value or one for each month."""
        if self.linke_turbidity is None:
            return np.array([self.aerosol_optical_depth], dtype=np.float64)
        water_m = self.precipitable_water_m
        return np.array(
            [
                linke_optical_depth(value, site_height_m=height_m, precipitable_water_m=water_m)
                for value in self.linke_turbidity
            ]
        )

    def constants(self) -> Mapping[str, Stated]:
        """Return optical depth or visibility; a turbidity has no constant of its own."""
        measures = {
            "aerosol_optical_depth": (self.aerosol_optical_depth, self.aerosol_optical_depth_range),
            "visibility_m": (self.visibility_m, self.visibility_range_m),
        }
        return {
            name: Stated(value, limits)
            for name, (value, limits) in measures.items()
            if value is not None
        }

    def with_constant(self, name: str, stated: Stated) -> ClearAir:
        """Return the air with another measure of haze."""
        if name == "visibility_m":
            return replace(self, visibility_m=stated.value, visibility_range_m=stated.limits)
        return replace(
            self,
            aerosol_optical_depth=stated.value,
            aerosol_optical_depth_range=stated.limits,
        )

    def best(self) -> ClearAir:
        """Return the clearest air of the range."""
        return self._at(clear=True)

    def worst(self) -> ClearAir:
        """Return the haziest air of the range."""
        return self._at(clear=False)

    def _at(self, *, clear: bool) -> ClearAir:
        visibility, depth = self.visibility_range_m, self.aerosol_optical_depth_range
        if visibility is not None:
            return replace(self, visibility_m=visibility[1 if clear else 0])
        if depth is not None:
            return replace(self, aerosol_optical_depth=depth[0 if clear else 1])
        if self.linke_turbidity is not None and self.linke_turbidity_error:
            off = -self.linke_turbidity_error if clear else self.linke_turbidity_error
            moved = tuple(min(max(value + off, 1.0), 20.0) for value in self.linke_turbidity)
            return replace(self, linke_turbidity=moved, linke_turbidity_error=0.0)
        return self


@lru_cache(maxsize=256)
def _zenith_depths(air: ClearAir, wavelength_m: float, height_m: float) -> tuple[float, FloatArray]:
    """Optical depths of molecules and aerosol, found once for all passes of a link."""
    molecules = molecular_optical_depth(wavelength_m, site_height_m=height_m, ozone_du=air.ozone_du)
    return molecules, air.zenith_aerosol(wavelength_m, height_m)


def _check_range(field: str, limits: tuple[float, float] | None, value: float | None) -> None:
    if limits is not None and value is None:
        raise NonPhysicalError(field, "is a range around a value that is not given")
    if value is not None:
        require_range(field, limits, value)
