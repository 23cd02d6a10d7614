from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from satqkd.key.statistics.concentration import (
    INTERVALS,
    chernoff,
    chernoff_observed,
    exact_chernoff,
    exact_chernoff_observed,
    hoeffding,
    large_count_chernoff,
)

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


def failures(inside, trials=40_000):
    """Share of trials outside, and what chance alone may add to it."""
    return float(np.mean(~inside)), 4.0 * math.sqrt(0.25 / trials)


@pytest.mark.parametrize("bound", [chernoff, exact_chernoff, large_count_chernoff])
@pytest.mark.parametrize("mean", [0.7, 6.0, 90.0, 4e4])
def test_expectations_lie_inside_as_often_as_promised(bound, mean):
    """Of simulated counts at most ε lead to a bound on the wrong side, for ε large enough to see.

    With almost no margin the same check fails: it can.
    """
    seen = np.random.default_rng(3).poisson(mean, 40_000).astype(float)
    for epsilon in (0.05, 0.3):
        lower, upper = bound(seen, log_term=-math.log(epsilon))
        for share, chance in (failures(lower <= mean), failures(upper >= mean)):
            assert share <= epsilon + chance
    lower, upper = bound(seen, log_term=1e-3)
    assert failures((lower <= mean) & (upper >= mean))[0] > 0.3


@pytest.mark.parametrize("bound", [chernoff_observed, exact_chernoff_observed])
@pytest.mark.parametrize("mean", [0.7, 6.0, 90.0, 4e4])
def test_observations_lie_inside_as_often_as_promised(bound, mean):
    """What is drawn around an expectation lies beyond either bound at most ε of the time."""
    seen = np.random.default_rng(4).poisson(mean, 40_000)
    for epsilon in (0.05, 0.3):
        lower, upper = bound(np.array([mean]), log_term=-math.log(epsilon))
        for share, chance in (failures(seen >= lower), failures(seen <= upper)):
            assert share <= epsilon + chance
    lower, upper = bound(np.array([mean]), log_term=1e-3)
    assert failures((lower <= seen) & (upper >= seen))[0] > 0.2


def test_hoeffding_encloses_as_often_as_promised():
    """Clicks shared out between intensities by tosses lie inside all but ε of the time."""
    rng, n, shares = np.random.default_rng(5), 3000, np.array([0.6, 0.3, 0.1])
    seen = rng.multinomial(n, shares, 40_000).T.astype(float)
    mean = n * shares[:, np.newaxis]
    lower, upper = hoeffding(seen, log_term=-math.log(0.3))
    for share, chance in (failures(lower <= mean), failures(upper >= mean)):
        assert share <= 0.3 + chance
    assert failures(np.abs(seen - mean) <= 0.0)[0] > 0.3


def test_the_exact_bound_is_the_tightest():
    """Its approximations are never inside it."""
    counts = np.geomspace(0.1, 1e20, 400)
    exact = exact_chernoff(counts, log_term=23.8)
    for other in (chernoff, large_count_chernoff):
        lower, upper = other(counts, log_term=23.8)

        assert (lower <= exact[0] * (1 + 1e-12)).all()
        assert (upper >= exact[1] * (1 - 1e-12)).all()


def test_many_counts_make_the_closed_form_exact():
    """At a hundred million clicks it gives away less than a hundredth of the reach."""
    n = np.array([1e8])
    lower, upper = exact_chernoff(n, log_term=23.8)
    near = large_count_chernoff(n, log_term=23.8)

    assert (n - near[0]) / (n - lower) == pytest.approx(1.0, abs=5e-3)
    assert (near[1] - n) / (upper - n) == pytest.approx(1.0, abs=5e-3)
