"""BB84 with a source of single photons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from satqkd.clicks.counts import Counts
from satqkd.errors import NonPhysicalError
from satqkd.key.asymptotic.decoy_bb84 import rate_with_decoys
from satqkd.key.bb84.basis_key import BasisKey
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray, loss_db, share_of

_TRIED = 400
"""Brightnesses or intensities among which the best is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePhotonBB84(DecoyBB84):
    """BB84 with one intensity, every pulse of several photons tagged; secure for finite blocks.

    The pulses of several photons are those of :class:`~satqkd.clicks.counts.Counts`: of a
    single-photon source by its brightness and g², of laser light by its intensity.
    """

    most_intensities: ClassVar[int] = 1
    """Decoys have a better analysis."""

    def bases(self, counts: Counts) -> tuple[BasisKey, ...]:
        """Return what each basis that makes key contributes, before rounding."""
        number = np.shape(counts.intensities)[-1]
        if number != 1:
            raise NonPhysicalError("intensities", f"must be a single one for bb84, got {number}")
        return DecoyBB84.bases(self, counts)


def single_photon_rate(
    transmittance: npt.ArrayLike,
    *,
    brightness: npt.ArrayLike,
    g2: float,
    background_probability: float,
    intrinsic_error: float,
    ec_efficiency: float = 1.0,
) -> FloatArray:
    r"""Asymptotic secret bits per pulse, sent and measured in the key basis.

    .. math:: R = p \left\{ A \left[1 - h(E/A)\right] - f h(E) \right\}, \qquad
              A = \frac{p - p_m}{p}, \qquad p_m = \tfrac{1}{2} g^{(2)} \mu^2

    with :math:`p = Y_0 + (1 - Y_0)(\eta\mu - p_m\eta^2)` and
    :math:`E p = Y_0/2 + e_d (\eta\mu - p_m\eta^2)`.

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click, detectors included :math:`\eta`.
    brightness
        Mean photon number leaving the transmitter :math:`\mu`.
    g2
        Second-order correlation of a pulse with itself.
    background_probability
        Probability of a click without signal :math:`Y_0`.
    intrinsic_error
        Error fraction of clicks caused by signal :math:`e_d`.
    ec_efficiency
        Announced bits over Shannon's limit :math:`f`, at least 1.

    Returns
    -------
    FloatArray
        Shaped as the arguments broadcast; 0 where tagged pulses may make all clicks. [bit]

    References
    ----------
    .. [1] E. Waks, C. Santori and Y. Yamamoto, *Phys. Rev. A* 66, 042315 (2002).
    .. [2] D. Gottesman et al., *Quantum Inf. Comput.* 4, 325 (2004).
    """
    eta, mu = np.asarray(transmittance, dtype=np.float64), np.asarray(brightness)
    several = 0.5 * g2 * mu**2
    signal = eta * mu - several * eta**2
    click = background_probability + (1.0 - background_probability) * signal
    wrong = np.minimum(0.5 * background_probability + intrinsic_error * signal, 0.5 * click)
    untagged = np.maximum(click - several, 0.0)
    private = untagged * (
        1.0 - binary_entropy(np.minimum(share_of(wrong, untagged, otherwise=0.5), 0.5))
    )
    leak = ec_efficiency * click * binary_entropy(share_of(wrong, click, otherwise=0.5))
    return np.asarray(np.maximum(private - leak, 0.0))


def best_brightness(
    transmittance: npt.ArrayLike,
    *,
    brightness: float,
    g2: float,
    background_probability: float,
    intrinsic_error: float,
    ec_efficiency: float = 1.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Brightness to which a source is best dimmed, and the key per pulse that it then makes.

    Pairs fall with the square of the brightness, clicks with the brightness: over a lossy link a
    dimmer source makes more key. Parameters are those of :func:`single_photon_rate`.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Mean photon number and bits per pulse, each shaped like ``transmittance``; the stated
        brightness where there is no key.

    References
    ----------
    .. [1] Pre-attenuation: E. Waks et al., *Phys. Rev. A* 66, 042315 (2002), sec. IV (recalled).
    """
    eta = np.asarray(transmittance, dtype=np.float64)
    tried = brightness * np.geomspace(1.0, 1e-4, _TRIED)
    rates = single_photon_rate(
        eta[..., np.newaxis],
        brightness=tried,
        g2=g2,
        background_probability=background_probability,
        intrinsic_error=intrinsic_error,
        ec_efficiency=ec_efficiency,
    )
    best = np.argmax(rates, axis=-1)
    return tried[best], np.asarray(np.max(rates, axis=-1))


def advantage_db(
    rate: npt.ArrayLike,
    *,
    transmittance: npt.ArrayLike,
    background_probability: float,
    intrinsic_error: float,
    ec_efficiency: float = 1.0,
) -> FloatArray:
    """Key per pulse over that of the best attenuated laser with infinitely many decoys.

    Parameters
    ----------
    rate
        Key per pulse in the key basis. [bit]
    transmittance, background_probability, intrinsic_error, ec_efficiency
        Of the same channel for the laser, see
        :func:`~satqkd.key.asymptotic.decoy_bb84.rate_with_decoys`.

    Returns
    -------
    FloatArray
        Positive where the source makes more; infinite where the laser makes none. [dB]
    """
    eta = np.asarray(transmittance, dtype=np.float64)
    laser = np.max(
        [
            rate_with_decoys(
                eta,
                decoys="infinite",
                intensities=(mu,),
                background_probability=background_probability,
                intrinsic_error=intrinsic_error,
                ec_efficiency=ec_efficiency,
            )
            for mu in np.linspace(0.02, 1.2, _TRIED).tolist()
        ],
        axis=0,
    )
    ours = np.asarray(rate, dtype=np.float64)
    ratio = np.divide(ours, laser, out=np.full_like(ours + laser, np.inf), where=laser > 0)
    return -loss_db(np.maximum(ratio, np.finfo(np.float64).tiny))
