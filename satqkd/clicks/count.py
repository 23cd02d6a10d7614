"""Sums the clicks of whole passes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.clicks.afterpulse import with_afterpulses
from satqkd.clicks.counts import Counts
from satqkd.clicks.dead_time import dead_load, live_fraction
from satqkd.clicks.detector import Detector
from satqkd.clicks.fading import faded_click_probability
from satqkd.clicks.gains import background_probability, click_and_error
from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.source import PulsedSource
from satqkd.clicks.timing_gate import gate_share, neighbour_share, timing_sigma_s
from satqkd.units import FloatArray, IntArray

SAMPLES_AT_ONCE = 1 << 13
"""Samples worked on together, so that what lies between stays in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rates:
    """Clicks and errors per pulse along a series, for each intensity."""

    click: FloatArray
    """Click probability of a pulse (its gain), shape (k, n)."""
    error: FloatArray
    """Probability of a wrong click, shape (k, n)."""
    background: FloatArray
    """Click probability of a pulse by dark counts and stray light, shape (n,)."""
    sent_hz: FloatArray
    """Pulses of each intensity per second, shape (k, 1). [Hz]"""
    live: FloatArray
    """Share of the time in which a detector can click; included above; shape (n,)."""

    @property
    def click_rate_hz(self) -> FloatArray:
        """Clicks per second of all pulses, before sifting, shape (n,). [Hz]

        By definition: pulses per second times clicks per pulse.
        """
        return np.asarray((self.sent_hz * self.click).sum(axis=0))

    @property
    def background_rate_hz(self) -> FloatArray:
        """Clicks per second there would be without any light sent, shape (n,). [Hz]

        By definition: pulses per second times clicks per empty gate.
        """
        return np.asarray(self.sent_hz.sum() * self.background)

    @property
    def qber(self) -> FloatArray:
        """Error fraction of all clicks; 0 where nothing clicks; shape (n,).

        By definition: wrong clicks over all clicks.
        """
        clicks = self.click_rate_hz
        errors = (self.sent_hz * self.error).sum(axis=0)
        return np.asarray(np.divide(errors, clicks, out=np.zeros_like(clicks), where=clicks > 0))


def click_rates(
    transmittance: FloatArray,
    *,
    background_rate_hz: npt.ArrayLike,
    source: PulsedSource,
    detector: Detector,
    variance: npt.ArrayLike | None = None,
) -> Rates:
    """Clicks and errors of a source's pulses at a set of detectors.

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to the detectors' input, shape (n,); receiver optics
        included, detector efficiency not. Its mean where it fluctuates.
    background_rate_hz
        Stray clicks per second and detector, efficiency included, a number or shape (n,). [Hz]
    source
        What is sent.
    detector
        What it is received with.
    variance
        Variance of the transmittance over its mean, a number or shape (n,); None for steady light.

    Returns
    -------
    Rates
        For each intensity and sample.

    Notes
    -----
    Of the light, the share inside the gate counts; other pulses' light inside it is background
    that depends on the light. The detectors share all light, dark counts and stray light alike,
    inside gates and between them; what they see while live is multiplied by the live fraction,
    signal and background alike, at its mean where the light fluctuates. That takes a pulse
    which two detectors see for lost when either is dead: right where such pulses are rare.

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), eqs. 7 to 11:
       clicks and errors of a pulse; dead time, gate and after-pulses have their sources where they
       are worked out.
    """
    size, kinds = transmittance.size, len(source.intensities)
    spread = _spread(variance, source)
    click, error = np.empty((kinds, size)), np.empty((kinds, size))
    background = np.empty(size)
    live = np.broadcast_to(1.0, (size,)) if detector.dead_time_s == 0.0 else np.empty(size)
    stray_hz = np.broadcast_to(np.asarray(background_rate_hz, dtype=np.float64), (size,))
    for first in range(0, size, SAMPLES_AT_ONCE):
        part = slice(first, first + SAMPLES_AT_ONCE)
        light = transmittance[part] * detector.efficiency
        stray = _background(stray_hz[part], detector)
        uneven = spread if spread.ndim == 0 else spread[part]
        click[:, part], error[:, part] = _gated(
            light, stray, source=source, detector=detector, variance=uneven
        )
        background[part] = stray
        if detector.dead_time_s > 0.0:
            live[part] = _live(
                light, stray_hz[part], source=source, detector=detector, variance=uneven
            )
            for seen in (click, error, background):
                seen[..., part] *= live[part]
    return Rates(
        click=click,
        error=error,
        background=background,
        sent_hz=source.pulse_rate_hz * np.array(source.probabilities)[:, np.newaxis],
        live=live,
    )


def _spread(variance: npt.ArrayLike | None, source: PulsedSource) -> FloatArray:
    """Variance of the light of a pulse over its mean, by fading and by the source; 0-d if 0."""
    fading = np.asarray(0.0 if variance is None else variance, dtype=np.float64)
    if source.intensity_error > 0.0:
        fading = fading + (1.0 + fading) * source.intensity_error**2
    return np.asarray(fading if np.any(fading) else 0.0)


def _background(stray_hz: FloatArray, detector: Detector) -> FloatArray:
    return background_probability(
        dark_rate_hz=detector.dark_rate_hz,
        background_rate_hz=stray_hz,
        gate_s=detector.gate_s,
        detectors=detector.detectors,
    )


def _gated(
    light: FloatArray,
    background: FloatArray,
    *,
    source: PulsedSource,
    detector: Detector,
    variance: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Clicks and errors of live detectors inside the gates, shape (k, n) each."""
    inside, beside = _shares(source, detector)
    if beside > 0.0:
        foreign = -np.expm1(-light * (beside * _mean_intensity(source)))
        background = background + (1.0 - background) * foreign
    click, error = click_and_error(
        light if inside == 1.0 else light * inside,
        intensity=np.array(source.intensities)[:, np.newaxis],
        background_probability=background,
        intrinsic_error=intrinsic_error(source, detector),
        variance=variance,
        multi_photon=_pairs(source),
    )
    if detector.afterpulse_probability > 0.0:
        return with_afterpulses(click, error, probability=detector.afterpulse_probability)
    return click, error


def _pairs(source: PulsedSource) -> FloatArray | None:
    few = source.multi_photon
    return None if few is None else np.array(few)[:, np.newaxis]


def intrinsic_error(source: PulsedSource, detector: Detector) -> float:
    r"""Error fraction of signal clicks: those of both ends, :math:`1 - 2e = (1 - 2e_s)(1 - 2e_d)`.

    Derived here: two independent flips, of which two undo each other.

    Parameters
    ----------
    source
        With its own intrinsic error :math:`e_s`.
    detector
        With what its polarisation adds :math:`e_d`.
    """
    if detector.polarisation is None:
        return source.intrinsic_error
    visibility = (1.0 - 2.0 * source.intrinsic_error) * detector.polarisation.visibility
    return 0.5 * (1.0 - visibility)


def _shares(source: PulsedSource, detector: Detector) -> tuple[float, float]:
    """Share of a pulse's light inside its gate, and other pulses' light there over its own."""
    period_s = 1.0 / source.pulse_rate_hz
    sigma_s = timing_sigma_s(
        jitter_s=detector.jitter_s,
        pulse_width_s=source.pulse_width_s,
        sync_jitter_s=detector.sync_jitter_s,
    )
    inside = gate_share(gate_s=detector.gate_s, sigma_s=sigma_s, period_s=period_s)
    return inside, neighbour_share(gate_s=detector.gate_s, sigma_s=sigma_s, period_s=period_s)


def _live(
    light: FloatArray,
    stray_hz: FloatArray,
    *,
    source: PulsedSource,
    detector: Detector,
    variance: FloatArray,
) -> FloatArray:
    """Live fraction of each pixel; a second photon on a pixel that has just clicked is lost."""
    parts = detector.detectors * detector.pixels
    photons = light * (np.array(source.intensities)[:, np.newaxis] / parts)
    pulse = np.array(source.probabilities) @ faded_click_probability(photons, variance=variance)
    more = 1.0 + detector.afterpulse_probability
    load = dead_load(
        more * pulse,
        noise_rate_hz=more * (detector.dark_rate_hz + stray_hz) / detector.pixels,
        dead_time_s=detector.dead_time_s,
        pulse_rate_hz=source.pulse_rate_hz,
    )
    return live_fraction(load, kind=detector.dead_time_kind)


def _mean_intensity(source: PulsedSource) -> float:
    return math.fsum(p * mu for p, mu in zip(source.probabilities, source.intensities, strict=True))


def integrate_counts(
    rates: Rates,
    *,
    weight_s: FloatArray,
    starts: IntArray,
    source: PulsedSource,
    detector: Detector,
) -> Counts:
    """Add the clicks of each pass up, sifted by basis.

    By definition: clicks per pulse times pulses per second, summed over the seconds.

    Parameters
    ----------
    rates
        Clicks and errors per pulse of every sample.
    weight_s
        Seconds a sample stands for; 0 where it may not carry key. [s]
    starts
        Offsets of the passes, one more than there are passes. Only their differences count,
        so a part of the offsets of a longer series will do.
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
    return sifted(
        rates.sent_hz * per_interval(weight_s * rates.click, starts),
        rates.sent_hz * per_interval(weight_s * rates.error, starts),
        sent_s=per_interval(weight_s, starts),
        source=source,
        detector=detector,
    )


def sifted(
    clicks: FloatArray,
    errors: FloatArray,
    *,
    sent_s: FloatArray,
    source: PulsedSource,
    detector: Detector,
) -> Counts:
    """Share the clicks of blocks out between the bases.

    Parameters
    ----------
    clicks, errors
        Of all pulses of each intensity, shape (k, blocks).
    sent_s
        How long a block was sent, shape (blocks,). [s]
    source
        What is sent.
    detector
        What it is received with.

    Returns
    -------
    Counts
        Those in which both sides chose the same basis.

    References
    ----------
    .. [1] C. H. Bennett and G. Brassard, *Proc. IEEE Int. Conf. Computers, Systems and Signal
       Processing* (1984), 175: bases that agree are kept (recalled).
    """
    key = source.p_key_basis * detector.p_key_basis
    check = (1.0 - source.p_key_basis) * (1.0 - detector.p_key_basis)
    return Counts(
        intensities=np.array(source.intensities),
        probabilities=np.array(source.probabilities),
        pulses=source.pulse_rate_hz * sent_s,
        key_clicks=key * clicks.T,
        key_errors=key * errors.T,
        check_clicks=check * clicks.T,
        check_errors=check * errors.T,
        key_pulses=key * source.pulse_rate_hz * sent_s,
        check_pulses=check * source.pulse_rate_hz * sent_s,
        multi_photon=None if source.multi_photon is None else np.array(source.multi_photon),
        intensity_uncertainty=_of_all(source.intensity_uncertainty, sent_s),
        detector_mismatch=_of_all(detector.detector_mismatch, sent_s),
    )


def _of_all(value: float, blocks: FloatArray) -> FloatArray | None:
    """Return one value a block; None where there is nothing to tell."""
    return np.full(blocks.size, value) if value > 0.0 else None
