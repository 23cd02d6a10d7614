from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import hypergeom

from satqkd.key.statistics.sampling import serfling_error_fraction, unseen_error_fraction

LOG_TERM = math.log(21 / 1e-9)


def bound(errors, sample, rest):
    arrays = (np.array([float(x)]) for x in (errors, sample, rest))
    k, c, d = arrays
    return float(unseen_error_fraction(k, sample=c, rest=d, log_term=LOG_TERM)[0])


@pytest.mark.parametrize("errors", [0, 1, 3, 10, 30, 100, 1000])
@pytest.mark.parametrize("sample", [100, 1000, 30_000])
@pytest.mark.parametrize("rest", [300, 10_000, 1_000_000])
def test_bound_holds_for_exact_sampling_without_replacement(errors, sample, rest):
    """With more errors left unseen than the bound says, so few in the sample are rarer than ε."""
    fraction = bound(errors, sample, rest)
    unseen = math.ceil(fraction * rest)

    rarity = hypergeom.cdf(errors, sample + rest, errors + unseen, sample)

    assert fraction == 0.5 or rarity <= math.exp(-LOG_TERM)


def test_large_sample_formula_alone_would_not_hold():
    """Lim's term promises too much for an error-free sample, so the other one decides."""
    sample, rest, fraction = 1000.0, 1e6, 1e-6
    u, w = (sample + rest) / (sample * rest), fraction
    lim = fraction + math.sqrt(u * w * (math.log(u / w) + 2 * LOG_TERM)) / math.log(2)

    assert hypergeom.cdf(0, 1_001_000, math.ceil(lim * rest), 1000) > 1e3 * math.exp(-LOG_TERM)
    assert bound(0, sample, rest) > 10 * lim


def test_no_sample_bounds_nothing():
    """Without at least one event the unseen errors may be anything."""
    assert bound(0, 0.0, 1e6) == 0.5
    assert bound(0, 0.99, 1e6) == 0.5


def test_large_samples_give_the_published_term():
    """Above some sixty errors the sum is the error fraction and Lim's gamma."""
    k, c, d = 2000.0, 1e5, 1e6
    b = k / c
    inside = (c + d) / (c * d * (1 - b) * b) * 21**2 / 1e-18
    gamma = math.sqrt((c + d) * (1 - b) * b / (c * d * math.log(2)) * math.log2(inside))

    assert bound(k, c, d) == pytest.approx(b + gamma, rel=1e-12)


@pytest.mark.parametrize("scale", [1e3, 1e9, 1e22])
def test_more_errors_in_the_sample_never_lower_the_bound(scale):
    """The bound rises with the errors and never passes one half."""
    errors = np.concatenate([[0.0], np.geomspace(1e-3, scale, 500)])
    fraction = unseen_error_fraction(
        errors, sample=np.full(501, scale), rest=np.full(501, 3 * scale), log_term=LOG_TERM
    )

    assert (np.diff(fraction) >= 0).all()
    assert fraction.max() == 0.5


@pytest.mark.parametrize("errors", [0, 1, 10, 100])
@pytest.mark.parametrize("sample", [100, 3000])
def test_the_bound_without_variance_holds_for_exact_sampling_too(errors, sample):
    """Serfling's is safe whatever the errors."""
    rest = 10_000
    arrays = {"sample": np.array([float(sample)]), "rest": np.array([float(rest)])}
    fraction = serfling_error_fraction(
        np.array([float(errors)]), **arrays, log_term=LOG_TERM
    ).item()
    unseen = math.ceil(fraction * rest)

    rarity = hypergeom.cdf(errors, sample + rest, errors + unseen, sample)
    assert fraction == 0.5 or rarity <= math.exp(-LOG_TERM)


def test_knowing_the_variance_is_worth_it():
    """For few errors Serfling's bound, blind to the variance, is the loosest."""
    arrays = {"sample": np.array([1e5]), "rest": np.array([1e6])}
    blind = serfling_error_fraction(np.array([1000.0]), **arrays, log_term=LOG_TERM)

    assert unseen_error_fraction(np.array([1000.0]), **arrays, log_term=LOG_TERM) < blind
