"""Coincidences of entangled photon pairs at the ends of two links."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.joint_fading import joint_fading
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import (
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSource:
    """Crystal pumped by a steady laser: independent pairs."""

    pair_rate_hz: float
    """Pairs that leave per second, one photon into each telescope. [Hz]"""
    intrinsic_error: float
    """Share of the pairs whose bits differ in the same basis, apart from noise."""

    def __post_init__(self) -> None:
        require_positive("pair_rate_hz", self.pair_rate_hz)
        require_between("intrinsic_error", self.intrinsic_error, 0.0, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReceiver:
    """Four equal threshold detectors at each end, two a basis; a splitter chooses the basis."""

    efficiency: float
    """Probability that a photon that arrives is counted."""
    dark_rate_hz: float
    """Clicks per second and detector without any light. [Hz]"""
    window_s: float
    """Length of the window in which clicks at both ends are a pair. [s]"""
    jitter_s: float = 0.0
    """Standard deviation of the time between both clicks of a pair. [s]"""
    p_first_basis: float = 0.5
    """Share of the light that is measured in the first basis, at both ends."""

    def __post_init__(self) -> None:
        require_fraction("efficiency", self.efficiency)
        require_positive("efficiency", self.efficiency)
        require_not_negative("dark_rate_hz", self.dark_rate_hz)
        require_positive("window_s", self.window_s)
        require_not_negative("jitter_s", self.jitter_s)
        require_fraction("p_first_basis", self.p_first_basis)

    @property
    def inside(self) -> float:
        """Share of the pairs whose clicks fall into one window.

        By definition of the normal distribution.
        """
        if self.jitter_s == 0.0:
            return 1.0
        return math.erf(self.window_s / (math.sqrt(8.0) * self.jitter_s))


def coincidence_probability(
    pairs: npt.ArrayLike,
    light_a: npt.ArrayLike,
    light_b: npt.ArrayLike,
    *,
    dark_a: npt.ArrayLike,
    dark_b: npt.ArrayLike,
    intrinsic_error: float,
    inside: float = 1.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Coincidences and errors in one window and one basis, of Poissonian pairs.

    .. math::
        C &= P_a P_b + q_a^2 q_b^2 e^{-2u} \left(e^{2w} - 1\right) \\
        C_E &= \tfrac{1}{2} \left[ C - 2 q_a q_b e^{-u} e^{w e}
               \left(e^{w (1 - 2e)} - 1\right) \right]

    with :math:`u = m (\eta_a + \eta_b)/2`, :math:`w = g m \eta_a \eta_b / 2`, :math:`q = 1 - p`
    and :math:`P = 1 - q^2 e^{-m\eta}`. Windows in which both detectors of an end click count,
    with a random bit, as the security proof requires; pairs of different photons are the
    accidentals :math:`P_a P_b`.

    Parameters
    ----------
    pairs
        Mean number :math:`m` of pairs a window.
    light_a, light_b
        Probability :math:`\eta` that a photon is counted in this basis, by end.
    dark_a, dark_b
        Probability :math:`p` that one detector clicks in a window without signal, by end.
    intrinsic_error
        Share :math:`e` of pairs whose bits differ.
    inside
        Share :math:`g` of pairs whose clicks fall into one window.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`C` and :math:`C_E`, per window.

    References
    ----------
    .. [1] X. Ma, C.-H. F. Fung and H.-K. Lo, "Quantum key distribution with entangled photon
       sources", *Phys. Rev. A* 76, 012307 (2007) (recalled): multi-pair errors of one mode;
       here many modes share the window, and their number of pairs is Poissonian.
    """
    m, a, b, dark_a, dark_b = (
        np.asarray(x, dtype=np.float64) for x in (pairs, light_a, light_b, dark_a, dark_b)
    )
    q = (1.0 - dark_a) * (1.0 - dark_b)
    u, w = 0.5 * m * (a + b), 0.5 * inside * m * a * b
    quiet = q * np.exp(-u)
    accidental = _click(m * a, dark_a) * _click(m * b, dark_b)
    both = accidental + quiet**2 * np.expm1(2.0 * w)
    agreement = (
        2.0 * quiet * np.exp(w * intrinsic_error) * np.expm1(w * (1.0 - 2.0 * intrinsic_error))
    )
    return both, np.clip(0.5 * (both - agreement), 0.0, 0.5 * both)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coincidences:
    """Expected coincidences in matching bases, shape (2, blocks): by basis."""

    clicks: FloatArray
    errors: FloatArray
    """Those whose bits differ."""


def expected_coincidences(
    arms: TwoArms, *, source: PairSource, receiver: PairReceiver
) -> Coincidences:
    """Return the expected counts of every block of ``arms``, averaged over the fading of both.

    Parameters
    ----------
    arms
        Both links, away from the source.
    source, receiver
        What the middle sends, and what stands at either end.

    References
    ----------
    .. [1] X. Ma, C.-H. F. Fung and H.-K. Lo, *Phys. Rev. A* 76, 012307 (2007) (recalled), by way of
       :func:`coincidence_probability`.
    """
    fading = joint_fading(
        arms.transmittance_a,
        arms.transmittance_b,
        variance_a=arms.variance_a,
        variance_b=arms.variance_b,
    )
    stray_b = arms.background_rate_hz if arms.background_b_rate_hz is None else (
        arms.background_b_rate_hz
    )  # fmt: skip
    noise_hz = (receiver.dark_rate_hz + arms.background_rate_hz, receiver.dark_rate_hz + stray_b)
    dark_a, dark_b = (-np.expm1(-rate * receiver.window_s) for rate in noise_hz)
    windows = arms.weight_s / receiver.window_s
    sums = []
    for share in (receiver.p_first_basis, 1.0 - receiver.p_first_basis):
        kept = share * receiver.efficiency
        coincidences = coincidence_probability(
            source.pair_rate_hz * receiver.window_s,
            kept * np.minimum(fading.transmittance_a, 1.0),
            kept * np.minimum(fading.transmittance_b, 1.0),
            dark_a=dark_a,
            dark_b=dark_b,
            intrinsic_error=source.intrinsic_error,
            inside=receiver.inside,
        )
        sums.append(
            [
                per_interval(windows * (fading.weight * x).sum(axis=0), arms.starts)
                for x in coincidences
            ]
        )
    return Coincidences(
        clicks=np.array([one[0] for one in sums]), errors=np.array([one[1] for one in sums])
    )


def _click(photons: FloatArray, dark: FloatArray) -> FloatArray:
    """Probability that any of two detectors clicks, accurate for weak light."""
    none = 2.0 * np.log1p(-dark) - photons
    return np.asarray(-np.expm1(none))
