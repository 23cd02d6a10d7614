from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from satqkd.key.concentration import INTERVALS, chernoff, hoeffding

COUNTS = np.array([[0.0, 5.0, 1e4, 1e12], [0.0, 0.0, 2e3, 1e11]])


@pytest.mark.parametrize("interval", INTERVALS.values(), ids=INTERVALS)
def test_bounds_enclose_the_observed_count(interval):
    """No count lies outside its own interval."""
    lower, upper = interval(COUNTS, log_term=23.8)

    assert (lower <= COUNTS).all()
    assert (upper >= COUNTS).all()


def test_hoeffding_reaches_as_far_as_the_whole_block_scatters():
    """Every intensity gets the square root of n/2 ln(1/ε)."""
    _, upper = hoeffding(COUNTS, log_term=20.0)

    assert upper[:, 2] - COUNTS[:, 2] == pytest.approx(math.sqrt(12e3 * 10.0), rel=1e-12)


def test_chernoff_allows_for_clicks_where_none_were_seen():
    """Zero clicks leave an expectation of up to 2 ln(1/ε)."""
    lower, upper = chernoff(np.zeros((3, 1)), log_term=20.0)

    assert upper.max() == 40.0
    assert lower.min() == -20.0


@pytest.mark.parametrize("seen", [0, 1, 4, 20, 100, 3000])
def test_chernoff_holds_for_poissonian_counts(seen):
    """At the bounds what was seen is no more likely than ε."""
    epsilon = 1e-6
    lower, upper = chernoff(np.array([[float(seen)]]), log_term=-math.log(epsilon))

    assert poisson.cdf(seen, upper.item()) <= epsilon
    if lower.item() > 0:
        assert poisson.sf(seen - 1, lower.item()) <= epsilon
