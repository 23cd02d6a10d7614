"""The exact tail of sampling without replacement: errors seen, errors not seen."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from satqkd.units import FloatArray

_AT_ONCE: Final = 1 << 12
"""Numerical: blocks worked on together, so that all stays in the cache."""
_ROWS: Final = 8
"""Arrays to work in."""
_MOST: Final = 0.9
"""Numerical: largest error fraction that is tried; from 0.5 on the answer is 0.5."""
_SLACK: Final = 0.08
"""Numerical: covers Gosper's factorials, each within 1 % from one event on and 2.4 % at none."""
_GOSPER: Final = 1.0 / 6.0
"""In n! ≈ √(2π (n + 1/6)) (n/e)ⁿ."""
_STEPS: Final = 7
"""Numerical: steps at most, for blocks with few errors; one is enough for many."""
_FAR: Final = 0.05
"""Numerical: a step longer than this share of the margin is followed by another."""


def hypergeometric_error_fraction(
    errors: FloatArray, *, sample: FloatArray, rest: FloatArray, log_term: float
) -> FloatArray:
    r"""Upper bound on the error fraction outside a random sample, from the exact tail.

    The least :math:`\phi` at which so few errors in the sample are no likelier than
    :math:`\epsilon`:

    .. math:: \sum_{j \le k} \frac{\binom{c}{j} \binom{d}{K-j}}{\binom{c+d}{K}} \le \epsilon,
              \qquad K = k + \phi d

    Parameters
    ----------
    errors
        Errors in the sample :math:`k`; need not be whole.
    sample
        Events in the sample :math:`c`.
    rest
        Events outside it :math:`d`.
    log_term
        Natural logarithm of one over the failure probability :math:`\epsilon`, above 0.

    Returns
    -------
    FloatArray
        Fraction, at most 0.5, shaped as the arguments broadcast; 0.5 where the sample holds less
        than one event.

    Notes
    -----
    Terms of the sum fall at least as fast as from :math:`k` to :math:`k - 1`, so that it is at
    most its last term over :math:`1 - r`, with :math:`r = k (d - K + k) / ((c - k + 1)
    (K - k + 1))` [1]_. The logarithm of the last term is concave in :math:`K`: a step of Newton's
    method from anywhere ends where the tail is below :math:`\epsilon`, never short of it. Two
    steps from a normal approximation leave the margin :math:`\phi - k/c` 0.1 to 1 % too large.

    Which events make the sample has to be random, and what is sampled fixed before; nothing else
    is assumed of the errors.

    References
    ----------
    .. [1] V. Chvátal, "The tail of the hypergeometric distribution", *Discrete Math.* 25, 285
       (1979) (recalled): sums of the tail; the ratio of its terms by definition.
    .. [2] C. Loader, *Fast and accurate computation of binomial probabilities* (2000) (recalled):
       terms by deviances, which keep their digits for many events.

    Examples
    --------
    A flawless sample of 1000 bounds little, one of a million much:

    >>> c = np.array([1e3, 1e6])
    >>> [f"{float(x):.2g}" for x in hypergeometric_error_fraction(
    ...     np.zeros(2), sample=c, rest=np.array([1e7, 1e7]), log_term=23.8)]
    ['0.024', '2.5e-05']
    """
    k, c, d = np.broadcast_arrays(errors, sample, rest)
    shape = k.shape
    k, c, d = (np.ravel(each) for each in (k, c, d))
    bound = np.empty(k.size)
    work = np.empty((_ROWS, min(k.size, _AT_ONCE)))
    for first in range(0, k.size, _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        bound[part] = _bound(k[part], c[part], d[part], log_term=log_term, work=work)
    return bound.reshape(shape)


def _bound(
    errors: FloatArray, sample: FloatArray, rest: FloatArray, *, log_term: float, work: FloatArray
) -> FloatArray:
    """Bound some blocks, with another step of Newton's method where the last was a long one."""
    possible = sample >= 1.0
    possible &= errors < 0.5 * sample
    some = np.flatnonzero(possible)
    bound = np.full(errors.size, 0.5)
    before: FloatArray | None = None
    for _ in range(_STEPS):
        if some.size == 0:
            break
        k, c, d = errors.take(some), sample.take(some), rest.take(some)
        tail = _Tail(np.maximum(k, 0.0, out=k), c, np.maximum(d, 1.0, out=d), work)
        before = tail.normal(log_term) if before is None else before
        after = tail.closer(before, log_term)
        bound[some] = after
        step = after - before
        far = np.abs(step) > _FAR * (after - tail.seen)
        far &= (np.minimum(after, before) < 0.5) | (step < 0.0)
        some, before = some[far], np.minimum(after[far], _MOST)
    return np.asarray(np.minimum(bound, 0.5))


class _Tail:
    """The tail of some blocks along the error fraction of what is not seen.

    Arrays of the blocks' shape; work is done in rows that are used again.
    """

    def __init__(self, k: FloatArray, c: FloatArray, d: FloatArray, work: FloatArray) -> None:
        self.k, self.c, self.d = k, c, d
        self.right = c - k
        self.total = c + d
        self.seen = k / c
        self.of_rest = d / self.total
        self.of_sample = 1.0 - self.of_rest
        # Factors of the last term that do not change, √ of which is taken with the others.
        self.fixed = (c + _GOSPER) * (d + _GOSPER)
        self.fixed /= (k + _GOSPER) * (self.right + _GOSPER)
        self.fixed /= self.total + _GOSPER
        self.fixed *= 0.5 / math.pi
        self._work = work[:, : k.size]

    def normal(self, log_term: float) -> FloatArray:
        """Fraction at which a normal approximation reaches a log term, with some skew."""
        square, skew, root, spread, _, _, _, _ = self._work
        np.subtract(1.0, self.seen, out=skew)
        np.multiply(self.seen, skew, out=root)
        # In the sample at least one error is allowed for.
        np.divide(skew, self.c, out=square)
        np.maximum(square, root, out=square)
        square *= self.d
        square *= (2.0 * math.pi) * self.of_sample
        square += 1.0
        np.log(square, out=square)
        np.subtract(2.0 * log_term, square, out=square)
        np.maximum(square, 2.0, out=square)
        np.divide(self.of_rest, self.c, out=spread)
        spread *= square
        skew -= self.seen
        skew /= 3.0
        square *= self.of_sample
        square *= skew
        square /= self.d
        skew *= spread
        root *= spread
        np.multiply(skew, skew, out=spread)
        spread *= 0.25
        root += spread
        np.sqrt(root, out=root)
        root += skew
        root /= self.of_rest
        square *= 0.5
        root += square
        root += self.seen
        return np.asarray(np.minimum(root, _MOST))

    def closer(self, x: FloatArray, log_term: float) -> FloatArray:
        """Fraction one step of Newton's method nearer to the bound, not short of it."""
        value, slope = self.last_term(x)
        value += log_term + _SLACK
        value /= slope
        np.subtract(x, value, out=value)
        # The rest of the tail moves it up from here, by what that is here at most.
        np.clip(value, self.seen, _MOST, out=value)
        others = self.others(value)
        others /= slope
        return np.asarray(value - others)

    def last_term(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Logarithm of the chance of just the errors seen, and its slope."""
        above, all_wrong, all_right, share, log, value, slope, unseen = self._work
        np.subtract(x, self.seen, out=above)
        np.multiply(self.of_rest, above, out=all_wrong)
        all_wrong += self.seen
        np.subtract(1.0, all_wrong, out=all_right)
        np.multiply(self.d, x, out=unseen)
        # Each deviation over what would be expected were all alike: wrong, then right.
        np.divide(above, all_wrong, out=share)
        np.multiply(share, self.of_rest, out=log)
        np.negative(log, out=log)
        np.maximum(log, -1.0 + 1e-15, out=log)
        np.log1p(log, out=log)
        np.multiply(self.k, log, out=value)
        share *= self.of_sample
        np.log1p(share, out=slope)
        np.multiply(unseen, slope, out=log)
        value += log
        np.divide(above, all_right, out=share)
        np.multiply(share, self.of_rest, out=log)
        np.log1p(log, out=log)
        log *= self.right
        value += log
        share *= self.of_sample
        np.negative(share, out=share)
        np.log1p(share, out=share)
        np.subtract(share, slope, out=slope)
        np.subtract(self.d, unseen, out=log)
        share *= log
        value += share
        # √ of the factors: wrong and right in all, over wrong and right outside the sample.
        log += _GOSPER
        unseen += _GOSPER
        log *= unseen
        np.divide(self.fixed, log, out=log)
        all_wrong *= self.total
        all_wrong += _GOSPER
        log *= all_wrong
        all_right *= self.total
        all_right += _GOSPER
        log *= all_right
        np.log(log, out=log)
        log *= 0.5
        np.subtract(log, value, out=value)
        slope *= self.d
        return value, slope

    def others(self, x: FloatArray) -> FloatArray:
        """Logarithm of the whole tail over its last term, at most."""
        unseen = self.d * x
        ratio = self.d - unseen
        ratio *= self.k
        unseen += 1.0
        unseen *= self.right + 1.0
        ratio /= unseen
        np.minimum(ratio, 1.0 - 1e-9, out=ratio)
        np.negative(ratio, out=ratio)
        np.log1p(ratio, out=ratio)
        return np.asarray(np.negative(ratio, out=ratio))
