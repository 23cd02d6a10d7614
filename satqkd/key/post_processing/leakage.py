"""Bits announced so that both sides hold the same string."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray

_MANY: Final = 1e9
"""From this length on a Cornish-Fisher expansion has every digit of the binomial quantile."""


def leak_bits(qber: FloatArray, *, sifted_bits: FloatArray, ec_efficiency: float) -> FloatArray:
    """Bits a code of a given efficiency announces, f·n·h(Q).

    By definition of the efficiency: bits announced over the limit n·h(Q) of Shannon 1948.

    Parameters
    ----------
    qber
        Error fraction Q.
    sifted_bits
        Length n. [bit]
    ec_efficiency
        Bits announced over Shannon's limit f, at least 1.

    Returns
    -------
    FloatArray
        Announced bits. [bit]

    Examples
    --------
    >>> round(float(leak_bits(np.array(0.11), sifted_bits=np.array(1e6), ec_efficiency=1.0)))
    499916
    """
    return np.asarray(ec_efficiency * sifted_bits * binary_entropy(qber))


def one_way_limit_bits(
    qber: FloatArray, *, sifted_bits: FloatArray, failure_probability: float
) -> FloatArray:
    r"""Fewest bits one-way error correction of a finite block can announce.

    .. math:: n h(Q) + \left[ n(1-Q) - F^{-1}\!\left(\epsilon (1 + n^{-1/2}); n, 1-Q\right) - 1
              \right] \log_2\frac{1-Q}{Q} - \tfrac{1}{2} \log_2 n - \log_2\frac{1}{\epsilon}

    :math:`F^{-1}(\cdot; n, p)` is the quantile of the binomial distribution.

    Parameters
    ----------
    qber
        Error fraction :math:`Q`, above 0 and below 0.5.
    sifted_bits
        Length :math:`n`, at least 1; its whole part enters the quantile. [bit]
    failure_probability
        Probability :math:`\epsilon` that the corrected string is wrong.

    Returns
    -------
    FloatArray
        Announced bits. [bit]

    Notes
    -----
    Every logarithm is to base 2. With natural ones, as a comparable program has them beside an
    entropy in bits, a block of 1000 bits seems to need 30 % less. Long blocks come near
    :math:`n h(Q)`, which no code reaches: the larger of this and :func:`leak_bits` is safe.

    References
    ----------
    .. [1] M. Tomamichel, J. Martinez-Mateo, C. Pacher and D. Elkouss, "Fundamental finite key
       limits for one-way information reconciliation in quantum key distribution", *Quantum
       Inf. Process.* 16, 280 (2017), eq. 6.
    """
    n, Q = np.asarray(sifted_bits, dtype=np.float64), np.asarray(qber, dtype=np.float64)
    level = failure_probability * (1.0 + 1.0 / np.sqrt(n))
    from scipy.special import bdtrik  # noqa: PLC0415 -- 0.15 s that no other function needs

    quantile = np.where(
        n < _MANY,
        np.ceil(bdtrik(level, np.minimum(np.floor(n), _MANY), 1.0 - Q)),
        _quantile_of_many(level, n, 1.0 - Q),
    )
    surplus = (n * (1.0 - Q) - quantile - 1.0) * np.log2((1.0 - Q) / Q)
    return np.asarray(
        n * binary_entropy(Q) + surplus - 0.5 * np.log2(n) + np.log2(failure_probability)
    )


def _quantile_of_many(level: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    """Quantile of a binomial distribution of many trials."""
    from scipy.special import ndtri  # noqa: PLC0415 -- as above

    z = ndtri(level)
    return np.asarray(n * p + z * np.sqrt(n * p * (1.0 - p)) + (1.0 - 2.0 * p) * (z * z - 1.0) / 6)
