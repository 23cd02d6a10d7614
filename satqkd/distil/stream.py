"""Public random numbers that both ends draw from a seed: permutations and the like."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.distil.bits import Words

_STEP: Final = 0x9E3779B97F4A7C15
_LIMIT: Final = 1 << 64


def stream(seed: int, *, count: int, first: int = 0) -> Words:
    """Return numbers ``first`` to ``first + count`` of the stream of a seed.

    Nothing secret may hang on them: whoever knows one knows all.

    Parameters
    ----------
    seed
        64 bits.
    count, first
        How many, from which on.

    References
    ----------
    .. [1] G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators",
       *OOPSLA '14*, 453 (2014): SplitMix64, here by its counter.

    Examples
    --------
    >>> [hex(number) for number in stream(0, count=2).tolist()]
    ['0xe220a8397b1dcdaf', '0x6e789e6aa1b965f4']
    """
    start = np.uint64((seed + (first + 1) * _STEP) % _LIMIT)
    z = start + np.arange(count, dtype=np.uint64) * np.uint64(_STEP)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
