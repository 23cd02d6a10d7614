"""How clicks lie about the middle of their pulses: how many are light, and how far off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.units import FloatArray

_BINS: Final = 4096
"""Numerical: of a pulse period; a deviation below a bin is told as about a bin."""
_ROUNDS: Final = 300
"""Numerical: by then an estimate moves no more."""
_NOISE: Final = 4.0
"""Harmonics below so many deviations are taken for noise (a convention)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Clicks about the middle of their pulses."""

    sigma: float
    """Standard deviation of the light, over the period."""
    light: float
    """Share of the clicks that is no even background."""


def histogram(off: FloatArray) -> FloatArray:
    """Count distances, in periods from −½ to ½, in narrow bins."""
    where = np.minimum(((off + 0.5) * _BINS).astype(np.int64), _BINS - 1)
    return np.bincount(np.maximum(where, 0), minlength=_BINS).astype(np.float64)


def spread(counts: FloatArray) -> Spread:
    r"""Tell a Gaussian that repeats every period from an even background.

    Parameters
    ----------
    counts
        As :func:`histogram` counts.

    Returns
    -------
    Spread
        Of greatest likelihood, by rounds of

        .. math:: w_{ik} = \frac{s\,g(x_i + k)}{(1 - s) + s \sum_l g(x_i + l)}, \qquad
                  s = \sum_{ik} \frac{n_i w_{ik}}{n}, \qquad
                  \sigma^2 = \frac{\sum_{ik} n_i w_{ik} (x_i + k)^2}{\sum_{ik} n_i w_{ik}}

        They begin where the first two harmonics, :math:`R_k = s\,e^{-2\pi^2 k^2 \sigma^2}`, lie.

    References
    ----------
    .. [1] A. P. Dempster, N. M. Laird and D. B. Rubin, *J. R. Stat. Soc. B* 39, 1 (1977)
       (recalled): expectation and maximisation in turn.
    """
    middle = (np.arange(_BINS) + 0.5) / _BINS - 0.5
    off = middle + np.arange(-1.0, 2.0)[:, np.newaxis]
    many = max(float(counts.sum()), 1.0)
    light, variance = _begin(counts, middle)
    for _ in range(_ROUNDS):
        bell = np.exp(-0.5 * off**2 / variance) / np.sqrt(2.0 * np.pi * variance)
        weight = counts * light * bell / (1.0 - light + light * bell.sum(axis=0))
        total = max(float(weight.sum()), 1e-300)
        light = min(total / many, 1.0 - 1e-12)
        variance = max(float((weight * off**2).sum()) / total, (0.5 / _BINS) ** 2)
    return Spread(sigma=float(np.sqrt(variance)), light=light)


def _begin(counts: FloatArray, middle: FloatArray) -> tuple[float, float]:
    """Return light and variance by two harmonics, or a guess where these are noise."""
    many = max(float(counts.sum()), 1.0)
    one, two = (
        float(np.abs((counts * np.exp(2j * np.pi * k * middle)).sum())) / many for k in (1, 2)
    )
    if not _NOISE / np.sqrt(many) < two < one:
        return 0.5, 0.01
    variance = np.log(one / two) / (6.0 * np.pi**2)
    return float(np.clip(one ** (4 / 3) / two ** (1 / 3), 0.01, 0.99)), float(variance)
