"""Asymptotic key of infinitely many pulses and decoys: what no finite block can beat."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from satqkd.clicks import two_detectors
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray, share_of


def decoy_rate(
    *,
    vacuum_gain: float | FloatArray,
    single_photon_gain: FloatArray,
    single_photon_error: FloatArray,
    gain: FloatArray,
    qber: FloatArray,
    ec_efficiency: float = 1.0,
) -> FloatArray:
    r"""Secret bits per sifted opportunity when the photon numbers of clicks are known.

    .. math:: R = \max\left(0,\; Q_0 + Q_1 [1 - h(e_1)] - f Q h(E)\right)

    Parameters
    ----------
    vacuum_gain, single_photon_gain
        Probability per pulse of a click from an empty pulse :math:`Q_0`, from one photon
        :math:`Q_1`.
    single_photon_error
        Error fraction :math:`e_1` of the latter.
    gain, qber
        Probability of a click :math:`Q` and its error fraction :math:`E`.
    ec_efficiency
        :math:`f`, at least 1.

    Returns
    -------
    FloatArray
        Secret bits per pulse sent and measured in the key basis. [bit]

    References
    ----------
    .. [1] H.-K. Lo, X. Ma and K. Chen, *Phys. Rev. Lett.* 94, 230504 (2005), eq. 11; the vacuum
       term: H.-K. Lo, *Quantum Inf. Comput.* 5, 413 (2005).
    """
    private = vacuum_gain + single_photon_gain * (1.0 - binary_entropy(single_photon_error))
    return np.asarray(np.maximum(private - ec_efficiency * gain * binary_entropy(qber), 0.0))


def infinite_decoy_rate(
    transmittance: npt.ArrayLike,
    *,
    intensity: float,
    dark_probability: float,
    intrinsic_error: float,
    ec_efficiency: float = 1.0,
) -> FloatArray:
    """Secret bits per pulse of one intensity seen by two threshold detectors.

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click.
    intensity
        Mean photon number.
    dark_probability
        Probability that one detector clicks without light.
    intrinsic_error
        Share of the light that reaches the wrong detector.
    ec_efficiency
        Announced bits over Shannon's limit, at least 1.

    Returns
    -------
    FloatArray
        Secret bits per pulse sent and measured in the key basis. [bit]

    References
    ----------
    .. [1] T. Attema, J. W. Bosman and N. M. P. Neumann, *Quantum Inf. Process.* 20, 154 (2021).
    """
    gain, error_gain = two_detectors.coherent_pulse(
        transmittance,
        intensity=intensity,
        dark_probability=dark_probability,
        intrinsic_error=intrinsic_error,
    )
    single, error_single = two_detectors.single_photon(
        transmittance, dark_probability=dark_probability, intrinsic_error=intrinsic_error
    )
    empty_pulse = math.exp(-intensity)
    return decoy_rate(
        vacuum_gain=empty_pulse * two_detectors.no_photon(dark_probability=dark_probability),
        single_photon_gain=intensity * empty_pulse * single,
        single_photon_error=share_of(error_single, single),
        gain=gain,
        qber=share_of(error_gain, gain),
        ec_efficiency=ec_efficiency,
    )
