r"""A clock that was found is followed from one short time to the next.

::

    window      |    w    |   w+1   |   w+2   |
    expected    . . . . . . . . . . . . . . . .     phase, rate and its drift carry it on
    clicks          ×         ×         (cloud)     the mean arrow says how far off it is
    known to     ±0.01     ±0.01     ±0.03   …      beyond ±0.1 of a pulse the count is lost
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from satqkd.distil.clock.nominal import PS_PER_S, Nominal
from satqkd.distil.clock.periodogram import MOST_DRIFT, Found
from satqkd.units import FloatArray, IntArray

LOST: Final = 0.1
"""Standard deviation of the phase at which a count is given up (assumed): half a pulse is five of
them. [pulse]"""
JERK: Final = 1e-8
"""How far the drift of the relative rate wanders (assumed): a pass at 500 km has 5e-9 a second
squared at most. [s⁻² per root s]"""
WANDER: Final = 1e-10
"""How far the relative rate wanders (assumed: quartz that is not the best). [per root s]"""
RANDOM_WALK: Final = 1e-10
"""Deviation of both clocks at one second (assumed: quartz that is not the best). [root s]"""

_TURN: Final = 2.0 * np.pi
_LONG, _SHORT = 0.95, 0.6
"""Numerical: clicks of earlier windows count this much less, a window, in the visibility that
steers, and in that which tells where clicks are in step still."""
_COUNTS: Final = 16
"""Numerical: a window with more clicks weighs no more in them."""
_IN_STEP: Final = 3.0
"""Deviations by which clicks must be in step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Times of equal length, one after the other, and the clicks in them."""

    nominal: Nominal
    time_ps: IntArray
    """Of all clicks, rising. [ps]"""
    begin_ps: int
    """Of the first window. [ps]"""
    length_ps: int
    """Of each. [ps]"""
    first: IntArray
    """First click of each window, and where the last ends; shape (windows + 1,)."""

    def __len__(self) -> int:
        return self.first.size - 1

    @property
    def length_s(self) -> float:
        """Of each. [s]"""
        return self.length_ps / PS_PER_S

    def middle_ps(self, window: int) -> int:
        """Of one of them. [ps]"""
        return self.begin_ps + window * self.length_ps + self.length_ps // 2

    @staticmethod
    def over(time_ps: IntArray, *, nominal: Nominal, length_ps: int) -> Windows:
        """Divide the time of some clicks."""
        begin = int(time_ps[0])
        many = (int(time_ps[-1]) - begin) // length_ps + 1
        edges = begin + length_ps * np.arange(many + 1, dtype=np.int64)
        return Windows(
            nominal=nominal,
            time_ps=time_ps,
            begin_ps=begin,
            length_ps=length_ps,
            first=np.searchsorted(time_ps, edges).astype(np.int64),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """What is known of the clock in the middle of a window."""

    mean: FloatArray
    """Pulses to add to the stated clock's, their rate and its drift; shape (3,)."""
    covariance: FloatArray
    """Shape (3, 3)."""
    visibility: float
    """Length of the mean arrow of the clicks that it was found in."""
    clicks: int
    """How many there were."""


def state_of(found: Found, *, rate_hz: float, length_s: float) -> State:
    """Return what a search says of the middle of its time, with generous errors (assumed)."""
    drift = min(1.0 / length_s**2, MOST_DRIFT * rate_hz)
    errors = np.array([0.5 * LOST, 0.1 / length_s, drift])
    return State(
        mean=np.array([found.turn, found.offset_hz, found.drift_hz_s]),
        covariance=np.diag(errors**2),
        visibility=found.visibility,
        clicks=found.clicks,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """What is known of the clock in windows that follow each other, as they were passed."""

    step_s: float
    """From the middle of one to the next; negative where they were passed back in time. [s]"""
    expected: FloatArray
    """Means before the clicks of each window, shape (n, 3)."""
    expected_covariance: FloatArray
    """Shape (n, 3, 3)."""
    mean: FloatArray
    """Means after them."""
    covariance: FloatArray

    def __len__(self) -> int:
        return len(self.mean)


def follow(windows: Windows, state: State, *, start: int, step: int) -> Path:
    r"""Carry a state on from window to window, until the count is lost or no window is left.

    A Kalman filter of phase, rate and drift; what it measures in a window of n clicks of
    visibility V is

    .. math:: -\frac{1}{2\pi n V} \sum_j \sin 2\pi\varphi_j,
              \qquad \sigma^2 = \frac{1}{8 \pi^2 n V^2},

    with phases :math:`\varphi_j` against what is expected.

    Parameters
    ----------
    windows
        The clicks.
    state
        At the window ``start``.
    start, step
        Which window is the first; 1 goes on in time, −1 back.

    Returns
    -------
    Path
        Up to the last window in which clicks were in step; it may be empty.

    References
    ----------
    .. [1] R. E. Kalman, *J. Basic Eng.* 82, 35 (1960) (recalled).
    .. [2] Derived here: the measure, to first order in a small phase, and its deviation for clicks
       that are mostly background; for others it is smaller.
    """
    step_s = step * windows.length_s
    move, noise = _move(step_s), _noise(windows.nominal.rate_hz, step_s)
    mean, covariance = state.mean, state.covariance
    known = 4.0 * _COUNTS
    steady = _InStep(known * state.visibility, known, known**2 / (2.0 * state.clicks))
    fresh = _InStep(0.0, 0.0, 0.0)
    rows: list[tuple[FloatArray, FloatArray, FloatArray, FloatArray]] = []
    sure = 0
    for window in range(start, len(windows) if step > 0 else -1, step):
        if rows:
            mean, covariance = move @ mean, move @ covariance @ move.T + noise
        if not covariance[0, 0] < LOST**2:
            break
        before = mean, covariance
        many, along, across = _arrow(windows, window, mean)
        if many:
            steady, fresh = steady.after(along, many, _LONG), fresh.after(along, many, _SHORT)
            visibility = min(steady.beyond(1.0), fresh.beyond(1.0))
            if visibility > 0.0:
                off = np.clip(-across / (_TURN * many * visibility), -0.25, 0.25)
                deviation = 1.0 / (2.0 * _TURN**2 * many * visibility**2)
                gain = covariance[:, 0] / (covariance[0, 0] + deviation)
                mean = mean + gain * off
                covariance = covariance - np.outer(gain, covariance[0])
        rows.append((*before, mean, covariance))
        if fresh.beyond(_IN_STEP) > 0.0:
            sure = len(rows)
    return _path(rows[:sure], step_s)


def smoothed(path: Path) -> FloatArray:
    """Return phase, rate and drift of each window by the clicks of all, shape (n, 3).

    References
    ----------
    .. [1] H. E. Rauch, F. Tung and C. T. Striebel, *AIAA J.* 3, 1445 (1965) (recalled).
    """
    move = _move(path.step_s)
    mean = path.mean.copy()
    for at in range(len(path) - 2, -1, -1):
        gain = np.linalg.solve(path.expected_covariance[at + 1], move @ path.covariance[at]).T
        mean[at] += gain @ (mean[at + 1] - path.expected[at + 1])
    return mean


class _InStep(NamedTuple):
    """How far clicks of some windows are in step: a mean over windows, not over clicks.

    A cloud must not be judged by the bright clicks before it.
    """

    along: float
    """Weighted sum of mean arrows along what is expected."""
    weight: float
    variance: float
    """What noise alone adds to the sum, squared: a random arrow has ½ along."""

    def after(self, along: float, clicks: int, share: float) -> _InStep:
        """Add clicks of the next window to a share of those before."""
        weight = min(clicks, _COUNTS)
        return _InStep(
            share * self.along + weight * along / clicks,
            share * self.weight + weight,
            share**2 * self.variance + weight**2 / (2.0 * clicks),
        )

    def beyond(self, deviations: float) -> float:
        """Visibility less what noise alone would have."""
        if self.weight <= 0.0:
            return 0.0
        return (self.along - deviations * math.sqrt(self.variance)) / self.weight


def _arrow(windows: Windows, window: int, mean: FloatArray) -> tuple[int, float, float]:
    """Sum of arrows of one window against what is expected: how many, cosine and sine."""
    time_ps = windows.time_ps[windows.first[window] : windows.first[window + 1]]
    if not time_ps.size:
        return 0, 0.0, 0.0
    since_s = (time_ps - windows.middle_ps(window)) / PS_PER_S
    turns = windows.nominal.pulses(time_ps)[1]
    turns = turns + mean[0] + since_s * (mean[1] + 0.5 * mean[2] * since_s)
    angle = _TURN * (turns % 1.0)
    return time_ps.size, float(np.cos(angle).sum()), float(np.sin(angle).sum())


def _move(length_s: float) -> FloatArray:
    """A phase, its rate and drift, some time later."""
    return np.array([[1.0, length_s, 0.5 * length_s**2], [0.0, 1.0, length_s], [0.0, 0.0, 1.0]])


def _noise(rate_hz: float, length_s: float) -> FloatArray:
    """Covariance that the wandering of drift, rate and phase adds in some time, either way."""
    s = length_s
    drift = np.array(
        [
            [s**5 / 20.0, s**4 / 8.0, s**3 / 6.0],
            [s**4 / 8.0, s**3 / 3.0, s**2 / 2.0],
            [s**3 / 6.0, s**2 / 2.0, s],
        ]
    )
    rate = np.array([[s**3 / 3.0, s**2 / 2.0, 0.0], [s**2 / 2.0, s, 0.0], [0.0, 0.0, 0.0]])
    phase = np.diag([s, 0.0, 0.0])
    total = JERK**2 * drift + WANDER**2 * rate + RANDOM_WALK**2 * phase
    return np.asarray(rate_hz**2 * np.sign(s) * total)


def _path(rows: list[tuple[FloatArray, FloatArray, FloatArray, FloatArray]], step_s: float) -> Path:
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0)] * 4
    return Path(
        step_s=step_s,
        expected=columns[0],
        expected_covariance=columns[1],
        mean=columns[2],
        covariance=columns[3],
    )
