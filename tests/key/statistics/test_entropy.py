from __future__ import annotations

import numpy as np
import pytest
from mpmath import log, mp, mpf

from satqkd.key.statistics.entropy import binary_entropy


def test_a_certain_outcome_holds_no_surprise():
    """Entropy is exactly 0 at both ends."""
    assert binary_entropy([0.0, 1.0]).tolist() == [0.0, 0.0]


def test_small_probabilities_keep_their_digits():
    """1 - x is never rounded before its logarithm is taken."""
    mp.dps = 40
    x = 10.0 ** -np.arange(1, 300, 7)
    exact = [-mpf(v) * log(mpf(v), 2) - (1 - mpf(v)) * log(1 - mpf(v), 2) for v in x.tolist()]

    # Three rounded operations on doubles.
    assert binary_entropy(x) == pytest.approx([float(v) for v in exact], rel=1e-14)


def test_both_outcomes_count_alike():
    """h(x) is h(1 - x)."""
    x = np.linspace(0.0, 1.0, 101)

    assert binary_entropy(x) == pytest.approx(binary_entropy(1.0 - x), rel=1e-13)
