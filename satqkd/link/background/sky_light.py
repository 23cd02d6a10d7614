"""What a station's sky, its satellites and its ground are like as sources of stray light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_range,
)
from satqkd.link.background.sky_brightness import Band
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyLight:
    """Stray light over one station."""

    night_radiance_w_m2_sr_m: float = 15.0
    """Moonless night sky at the signal's wavelength, in every direction; the default is
    1.5e-5 W/(m² sr µm), recalled from E.-L. Miao et al., *New J. Phys.* 7, 215 (2005).
    [W/(m² sr m)]"""
    night_radiance_range_w_m2_sr_m: tuple[float, float] | None = None
    """Darkest and brightest possible; None where not given. [W/(m² sr m)]"""
    zenith_brightness: float | None = None
    """Brightness of the moonless zenith in ``band``, as of a sky quality meter; given, it counts
    instead of ``night_radiance``, with the colour of a natural sky. [mag/arcsec²]"""
    band: Band = "V"
    """Band of ``zenith_brightness``."""
    extinction: float = 0.172
    """Of the air in V, in magnitudes per airmass: how much Sun and Moon it scatters. The default
    is that of K. Krisciunas and B. E. Schaefer, *PASP* 103, 1033 (1991), for Mauna Kea."""
    extinction_range: tuple[float, float] | None = None
    """Clearest and haziest possible air; None where not given. Haze adds scattered light up
    to a point and swallows it beyond: a forecast's ends take, for each source, the least and the
    most light of any air in the range."""
    earth_albedo: float = 0.3
    """Share of light the ground below an uplink scatters: the planet's mean with its clouds,
    recalled; snow 0.8, sea 0.06."""
    city_radiance_w_m2_sr_m: float = 25.0
    """Lamps at the ground end seen from orbit, for uplinks; assumed 1 nW/(cm² sr) of the VIIRS day
    and night band, a village's; a city's centre has 100 times that. [W/(m² sr m)]"""
    city_radiance_range_w_m2_sr_m: tuple[float, float] | None = None
    """Darkest and brightest possible; None where not given. [W/(m² sr m)]"""

    def __post_init__(self) -> None:
        self._check_night()
        self._check_zenith_brightness()
        self._check_extinction()
        self._check_scatterers()
        self._check_city()

    def _check_night(self) -> None:
        name, value = "night_radiance_w_m2_sr_m", self.night_radiance_w_m2_sr_m
        require_not_negative(name, value)
        limits = self.night_radiance_range_w_m2_sr_m
        _require_light_range("night_radiance_range_w_m2_sr_m", limits, value)

    def _check_zenith_brightness(self) -> None:
        if self.zenith_brightness is None:
            return
        require_between("zenith_brightness", self.zenith_brightness, 5.0, 30.0)
        if self.night_radiance_range_w_m2_sr_m is not None:
            raise NonPhysicalError(
                "night_radiance_range_w_m2_sr_m",
                "says nothing where zenith_brightness is given; give night_radiance instead",
            )

    def _check_extinction(self) -> None:
        require_between("extinction", self.extinction, 0.01, 5.0)
        require_range("extinction_range", self.extinction_range, self.extinction)
        if self.extinction_range is not None:
            require_between("extinction_range", self.extinction_range[0], 0.01, 5.0)
            require_between("extinction_range", self.extinction_range[1], 0.01, 5.0)

    def _check_scatterers(self) -> None:
        require_fraction("earth_albedo", self.earth_albedo)

    def _check_city(self) -> None:
        name, value = "city_radiance_w_m2_sr_m", self.city_radiance_w_m2_sr_m
        require_not_negative(name, value)
        limits = self.city_radiance_range_w_m2_sr_m
        _require_light_range("city_radiance_range_w_m2_sr_m", limits, value)

    def skies(self) -> tuple[SkyLight, ...]:
        """Return the cases that light is to be worked out for: this sky."""
        return (self,)

    def of_cases(self, cases: Sequence[Mapping[str, FloatArray]]) -> Mapping[str, FloatArray]:
        """Return light by source, given that of each of :meth:`skies`."""
        (only,) = cases
        return only

    def best(self) -> SkyLight:
        """Return the sky with every stated range at its darkest."""
        return self._at(0, "least")

    def worst(self) -> SkyLight:
        """Return the sky with every stated range at its brightest."""
        return self._at(1, "most")

    def _at(self, end: int, light: Literal["least", "most"]) -> SkyLight:
        night, city = self.night_radiance_range_w_m2_sr_m, self.city_radiance_range_w_m2_sr_m
        ended = replace(
            self,
            night_radiance_w_m2_sr_m=night[end] if night else self.night_radiance_w_m2_sr_m,
            city_radiance_w_m2_sr_m=city[end] if city else self.city_radiance_w_m2_sr_m,
        )
        if self.extinction_range is None:
            return ended
        values = {field.name: getattr(ended, field.name) for field in fields(SkyLight)}
        return SkyInAnyAir(light=light, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyInAnyAir(SkyLight):
    """The darkest or brightest that a sky can be in any air of its ``extinction_range``."""

    light: Literal["least", "most"]
    """Which of the two, for each source and sample by itself."""

    def skies(self) -> tuple[SkyLight, ...]:
        """Return the sky in air from the clearest to the haziest, the nominal one among it.

        Between neighbours of 16 steps even at a range of 1 to 10 the light turns by less than 1 %.
        """
        clear, hazy = self.extinction_range or (self.extinction, self.extinction)
        airs = {*np.geomspace(clear, hazy, 17).tolist()[1:-1], clear, hazy, self.extinction}
        values = {field.name: getattr(self, field.name) for field in fields(SkyLight)}
        return tuple(SkyLight(**{**values, "extinction": air}) for air in sorted(airs))

    def of_cases(self, cases: Sequence[Mapping[str, FloatArray]]) -> Mapping[str, FloatArray]:
        """Return the least or the most of each source among all airs."""
        extreme = np.minimum if self.light == "least" else np.maximum
        return {name: extreme.reduce([case[name] for case in cases]) for name in cases[0]}


def _require_light_range(field: str, limits: tuple[float, float] | None, value: float) -> None:
    require_range(field, limits, value)
    if limits is not None:
        require_not_negative(field, limits[0])
