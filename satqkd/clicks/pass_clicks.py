"""Clicks of whole passes as functions of the intensity sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.count import click_rates
from satqkd.clicks.detector import Detector
from satqkd.clicks.source import PulsedSource
from satqkd.units import FloatArray, IntArray

MOST_DEGREE: Final = 9
"""Degree that suffices for a transmittance of 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassClicks:
    """Clicks of passes if all pulses had one intensity, before sifting by basis.

    Of all a pass holds, only some moments of its transmittance are left: a polynomial of the
    intensity for each pass. Errors follow from the clicks.
    """

    coefficients: FloatArray
    """Of the polynomials, lowest order first, shape (degree + 1, passes)."""
    errors_dark: FloatArray
    """Errors where nothing is sent, shape (passes,)."""
    errors_per_click: FloatArray
    """Errors for each click of light, shape (passes,)."""
    pulses: FloatArray
    """Pulses sent, shape (passes,)."""
    most_intensity: float
    """Up to here the polynomials hold."""

    def __len__(self) -> int:
        return int(self.pulses.size)

    def clicks(self, intensity: FloatArray) -> FloatArray:
        """Clicks if every pulse had an intensity, shape (..., passes)."""
        total: FloatArray = np.broadcast_to(self.coefficients[-1], intensity.shape).copy()
        for coefficient in self.coefficients[-2::-1]:
            total *= intensity
            total += coefficient
        return np.asarray(total)

    def errors(self, clicks: FloatArray) -> FloatArray:
        """Errors among some :meth:`clicks`."""
        light = clicks - self.coefficients[0]
        light *= self.errors_per_click
        light += self.errors_dark
        return np.asarray(light)

    def times(self, factor: npt.ArrayLike) -> PassClicks:
        """Return passes that last ``factor`` times as long."""
        by = np.asarray(factor, dtype=np.float64)
        return PassClicks(
            coefficients=self.coefficients * by,
            errors_dark=self.errors_dark * by,
            errors_per_click=self.errors_per_click,
            pulses=self.pulses * by,
            most_intensity=self.most_intensity,
        )

    def take(self, index: IntArray | slice) -> PassClicks:
        """Return some of the passes."""
        return PassClicks(
            coefficients=np.ascontiguousarray(self.coefficients[:, index]),
            errors_dark=self.errors_dark[index],
            errors_per_click=self.errors_per_click[index],
            pulses=self.pulses[index],
            most_intensity=self.most_intensity,
        )

    @staticmethod
    def join(parts: Sequence[PassClicks]) -> PassClicks:
        """Put passes behind each other; polynomials of lower degree fill up with zeros."""
        most = max(part.coefficients.shape[0] for part in parts)
        padded = [
            np.pad(part.coefficients, ((0, most - part.coefficients.shape[0]), (0, 0)))
            for part in parts
        ]
        return PassClicks(
            coefficients=np.concatenate(padded, axis=1),
            errors_dark=np.concatenate([part.errors_dark for part in parts]),
            errors_per_click=np.concatenate([part.errors_per_click for part in parts]),
            pulses=np.concatenate([part.pulses for part in parts]),
            most_intensity=min(part.most_intensity for part in parts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nodes:
    """A source of the intensities at which a polynomial is fixed."""

    pulse_rate_hz: float
    intensities: tuple[float, ...]
    probabilities: tuple[float, ...]
    p_key_basis: float
    intrinsic_error: float
    pulse_width_s: float
    intensity_error: float
    intensity_uncertainty: float
    multi_photon: tuple[float, ...] | None


def pass_clicks(
    transmittance: FloatArray,
    *,
    background_rate_hz: npt.ArrayLike,
    source: PulsedSource,
    detector: Detector,
    weight_s: FloatArray,
    starts: IntArray,
    variance: npt.ArrayLike | None = None,
    most_intensity: float = 1.5,
) -> PassClicks:
    r"""Reduce passes to polynomials of the intensity.

    Derived here: the error is the textbook bound of interpolation at Chebyshev nodes for an
    exponential.

    Parameters
    ----------
    transmittance, background_rate_hz, source, detector, variance
        As in :func:`~satqkd.clicks.count.click_rates`; the source's intensities and
        probabilities only set what depends on the light of all pulses together (dead time, light
        of other pulses), those of single photons also how many pairs an intensity has.
    weight_s
        Seconds a sample stands for. [s]
    starts
        Offsets of the passes, one more than there are.
    most_intensity
        Largest intensity of interest; single photons are dimmed only, to less than their own.

    Returns
    -------
    PassClicks
        Equal to :func:`~satqkd.clicks.count.integrate_counts` within 1e-7 of the clicks.

    Notes
    -----
    Interpolation at Chebyshev nodes, of a degree :math:`d` with :math:`2 (x/4)^{d+1} / (d+1)! <
    10^{-8} x`, where :math:`x` is the largest number of photons detected of a pulse. Single
    photons and pairs click as a parabola, exactly.
    """
    if source.multi_photon is not None:
        most_intensity = source.intensities[0]
    photons = most_intensity * detector.efficiency * float(np.max(transmittance, initial=0.0))
    degree = _degree(photons) if source.multi_photon is None else 2
    angle = np.pi * np.arange(degree + 1) / degree
    nodes = 0.5 * most_intensity * (1.0 - np.cos(angle))
    rates = click_rates(
        transmittance,
        background_rate_hz=background_rate_hz,
        source=_Nodes(
            pulse_rate_hz=source.pulse_rate_hz,
            intensities=tuple(nodes.tolist()),
            probabilities=_shares(nodes, source),
            p_key_basis=source.p_key_basis,
            intrinsic_error=source.intrinsic_error,
            pulse_width_s=source.pulse_width_s,
            intensity_error=source.intensity_error,
            intensity_uncertainty=source.intensity_uncertainty,
            multi_photon=_pairs(nodes / most_intensity, source),
        ),
        detector=detector,
        variance=variance,
    )
    clicks = source.pulse_rate_hz * _sums(weight_s * rates.click, starts)
    errors = source.pulse_rate_hz * _sums(weight_s * rates.error, starts)
    light = clicks[-1] - clicks[0]
    slope = np.divide(errors[-1] - errors[0], light, out=np.zeros_like(light), where=light > 0)
    scaled = np.linalg.solve(np.vander(nodes / most_intensity, increasing=True), clicks)
    scaled[0] = clicks[0]
    return PassClicks(
        coefficients=scaled / most_intensity ** np.arange(degree + 1)[:, np.newaxis],
        errors_dark=errors[0],
        errors_per_click=slope,
        pulses=source.pulse_rate_hz * _sums(weight_s, starts),
        most_intensity=most_intensity,
    )


def _degree(photons: float) -> int:
    for degree in range(2, MOST_DEGREE):
        if 2.0 * (photons / 4.0) ** (degree + 1) / math.factorial(degree + 1) <= 1e-8 * photons:
            return degree
    return MOST_DEGREE


def _pairs(shares: FloatArray, source: PulsedSource) -> tuple[float, ...] | None:
    """Pairs of single photons dimmed to some shares."""
    if source.multi_photon is None:
        return None
    return tuple((source.multi_photon[0] * shares**2).tolist())


def _shares(nodes: FloatArray, source: PulsedSource) -> tuple[float, ...]:
    """Probabilities of first and last node that send as much light as the source."""
    mean = math.fsum(p * m for p, m in zip(source.probabilities, source.intensities, strict=True))
    bright = min(mean / float(nodes[-1]), 1.0)
    return (1.0 - bright, *[0.0] * (nodes.size - 2), bright)


def _sums(values: FloatArray, starts: IntArray) -> FloatArray:
    """Sum along the last axis between offsets; an empty pass sums to 0."""
    filled = np.diff(starts) > 0
    sums = np.zeros((*values.shape[:-1], filled.size))
    if filled.any():
        sums[..., filled] = np.add.reduceat(values, starts[:-1][filled] - starts[0], axis=-1)
    return sums
