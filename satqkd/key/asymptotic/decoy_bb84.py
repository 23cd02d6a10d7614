"""Asymptotic key per pulse, with none, one, two or infinitely many decoys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from satqkd.clicks.gains import click_and_error
from satqkd.clicks.photon_numbers import poissonian_multi_photon
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray, share_of

Decoys = Literal["none", "one", "two", "infinite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyChannel:
    """A channel that does not change, with the receiver at its end."""

    transmittance: FloatArray
    """Power ratio from the transmitter to a click, detectors included."""
    background_probability: float
    """Probability of a click without signal."""
    intrinsic_error: float
    """Error fraction of clicks caused by signal."""

    def gains(self, intensity: float) -> tuple[FloatArray, FloatArray]:
        """Click and error probability of a pulse of laser light."""
        return click_and_error(
            self.transmittance,
            intensity=intensity,
            background_probability=self.background_probability,
            intrinsic_error=self.intrinsic_error,
        )


def rate_with_decoys(
    transmittance: npt.ArrayLike,
    *,
    decoys: Decoys,
    intensities: tuple[float, ...],
    background_probability: float,
    intrinsic_error: float,
    ec_efficiency: float = 1.0,
    vacuum_is_secret: bool = True,
) -> FloatArray:
    r"""Secret bits per signal pulse, sent and measured in the key basis.

    .. math:: R = \max\left(0,\; \mu e^{-\mu} Y_1 [1 - h(e_1)] + e^{-\mu} Y_0
              - f Q_\mu h(E_\mu)\right)

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click, detectors included.
    decoys
        How many: the bounds on :math:`Y_1` and :math:`e_1` are those of the finite analyses
        without their statistics; with ``none`` every pulse of several photons is tagged.
    intensities
        Signal, then as many decoys as there are; with ``infinite`` the signal alone.
    background_probability
        Probability :math:`Y_0` of a click without signal.
    intrinsic_error
        Error fraction of clicks caused by signal.
    ec_efficiency
        Announced bits over Shannon's limit :math:`f`, at least 1.
    vacuum_is_secret
        Whether clicks of empty pulses make key, as they may (not with ``none``).

    Returns
    -------
    FloatArray
        Shaped like ``transmittance``. [bit]

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), eqs. 34-37.
    .. [2] D. Rusca et al., *Appl. Phys. Lett.* 112, 171104 (2018), for one decoy.

    Examples
    --------
    The fibre of Gobby, Yuan and Shields at 100 km, q = 1/2 left out:

    >>> eta = 0.045 * 10 ** (-0.021 * 100)
    >>> gys = {"background_probability": 1.7e-6, "intrinsic_error": 0.033, "ec_efficiency": 1.22}
    >>> rate = rate_with_decoys(eta, decoys="infinite", intensities=(0.48,), **gys)
    >>> f"{float(rate):.2e}"
    '3.54e-05'
    """
    channel = SteadyChannel(
        transmittance=np.asarray(transmittance, dtype=np.float64),
        background_probability=background_probability,
        intrinsic_error=intrinsic_error,
    )
    vacuum, single, single_error = _PHOTONS[decoys](channel, intensities)
    gain, wrong = channel.gains(intensities[0])
    private = single * (
        1.0 - binary_entropy(np.minimum(share_of(single_error, single, otherwise=0.5), 0.5))
    )
    if vacuum_is_secret:
        private = private + vacuum
    leak = ec_efficiency * gain * binary_entropy(share_of(wrong, gain, otherwise=0.5))
    return np.asarray(np.maximum(private - leak, 0.0))


_Photons = tuple[FloatArray, FloatArray, FloatArray]


def _none(channel: SteadyChannel, intensities: tuple[float, ...]) -> _Photons:
    gain, wrong = channel.gains(intensities[0])
    several = poissonian_multi_photon(np.asarray(intensities[0]))
    return np.zeros_like(gain), np.maximum(gain - several, 0.0), wrong


def _infinite(channel: SteadyChannel, intensities: tuple[float, ...]) -> _Photons:
    stray, eta, mu = channel.background_probability, channel.transmittance, intensities[0]
    single = stray + (1.0 - stray) * eta
    wrong = np.minimum(0.5 * stray + channel.intrinsic_error * eta, 0.5 * single)
    empty = np.exp(-mu)
    return empty * np.full_like(eta, stray), mu * empty * single, mu * empty * wrong


def _one(channel: SteadyChannel, intensities: tuple[float, ...]) -> _Photons:
    mu, nu = intensities
    (Q, EQ), (q, eq) = (_times(np.exp(x), channel.gains(x)) for x in (mu, nu))
    least_empty = np.maximum((mu * q - nu * Q) / (mu - nu), 0.0)
    most_empty = 2.0 * np.minimum(EQ, eq)
    ratio = (nu / mu) ** 2
    single = mu / (nu * (mu - nu)) * (q - ratio * Q - (1.0 - ratio) * most_empty)
    return _in_signal(mu, least_empty, single, np.minimum((EQ - eq) / (mu - nu), EQ / mu))


def _two(channel: SteadyChannel, intensities: tuple[float, ...]) -> _Photons:
    mu, nu, low = intensities
    (Q, EQ), (q, eq), (b, eb) = (_times(np.exp(x), channel.gains(x)) for x in intensities)
    empty = np.maximum((nu * b - low * q) / (nu - low), 0.0)
    squares = nu**2 - low**2
    single = mu * (q - b - squares / mu**2 * (Q - empty)) / (mu * (nu - low) - squares)
    return _in_signal(mu, empty, single, np.minimum((eq - eb) / (nu - low), EQ / mu))


_PHOTONS: Final[Mapping[str, Callable[[SteadyChannel, tuple[float, ...]], _Photons]]] = {
    "none": _none,
    "one": _one,
    "two": _two,
    "infinite": _infinite,
}


def _in_signal(
    mu: float, vacuum: FloatArray, single: FloatArray, single_error: FloatArray
) -> _Photons:
    empty = np.exp(-mu)
    return (
        empty * vacuum,
        mu * empty * np.maximum(single, 0.0),
        mu * empty * np.maximum(single_error, 0.0),
    )


def _times(factor: float, values: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    return factor * values[0], factor * values[1]
