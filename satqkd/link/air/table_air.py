"""Air that a table of transmittance describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_not_negative,
    require_range,
)
from satqkd.link.air.aerosol import angstrom_optical_depth
from satqkd.link.air.airmass import seen_airmass
from satqkd.link.air.clear_air import ANGSTROM_EXPONENT
from satqkd.link.air.cloud import DECIBEL, cloud_loss_db
from satqkd.link.air.transmittance_table import TransmittanceTable
from satqkd.link.scene import Scene
from satqkd.link.stated import Stated
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAir:
    """Air as a table has it, with the aerosol that a table for clean air leaves out."""

    table: TransmittanceTable
    """Made for the station's own height."""
    aerosol_optical_depth: float | None = None
    """Optical depth of the aerosol over the station, at 550 nm and the zenith; None when the table
    holds all of the air."""
    aerosol_optical_depth_range: tuple[float, float] | None = None
    """Smallest and largest possible optical depth; None where not given."""
    angstrom_exponent: float = ANGSTROM_EXPONENT
    """Fall of the aerosol's optical depth with wavelength."""
    cloud_optical_depth: float = 0.0
    """Optical depth of thin cloud at the zenith."""

    def __post_init__(self) -> None:
        self._check_aerosol()
        self._check_rest()

    def _check_aerosol(self) -> None:
        depth, limits = self.aerosol_optical_depth, self.aerosol_optical_depth_range
        if depth is not None:
            require_not_negative("aerosol_optical_depth", depth)
            require_range("aerosol_optical_depth_range", limits, depth)
        if limits is not None:
            require_not_negative("aerosol_optical_depth_range", limits[0])
            if depth is None:
                raise NonPhysicalError(
                    "aerosol_optical_depth_range", "is a range around a value that is not given"
                )

    def _check_rest(self) -> None:
        require_between("angstrom_exponent", self.angstrom_exponent, -1.0, 4.0)
        require_not_negative("cloud_optical_depth", self.cloud_optical_depth)

    def extinction_db(self, scene: Scene, *, wavelength_m: float) -> Mapping[str, FloatArray]:
        """Losses along the path. [dB]

        The table's line is ``atmosphere`` when it holds all of the air, ``molecules`` when an
        aerosol is given beside it; then come ``aerosol`` and ``cloud``.

        The law of Bouguer and Lambert for aerosol and cloud, that decibels grow with the airmass;
        the colour of aerosol is that of Ångström 1929.

        Raises
        ------
        NonPhysicalError
            For a wavelength outside the table.
        """
        airmass = seen_airmass(
            scene.elevation_deg, site_height_m=scene.site_height_m, wavelength_m=wavelength_m
        )
        tabled = DECIBEL * self.table.optical_depth(airmass, wavelength_m=wavelength_m)
        cloud = cloud_loss_db(airmass, optical_depth=self.cloud_optical_depth)
        if self.aerosol_optical_depth is None:
            return {"atmosphere": tabled, "cloud": cloud}
        haze = angstrom_optical_depth(
            self.aerosol_optical_depth,
            wavelength_m=wavelength_m,
            exponent=self.angstrom_exponent,
        )
        return {"molecules": tabled, "aerosol": airmass * (DECIBEL * haze), "cloud": cloud}

    def constants(self) -> Mapping[str, Stated]:
        """Return the aerosol, where one is given beside the table."""
        if self.aerosol_optical_depth is None:
            return {}
        limits = self.aerosol_optical_depth_range
        return {"aerosol_optical_depth": Stated(self.aerosol_optical_depth, limits)}

    def with_constant(self, name: str, stated: Stated) -> TableAir:
        """Return the air with another aerosol."""
        del name
        return replace(
            self,
            aerosol_optical_depth=stated.value,
            aerosol_optical_depth_range=stated.limits,
        )

    def best(self) -> TableAir:
        """Return the clearest air of the range."""
        limits = self.aerosol_optical_depth_range
        return replace(self, aerosol_optical_depth=limits[0]) if limits else self

    def worst(self) -> TableAir:
        """Return the haziest air of the range."""
        limits = self.aerosol_optical_depth_range
        return replace(self, aerosol_optical_depth=limits[1]) if limits else self
