"""Checks of key over two links at once: twin-field, measurement-device-independent, entangled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from satqkd.clicks.pair_source import Coincidences
from satqkd.clicks.two_arms import TwoArms
from satqkd.config.parts import preset_values
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.asymptotic.mdi import infinite_decoy_mdi
from satqkd.key.node.bbm92 import BBM92
from satqkd.key.node.curty_azuma_lo import best_intensity, curty_azuma_lo_rate
from satqkd.key.node.mdi_four_intensity import FourIntensityMDI
from satqkd.key.node.sending_or_not_sending import SendingOrNotSending
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.post_processing.malicious_devices import MaliciousDevices
from satqkd.units import FloatArray, loss_db, transmittance
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinFieldRun:
    """A run of the sending-or-not-sending protocol over two steady links."""

    protocol: str
    """Preset."""
    loss_db: float
    """Of each arm up to the node's detectors, the node's own loss left out."""
    duration_s: float
    misalignment: float | None = None
    """In place of the preset's."""

    def figures(self) -> Mapping[str, Value]:
        """Errors in percent, millions of bits, bits per pulse, and both users' loss in decibels."""
        protocol = self._protocol()
        counts = protocol.counts(steady(self.loss_db, duration_s=self.duration_s))
        pulses = float(counts.pulses[0])
        finite, asymptotic = (protocol.terms(counts, asymptotic=end) for end in (False, True))
        between_db = 2.0 * self.loss_db + loss_db(protocol.node.efficiency).item()
        bound = float(plob_bound(transmittance(between_db)))
        per_pulse = max(float(finite.length_bits[0]), 0.0) / pulses
        return {
            "pulses": pulses,
            "error before pairing": 100.0 * float(finite.raw.qber[0]),
            "error after pairing": 100.0 * float(finite.paired.qber[0]),
            "sifted bits": 1e-6 * float(finite.paired.survivors[0]),
            "key per pulse": per_pulse,
            "over the bound": per_pulse / bound,
            "asymptotic key per pulse": max(float(asymptotic.length_bits[0]), 0.0) / pulses,
            "loss from which the bound is beaten": self._crossing_db(protocol),
        }

    def _protocol(self) -> SendingOrNotSending:
        protocol: SendingOrNotSending = _preset(self.protocol)
        if self.misalignment is None:
            return protocol
        return replace(protocol, node=replace(protocol.node, misalignment=self.misalignment))

    def _crossing_db(self, protocol: SendingOrNotSending) -> float:
        """Least loss between the users at which asymptotic key beats the bound without a node."""
        between_db = np.arange(200, 1101) / 10.0
        arm_db = 0.5 * (between_db - loss_db(protocol.node.efficiency))
        counts = protocol.counts(steady(arm_db, duration_s=self.duration_s))
        per_pulse = protocol.terms(counts, asymptotic=True).length_bits / counts.pulses
        beaten = per_pulse > plob_bound(transmittance(between_db))
        return float(between_db[np.argmax(beaten)]) if beaten.any() else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class RateOfKey:
    """What a key of given length is per pulse and second, beside the bound of its channel."""

    key_bits: float
    kept_s: float
    """Time whose pulses made the key. [s]"""
    duration_s: float
    """Time it took. [s]"""
    protocol: str
    """Preset with the pulse rate."""
    loss_db: float
    """Between both users."""

    def figures(self) -> Mapping[str, Value]:
        """Bits per pulse, per second and over the bound without a node."""
        protocol: SendingOrNotSending = _preset(self.protocol)
        per_pulse = self.key_bits / (protocol.uses_hz * self.kept_s)
        bound = float(plob_bound(transmittance(self.loss_db)))
        return {
            "key per pulse": per_pulse,
            "key rate": self.key_bits / self.duration_s,
            "bound": bound,
            "over the bound": per_pulse / bound,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CurtyAzumaLoOverLoss:
    """Best rate of the Curty-Azuma-Lo protocol over equal arms."""

    loss_db: float
    """Between both users, detectors included."""
    dark_probability: float
    ec_efficiency: float

    def figures(self) -> Mapping[str, Value]:
        """Bits per pulse, slope against loss, and where the bound is crossed."""
        loss_db = np.arange(20.0, 60.5, 0.5)
        rate, bound = self._rate(loss_db), plob_bound(transmittance(loss_db))
        here = self._rate(np.array([self.loss_db]))[0]
        later = self._rate(np.array([self.loss_db + 10.0]))[0]
        return {
            "key per pulse": float(here),
            "bound": float(plob_bound(transmittance(self.loss_db))),
            "slope": float(10.0 * np.log10(later / here)),
            "crossing": float(loss_db[np.argmax(rate > bound)]),
        }

    def _rate(self, loss_db: FloatArray) -> FloatArray:
        arm = transmittance(0.5 * loss_db)
        given = {"dark_probability": self.dark_probability, "ec_efficiency": self.ec_efficiency}
        return curty_azuma_lo_rate(
            arm,
            arm,
            intensity=best_intensity(arm, arm, **given),
            dark_probability=self.dark_probability,
            ec_efficiency=self.ec_efficiency,
        ).bits_per_pulse


@dataclass(frozen=True, slots=True, kw_only=True)
class InfiniteDecoyMdi:
    """Measurement-device-independent rate with infinitely many decoys, and its terms."""

    arm_transmittance: float
    """Of each arm, detectors included."""
    intensity: float
    dark_probability: float
    misalignment: float
    ec_efficiency: float

    def figures(self) -> Mapping[str, Value]:
        """Gains and bits per pulse, errors as fractions."""
        rate = infinite_decoy_mdi(
            self.arm_transmittance,
            self.arm_transmittance,
            intensity_a=self.intensity,
            intensity_b=self.intensity,
            dark_probability=self.dark_probability,
            misalignment=self.misalignment,
            ec_efficiency=self.ec_efficiency,
            as_printed=True,
        )
        return {
            "key per pulse": float(rate.rate),
            "gain Z": float(rate.gain_z),
            "error Z": float(rate.qber_z),
            "gain X": float(rate.gain_x),
            "error X": float(rate.qber_x),
            "phase error": float(rate.phase_error),
            "single-photon yield": float(rate.single_photon_yield),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MdiOverLoss:
    """Finite key of a measurement-device-independent preset over two equal links."""

    protocol: str
    """Preset."""
    loss_db: float
    """Between both transmitters, the node's own left out."""
    duration_s: float
    """Length of the block of each pair of modules. [s]"""
    devices: MaliciousDevices
    """Modules, which take turns, and units, and how many are not trusted."""
    variance: float = 0.0
    """Of each arm's transmittance over its squared mean."""
    visibilities: tuple[float, ...] = ()
    """Of the interference, at which to say whether there is key."""

    def figures(self) -> Mapping[str, Value]:
        """Rate of the pooled key in bits per second; the visibility at which key begins."""
        protocol: FourIntensityMDI = _preset(self.protocol)
        arms = steady(0.5 * self.loss_db, duration_s=self.duration_s, variance=self.variance)
        bits = int(protocol.key(arms).secure_bits[0])
        pairs = self.devices.module_pairs
        pooled = float(self.devices.pooled_bits([bits] * pairs))
        return {
            "key rate": pooled / (pairs * self.duration_s),
            "pooled key over the sum": pooled / max(bits * pairs, 1),
            "shares": float(self.devices.shares),
            "least visibility": self._least_visibility(protocol, arms),
            **{
                f"key at visibility {each:g}": "yes" if _keyed(protocol, arms, each) else "none"
                for each in self.visibilities
            },
        }

    @staticmethod
    def _least_visibility(protocol: FourIntensityMDI, arms: TwoArms) -> float:
        low, high = 0.0, 0.5
        if not _keyed(protocol, arms, high):
            return float("inf")
        while high - low > _VISIBILITY_STEP:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if _keyed(protocol, arms, middle) else (middle, high)
        return high


_VISIBILITY_STEP = 1e-3


def _keyed(protocol: FourIntensityMDI, arms: TwoArms, visibility: float) -> bool:
    node = replace(protocol.node, visibility=visibility)
    return bool(replace(protocol, node=node).key(arms).secure_bits[0] > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntangledRun:
    """Entangled pairs through two downlinks, and key of coincidences as they were counted."""

    protocol: str
    """Preset."""
    loss_db: float
    """Of both links together, detectors left out."""
    duration_s: float
    sifted_bits: float
    """As counted."""
    errors: float
    """Of these."""
    epsilon_counting: str
    """How failures are counted in the finite key, of which no tags are paid."""

    def figures(self) -> Mapping[str, Value]:
        """Coincidences and bits per second, errors in percent."""
        protocol: BBM92 = _preset(self.protocol)
        expected = protocol.counts(steady(0.5 * self.loss_db, duration_s=self.duration_s))
        clicks, errors = float(expected.clicks.sum()), float(expected.errors.sum())
        counted = Coincidences(
            clicks=np.full((2, 1), 0.5 * self.sifted_bits),
            errors=np.full((2, 1), 0.5 * self.errors),
        )
        asymptotic = float(protocol.asymptotic_bits(counted)[0])
        counting = replace(
            protocol,
            epsilon_counting=self.epsilon_counting,
            authentication=Authentication(messages=0),
        )
        finite = int(counting.key_of(counted).secure_bits[0])
        return {
            "coincidences": 2.0 * clicks / self.duration_s,
            "error": 100.0 * errors / clicks,
            "asymptotic key rate": asymptotic / self.duration_s,
            "key rate": finite / self.duration_s,
        }


def steady(arm_db: npt.ArrayLike, *, duration_s: float, variance: float = 0.0) -> TwoArms:
    """Two equal links, for one block of each loss."""
    eta = np.atleast_1d(transmittance(arm_db))
    return TwoArms(
        transmittance_a=eta,
        transmittance_b=eta,
        variance_a=np.full(eta.size, variance),
        variance_b=np.full(eta.size, variance),
        background_rate_hz=np.zeros(eta.size),
        weight_s=np.full(eta.size, duration_s),
        starts=np.arange(eta.size + 1),
    )


def _preset(name: str) -> Any:
    return preset_values(name).content.value
