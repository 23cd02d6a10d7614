"""Clicks of two threshold detectors behind a polarising splitter, gate by gate exact."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray


def coherent_pulse(
    transmittance: npt.ArrayLike,
    *,
    intensity: float,
    dark_probability: float,
    intrinsic_error: float,
) -> tuple[FloatArray, FloatArray]:
    r"""Click and error probability of a phase-randomised pulse.

    .. math:: Q = 1 - (1-p)^2 e^{-\eta\mu}, \qquad
              2 E Q = Q - (1-p)\left(e^{-e_d\eta\mu} - e^{-(1-e_d)\eta\mu}\right)

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click :math:`\eta`.
    intensity
        Mean photon number :math:`\mu`.
    dark_probability
        Probability :math:`p` that one detector clicks without light.
    intrinsic_error
        Share :math:`e_d` of the light that reaches the wrong detector.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`Q` and :math:`E Q`. A double click is given a random bit.

    References
    ----------
    .. [1] T. Attema, J. W. Bosman and N. M. P. Neumann, "Optimizing the decoy-state BB84 QKD
       protocol parameters", *Quantum Inf. Process.* 20, 154 (2021), sec. 3.
    """
    photons = np.asarray(transmittance, dtype=np.float64) * intensity
    signal = -np.expm1(-photons)
    click = _either(dark_probability) + (1.0 - dark_probability) ** 2 * signal
    difference = np.exp(-intrinsic_error * photons) * -np.expm1(
        -(1.0 - 2.0 * intrinsic_error) * photons
    )
    return click, 0.5 * (click - (1.0 - dark_probability) * difference)


def single_photon(
    transmittance: npt.ArrayLike, *, dark_probability: float, intrinsic_error: float
) -> tuple[FloatArray, FloatArray]:
    r"""Click and error probability of exactly one photon; parameters of :func:`coherent_pulse`.

    .. math:: Y_1 = 1 - (1-p)^2 (1-\eta), \qquad 2 e_1 Y_1 = Y_1 - (1-p)(1-2e_d)\,\eta

    Derived here, from the events that :func:`coherent_pulse` counts.
    """
    eta = np.asarray(transmittance, dtype=np.float64)
    click = _either(dark_probability) + (1.0 - dark_probability) ** 2 * eta
    difference = (1.0 - dark_probability) * (1.0 - 2.0 * intrinsic_error) * eta
    return click, 0.5 * (click - difference)


def no_photon(*, dark_probability: float) -> float:
    r"""Click probability without light, :math:`Y_0 = 1 - (1-p)^2`; half of it is wrong.

    By definition: one minus the probability that both stay dark.
    """
    return _either(dark_probability)


def _either(probability: float) -> float:
    return probability * (2.0 - probability)
