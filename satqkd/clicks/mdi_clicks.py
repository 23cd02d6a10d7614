"""Bell-state clicks of a node in the middle that two transmitters share.

A balanced beam splitter with a polarising splitter and two threshold detectors behind each output;
a Bell state is announced when exactly two of the four click, one of each polarisation: ψ+ behind
the same output, ψ- behind different ones. Time bins, which distinguish only ψ-, have half the
gains.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

_SERIES_END = 1e-17
"""Numerical: a term so small beside the first is below what a double resolves."""


def z_basis(
    photons_a: npt.ArrayLike,
    photons_b: npt.ArrayLike,
    *,
    dark_probability: npt.ArrayLike,
    misalignment: float,
    overlap: float = 1.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Gain and error gain of phase-randomised pulses, both in the basis of the detectors.

    .. math::
        Q_C &= 2 (1-p)^2 e^{-s/2} \left[1-(1-p)e^{-a/2}\right]\left[1-(1-p)e^{-b/2}\right] \\
        Q_E &= 2 p (1-p)^2 e^{-s/2} \left[I_0(2x) - (1-p) e^{-s/2}\right] \\
        Q_Z &= Q_C + Q_E, \qquad E_Z Q_Z = e_d Q_C + (1-e_d) Q_E

    with :math:`s = a + b` and :math:`x = \sqrt{M a b} / 2`.

    Parameters
    ----------
    photons_a, photons_b
        Mean photon numbers :math:`a, b` that the detectors would count, their efficiency included.
    dark_probability
        Probability :math:`p` that one detector clicks without light.
    misalignment
        Share :math:`e_d` of bits that come out wrong.
    overlap
        Overlap :math:`M` of the two modes, 1 for pulses alike; see
        :func:`~satqkd.clicks.hong_ou_mandel.mode_overlap`.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`Q_Z` and :math:`E_Z Q_Z` per pair of pulses, mean over the bits sent.

    References
    ----------
    .. [1] X. Ma and M. Razavi, "Alternative schemes for measurement-device-independent quantum
       key distribution", *Phys. Rev. A* 86, 062319 (2012), appendix B (:math:`M = 1`).
    """
    a, b, p = _arrays(photons_a, photons_b, dark_probability)
    both = 2.0 * (1.0 - p) ** 2 * np.exp(-0.5 * (a + b))
    right = both * _click(0.5 * a, p) * _click(0.5 * b, p)
    _, twice, _ = _bessel(np.asarray(overlap * a * b))
    wrong = both * p * (twice + _click(0.5 * (a + b), p))
    return right + wrong, misalignment * right + (1.0 - misalignment) * wrong


def x_basis(
    photons_a: npt.ArrayLike,
    photons_b: npt.ArrayLike,
    *,
    dark_probability: npt.ArrayLike,
    misalignment: float,
    overlap: float = 1.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Gain and error gain of phase-randomised pulses in the basis that interferes.

    .. math::
        Q_X &= 2y^2 \left[1 + 2y^2 - 4y I_0(x) + I_0(2x)\right] \\
        E_X Q_X &= \tfrac{1}{2} Q_X - 2\left(\tfrac{1}{2} - e_d\right) y^2 [I_0(2x) - 1]

    with :math:`y = (1-p) e^{-s/4}`; parameters, :math:`s` and :math:`x` of :func:`z_basis`. Weak
    pulses that overlap fully have errors near 25 %, which are those of their photon pairs.

    References
    ----------
    .. [1] X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012), appendix B (:math:`M = 1`).
    """
    a, b, p = _arrays(photons_a, photons_b, dark_probability)
    light = _click(0.25 * (a + b), p)
    once, twice, beyond = _bessel(np.asarray(overlap * a * b))
    quiet = 2.0 * (1.0 - light) ** 2
    gain = quiet * (2.0 * light**2 + beyond + 4.0 * light * once)
    return gain, 0.5 * gain - (0.5 - misalignment) * quiet * twice


def single_photon_pair(
    transmittance_a: npt.ArrayLike,
    transmittance_b: npt.ArrayLike,
    *,
    dark_probability: npt.ArrayLike,
    misalignment: float,
    overlap: float = 1.0,
) -> tuple[FloatArray, FloatArray]:
    r"""Yield of one photon from each side, the same in both bases, and its X errors.

    .. math::
        Y_{11} &= (1-p)^2 \left[\tfrac{\eta_a \eta_b}{2} + \left(2\eta_a + 2\eta_b
                  - \tfrac{7 - M}{2} \eta_a\eta_b\right) p + 4 (1-\eta_a)(1-\eta_b)\, p^2\right] \\
        e_{11} Y_{11} &= \tfrac{1}{2} Y_{11}
                  - M \left(\tfrac{1}{2} - e_d\right) (1-p)^2 \tfrac{\eta_a \eta_b}{2}

    Parameters
    ----------
    transmittance_a, transmittance_b
        From the transmitters to a click.
    dark_probability, misalignment, overlap
        See :func:`z_basis`.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`Y_{11}` and :math:`e_{11} Y_{11}` per pair.

    Notes
    -----
    The terms of :func:`x_basis` with one photon each. The paper prints :math:`1 - p^2` instead of
    :math:`(1-p)^2` in :math:`e_{11}`, which makes it smaller by about :math:`p` and does not follow
    from the gains.

    References
    ----------
    .. [1] X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012), eqs. 16 to 18 (:math:`M = 1`).
    """
    a, b, p = _arrays(transmittance_a, transmittance_b, dark_probability)
    quiet = (1.0 - p) ** 2
    pair = 0.5 * a * b
    alone = 2.0 * a + 2.0 * b - (7.0 - overlap) * pair
    noise = alone * p + 4.0 * (1.0 - a) * (1.0 - b) * p**2
    wrong = 0.5 - overlap * (0.5 - misalignment)
    return quiet * (pair + noise), quiet * (wrong * pair + 0.5 * noise)


def _arrays(*values: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    a, b, p = (np.asarray(value, dtype=np.float64) for value in values)
    return a, b, p


def _click(photons: FloatArray, dark: FloatArray) -> FloatArray:
    return np.asarray(dark - (1.0 - dark) * np.expm1(-photons))


def _bessel(square: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Return :math:`I_0(x) - 1`, :math:`I_0(2x) - 1`, :math:`I_0(2x) - 4 I_0(x) + 3` of
    :math:`4x^2`, each a sum without a negative term: differences would lose weak light.
    """  # noqa: D205 -- one sentence
    power = 0.25 * square
    largest = float(np.max(power, initial=0.0))
    quarter, size, k = power, largest, 1
    once, twice, beyond = 0.25 * power, power.copy(), np.zeros_like(power)
    while size > _SERIES_END * largest:
        k += 1
        size *= largest / k**2
        power = power * quarter
        power /= k**2
        twice += power
        once += power * 0.25**k
        beyond += power * (1.0 - 4.0 * 0.25**k)
    return once, twice, beyond
