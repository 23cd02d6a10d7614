"""Constants of a link, fitted to flown passes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError, require_range
from satqkd.link.air.atmosphere import Air
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.beam.pointing import Pointing
from satqkd.link.budget import Link
from satqkd.link.stated import Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Constants of one satellite over one station as its flown passes have them.

    What is None stays as the mission states it. A range given with a constant takes the place of
    the stated one; without it the constant counts as known.
    """

    satellite: str
    station: str
    zenith_transmittance: float | None = None
    zenith_transmittance_range: tuple[float, float] | None = None
    aerosol_optical_depth: float | None = None
    aerosol_optical_depth_range: tuple[float, float] | None = None
    visibility_m: float | None = None
    """[m]"""
    visibility_range_m: tuple[float, float] | None = None
    """[m]"""
    pointing_loss_db: float | None = None
    """[dB]"""
    pointing_loss_range_db: tuple[float, float] | None = None
    """[dB]"""
    pointing_jitter_rad: float | None = None
    """1 σ per axis. [rad]"""
    pointing_jitter_range_rad: tuple[float, float] | None = None
    """[rad]"""
    receiver_efficiency: float | None = None
    intrinsic_error: float | None = None
    night_radiance_w_m2_sr_m: float | None = None
    """[W/(m² sr m)]"""
    night_radiance_range_w_m2_sr_m: tuple[float, float] | None = None
    """[W/(m² sr m)]"""
    zenith_brightness: float | None = None
    """[mag/arcsec²]"""
    city_radiance_w_m2_sr_m: float | None = None
    """[W/(m² sr m)]"""
    city_radiance_range_w_m2_sr_m: tuple[float, float] | None = None
    """[W/(m² sr m)]"""

    def __post_init__(self) -> None:
        self._check_ranges()

    def _check_ranges(self) -> None:
        for name in _AIR + _BESIDE_RANGE:
            value, limits = getattr(self, name), getattr(self, range_of(name))
            if limits is not None and value is None:
                raise NonPhysicalError(range_of(name), "is a range around a value not given")
            if limits is not None:
                require_range(range_of(name), limits, value)

    @property
    def given(self) -> dict[str, Any]:
        """The constants that are not None, without their ranges."""
        return {
            field.name: value
            for field in fields(self)
            if field.name not in {"satellite", "station"}
            and "_range" not in field.name
            and (value := getattr(self, field.name)) is not None
        }

    def corrected(
        self, link: Link, sky: SkyLight, source: SettableSource
    ) -> tuple[Link, SkyLight, SettableSource]:
        """Put the constants in the place of the stated ones.

        Raises
        ------
        NonPhysicalError
            If one of them does not fit the model that states it, or lies outside its range.
        """
        tx, rx = link.transmitter, link.receiver
        if self.receiver_efficiency is not None:
            rx = replace(rx, efficiency=self.receiver_efficiency)
        if self.intrinsic_error is not None:
            source = replace(source, intrinsic_error=self.intrinsic_error)  # type: ignore[type-var]
        link = replace(
            link,
            transmitter=replace(tx, pointing=self._pointing(tx.pointing)),
            receiver=rx,
            atmosphere=self._air(link.atmosphere),
        )
        return link, self._sky(sky), source

    def _air(self, air: Air | None) -> Air | None:
        for name in _AIR:
            stated = self._stated(name)
            if stated is None:
                continue
            if air is None or name not in air.constants():
                raise NonPhysicalError(name, "is not what describes the air there")
            air = air.with_constant(name, stated)
        return air

    def _pointing(self, pointing: Pointing) -> Pointing:
        for name, other in _POINTING.items():
            stated = self._stated(name)
            if stated is None:
                continue
            if name not in pointing.constants():
                raise NonPhysicalError(name, f"does not fit pointing given as {other}")
            pointing = pointing.with_constant(name, stated)
        return pointing

    def _stated(self, name: str) -> Stated | None:
        """Return the value given for a constant with its range; None where none is given."""
        value = getattr(self, name)
        return None if value is None else Stated(value, getattr(self, range_of(name)))

    def _sky(self, sky: SkyLight) -> SkyLight:
        if self.zenith_brightness is not None:
            sky = replace(sky, zenith_brightness=self.zenith_brightness)
        for name in ("night_radiance_w_m2_sr_m", "city_radiance_w_m2_sr_m"):
            value = getattr(self, name)
            if value is not None:
                limits = {range_of(name): getattr(self, range_of(name))}
                sky = replace(sky, **{name: value}, **limits)
        return sky


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Corrections of pairs, and the log they come from."""

    log: str
    """Name of the log's file."""
    log_sha256: str
    """Hash of its bytes."""
    corrections: tuple[Correction, ...]

    def of(self, satellite: str, station: str) -> Correction | None:
        """Return the correction of a pair; None where there is none."""
        for correction in self.corrections:
            if (correction.satellite, correction.station) == (satellite, station):
                return correction
        return None


_AIR = ("zenith_transmittance", "aerosol_optical_depth", "visibility_m")
_POINTING = {"pointing_loss_db": "jitter", "pointing_jitter_rad": "a loss"}
"""Constants of pointing, and how it is given where one does not fit."""
_BESIDE_RANGE = (
    *_POINTING,
    "night_radiance_w_m2_sr_m",
    "city_radiance_w_m2_sr_m",
)


def range_of(name: str) -> str:
    """Name of the field that holds the range of a constant.

    Examples
    --------
    >>> range_of("pointing_loss_db"), range_of("zenith_transmittance")
    ('pointing_loss_range_db', 'zenith_transmittance_range')
    """
    for unit in ("_w_m2_sr_m", "_db", "_rad", "_m"):
        if name.endswith(unit):
            return f"{name.removesuffix(unit)}_range{unit}"
    return f"{name}_range"
