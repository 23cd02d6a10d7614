"""Checks of single-photon sources, and of fast lasers over fibre."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.gains import click_and_error
from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.config.files import MissionFile
from satqkd.config.parts import preset_values
from satqkd.config.preset import read_preset
from satqkd.config.structure import structure
from satqkd.forecast.terrestrial import follow_link
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.one_decoy import COMPOSITION, one_decoy_events
from satqkd.key.bb84.single_photon import SinglePhotonBB84, advantage_db, single_photon_rate
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.statistics.concentration import hoeffding
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.mixture import by_intensity, mixture
from satqkd.units import FloatArray, transmittance
from satqkd.validation.claim import Value

_SAME_BASIS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BrightnessOverLaser:
    """Single photons of a source over the most that a pulse of laser light can hold."""

    payload: str

    def figures(self) -> Mapping[str, Value]:
        """Decibels."""
        return {"over 1/e": 10.0 * math.log10(math.e * _dot(self.payload).brightness)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreInDecibels:
    """A surplus in percent as decibels."""

    surplus: float

    def figures(self) -> Mapping[str, Value]:
        """Decibels."""
        return {"advantage": 10.0 * math.log10(1.0 + self.surplus)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePhotonTrial:
    """Asymptotic key of a source over a steady channel, and of the best laser over the same."""

    payload: str
    channel_db: float
    receiver_db: float
    """From the telescope to a click."""
    ec_efficiency: float

    def figures(self) -> Mapping[str, Value]:
        """Bits per pulse, half of the bases matching; decibels."""
        source = _dot(self.payload)
        eta = transmittance(self.channel_db + self.receiver_db)
        noise = {
            "background_probability": 0.0,
            "intrinsic_error": source.intrinsic_error,
            "ec_efficiency": self.ec_efficiency,
        }
        rate = single_photon_rate(eta, brightness=source.brightness, g2=source.g2, **noise)
        ahead = advantage_db(rate, transmittance=eta, **noise)
        return {"key per pulse": _SAME_BASIS * rate.item(), "advantage": ahead.item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachOfBlocks:
    """Largest loss over which blocks of some sizes still make key."""

    source: SinglePhotonSource
    ec_efficiency: float
    sifted: tuple[float, ...]
    """Sizes of blocks, growing; the last reach is the asymptotic one."""

    def figures(self) -> Mapping[str, Value]:
        """Decibels, and whether they grow as the blocks do."""
        loss_db = np.linspace(0.0, 40.0, 1_601)
        reach = [self._reach_db(loss_db, size) for size in self.sifted]
        rate = single_photon_rate(
            transmittance(loss_db),
            brightness=self.source.brightness,
            g2=self.source.g2,
            background_probability=0.0,
            intrinsic_error=self.source.intrinsic_error,
            ec_efficiency=self.ec_efficiency,
        )
        reach.append(_last(loss_db, rate))
        steps = np.diff(reach)
        order = "rising, less and less" if (steps > 0).all() and (np.diff(steps) < 0).all() else ""
        names = [*(f"reach of {size:.0e} bits" for size in self.sifted), "reach without end"]
        return {**dict(zip(names, reach, strict=True)), "order": order or "another"}

    def _reach_db(self, loss_db: FloatArray, sifted: float) -> float:
        detector = Detector(
            efficiency=1.0, dark_rate_hz=0.0, gate_s=1e-9, p_key_basis=self.source.p_key_basis
        )
        rates = click_rates(
            transmittance(loss_db), background_rate_hz=0.0, source=self.source, detector=detector
        )
        counts = integrate_counts(
            rates,
            weight_s=sifted / (self.source.p_key_basis**2 * rates.click_rate_hz),
            starts=np.arange(loss_db.size + 1),
            source=self.source,
            detector=detector,
        )
        bits = SinglePhotonBB84(ec_efficiency=self.ec_efficiency).secure_bits(counts)
        return _last(loss_db, bits.astype(np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOfFixedLink:
    """Key rate of a link of a packaged mission, as ``satqkd link`` prints it."""

    mission: str
    link: str

    def figures(self) -> Mapping[str, Value]:
        """Bits per second."""
        layout, _ = structure(read_preset(self.mission), MissionFile)
        link = next(link for link in layout.links if link.name == self.link)
        return {"key rate": follow_link(link, layout.protocol, "").key_rate_hz}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPerPulse:
    """A printed key rate per pulse, beside the single photons of laser light that arrive."""

    key_rate_hz: float
    pulse_rate_hz: float
    loss_db: float

    def figures(self) -> Mapping[str, Value]:
        """Bits per pulse, and whether they are fewer than those photons."""
        per_pulse = self.key_rate_hz / self.pulse_rate_hz
        most = transmittance(self.loss_db).item() / math.e
        return {
            "key per pulse": per_pulse,
            "below the single photons": "yes" if per_pulse < most else "no",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDecoyBlock:
    """One block with one decoy over a steady channel, with and without our cap on errors."""

    pulses: float
    intensities: tuple[float, ...]
    probabilities: tuple[float, ...]
    p_key_basis: float
    loss_db: float
    background_probability: float
    intrinsic_error: float
    epsilon_counting: str

    def figures(self) -> Mapping[str, Value]:
        """Bits, and fractions."""
        counts, protocol = self._counts(), _published(self.epsilon_counting)
        sifted, errors = counts.key_clicks.sum(), counts.key_errors.sum()
        length, phase_error = _uncapped(counts, protocol)
        result = protocol.key(counts)
        return {
            "sifted bits": sifted.item(),
            "QBER": (errors / sifted).item(),
            "single photons": result.single_photon_bits.item(),
            "phase error without the cap": phase_error,
            "key without the cap": length,
            "key": float(result.secure_bits[0]),
        }

    def _counts(self) -> Counts:
        mu, share = np.array(self.intensities), np.array(self.probabilities)
        click, error = click_and_error(
            transmittance(np.array([self.loss_db])),
            intensity=mu[:, np.newaxis],
            background_probability=np.array([self.background_probability]),
            intrinsic_error=self.intrinsic_error,
        )
        sent = self.pulses * share
        key, check = self.p_key_basis**2, (1.0 - self.p_key_basis) ** 2
        return Counts(
            intensities=mu,
            probabilities=share,
            pulses=np.array([self.pulses]),
            key_clicks=key * sent * click.T,
            key_errors=key * sent * error.T,
            check_clicks=check * sent * click.T,
            check_errors=check * sent * error.T,
        )


def _published(epsilon_counting: str) -> DecoyBB84:
    """Return the protocol of an earlier program, which paid no tags."""
    return DecoyBB84(epsilon_counting=epsilon_counting, authentication=Authentication(messages=0))


def _uncapped(counts: Counts, protocol: DecoyBB84) -> tuple[float, float]:
    """Key length and phase error when single photons may err more often than all light did."""
    shares = protocol.shares(COMPOSITION)
    log_term = shares.classical_log
    events = one_decoy_events(counts, interval=hoeffding, log_term=log_term)
    mix = mixture(counts)
    lower, upper = hoeffding(by_intensity(counts.check_errors), log_term=log_term)
    gap = float(counts.intensities[0] - counts.intensities[1])
    wrong = mix.single / gap * (mix.weights[0] * upper[0] - mix.weights[1] * lower[1])
    phase_error = shares.sampled(
        wrong,
        sample=events.check_single_photons,
        rest=events.single_photons,
        log_term=shares.phase_log,
    )
    (basis,) = protocol.bases(counts)
    private = events.vacuum + events.single_photons * (1.0 - binary_entropy(phase_error))
    length = private - basis.leak_ec_bits - basis.cost_bits
    return float(math.floor(length.item())), phase_error.item()


def _dot(payload: str) -> SinglePhotonSource:
    source: SinglePhotonSource = preset_values(payload).content.value.source
    return source


def _last(loss_db: FloatArray, key: FloatArray) -> float:
    keyed = np.flatnonzero(key > 0.0)
    return float(loss_db[keyed[-1]]) if keyed.size else 0.0
