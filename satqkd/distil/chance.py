"""How far the chance of single clicks moves a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.units import FloatArray, IntArray

DRAWS: Final = 1000
"""Numerical: realisations of the counts behind an interval."""


def counting_interval(
    keys: Callable[[Counts], IntArray], expected: Counts, *, seed: int, share: float = 0.95
) -> tuple[int, int]:
    """Return where the key of all blocks together lies, when light and loss are as expected. [bit]

    Parameters
    ----------
    keys
        Makes key of counts: of each row. [bit]
    expected
        Counts to be expected, one row a block.
    seed
        Of the draws.
    share
        Of the realisations that lie inside.

    Returns
    -------
    tuple of int
        Percentiles of the sum over the blocks; weather and pointing are not in it.

    References
    ----------
    .. [1] By definition: clicks of many pulses, each of them rare, are Poissonian, and each is
       wrong for itself.
    """
    generator = np.random.default_rng(seed)
    total = np.zeros(DRAWS)
    for row in range(len(expected)):
        own = expected.take(np.full(DRAWS, row))
        key, wrong = _drawn(own.key_clicks, own.key_errors, generator)
        check, wrong_check = _drawn(own.check_clicks, own.check_errors, generator)
        total += keys(
            replace(
                own, key_clicks=key, key_errors=wrong, check_clicks=check, check_errors=wrong_check
            )
        )
    low, high = np.quantile(total, [0.5 - share / 2.0, 0.5 + share / 2.0])
    return int(low), int(high)


def _drawn(
    clicks: FloatArray, errors: FloatArray, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    many = generator.poisson(clicks)
    chance = np.clip(errors / np.maximum(clicks, 1e-300), 0.0, 1.0)
    return many.astype(np.float64), generator.binomial(many, chance).astype(np.float64)
