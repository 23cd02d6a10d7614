"""Active odd-parity pairing: error rejection that throws few good bits away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.key.statistics.concentration import chernoff, chernoff_observed
from satqkd.units import FloatArray, share_of

_LN_2: Final = math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawBits:
    """Clicks by which transmitter sent light: arrays of shape (blocks,)."""

    only_a: FloatArray
    """The first transmitter alone: both hold 1."""
    only_b: FloatArray
    """The second transmitter alone: both hold 0."""
    both: FloatArray
    """Both transmitters: an error, 0 at the second."""
    neither: FloatArray
    """Neither transmitter: an error, 1 at the second."""

    @property
    def total(self) -> FloatArray:
        """All clicks. [bit]"""
        return self.only_a + self.only_b + self.both + self.neither

    @property
    def qber(self) -> FloatArray:
        """Error fraction."""
        return share_of(self.both + self.neither, self.total)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairedBits:
    """What is left after pairing: arrays of shape (blocks,)."""

    pairs: FloatArray
    """Pairs of a 0 and a 1 that the second transmitter makes."""
    survivors: FloatArray
    """Pairs that are odd at the first transmitter too; each gives one bit. [bit]"""
    qber: FloatArray
    """Error fraction of these bits."""
    untagged: FloatArray
    """Expected survivors made of two single photons. [bit]"""


def pair_odd(
    raw: RawBits, *, single_photons_a: FloatArray, single_photons_b: FloatArray
) -> PairedBits:
    r"""Pair every 0 with a random 1 and keep the pairs that are odd on both sides.

    .. math::
        n_g &= \min(n_{t0}, n_{t1}), \qquad n_{t0} = n_{01} + n_{SS}, \quad
               n_{t1} = n_{10} + n_{VV} \\
        n_t' &= n_g \frac{n_{01} n_{10} + n_{SS} n_{VV}}{n_{t0} n_{t1}}, \qquad
        E' = \frac{n_{SS} n_{VV}}{n_{01} n_{10} + n_{SS} n_{VV}}, \qquad
        n_1' = n_g \frac{u_{10} u_{01}}{n_{t1} n_{t0}}

    Parameters
    ----------
    raw
        Clicks before.
    single_photons_a, single_photons_b
        Single photons :math:`u` among the clicks of the first, of the second transmitter alone.

    Returns
    -------
    PairedBits
        Expectations over the random pairing.

    References
    ----------
    .. [1] H. Xu, Z.-W. Yu, C. Jiang, X.-L. Hu and X.-B. Wang, "Sending-or-not-sending twin-field
       quantum key distribution: breaking the direct transmission key rate", *Phys. Rev. A* 101,
       042330 (2020) (recalled).
    """
    zeros, ones = raw.only_b + raw.both, raw.only_a + raw.neither
    pairs = np.minimum(zeros, ones)
    right = pairs * share_of(raw.only_b, zeros) * share_of(raw.only_a, ones)
    wrong = pairs * share_of(raw.both, zeros) * share_of(raw.neither, ones)
    return PairedBits(
        pairs=pairs,
        survivors=right + wrong,
        qber=share_of(wrong, right + wrong),
        untagged=pairs * share_of(single_photons_b, zeros) * share_of(single_photons_a, ones),
    )


def paired_phase_error(phase_error: FloatArray) -> FloatArray:
    """Probability that exactly one of two bits has a phase error, 2e(1-e).

    Derived here: two independent errors, of which exactly one happens.
    """
    return np.asarray(2.0 * phase_error * (1.0 - phase_error))


def most_paired_phase_error(
    phase_error: FloatArray,
    *,
    expected_photons: FloatArray,
    single_photons: FloatArray,
    pairs: FloatArray,
    raw_bits: FloatArray,
    log_term: float,
) -> FloatArray:
    r"""Upper bound on the phase error fraction of surviving pairs of single photons.

    .. math::
        K &= O^+_{\beta + \ln 2}(\bar N e), \qquad
        \bar e = \tfrac{1}{N} E^+_{\beta_x}(K), \qquad
        e' = \tfrac{1}{n'} O^+_{\beta_t}\left(2 \bar e (1 - \bar e)\, n'\right) \\
        \beta_x &= \beta + \ln 4 + 3 \ln(n_t + 1), \qquad
        \beta_t = \beta + \ln 4 + 4 \ln(n_t + 1)

    :math:`O^+_\beta` bounds what is observed of an expectation and :math:`E^+_\beta` the
    expectation of what is observed, each but for a probability :math:`e^{-\beta}`.

    Parameters
    ----------
    phase_error
        Bound :math:`e` on the expected phase error fraction of the single photons before pairing,
        which may fail with half of the probability of ``log_term``, for each count in it that
        nobody sees whole.
    expected_photons
        Expectation :math:`\bar N` of the single photons, as ``phase_error`` takes it: their
        product bounds the expected phase errors. More than there may be.
    single_photons
        Lower bound :math:`N` on their number.
    pairs
        Lower bound :math:`n'` on the surviving pairs of two of them.
    raw_bits
        All clicks :math:`n_t`, more than there are single photons.
    log_term
        :math:`\beta`: natural logarithm of one over the failure probability. The bound fails with
        that probability, and as often again for each bound in ``phase_error`` and for :math:`K`.

    Returns
    -------
    FloatArray
        Fraction, at most 0.5; 0.5 where nothing is known.

    Notes
    -----
    Which bits are paired depends on their values, which cannot be known together with their
    phases: pairing does not sample phase errors at random, and 2e(1-e) holds for bits that are
    independent of each other. An eavesdropper need not leave them so. The bound here was derived
    for satqkd and is not that of [1]_, whose "zigzag" reaches the same end by another way:

    #. A raw bit of a single photon is a qubit, a phase error of a surviving pair is its singlet.
       Of qubits all alike, in whatever state, a pair of unlike bits is a singlet with
       :math:`(1 - |r|^2) / (2 - 2 z^2) \le 2e(1-e)`, where :math:`r` is the Bloch vector,
       :math:`z` its part along the bits and :math:`1 - 2e` that along the phase: each pair for
       itself, so that :math:`O^+` bounds their number.
    #. Pairs are drawn at random, so the order of the qubits holds nothing, and any state of
       :math:`N` of them is at most :math:`(N+1)^3` times a mixture of such that are all alike [2]_.
    #. What is known of the state is that at most :math:`K` phases would have been wrong. Let
       :math:`\Pi` project on that. Then :math:`\rho \le 2 \Pi \rho \Pi + 2 \Pi^\perp \rho
       \Pi^\perp`: what :math:`K` is bounded with fails twice as often, hence the halves.
    #. Qubits all alike with more than :math:`\bar e` phase errors are as good as never seen with
       :math:`K`. Those with less are at most :math:`N + 1` times turned by a random angle about the
       phase when :math:`\Pi` is applied (pinching), and stay alike with the same error.

    References
    ----------
    .. [1] C. Jiang, X.-L. Hu, H. Xu, Z.-W. Yu and X.-B. Wang, "Zigzag approach to higher key rate
       of sending-or-not-sending twin field quantum key distribution with finite-key effects", *New
       J. Phys.* 22, 053048 (2020), arXiv:1908.05670 (abstract seen).
    .. [2] M. Christandl, R. König and R. Renner, "Postselection technique for quantum channels with
       applications to quantum cryptography", *Phys. Rev. Lett.* 102, 020504 (2009) (recalled).
    """
    size = np.log1p(raw_bits)
    known = single_photons > 0.0
    number = np.where(known, single_photons, 1.0)
    _, wrong = chernoff_observed(expected_photons * phase_error, log_term=log_term + _LN_2)
    _, expected = chernoff(wrong, log_term=log_term + 2.0 * _LN_2 + 3.0 * size)
    each = np.where(known, np.minimum(expected / number, 0.5), 0.5)
    _, odd = chernoff_observed(
        pairs * paired_phase_error(each), log_term=log_term + 2.0 * _LN_2 + 4.0 * size
    )
    return np.minimum(share_of(odd, pairs, otherwise=0.5), 0.5)
