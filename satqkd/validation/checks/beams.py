"""Checks of beams: how an angle is read, what an aperture cuts off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.link.beam.beams import Convention, GaussianBeam, diffraction_divergence_rad
from satqkd.link.beam.truncated_beam import TruncatedBeam, on_axis_efficiency
from satqkd.units import loss_db
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianReading:
    """Divergence loss of a Gaussian beam, by what its printed angle is taken for."""

    range_m: float
    tx_aperture_m: float
    rx_aperture_m: float
    wavelength_m: float
    divergence_rad: float
    divergence_is: Convention

    def figures(self) -> Mapping[str, Value]:
        """Loss in decibels."""
        beam = GaussianBeam(divergence_rad=self.divergence_rad, divergence_is=self.divergence_is)
        kept = beam.capture(
            np.array([self.range_m]),
            tx_aperture_m=self.tx_aperture_m,
            wavelength_m=self.wavelength_m,
            rx_aperture_m=self.rx_aperture_m,
        )
        return {"divergence loss": loss_db(kept).item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippedBeam:
    """A Gaussian beam behind the edge of an aperture, spread by diffraction alone."""

    range_m: float
    tx_aperture_m: float
    beam_diameter_m: float
    """1/e² diameter before the edge. [m]"""
    rx_aperture_m: float
    wavelength_m: float

    def figures(self) -> Mapping[str, Value]:
        """Losses in decibels; the efficiency is the antenna's gain over (π D / λ)²."""
        beam = TruncatedBeam(beam_diameter_m=self.beam_diameter_m)
        kept = beam.capture(
            np.array([self.range_m]),
            tx_aperture_m=self.tx_aperture_m,
            wavelength_m=self.wavelength_m,
            rx_aperture_m=self.rx_aperture_m,
        )
        return {
            "divergence loss": loss_db(kept).item(),
            "truncation loss": beam.truncation_db(tx_aperture_m=self.tx_aperture_m),
            "on-axis efficiency": on_axis_efficiency(self.tx_aperture_m / self.beam_diameter_m),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DivergenceOfAperture:
    """Divergence of a Gaussian beam that fills an aperture."""

    wavelength_m: float
    aperture_m: float

    def figures(self) -> Mapping[str, Value]:
        """Full 1/e² angle in microradians."""
        angle_rad = diffraction_divergence_rad(
            wavelength_m=self.wavelength_m, waist_m=0.5 * self.aperture_m
        )
        return {"divergence": 1e6 * angle_rad}
