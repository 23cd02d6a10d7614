"""Checks of key lengths from counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.key.asymptotic.bb84 import infinite_decoy_rate
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.two_decoy import COMPOSITION, two_decoy_events
from satqkd.key.statistics.concentration import INTERVALS
from satqkd.units import transmittance
from satqkd.validation.checks.clicks import (
    Interval,
    counts_of,
    detector,
    flown_counts,
    matching,
    source,
)
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class FiniteKeyCost:
    """Bits a block pays for its failure probabilities, whatever it holds."""

    protocol: DecoyBB84

    def figures(self) -> Mapping[str, Value]:
        """Cost in bits."""
        nothing = np.zeros((1, 3))
        empty = Counts(
            intensities=np.array([0.6, 0.1, 0.0]),
            probabilities=np.array([0.7, 0.2, 0.1]),
            pulses=np.zeros(1),
            key_clicks=nothing,
            key_errors=nothing,
            check_clicks=nothing,
            check_errors=nothing,
        )
        (basis,) = self.protocol.bases(empty)
        return {"cost": basis.cost_bits}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOfCounts:
    """Key of one block of counts, term by term."""

    protocol: DecoyBB84
    intensities: tuple[float, ...]
    probabilities: tuple[float, ...]
    pulses: float
    key_clicks: tuple[float, ...]
    key_errors: tuple[float, ...]
    check_clicks: tuple[float, ...]
    check_errors: tuple[float, ...]

    def figures(self) -> Mapping[str, Value]:
        """Counts and lengths in bits, error rates as fractions."""
        counts = self._counts()
        (basis,) = self.protocol.bases(counts)
        events = two_decoy_events(
            counts,
            interval=INTERVALS[self.protocol.bound],
            log_term=self.protocol.shares(COMPOSITION).classical_log,
        )
        return {
            "key": max(0.0, basis.length_bits.item()),
            "sifted bits": basis.sifted_bits.item(),
            "check clicks": basis.check_clicks.item(),
            "QBER": self.protocol.key(counts).qber.item(),
            "phase error": basis.phase_error.item(),
            "single photons": basis.single_photon_bits.item(),
            "check single photons": basis.check_single_photons.item(),
            "check single-photon errors": events.check_single_photon_errors.item(),
            "error correction": basis.leak_ec_bits.item(),
        }

    def _counts(self) -> Counts:
        return Counts(
            intensities=np.array(self.intensities),
            probabilities=np.array(self.probabilities),
            pulses=np.array([self.pulses]),
            key_clicks=np.array([self.key_clicks]),
            key_errors=np.array([self.key_errors]),
            check_clicks=np.array([self.check_clicks]),
            check_errors=np.array([self.check_errors]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InfiniteDecoyRate:
    """Key per pulse of infinitely many pulses and decoys."""

    loss_db: float
    efficiency: float
    """Of the receiver with its detectors."""
    intensity: float
    dark_probability: float
    """For one of two detectors in one gate."""
    intrinsic_error: float
    ec_efficiency: float

    def figures(self) -> Mapping[str, Value]:
        """Bits per pulse."""
        rate = infinite_decoy_rate(
            transmittance(self.loss_db) * self.efficiency,
            intensity=self.intensity,
            dark_probability=self.dark_probability,
            intrinsic_error=self.intrinsic_error,
            ec_efficiency=self.ec_efficiency,
        )
        return {"key per pulse": rate.item()}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAlongTrack:
    """Key of a flown track."""

    track: tuple[Interval, ...]
    payload: str
    terminal: str
    intrinsic_error: float
    """In place of the payload's."""
    sifted_fraction: float
    """Clicks in matching bases over all clicks, as flown; half of them in each basis."""
    protocol: DecoyBB84

    def figures(self) -> Mapping[str, Value]:
        """Key in bits."""
        sent = replace(source(self.payload), intrinsic_error=self.intrinsic_error)
        counts = flown_counts(self.track, sent, detector(self.terminal))
        share = self.sifted_fraction / matching(self.payload, self.terminal)
        flown = replace(
            counts,
            key_clicks=share * counts.key_clicks,
            key_errors=share * counts.key_errors,
            check_clicks=share * counts.check_clicks,
            check_errors=share * counts.check_errors,
        )
        key = self.protocol.key(flown)
        return {"final key": float(key.secure_bits[0])}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOfSifted:
    """Key of a printed number of sifted bits with a printed error, by two bounds on fluctuations.

    How clicks divide among the intensities is that of a steady loss.
    """

    payload: str
    terminal: str
    loss_db: float
    """From the satellite's exit to the detectors' input. [dB]"""
    sifted_bits: float
    """Of signal pulses in both bases. [bit]"""
    error: float
    """Share of all sifted bits that differ."""
    protocol: DecoyBB84
    """Its bound is not used."""

    def figures(self) -> Mapping[str, Value]:
        """Key in kilobits, by the name of the bound."""
        counts = self._counts()
        return {
            f"key, {bound}": 1e-3
            * float(replace(self.protocol, bound=bound).key(counts).secure_bits[0])
            for bound in ("hoeffding", "chernoff")
        }

    def _counts(self) -> Counts:
        counts = counts_of(
            np.array([self.loss_db]), np.ones(1), source(self.payload), detector(self.terminal)
        )
        times = self.sifted_bits / float(counts.key_clicks[0, 0] + counts.check_clicks[0, 0])
        wrong = self.error * float((counts.key_clicks + counts.check_clicks).sum())
        scaled = times * wrong / float((counts.key_errors + counts.check_errors).sum())
        return replace(
            counts,
            pulses=times * counts.pulses,
            key_clicks=times * counts.key_clicks,
            key_errors=scaled * counts.key_errors,
            check_clicks=times * counts.check_clicks,
            check_errors=scaled * counts.check_errors,
        )
