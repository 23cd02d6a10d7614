r"""A pulse train is found in clicks: which rate, near the stated one, puts them in step?

::

    clicks   |  ||     | |    |   |    each is an arrow that turns at the stated rate;
             ↗  →↘     ↓ ↙    ←   ↖    all arrows turn on slowly, by the rate's offset
    bins     [ Σ ][ Σ ][ Σ ][ Σ ][Σ]   arrows of a short while are added up,
    FFT      ______|_______________    and the offset stands out over the noise
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.clock.nominal import PS_PER_S, Nominal
from satqkd.units import FloatArray, IntArray

MOST_OFFSET: Final = 5e-5
"""Relative offsets of the rate that are tried (assumed): 3e-5 of the Doppler shift of a low orbit,
1e-5 of two oscillators, and some more."""
MOST_DRIFT: Final = 5e-7
"""Change of that offset that is tried (assumed): 4e-7 a second is v²/(h c) at 500 km. [1/s]"""
FALSE: Final = 1e-9
"""Probability that chance alone is taken for a pulse train (a convention)."""

_TURN: Final = 2.0 * math.pi
_BIN_TURN: Final = 0.2
"""Numerical: arrows of one bin turn no further than this at the largest offset, of a turn: which
costs 7 % of the sum."""
_DRIFT_STEP: Final = 2.0
"""Numerical: trial drifts lie this far apart, over the square of the time: the ends of the time
are an eighth of a turn off at most."""

_BETWEEN: Final = 4.0
"""Numerical: a maximum that is sought between trials too counts as one of so many times more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search over rates saw."""

    offset_hz: float
    """Rate less the stated one in the middle of the time. [Hz]"""
    drift_hz_s: float
    """How fast that grows. [Hz/s]"""
    turn: float
    """Pulses to add to the stated clock's in the middle, a fraction."""
    clicks: int
    """How many there were."""
    visibility: float
    """Length of the mean arrow, 0 to 1."""
    power: float
    """Squared length of the sum of arrows over their number: near 1 where nothing is."""
    needed: float
    """Power that chance exceeds with the probability :data:`FALSE`."""

    @property
    def certain(self) -> bool:
        """Whether a pulse train was found."""
        return self.power >= self.needed


def search(time_ps: IntArray, *, nominal: Nominal, begin_ps: int, length_ps: int) -> Found:
    r"""Look for a pulse train in the clicks of a short time.

    .. math:: P = \frac{1}{n} \left| \sum_j e^{2\pi i
              \left(\varphi_j + \delta t_j + \frac12 \dot\delta t_j^2\right)} \right|^2

    Parameters
    ----------
    time_ps
        Clicks within the time, shape (n,). [ps]
    nominal
        The stated clock, whose count at the clicks is :math:`\varphi_j`.
    begin_ps, length_ps
        The time; :math:`t_j` counts from its middle. [ps]

    Returns
    -------
    Found
        The best of all trials of :math:`\delta` and :math:`\dot\delta`. Powers of random arrows
        are exponential with mean 1: the largest of M exceeds x with a probability below
        :math:`M e^{-x}`.

    References
    ----------
    .. [1] L. Calderaro, A. Stanco, C. Agnesi et al., "Fast and simple qubit-based synchronization
       for quantum key distribution", *Phys. Rev. Applied* 13, 054041 (2020), arXiv:1909.12050: a
       Fourier transform of the clicks finds the rate.
    .. [2] J. D. Scargle, *Astrophys. J.* 263, 835 (1982) (recalled): the law of a periodogram's
       noise.
    """
    length_s = length_ps / PS_PER_S
    most_hz, most_hz_s = MOST_OFFSET * nominal.rate_hz, MOST_DRIFT * nominal.rate_hz
    since_s = (time_ps - (begin_ps + length_ps // 2)) / PS_PER_S
    turns = nominal.pulses(time_ps)[1] % 1.0
    bins = math.ceil(length_s * most_hz / _BIN_TURN)
    size = 1 << max(2 * bins - 1, 1).bit_length()
    where = np.clip(((since_s / length_s + 0.5) * bins).astype(np.int64), 0, bins - 1)
    offsets = np.fft.fftfreq(size, d=length_s / bins)
    inside = np.abs(offsets) <= most_hz
    steps = math.ceil(most_hz_s * length_s**2 / _DRIFT_STEP - 0.5)
    drifts = np.linspace(-most_hz_s, most_hz_s, 2 * steps + 1) if steps else np.zeros(1)
    best = (-1.0, 0.0, 0.0)
    for drift in drifts.tolist():
        arrows = np.exp(1j * _TURN * (turns + 0.5 * drift * since_s**2))
        summed = np.bincount(where, arrows.real, bins) + 1j * np.bincount(where, arrows.imag, bins)
        lengths = np.where(inside, np.abs(np.fft.ifft(summed, size)), 0.0)
        at = int(np.argmax(lengths))
        best = max(best, (float(lengths[at]), float(offsets[at]), drift))
    trials = _BETWEEN * np.count_nonzero(inside) * drifts.size
    return _finest(
        turns,
        since_s,
        offset_hz=best[1],
        drifts_hz_s=np.clip(
            best[2] + np.linspace(-0.5, 0.5, 5) * (most_hz_s / max(steps, 0.5)),
            -most_hz_s,
            most_hz_s,
        ),
        length_s=length_s,
        needed=math.log(trials / FALSE),
    )


def _finest(
    turns: FloatArray,
    since_s: FloatArray,
    *,
    offset_hz: float,
    drifts_hz_s: FloatArray,
    length_s: float,
    needed: float,
) -> Found:
    """Move between the trials to where the sum of arrows is longest."""
    offsets = offset_hz + np.linspace(-0.75, 0.75, 13) / length_s
    best = (-1.0, 0.0, 0.0, 0.0)
    for drift in drifts_hz_s.tolist():
        bent = turns + 0.5 * drift * since_s**2
        for offset in offsets.tolist():
            total = np.exp(1j * _TURN * (bent + offset * since_s)).sum()
            angle = float(np.angle(total)) / _TURN
            best = max(best, (float(np.abs(total)), offset, drift, angle))
    many = max(turns.size, 1)
    return Found(
        offset_hz=best[1],
        drift_hz_s=best[2],
        turn=-best[3],
        clicks=turns.size,
        visibility=best[0] / many,
        power=best[0] ** 2 / many,
        needed=needed,
    )
