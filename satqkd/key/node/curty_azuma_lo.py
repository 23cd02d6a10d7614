"""Twin-field key whose bits are phases of coherent light (Curty, Azuma and Lo)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.interfering_node import InterferingNode, NodeLight
from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.twin_field_clicks import port_click_probabilities
from satqkd.clicks.two_arms import TwoArms
from satqkd.errors import NonPhysicalError, require_finite, require_fraction, require_positive
from satqkd.key.best_settings import Setting, SettingSpace
from satqkd.key.node.middle import RECEIVES, Middle
from satqkd.key.result import KeyResult, whole_bits
from satqkd.key.sent import Sent
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import FloatArray, IntArray, share_of

MOST_PHOTONS: Final = 8
"""Pairs of photon numbers with a larger sum are taken to click always."""

_LAST_TERM: Final = 120

Mean = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurtyAzumaLoRate:
    """Terms of the key rate, all of the shape of the links."""

    gain: FloatArray
    """Probability per pulse pair that exactly one detector clicks."""
    qber: FloatArray
    """Error fraction of these clicks."""
    phase_error: FloatArray
    """Upper bound on the phase error fraction, at most 0.5."""
    ec_efficiency: float
    """Bits error correction announces, over Shannon's limit."""

    @property
    def bits_per_pulse(self) -> FloatArray:
        """Secret bits per pulse pair, negative where there are none. [bit]

        Curty, Azuma and Lo 2019, by the rate of :func:`curty_azuma_lo_rate`.
        """
        private = 1.0 - binary_entropy(self.phase_error)
        return np.asarray(self.gain * (private - self.ec_efficiency * binary_entropy(self.qber)))


def curty_azuma_lo_rate(
    light_a: npt.ArrayLike,
    light_b: npt.ArrayLike,
    *,
    intensity: npt.ArrayLike,
    dark_probability: npt.ArrayLike,
    misalignment: float = 0.0,
    phase_variance_rad2: npt.ArrayLike = 0.0,
    ec_efficiency: float = 1.0,
    mean: Mean = np.asarray,
) -> CurtyAzumaLoRate:
    r"""Asymptotic key rate: infinitely many pulses and decoys.

    .. math::
        e_Z &\le \frac{1}{p_{XX}} \sum_{j=0,1} \left[ \sum_{m,n} c_{2m+j}\, c_{2n+j}
               \sqrt{p_{ZZ}(2m+j, 2n+j)} \right]^2, \qquad
               c_n = e^{-\mu/2} \sqrt{\mu^n / n!} \\
        R &= 2 p_{XX} [1 - f h(e_X) - h(e_Z)]

    with :math:`p_{XX}` the probability that one given detector clicks alone, and

    .. math:: p_{ZZ}(n_A, n_B) = (1-p) \left[ q - (1-p)
              (1-\eta_A)^{n_A} (1-\eta_B)^{n_B} \right], \qquad
              q = \sum_{k,l} B(k; n_A, \eta_A)\, B(l; n_B, \eta_B) \binom{k+l}{k} 2^{-k-l}

    Parameters
    ----------
    light_a, light_b
        Transmittance of each arm, detector included.
    intensity
        Mean photon number :math:`\mu` of the signals, both transmitters'.
    dark_probability
        Probability :math:`p` that one detector clicks without light.
    misalignment, phase_variance_rad2
        See :func:`satqkd.clicks.twin_field_clicks.port_click_probabilities`.
    ec_efficiency
        :math:`f`, at least 1.
    mean
        Applied to every probability before anything is made of them: the average over a
        fluctuating channel.

    Returns
    -------
    CurtyAzumaLoRate
        The rate and what it is made of.

    References
    ----------
    .. [1] M. Curty, K. Azuma and H.-K. Lo, "Simple security proof of twin-field type quantum key
       distribution protocol", *npj Quantum Inf.* 5, 64 (2019), eqs. 12-35.
    """
    a, b, mu, dark, variance = (
        np.asarray(x, dtype=np.float64)
        for x in (light_a, light_b, intensity, dark_probability, phase_variance_rad2)
    )
    right, wrong = port_click_probabilities(
        a * mu,
        b * mu,
        dark_probability=dark,
        misalignment=misalignment,
        phase_variance_rad2=variance,
    )
    right, wrong = mean(right), mean(wrong)
    gain = right + wrong
    amplitudes = _amplitudes(mu)
    odd_or_even = sum(
        _parity_amplitude(j, amplitudes, lambda m, n: mean(_fock_click(m, n, a, b, dark))) ** 2
        for j in (0, 1)
    )
    return CurtyAzumaLoRate(
        gain=gain,
        qber=_fraction(wrong, gain),
        phase_error=_fraction(np.asarray(odd_or_even), 0.5 * gain),
        ec_efficiency=ec_efficiency,
    )


def best_intensity(
    light_a: npt.ArrayLike,
    light_b: npt.ArrayLike,
    *,
    dark_probability: npt.ArrayLike,
    misalignment: float = 0.0,
    phase_variance_rad2: npt.ArrayLike = 0.0,
    ec_efficiency: float = 1.0,
) -> FloatArray:
    """Mean photon number of the highest :func:`curty_azuma_lo_rate`, for every link.

    A grid from 1e-6 to 1, then three finer ones around its best point: to 2e-4 of the value.
    """
    a, b, dark, variance = np.broadcast_arrays(
        *(
            np.asarray(x, dtype=np.float64)
            for x in (light_a, light_b, dark_probability, phase_variance_rad2)
        )
    )
    middle, half = np.full(a.shape, -3.0), 3.0
    offsets = np.linspace(-1.0, 1.0, 41).reshape(-1, *[1] * a.ndim)
    for _ in range(4):
        tried = np.minimum(middle + half * offsets, 0.0)
        rate = curty_azuma_lo_rate(
            a,
            b,
            intensity=10.0**tried,
            dark_probability=dark,
            misalignment=misalignment,
            phase_variance_rad2=variance,
            ec_efficiency=ec_efficiency,
        )
        best = np.argmax(rate.bits_per_pulse, axis=0)
        middle = np.take_along_axis(tried, best[np.newaxis], axis=0)[0]
        half *= 0.075
    return np.asarray(10.0**middle)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurtyAzumaLo:
    """The protocol in its asymptotic limit: what finite blocks and few decoys cannot beat.

    References
    ----------
    .. [1] M. Curty, K. Azuma and H.-K. Lo, *npj Quantum Inf.* 5, 64 (2019), as in
       :func:`curty_azuma_lo_rate`.
    """

    middle: ClassVar[Middle] = RECEIVES

    pulse_rate_hz: float
    """Clock of pulses, references and pauses included. [Hz]"""
    intensity: float
    """Mean photon number of the signals."""
    node: InterferingNode
    """What receives both."""
    signal_duty: float = 1.0
    """Share of the clock's pulses that carry signals."""
    p_signal: float = 0.9
    """Probability that a transmitter makes a signal, not a decoy. Assumed."""
    ec_efficiency: float = 1.16
    """Bits error correction announces, over Shannon's limit."""

    def __post_init__(self) -> None:
        for name in ("pulse_rate_hz", "intensity", "signal_duty", "p_signal"):
            require_positive(name, getattr(self, name))
        for name in ("signal_duty", "p_signal"):
            require_fraction(name, getattr(self, name))
        require_finite("ec_efficiency", self.ec_efficiency)
        if self.ec_efficiency < 1.0:
            raise NonPhysicalError(
                "ec_efficiency",
                f"must be at least 1, Shannon's limit, got {self.ec_efficiency:g}",
            )

    @property
    def uses_hz(self) -> float:
        """Pulse pairs per second, decoys included: what a rate per use counts. [Hz]"""
        return self.pulse_rate_hz * self.signal_duty

    @property
    def stray_share(self) -> float:
        """Clicks of one detector per stray photon that arrives at the node."""
        return 0.5 * self.node.efficiency

    @property
    def epsilon_budget(self) -> EpsilonBudget | None:
        """None: not applicable in the asymptotic limit."""
        return None

    @property
    def sent(self) -> Sent:
        """The signal and how often it is sent; decoys are infinitely many."""
        return Sent(intensities=(self.intensity,), probabilities=(self.p_signal,))

    @property
    def settings(self) -> Setting:
        """The intensity of the signals."""
        return (self.intensity,)

    @property
    def space(self) -> SettingSpace:
        """The intensity; how often decoys are sent is not sought, as they cost nothing here."""
        return SettingSpace(bounds=((1e-4, 1.0),), starts=((0.003,), (0.03,), (0.2,)))

    def set_to(self, values: Setting) -> CurtyAzumaLo:
        """Return the protocol with another intensity."""
        (intensity,) = values
        return replace(self, intensity=intensity)

    def bits_with(self, settings: Sequence[Setting], arms: TwoArms) -> Sequence[IntArray | None]:
        """Return the key with each of some settings, one after the other."""
        return [self.set_to(values).secure_bits(arms) for values in settings]

    def announced_clicks(self, arms: TwoArms) -> FloatArray:
        """Clicks of one detector alone. Assumed: decoys make as many as signals."""
        pulses, rate = self._rate(arms, self.node.light(arms))
        return np.asarray(pulses * rate.gain / self.p_signal**2)

    def key(self, arms: TwoArms) -> KeyResult:
        """Return the key of every block of ``arms``."""
        light = self.node.light(arms)
        pulses, rate = self._rate(arms, light)
        bits = whole_bits(pulses * rate.bits_per_pulse)
        sifted = pulses * rate.gain
        return KeyResult(
            secure_bits=bits,
            why_zero=tuple(
                None if count > 0 else _why_zero(sifted[block], rate.phase_error[block])
                for block, count in enumerate(bits.tolist())
            ),
            sifted_bits=sifted,
            qber=rate.qber,
            phase_error=rate.phase_error,
            vacuum_bits=np.zeros(bits.size),
            single_photon_bits=np.zeros(bits.size),
            leak_ec_bits=self.ec_efficiency * sifted * binary_entropy(rate.qber),
            method="Curty-Azuma-Lo, asymptotic",
        )

    def secure_bits(self, arms: TwoArms) -> IntArray:
        """Return the length of every block's key alone."""
        pulses, rate = self._rate(arms, self.node.light(arms))
        return whole_bits(pulses * rate.bits_per_pulse)

    def _rate(self, arms: TwoArms, light: NodeLight) -> tuple[FloatArray, CurtyAzumaLoRate]:
        """Pulse pairs of every block, and what they average to."""
        sent = self.pulse_rate_hz * self.signal_duty * self.p_signal**2 * arms.weight_s
        kept = sent * light.mean(np.ones_like(light.light_a))
        pulses = per_interval(kept, arms.starts)

        def mean(probability: FloatArray) -> FloatArray:
            return share_of(per_interval(sent * light.mean(probability), arms.starts), pulses)

        rate = curty_azuma_lo_rate(
            light.light_a,
            light.light_b,
            intensity=self.intensity,
            dark_probability=light.dark_probability,
            misalignment=self.node.misalignment,
            phase_variance_rad2=light.phase_variance_rad2,
            ec_efficiency=self.ec_efficiency,
            mean=mean,
        )
        return pulses, rate


def _amplitudes(mu: FloatArray) -> FloatArray:
    """Amplitudes of photon numbers, shape (terms, ...)."""
    from scipy.special import gammaln  # noqa: PLC0415 -- only twin-field links pay for the import

    n = np.arange(_LAST_TERM).reshape(-1, *[1] * mu.ndim)
    return np.asarray(np.exp(0.5 * (n * np.log(mu) - mu - gammaln(n + 1.0))))


def _parity_amplitude(
    parity: int, amplitudes: FloatArray, click: Callable[[int, int], FloatArray]
) -> FloatArray:
    """Sum over photon numbers of one parity; those beyond the cut click always."""
    same = amplitudes[parity::2]
    from_here = np.cumsum(same[::-1], axis=0)[::-1]
    inside = (MOST_PHOTONS - 2 * parity) // 2 + 1
    total = from_here[inside] * from_here[0]
    for m in range(inside):
        total = total + same[m] * from_here[inside - m]
        for n in range(inside - m):
            clicks = click(2 * m + parity, 2 * n + parity)
            total = total + same[m] * same[n] * np.sqrt(clicks)
    return np.asarray(total)


def _fock_click(m: int, n: int, a: FloatArray, b: FloatArray, dark: FloatArray) -> FloatArray:
    """Probability that one given detector clicks alone on m and n photons."""
    empty = (1.0 - a) ** m * (1.0 - b) ** n
    together: FloatArray = dark * empty
    for k in range(m + 1):
        for j in range(n + 1):
            if k + j:
                ways = math.comb(m, k) * math.comb(n, j) * math.comb(k + j, k) * 0.5 ** (k + j)
                kept = (1.0 - a) ** (m - k) * (1.0 - b) ** (n - j)
                together = together + ways * a**k * b**j * kept
    return np.asarray((1.0 - dark) * together)


def _fraction(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Fraction of errors, 0.5 where there are no clicks."""
    part, whole = np.broadcast_arrays(part, whole)
    share = np.divide(part, whole, out=np.full(whole.shape, 0.5), where=whole > 0.0)
    return np.asarray(np.minimum(share, 0.5))


def _why_zero(sifted: float, phase_error: float) -> str:
    if not sifted > 0.0:
        return "no clicks"
    if phase_error >= 0.5:
        return "phase error bound reaches 50 %"
    return "error correction would cost more bits than are private"
