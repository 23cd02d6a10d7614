from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from satqkd.key.post_processing.leakage import leak_bits, one_way_limit_bits


def limit(n, qber, epsilon=1e-10):
    return float(
        one_way_limit_bits(np.array(qber), sifted_bits=np.array(n), failure_probability=epsilon)
    )


def test_a_flawless_string_needs_no_correction():
    """Nothing is announced for an error rate of 0."""
    assert leak_bits(np.zeros(2), sifted_bits=np.array([0.0, 1e6]), ec_efficiency=1.16).max() == 0


def test_every_term_of_the_limit_is_in_bits():
    """The limit is the one a base-2 reading of Tomamichel et al. gives, term by term."""
    n, q, epsilon = 1000, 0.02, 1e-10
    h = -q * math.log2(q) - (1 - q) * math.log2(1 - q)
    quantile = binom.ppf(epsilon * (1 + 1 / math.sqrt(n)), n, 1 - q)
    bits = n * h + (n * (1 - q) - quantile - 1) * math.log2((1 - q) / q)
    bits += -0.5 * math.log2(n) - math.log2(1 / epsilon)

    assert limit(float(n), q) == pytest.approx(bits, rel=1e-12)


def test_natural_logarithms_would_leak_a_third_less_surplus():
    """The excess over Shannon's limit shrinks by ln 2 when bits are mistaken for nats."""
    n, q = 1000.0, 0.02
    shannon = float(leak_bits(np.array(q), sifted_bits=np.array(n), ec_efficiency=1.0))
    mistaken = shannon + (limit(n, q) - shannon) * math.log(2)

    assert mistaken < 0.9 * limit(n, q)


@pytest.mark.parametrize("qber", [0.005, 0.02, 0.05])
def test_long_blocks_come_near_shannons_limit(qber):
    """The surplus per bit fades with the length and stays positive."""
    surplus = [
        limit(n, qber) / float(leak_bits(np.array(qber), sifted_bits=np.array(n), ec_efficiency=1))
        for n in (1e4, 1e6, 1e8)
    ]

    assert surplus == sorted(surplus, reverse=True)
    assert 1.0 < surplus[-1] < 1.01
