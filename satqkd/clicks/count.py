"""Sums the clicks of whole passes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.gains import background_probability, error_gain, gain
from satqkd.clicks.source import DecoySource
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rates:
    """Clicks and errors per pulse along a series, for each intensity."""

    click: FloatArray
    """Click probability of a pulse (its gain), shape (k, n)."""
    error: FloatArray
    """Probability of a wrong click, shape (k, n)."""
    background: FloatArray
    """Click probability of an empty pulse, shape (n,)."""
    sent_hz: FloatArray
    """Pulses of each intensity per second, shape (k, 1). [Hz]"""

    @property
    def click_rate_hz(self) -> FloatArray:
        """Clicks per second of all pulses, before sifting, shape (n,). [Hz]"""
        return np.asarray((self.sent_hz * self.click).sum(axis=0))

    @property
    def background_rate_hz(self) -> FloatArray:
        """Clicks per second there would be without any light sent, shape (n,). [Hz]"""
        return np.asarray(self.sent_hz.sum() * self.background)

    @property
    def qber(self) -> FloatArray:
        """Error fraction of all clicks; 0 where nothing clicks; shape (n,)."""
        clicks = self.click_rate_hz
        errors = (self.sent_hz * self.error).sum(axis=0)
        return np.asarray(np.divide(errors, clicks, out=np.zeros_like(clicks), where=clicks > 0))


def click_rates(
    transmittance: FloatArray,
    *,
    background_rate_hz: FloatArray,
    source: DecoySource,
    detector: Detector,
) -> Rates:
    """Clicks and errors of a source's pulses at a set of detectors.

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to the detectors' input, shape (n,); receiver optics
        included, detector efficiency not.
    background_rate_hz
        Stray clicks per second and detector, efficiency included, shape (n,). [Hz]
    source
        What is sent.
    detector
        What it is received with.

    Returns
    -------
    Rates
        For each intensity and sample.
    """
    column = np.array(source.intensities)[:, np.newaxis]
    eta = transmittance * detector.efficiency
    stray = background_probability(
        dark_rate_hz=detector.dark_rate_hz,
        background_rate_hz=background_rate_hz,
        gate_s=detector.gate_s,
        detectors=detector.detectors,
    )
    return Rates(
        click=gain(eta, intensity=column, background_probability=stray),
        error=error_gain(
            eta,
            intensity=column,
            background_probability=stray,
            intrinsic_error=source.intrinsic_error,
        ),
        background=stray,
        sent_hz=source.pulse_rate_hz * np.array(source.probabilities)[:, np.newaxis],
    )


def integrate_counts(
    rates: Rates,
    *,
    weight_s: FloatArray,
    starts: IntArray,
    source: DecoySource,
    detector: Detector,
) -> Counts:
    """Add the clicks of each pass up, sifted by basis.

    Parameters
    ----------
    rates
        Clicks and errors per pulse of every sample.
    weight_s
        Seconds a sample stands for; 0 where it may not carry key. [s]
    starts
        Offsets of the passes, one more than there are passes. Only their differences count,
        so a stretch of the offsets of a longer series will do.
    source
        What is sent.
    detector
        What it is received with.

    Returns
    -------
    Counts
        One row a pass.

    Notes
    -----
    The gain is averaged over the pass, never the transmittance (nor its decibels). Background
    is shared over the two bases as the light is: exact for a switched analyser, and for a
    passive one that divides light evenly.
    """
    clicks = rates.sent_hz * _per_pass(weight_s * rates.click, starts)
    errors = rates.sent_hz * _per_pass(weight_s * rates.error, starts)
    key = source.p_key_basis * detector.p_key_basis
    check = (1.0 - source.p_key_basis) * (1.0 - detector.p_key_basis)
    return Counts(
        intensities=np.array(source.intensities),
        probabilities=np.array(source.probabilities),
        pulses=source.pulse_rate_hz * _per_pass(weight_s, starts),
        key_clicks=key * clicks.T,
        key_errors=key * errors.T,
        check_clicks=check * clicks.T,
        check_errors=check * errors.T,
    )


def _per_pass(values: FloatArray, starts: IntArray) -> FloatArray:
    """Sum along the last axis between offsets; an empty pass sums to 0."""
    filled = np.diff(starts) > 0
    sums = np.zeros((*values.shape[:-1], filled.size))
    if filled.any():
        sums[..., filled] = np.add.reduceat(values, starts[:-1][filled] - starts[0], axis=-1)
    return sums
