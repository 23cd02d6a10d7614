"""Active odd-parity pairing: error rejection that throws few good bits away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.units import FloatArray, share_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawBits:
    """Clicks by who sent light: arrays of shape (blocks,)."""

    only_a: FloatArray
    """The first sender alone: both hold 1."""
    only_b: FloatArray
    """The second sender alone: both hold 0."""
    both: FloatArray
    """Both senders: an error, 0 at the second."""
    neither: FloatArray
    """Nobody: an error, 1 at the second."""

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
    """Pairs of a 0 and a 1 that the second sender makes."""
    survivors: FloatArray
    """Pairs that are odd at the first sender too; each gives one bit. [bit]"""
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
        Single photons :math:`u` among the clicks of the first, of the second sender alone.

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
    """Chance that exactly one of two bits has a phase error, 2e(1-e)."""
    return np.asarray(2.0 * phase_error * (1.0 - phase_error))
