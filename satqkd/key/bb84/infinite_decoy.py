"""Analysis with the yields known from infinitely many decoys: only the signal fluctuates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.clicks.counts import Counts
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.events import Events
from satqkd.key.statistics.concentration import exact_chernoff_observed
from satqkd.key.statistics.mixture import mixture, over_intensities
from satqkd.key.statistics.secrecy import Composition
from satqkd.units import FloatArray, IntArray

COMPOSITION: Final = Composition(classical=4, published_parts=21, published_logs=6)
"""Empty pulses, single photons in either basis and their errors; as published as many parts as two
decoys need."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotonYields:
    """How empty pulses and single photons fare over a block: arrays of shape (blocks,)."""

    vacuum: FloatArray
    """Probability that an empty pulse clicks."""
    single: FloatArray
    """Probability that a single photon clicks."""
    single_error: FloatArray
    """Probability that it clicks wrongly."""


def yields_of(
    transmittance: FloatArray,
    *,
    background_probability: npt.ArrayLike,
    intrinsic_error: float,
    weight_s: FloatArray,
    starts: IntArray,
) -> PhotonYields:
    r"""Mean yields of an honest channel.

    .. math:: Y_1 = Y_0 + (1 - Y_0) \eta, \qquad
              e_1 Y_1 = \min\left(\tfrac{1}{2} Y_0 + e_d \eta, \tfrac{1}{2} Y_1\right)

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click, detectors included, shape (n,).
    background_probability
        Probability :math:`Y_0` of a click without signal, a number or shape (n,).
    intrinsic_error
        Error fraction :math:`e_d` of clicks caused by signal.
    weight_s
        Seconds a sample stands for. [s]
    starts
        Offsets of the blocks, one more than there are.

    Returns
    -------
    PhotonYields
        0 for blocks of no time.

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), with signal and
       background clicks joined, not added.
    """
    empty = np.broadcast_to(np.asarray(background_probability, dtype=float), transmittance.shape)
    single = empty + (1.0 - empty) * transmittance
    wrong = np.minimum(0.5 * empty + intrinsic_error * transmittance, 0.5 * single)
    time_s = _sums(weight_s, starts)

    def mean(values: FloatArray) -> FloatArray:
        return np.divide(
            _sums(weight_s * values, starts), time_s, out=np.zeros_like(time_s), where=time_s > 0
        )

    return PhotonYields(vacuum=mean(empty), single=mean(single), single_error=mean(wrong))


def infinite_decoy_events(counts: Counts, *, yields: PhotonYields, log_term: float) -> Events:
    r"""Bound the events of pulses whose yields are known.

    .. math:: s_j \ge O^-(N \tau_j Y_j), \qquad v_1 \le O^+(N_c \tau_1 e_1 Y_1)

    Parameters
    ----------
    counts
        Of any number of intensities, with the pulses of each basis.
    yields
        Known from the decoys.
    log_term
        Natural logarithm of one over the failure probability of each bound.

    Returns
    -------
    Events
        Bounds of every block.

    References
    ----------
    .. [1] H.-K. Lo, X. Ma and K. Chen, *Phys. Rev. Lett.* 94, 230504 (2005), for the yields.
    """
    if counts.key_pulses is None or counts.check_pulses is None:
        raise NonPhysicalError("counts", "must give the pulses of each basis; there are none")
    mix = mixture(counts)
    vacuum = _least(counts.key_pulses * mix.vacuum * yields.vacuum, log_term)
    single = _least(counts.key_pulses * mix.single * yields.single, log_term)
    check = _least(counts.check_pulses * mix.single * yields.single, log_term)
    _, wrong = exact_chernoff_observed(
        counts.check_pulses * mix.single * yields.single_error, log_term=log_term
    )
    return Events(
        vacuum=vacuum,
        single_photons=single,
        check_single_photons=check,
        check_single_photon_errors=np.minimum(wrong, over_intensities(counts.check_errors)),
    )


def _least(expected: FloatArray, log_term: float) -> FloatArray:
    return exact_chernoff_observed(expected, log_term=log_term)[0]


def _sums(values: FloatArray, starts: IntArray) -> FloatArray:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[starts[1:]] - total[starts[:-1]])
