"""Check of entangled pairs over two steady links that lose differently much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.pair_source import Coincidences
from satqkd.clicks.two_arms import TwoArms
from satqkd.key.node.bbm92 import BBM92
from satqkd.units import transmittance
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class EntangledBench:
    """Pairs of a source through two attenuators, and key of coincidences as they were counted."""

    protocol: BBM92
    first_db: float
    """Loss of the first arm, detectors left out. [dB]"""
    second_db: float
    """Loss of the second arm, detectors left out. [dB]"""
    duration_s: float
    coincidence_rate_hz: float
    """As counted, of which half are in matching bases. [Hz]"""
    error: float
    """Share of these in error, as counted."""

    def figures(self) -> Mapping[str, Value]:
        """Coincidences and bits per second, errors in percent."""
        expected = self.protocol.counts(self._arms())
        clicks, errors = float(expected.clicks.sum()), float(expected.errors.sum())
        each = np.full((2, 1), 0.25 * self.coincidence_rate_hz * self.duration_s)
        counted = Coincidences(clicks=each, errors=self.error * each)
        return {
            "coincidences": 2.0 * clicks / self.duration_s,
            "error": 100.0 * errors / clicks,
            "asymptotic key rate": float(self.protocol.asymptotic_bits(counted)[0])
            / self.duration_s,
            "key rate": float(self.protocol.key_of(counted).secure_bits[0]) / self.duration_s,
        }

    def _arms(self) -> TwoArms:
        return TwoArms(
            transmittance_a=np.atleast_1d(transmittance(self.first_db)),
            transmittance_b=np.atleast_1d(transmittance(self.second_db)),
            variance_a=np.zeros(1),
            variance_b=np.zeros(1),
            background_rate_hz=np.zeros(1),
            weight_s=np.array([self.duration_s]),
            starts=np.array([0, 1]),
        )
