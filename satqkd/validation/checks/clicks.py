"""Checks of clicks along the loss that was flown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.gains import intrinsic_error_from_contrast
from satqkd.clicks.source import DecoySource
from satqkd.config.parts import preset_values
from satqkd.passes.station import Station
from satqkd.units import FloatArray, transmittance
from satqkd.validation.checks.orbit import overpass
from satqkd.validation.claim import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A piece of a track with its loss from the satellite's exit to the detectors' input."""

    duration_s: float
    range_m: float
    loss_db: float
    """Of the mean transmittance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossAtRange:
    """A point of a loss curve."""

    range_m: float
    loss_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClicksAlongTrack:
    """Signal clicks of a flown track."""

    track: tuple[Interval, ...]
    payload: str
    """Preset whose source is sent."""
    terminal: str
    """Preset whose detectors receive."""
    sifted_fraction: float
    """Clicks in matching bases over all clicks, as flown."""

    def figures(self) -> Mapping[str, Value]:
        """Signal-state clicks before and after sifting."""
        counts = flown_counts(self.track, source(self.payload), detector(self.terminal))
        clicks = signal_clicks(counts, matching(self.payload, self.terminal))
        return {"signal clicks": clicks, "sifted bits": self.sifted_fraction * clicks}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClicksAlongPass:
    """Signal clicks of a loss curve on a pass computed from elements."""

    curve: tuple[LossAtRange, ...]
    """Interpolated in decibels."""
    elements: str
    station: Station
    near: datetime
    max_range_m: float
    payload: str
    terminal: str
    sifted_fraction: float

    def figures(self) -> Mapping[str, Value]:
        """Signal-state clicks before and after sifting."""
        tracks = overpass(self.elements, self.station, self.near).tracks
        inside = tracks.range_m <= self.max_range_m
        loss = np.interp(
            tracks.range_m[inside],
            [point.range_m for point in self.curve],
            [point.loss_db for point in self.curve],
        )
        counts = counts_of(
            loss, tracks.weight_s[inside], source(self.payload), detector(self.terminal)
        )
        clicks = signal_clicks(counts, matching(self.payload, self.terminal))
        return {"signal clicks": clicks, "sifted bits": self.sifted_fraction * clicks}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiftedRate:
    """Rate of sifted bits of all intensities at one loss."""

    loss_db: float
    payload: str
    terminal: str

    def figures(self) -> Mapping[str, Value]:
        """Rate in kilobits per second."""
        counts = counts_of(
            np.array([self.loss_db]), np.ones(1), source(self.payload), detector(self.terminal)
        )
        return {"sifted rate": float((counts.key_clicks + counts.check_clicks).sum()) / 1e3}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorOfContrast:
    """Intrinsic error behind a polarisation contrast."""

    contrast: float
    payload: str
    """Preset that should hold it."""

    def figures(self) -> Mapping[str, Value]:
        """Error fractions."""
        return {
            "intrinsic error": intrinsic_error_from_contrast(self.contrast),
            "intrinsic error of the preset": source(self.payload).intrinsic_error,
        }


def source(payload: str) -> DecoySource:
    """Return the source of a packaged payload."""
    found: DecoySource = preset_values(payload).content.value.source
    return found


def detector(terminal: str) -> Detector:
    """Return the detectors of a packaged terminal."""
    found: Detector = preset_values(terminal).content.value.detector
    return found


def matching(payload: str, terminal: str) -> float:
    """Probability that transmitter and receiver use the same basis."""
    sent, seen = source(payload).p_key_basis, detector(terminal).p_key_basis
    return sent * seen + (1.0 - sent) * (1.0 - seen)


def signal_clicks(counts: Counts, matching: float) -> float:
    """Signal-state clicks of one block before sifting."""
    return float(counts.key_clicks[0, 0] + counts.check_clicks[0, 0]) / matching


def flown_counts(track: tuple[Interval, ...], sent: DecoySource, seen: Detector) -> Counts:
    """Counts along a flown track."""
    return counts_of(
        np.array([interval.loss_db for interval in track]),
        np.array([interval.duration_s for interval in track]),
        sent,
        seen,
    )


def counts_of(
    loss_db: FloatArray, weight_s: FloatArray, sent: DecoySource, seen: Detector
) -> Counts:
    """Counts of one block under a series of losses, dark clicks included, the sky left out."""
    rates = click_rates(
        transmittance(loss_db),
        background_rate_hz=np.zeros_like(weight_s),
        source=sent,
        detector=seen,
    )
    return integrate_counts(
        rates,
        weight_s=weight_s,
        starts=np.array([0, weight_s.size]),
        source=sent,
        detector=seen,
    )
