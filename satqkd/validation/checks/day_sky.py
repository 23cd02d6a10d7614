"""Check of the clear day sky by angle from the Sun."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.link.background.daylight import daylight_radiance_w_m2_sr_m
from satqkd.link.background.scattering_air import scattering_air
from satqkd.link.background.sky_light import SkyLight
from satqkd.validation.claim import Value

STEP_M = 10e-9
"""Numerical: wavelengths so far apart find the brightest one to 0.1 % of the radiance. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySky:
    """Radiance of the clear day sky in one direction, brightest within a band."""

    sun_elevation_deg: float
    elevation_deg: float
    azimuth_apart_deg: float
    """Between Sun and direction: 180 looks away from the Sun. [°]"""
    from_wavelength_m: float
    to_wavelength_m: float
    site_height_m: float

    def figures(self) -> Mapping[str, Value]:
        """Largest radiance in the band in W/(m² sr µm); angle from the Sun in degrees."""
        apart_deg = self._apart_deg()
        brightest = 1e-6 * max(self._radiance(at_m, apart_deg) for at_m in self._band_m())
        return {"radiance": brightest, "angle from the Sun": apart_deg}

    def _apart_deg(self) -> float:
        """By the law of cosines on the sphere."""
        sun, up, turn = (
            math.radians(each)
            for each in (self.sun_elevation_deg, self.elevation_deg, self.azimuth_apart_deg)
        )
        cosine = math.sin(sun) * math.sin(up) + math.cos(sun) * math.cos(up) * math.cos(turn)
        return math.degrees(math.acos(cosine))

    def _band_m(self) -> list[float]:
        steps = round((self.to_wavelength_m - self.from_wavelength_m) / STEP_M)
        band_m = np.linspace(self.from_wavelength_m, self.to_wavelength_m, steps + 1)
        return [float(at_m) for at_m in band_m]

    def _radiance(self, wavelength_m: float, apart_deg: float) -> float:
        found = daylight_radiance_w_m2_sr_m(
            np.array([self.sun_elevation_deg]),
            elevation_deg=np.array([self.elevation_deg]),
            sun_separation_deg=np.array([apart_deg]),
            air=scattering_air(
                SkyLight().extinction, wavelength_m=wavelength_m, site_height_m=self.site_height_m
            ),
            wavelength_m=wavelength_m,
        )
        return float(found[0])
