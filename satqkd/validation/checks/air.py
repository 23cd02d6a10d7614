"""Checks of what the air takes, bends and scatters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.link.air.clear_air import ClearAir
from satqkd.link.background.moonlight import moonlight_nanolambert
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics, residual_variance_rad2
from satqkd.link.turbulence.profile import (
    Turbulence,
    fried_parameter_m,
    isoplanatic_angle_rad,
    rytov_variance,
)
from satqkd.units import transmittance
from satqkd.validation.claim import Value

FAR_M = 1e6
"""Range of a scene whose range does not matter. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AirWithoutHaze:
    """Transmittance of air without aerosol along a path to space."""

    wavelength_m: float
    elevation_deg: float
    site_height_m: float

    def figures(self) -> Mapping[str, Value]:
        """Transmittance, under either name."""
        lines = ClearAir(aerosol_optical_depth=0.0).extinction_db(
            _seen_at(self.elevation_deg, self.site_height_m), wavelength_m=self.wavelength_m
        )
        passed = transmittance(sum(lines.values())).item()
        return {"transmittance": passed, "transmittance of a low path": passed}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurbulenceAlongPath:
    """Turbulence integrated along a path to space."""

    turbulence: Turbulence
    wavelength_m: float
    elevation_deg: float
    site_height_m: float

    def figures(self) -> Mapping[str, Value]:
        """Variance, Fried parameter in centimetres, isoplanatic angle in microradians."""
        elevation_deg = np.array([self.elevation_deg])
        variance, fried_m, isoplanatic_rad = (
            integral(
                elevation_deg,
                turbulence=self.turbulence,
                wavelength_m=self.wavelength_m,
                site_height_m=self.site_height_m,
            ).item()
            for integral in (rytov_variance, fried_parameter_m, isoplanatic_angle_rad)
        )
        return {
            "log-irradiance variance": variance,
            "Fried parameter": 100.0 * fried_m,
            "isoplanatic angle": 1e6 * isoplanatic_rad,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedWavefront:
    """Phase variance that prompt adaptive optics leave where the telescope is as wide as r0."""

    modes: int
    """Zernike modes corrected, piston counted."""

    def figures(self) -> Mapping[str, Value]:
        """Variance in square radians."""
        left = residual_variance_rad2(
            AdaptiveOptics(modes=self.modes),
            _seen_at(90.0, 0.0),
            turbulence=Turbulence(),
            wavelength_m=500e-9,
            diameters=np.ones(1),
            offset_rad=0.0,
        )
        return {"phase variance": left.item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonlitSky:
    """V brightness of moonlit air."""

    phase_deg: float
    """Angle Sun, Moon, Earth: 0 for full Moon. [°]"""
    separation_deg: float
    """Between the Moon and the direction looked at. [°]"""
    moon_elevation_deg: float
    elevation_deg: float
    extinction: float
    """In V, magnitudes per airmass."""

    def figures(self) -> Mapping[str, Value]:
        """Brightness in nanolamberts, and in magnitudes per square arc second."""
        brightness_nl = moonlight_nanolambert(
            np.array([self.phase_deg]),
            separation_deg=np.array([self.separation_deg]),
            moon_elevation_deg=np.array([self.moon_elevation_deg]),
            elevation_deg=np.array([self.elevation_deg]),
            extinction=self.extinction,
        ).item()
        magnitude = (20.7233 - math.log(brightness_nl / 34.08)) / 0.92104  # the paper's eq. 1
        return {"brightness": brightness_nl, "surface brightness": magnitude}


def _seen_at(elevation_deg: float, site_height_m: float) -> Scene:
    return Scene.dark(np.array([FAR_M]), np.array([elevation_deg]), site_height_m=site_height_m)
