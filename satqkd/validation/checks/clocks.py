"""Checks of comparing clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.count import click_rates
from satqkd.config.parts import preset_values
from satqkd.mission.clocks import Clock
from satqkd.study.clock_curves import stated_curve
from satqkd.timing.frequency_transfer import diffraction_loss_db
from satqkd.timing.interferogram import (
    effective_photons,
    received_power_w,
    timing_noise_s,
)
from satqkd.timing.jitter import events_needed, precision_s
from satqkd.timing.stability import mdev_from_tdev, tdev_from_mdev, white_phase_tdev_s
from satqkd.timing.stated_signal import StatedSignal
from satqkd.timing.two_way import motion_asymmetry_s
from satqkd.units import transmittance
from satqkd.validation.checks.clicks import detector, matching, source
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTagPrecision:
    """Precision of one way's time of arrival, and the tags it takes."""

    jitter_s: float
    """Of one tag, 1 σ. [s]"""
    rate_hz: float
    time_s: float
    """Averaging time. [s]"""

    def figures(self) -> Mapping[str, Value]:
        """Precision in picoseconds, tags that average to it."""
        reached_s = precision_s(self.jitter_s, rate_hz=self.rate_hz, time_s=self.time_s)
        return {
            "precision": 1e12 * float(reached_s),
            "time tags": float(events_needed(self.jitter_s, precision_s=reached_s)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTagsOfLink:
    """Time tags and their errors at one loss of a key link, and the clocks' precision."""

    loss_db: float
    payload: str
    terminal: str
    clock: str
    """Preset of clocks."""
    time_s: float
    """Averaging time. [s]"""

    def figures(self) -> Mapping[str, Value]:
        """Rate in kilohertz, error fraction in percent, two-way precision in picoseconds."""
        rates = click_rates(
            np.asarray(transmittance([self.loss_db])),
            background_rate_hz=np.zeros(1),
            source=source(self.payload),
            detector=detector(self.terminal),
        )
        sifted_hz = float(rates.click_rate_hz[0]) * matching(self.payload, self.terminal)
        signal = StatedSignal(length_m=1.0, contact_s=self.time_s, sifted_rate_hz=sifted_hz)
        system = _clock(self.clock).system
        system.require_signal(signal)
        noise_s = system.noise_s(signal, tau_s=np.array(self.time_s))
        return {
            "time data rate": 1e-3 * sifted_hz,
            "QBER": 100.0 * float(rates.qber[0]),
            "two-way precision": 1e12 * float(noise_s),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWayAsymmetry:
    """How much longer light up takes than light down."""

    range_m: float
    range_rate_m_s: float

    def figures(self) -> Mapping[str, Value]:
        """Difference in nanoseconds."""
        found_s = motion_asymmetry_s(self.range_m, range_rate_m_s=self.range_rate_m_s)
        return {"asymmetry": 1e9 * float(found_s)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPower:
    """What a loss leaves."""

    power_w: float
    loss_db: float

    def figures(self) -> Mapping[str, Value]:
        """Power in nanowatts."""
        return {"power": 1e9 * float(received_power_w(self.power_w, loss_db=self.loss_db))}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstabilityAsTime:
    """An instability as a time deviation, and that of a preset beside it."""

    mdev: float
    tau_s: float
    clock: str
    """Preset of clocks."""

    def figures(self) -> Mapping[str, Value]:
        """Time deviation in femtoseconds; the preset's instability and its photons' alone."""
        curve = stated_curve(self.clock, _clock(self.clock), tau_s=np.array([self.tau_s]))
        return {
            "time deviation": 1e15 * float(tdev_from_mdev(self.mdev, tau_s=self.tau_s)),
            "instability": float(curve.mdev[0]),
            "instability from photons alone": float(curve.limit_mdev[0]),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingLimit:
    """Quantum limit of linear optical sampling."""

    power_w: float
    """Sent. [W]"""
    loss_db: float
    wavelength_m: float
    pulse_width_s: float
    repetition_rate_hz: float
    update_rate_hz: float
    tau_s: float
    """Averaging time of the instability. [s]"""

    def figures(self) -> Mapping[str, Value]:
        """Noise of an update and after 1 s in femtoseconds, and the instability, one way."""
        photons = effective_photons(
            received_power_w(self.power_w, loss_db=self.loss_db),
            wavelength_m=self.wavelength_m,
            pulse_width_s=self.pulse_width_s,
            repetition_rate_hz=self.repetition_rate_hz,
            update_rate_hz=self.update_rate_hz,
        )
        noise_s = timing_noise_s(photons, pulse_width_s=self.pulse_width_s)
        update_s = 1.0 / self.update_rate_hz
        second_s = white_phase_tdev_s(noise_s, update_s=update_s, tau_s=1.0)
        long_s = white_phase_tdev_s(noise_s, update_s=update_s, tau_s=self.tau_s)
        return {
            "photons an update": float(photons),
            "noise of an update": 1e15 * float(noise_s),
            "noise after 1 s": 1e15 * float(second_s),
            "instability limit": float(mdev_from_tdev(long_s, tau_s=self.tau_s)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LossOfHighOrbit:
    """Loss of a link to a high orbit."""

    range_m: float
    tx_aperture_m: float
    rx_aperture_m: float
    clock: str
    """Preset of clocks whose other losses and wavelength are taken."""

    def figures(self) -> Mapping[str, Value]:
        """Diffraction alone, and with the preset's other losses. [dB]"""
        system = _clock(self.clock).system
        carrier_m = system.carrier_m
        if carrier_m is None:
            raise TypeError(f"{self.clock} has no light of its own")
        between = replace(  # refuses a system without telescopes
            system,  # type: ignore[type-var]
            tx_aperture_m=self.tx_aperture_m,
            rx_aperture_m=self.rx_aperture_m,
        )
        spread_db = float(
            diffraction_loss_db(
                self.range_m,
                tx_aperture_m=self.tx_aperture_m,
                rx_aperture_m=self.rx_aperture_m,
                wavelength_m=carrier_m,
            )
        )
        whole_db = between.way_db(np.array(self.range_m), link_db=np.zeros(()))
        return {"diffraction": spread_db, "whole loss": float(whole_db)}


def _clock(name: str) -> Clock:
    found: Clock = preset_values(name).content.value
    return found
