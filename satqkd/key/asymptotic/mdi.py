"""Asymptotic measurement-device-independent key of infinitely many decoys."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from satqkd.clicks import mdi_clicks
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray, share_of


class _Clicks(Protocol):
    def __call__(
        self,
        first: FloatArray,
        second: FloatArray,
        /,
        *,
        dark_probability: FloatArray,
        misalignment: float,
        overlap: float,
    ) -> tuple[FloatArray, FloatArray]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MdiRate:
    """Terms of the rate; arrays shaped as the transmittances broadcast."""

    gain_z: FloatArray
    """Bell states announced per pair of pulses, key basis."""
    qber_z: FloatArray
    """Error fraction of the latter."""
    gain_x: FloatArray
    """Bell states announced per pair of pulses of the same intensities, check basis."""
    qber_x: FloatArray
    """Error fraction of the latter."""
    single_photon_yield: FloatArray
    """Bell states announced per pair of single photons."""
    phase_error: FloatArray
    """Error fraction of single photons in the check basis."""
    rate: FloatArray
    """Secret bits per pair of pulses of the key basis; 0 where none can be made. [bit]"""


def infinite_decoy_mdi(
    transmittance_a: npt.ArrayLike,
    transmittance_b: npt.ArrayLike,
    *,
    intensity_a: float,
    intensity_b: float,
    dark_probability: npt.ArrayLike,
    misalignment: float,
    overlap: float = 1.0,
    ec_efficiency: float = 1.16,
    as_printed: bool = False,
) -> MdiRate:
    r"""Secret bits per pair of pulses when the yield of single photons is known exactly.

    .. math:: R = \mu_a \mu_b e^{-\mu_a - \mu_b} Y_{11} [1 - h(e_{11})] - f Q_Z h(E_Z)

    Parameters
    ----------
    transmittance_a, transmittance_b
        From the transmitters to a click, detector efficiency included; they broadcast.
    intensity_a, intensity_b
        Mean photon numbers :math:`\mu_a, \mu_b` that are sent.
    dark_probability
        Probability that one of the four detectors clicks without light.
    misalignment
        Share of bits that come out wrong, in either basis.
    overlap
        Overlap of the two modes: twice the Hong-Ou-Mandel visibility of equal weak pulses.
    ec_efficiency
        Announced bits over Shannon's limit :math:`f`, at least 1.
    as_printed
        Take :math:`1 - p^2` in :math:`e_{11}`, as the paper prints, to compare with numbers made
        from it; see :func:`~satqkd.clicks.mdi_clicks.single_photon_pair`.

    Returns
    -------
    MdiRate
        The rate and its terms.

    References
    ----------
    .. [1] X. Ma and M. Razavi, *Phys. Rev. A* 86, 062319 (2012).
    .. [2] F. Xu, M. Curty, B. Qi and H.-K. Lo, *New J. Phys.* 15, 113007 (2013): unequal arms.
    """
    a, b, p = (
        np.asarray(value, dtype=np.float64)
        for value in (transmittance_a, transmittance_b, dark_probability)
    )

    def announced(
        model: _Clicks, first: FloatArray, second: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        return model(first, second, dark_probability=p, misalignment=misalignment, overlap=overlap)

    gain_z, wrong_z = announced(mdi_clicks.z_basis, a * intensity_a, b * intensity_b)
    gain_x, wrong_x = announced(mdi_clicks.x_basis, a * intensity_a, b * intensity_b)
    single, wrong = announced(mdi_clicks.single_photon_pair, a, b)
    if as_printed:
        wrong = wrong - overlap * (0.5 - misalignment) * p * (1.0 - p) * a * b
    qber, phase_error = share_of(wrong_z, gain_z), share_of(wrong, single)
    sent = intensity_a * intensity_b * math.exp(-intensity_a - intensity_b)
    private = sent * single * (1.0 - binary_entropy(phase_error))
    return MdiRate(
        gain_z=gain_z,
        qber_z=qber,
        gain_x=gain_x,
        qber_x=share_of(wrong_x, gain_x),
        single_photon_yield=single,
        phase_error=phase_error,
        rate=np.maximum(private - ec_efficiency * gain_z * binary_entropy(qber), 0.0),
    )
