"""Sums the clicks of whole passes."""

from __future__ import annotations

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.gains import background_probability, error_gain, gain
from satqkd.clicks.source import DecoySource
from satqkd.units import FloatArray, IntArray


def integrate_counts(
    transmittance: FloatArray,
    *,
    weight_s: FloatArray,
    background_rate_hz: FloatArray,
    starts: IntArray,
    source: DecoySource,
    detector: Detector,
) -> Counts:
    """Expected sifted clicks and errors of each pass.

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to the detectors' input for every sample of the
        passes, receiver optics included, detector efficiency not.
    weight_s
        Seconds a sample stands for; 0 where it may not carry key. [s]
    background_rate_hz
        Stray clicks per second and detector, efficiency included. [Hz]
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
    intensities = np.array(source.intensities)
    probabilities = np.array(source.probabilities)
    eta = transmittance * detector.efficiency
    stray = background_probability(
        dark_rate_hz=detector.dark_rate_hz,
        background_rate_hz=background_rate_hz,
        gate_s=detector.gate_s,
        detectors=detector.detectors,
    )
    column = intensities[:, np.newaxis]
    sent = source.pulse_rate_hz * probabilities[:, np.newaxis]
    clicks = sent * _per_pass(
        weight_s * gain(eta, intensity=column, background_probability=stray), starts
    )
    errors = sent * _per_pass(
        weight_s
        * error_gain(
            eta,
            intensity=column,
            background_probability=stray,
            intrinsic_error=source.intrinsic_error,
        ),
        starts,
    )
    key = source.p_key_basis * detector.p_key_basis
    check = (1.0 - source.p_key_basis) * (1.0 - detector.p_key_basis)
    return Counts(
        intensities=intensities,
        probabilities=probabilities,
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
