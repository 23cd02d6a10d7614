"""Checks of losses and stray light, term by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.gains import stray_clicks
from satqkd.link.beam.beams import (
    diffraction_divergence_rad,
    flat_top_loss_db,
    gaussian_loss_db,
)
from satqkd.units import loss_db
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTopLoss:
    """Divergence loss of a uniformly bright cone."""

    range_m: float
    tx_aperture_m: float
    rx_aperture_m: float
    divergence_rad: float

    def figures(self) -> Mapping[str, Value]:
        """Loss in decibels."""
        loss = flat_top_loss_db(
            np.array([self.range_m]),
            tx_aperture_m=self.tx_aperture_m,
            rx_aperture_m=self.rx_aperture_m,
            divergence_rad=self.divergence_rad,
        )
        return {"divergence loss": loss.item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffractionLimitedLoss:
    """Divergence loss of a Gaussian beam that fills the transmitter's aperture."""

    range_m: float
    wavelength_m: float
    tx_aperture_m: float
    rx_aperture_m: float

    def figures(self) -> Mapping[str, Value]:
        """Loss in decibels."""
        waist_m = 0.5 * self.tx_aperture_m
        loss = gaussian_loss_db(
            np.array([self.range_m]),
            waist_m=waist_m,
            rx_aperture_m=self.rx_aperture_m,
            divergence_rad=diffraction_divergence_rad(
                wavelength_m=self.wavelength_m, waist_m=waist_m
            ),
        )
        return {"divergence loss": loss.item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LossOfEfficiency:
    """A link efficiency in decibels."""

    transmittance: float

    def figures(self) -> Mapping[str, Value]:
        """Loss in decibels."""
        return {"loss": float(loss_db(self.transmittance))}


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayClicks:
    """Stray clicks of one detector in one gate."""

    rate_hz: float
    gate_s: float

    def figures(self) -> Mapping[str, Value]:
        """Mean number."""
        return {"stray clicks a gate": float(stray_clicks(self.rate_hz, gate_s=self.gate_s))}
