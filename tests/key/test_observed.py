import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from satqkd.key.observed import observed_bounds


def test_counts_stay_within_more_often_than_promised():
    """Poisson counts leave the bounds less often than the stated failure probability."""
    draw = np.random.default_rng(5)
    epsilon = 0.05  # large enough that failures would be seen
    for mean in (3.0, 30.0, 3000.0):
        low, high = observed_bounds(np.array(mean), log_term=np.log(1.0 / epsilon))
        counts = draw.poisson(mean, 200_000)
        assert np.mean(counts < low) < epsilon
        assert np.mean(counts > high) < epsilon


def test_a_looser_promise_is_broken():
    """Bounds of half the width fail more often than they promise: the test above can fail."""
    draw = np.random.default_rng(5)
    low, high = observed_bounds(np.array(3000.0), log_term=np.log(1.0 / 0.05))
    counts = draw.poisson(3000.0, 200_000)
    assert np.mean(counts > 3000.0 + 0.5 * (high - 3000.0)) > 0.05
    assert np.mean(counts < 3000.0 - 0.5 * (3000.0 - low)) > 0.05


@given(st.floats(0.0, 1e22), st.floats(0.1, 700.0))
def test_bounds_surround_the_expectation(expected, log_term):
    """Bounds are finite, ordered and not negative."""
    low, high = observed_bounds(np.array(expected), log_term=log_term)
    assert 0.0 <= low <= expected <= high < np.inf
