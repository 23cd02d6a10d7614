"""What a link that stands still gives in an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.count import Rates, click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.source import PulsedSource
from satqkd.errors import NonPhysicalError
from satqkd.key.result import KeyEstimator, KeyResult
from satqkd.link.budget import Budget
from satqkd.mission.links import FixedLink
from satqkd.units import FloatArray, transmittance

BLOCK_S: Final = 3_600.0
"""Length of the block that key is made of. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixedForecast:
    """A link followed from its source to the key of one block."""

    link: FixedLink
    source: PulsedSource
    """The link's."""
    detector: Detector
    """The link's."""
    budget: Budget
    """One sample."""
    stray_hz: Mapping[str, FloatArray]
    """Stray photons before the detectors, by source. [Hz]"""
    rates: Rates
    counts: Counts
    """Of :data:`BLOCK_S`."""
    key: KeyResult
    key_low: KeyResult
    """With every stated range at its worse end."""
    key_high: KeyResult
    """With every stated range at its better end."""

    @property
    def made_rate_hz(self) -> float:
        """Secret bits per second in what is detected. [Hz]"""
        return float(self.key.secure_bits[0]) / BLOCK_S

    @property
    def bits_per_pulse(self) -> float:
        """Secret bits over pulses sent. [bit]"""
        return self.made_rate_hz / self.source.pulse_rate_hz

    @property
    def key_rate_hz(self) -> float:
        """Secret bits per second that come out of post-processing. [Hz]"""
        if self.link.post_processing is None:
            return self.made_rate_hz
        sifted_hz = float(self.key.sifted_bits[0]) / BLOCK_S
        return float(
            self.link.post_processing.limited_rate_hz(self.made_rate_hz, sifted_hz=sifted_hz)
        )


def follow_fixed(link: FixedLink, protocol: KeyEstimator) -> FixedForecast:
    """Follow a link from its source to the key of :data:`BLOCK_S`.

    Parameters
    ----------
    link
        The link.
    protocol
        Makes the key.

    Raises
    ------
    NonPhysicalError
        If the link has no source and no detector of its own.
    """
    source, detector = _own(link)
    budget, stray_hz, rates, counts = _followed(link)
    key = protocol.key(counts)
    low, high = (
        key if end == link else protocol.key(_followed(end)[-1])
        for end in (link.worst(), link.best())
    )
    return FixedForecast(
        link=link,
        source=source,
        detector=detector,
        budget=budget,
        stray_hz=stray_hz,
        rates=rates,
        counts=counts,
        key=key,
        key_low=low,
        key_high=high,
    )


def _own(link: FixedLink) -> tuple[PulsedSource, Detector]:
    if link.source is None or link.detector is None:
        raise NonPhysicalError(
            "source", f"is missing: {link.name} is one of two links at once and makes no key alone"
        )
    return link.source, link.detector


def _followed(link: FixedLink) -> tuple[Budget, Mapping[str, FloatArray], Rates, Counts]:
    source, detector = _own(link)
    budget, stray_hz = link.budget(), link.stray_hz()
    stray = sum(stray_hz.values(), np.zeros(1))
    rates = click_rates(
        transmittance(budget.total_db),
        background_rate_hz=stray * (detector.efficiency / detector.detectors),
        source=source,
        detector=detector,
        variance=budget.variance,
    )
    counts = integrate_counts(
        rates,
        weight_s=np.array([BLOCK_S]),
        starts=np.array([0, 1]),
        source=source,
        detector=detector,
    )
    return budget, stray_hz, rates, counts
