"""The exact tail of sampling without replacement."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaln, logsumexp

from satqkd.key.statistics.hypergeometric import hypergeometric_error_fraction

SIZES = (100, 1000, 30_000, 10**6, 10**9)
SHARES = (0.0, 0.001, 0.01, 0.05, 0.2, 0.45)
LOG_TERMS = (20.0, 47.0, 95.0)


def bound(errors, sample, rest, log_term):
    k, c, d = (np.atleast_1d(np.asarray(x, dtype=float)) for x in (errors, sample, rest))
    return hypergeometric_error_fraction(k, sample=c, rest=d, log_term=log_term)


def ln_tail(errors, sample, rest, unseen):
    """Logarithm of the chance of at most so few errors in the sample, added up term by term."""
    total = errors + unseen
    least = max(0, errors - 4000, math.ceil(total - rest))
    j = np.arange(least, errors + 1, dtype=float)

    def choose(n, m):
        return gammaln(n + 1) - gammaln(m + 1) - gammaln(n - m + 1)

    last = choose(sample, errors) + choose(rest, unseen) - choose(sample + rest, total)
    ratio = np.log(j[1:] * (rest - total + j[1:]) / ((sample - j[1:] + 1) * (total - j[1:] + 1)))
    down = np.concatenate([[0.0], np.cumsum(ratio[::-1])]) if ratio.size else np.zeros(1)
    return float(last + logsumexp(down))


@pytest.mark.parametrize("log_term", LOG_TERMS)
@pytest.mark.parametrize("sample", SIZES[:4])
@pytest.mark.parametrize("rest", [30, 300, 10_000, 10**6])
def test_is_the_exact_tail_from_above_and_close(sample, rest, log_term):
    """With the bound's errors left unseen the tail is below ε; with 2 % less of a margin above.

    No errors beyond the bound can hide behind it, and little is given away.
    """
    for share in SHARES:
        errors = int(share * sample)
        (fraction,) = bound(errors, sample, rest, log_term).tolist()
        if fraction == 0.5:
            assert ln_tail(errors, sample, rest, 0.49 * rest) > -log_term
            continue
        assert ln_tail(errors, sample, rest, fraction * rest) <= -log_term
        seen = errors / sample
        nearer = seen + 0.98 * (fraction - seen)
        assert ln_tail(errors, sample, rest, nearer * rest) > -log_term


def test_failing_as_often_as_it_says_can_be_seen():
    """Of 400,000 draws at ε = 0.1 % as many exceed the bound as may, and not far fewer."""
    rng = np.random.default_rng(8)
    for sample, rest, wrong in ((300, 1200, 45), (2000, 500, 100), (1000, 1000, 200)):
        seen = rng.hypergeometric(wrong, sample + rest - wrong, sample, 400_000).astype(float)
        most = bound(seen, np.full(seen.size, sample), np.full(seen.size, rest), -math.log(0.001))
        failed = np.mean((wrong - seen) / rest > most)

        assert 0.0002 < failed <= 0.001


@pytest.mark.parametrize("scale", [300.0, 1e4, 1e9, 1e22])
def test_rises_with_errors_and_falls_with_sample_and_rest(scale):
    """Monotone in each, also between whole numbers, and at most one half."""
    many = np.linspace(0.0, 0.6 * scale, 2001)
    by_errors = bound(many, np.full(many.size, scale), np.full(many.size, 3 * scale), 47.0)
    sizes = np.geomspace(0.02 * scale + 1.0, scale, 2001)
    by_sample = bound(np.full(sizes.size, 0.01 * scale), sizes, np.full(sizes.size, scale), 47.0)
    by_rest = bound(np.full(sizes.size, 0.01 * scale), np.full(sizes.size, scale), sizes, 47.0)

    assert (np.diff(by_errors) >= -1e-12).all()
    assert by_errors.max() == 0.5
    assert (np.diff(by_sample) <= 1e-12).all()
    assert (np.diff(by_rest) <= 1e-12).all()
    # What a larger rest bounds is a number of errors: it never falls.
    assert (np.diff(by_rest * sizes) >= -1e-9 * scale).all()


def test_certainty_costs():
    """The less it may fail, the more errors it has to allow for."""
    logs = np.linspace(10.0, 200.0, 400)
    fractions = np.array([bound(12.0, 4000.0, 9000.0, log).item() for log in logs])

    assert (np.diff(fractions) > 0.0).all()


def test_no_sample_bounds_nothing():
    """Without at least one event, or with half of them wrong, unseen errors may be anything."""
    assert bound([0.0, 0.0, 50.0, 49.0], [0.0, 0.99, 100.0, 100.0], 1e6, 47.0).tolist() == [0.5] * 4
    assert bound(0.0, 1e6, 0.0, 47.0).item() == 0.5


def test_shape_is_that_of_the_arguments():
    """Whatever lies beside a block does not change its bound."""
    errors = np.array([[0.0, 3.0, 700.0], [1.0, 20.0, 9e4]])
    sample, rest = np.array([[1e3, 1e4, 1e5]]), np.full((2, 3), 1e6)
    together = hypergeometric_error_fraction(errors, sample=sample, rest=rest, log_term=47.0)

    assert together.shape == (2, 3)
    for place in np.ndindex(2, 3):
        alone = bound(errors[place], sample[0, place[1]], rest[place], 47.0)
        assert together[place] == alone.item()
