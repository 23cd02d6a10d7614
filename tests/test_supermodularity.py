"""The script that measures how far keys are from supermodular, on keys of which it is known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "supermodularity.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("supermodularity", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def of_sums(shape, clicks):
    """Keys of groups by a function of the sum of their clicks."""
    return lambda groups: np.array([shape(sum(clicks[one] for one in own)) for own in groups])


@pytest.mark.parametrize("size", [2, 5, 11, 14])
def test_a_convex_function_of_a_sum_is_supermodular(script, size):
    """Small blocks are looked at whole, n (n - 1) / 2 pairs with 2^(n - 2) subsets each."""
    clicks = np.random.default_rng(size).integers(1, 500, size).tolist()
    found = script.measured(of_sums(lambda n: float(n * n), clicks), range(size))

    assert (found.blocks, found.most_members, found.broken, found.worst) == (1, size, 0, 0.0)
    if size <= script.EVERY:
        assert not found.sampled
        assert found.pairs == size * (size - 1) // 2 * 2 ** (size - 2)
    else:
        assert found.sampled
        assert found.pairs == script.DRAWS


@pytest.mark.parametrize("size", [3, 14])
def test_every_pair_breaks_a_concave_one(script, size):
    """The first two lose most: 2 f(1) - f(2) of f(n)."""
    found = script.measured(of_sums(lambda n: 1000.0 * np.sqrt(n), [1] * size), range(size))

    assert found.broken == found.pairs > 0
    worst = 1000.0 * (2.0 - np.sqrt(2.0))
    assert found.worst == pytest.approx(worst / (1000.0 * np.sqrt(size)), rel=0.01)


def test_one_pair_that_spoils_is_found_alone(script):
    """Keys add up but where 0 and 1 meet: one pair of three, with both subsets of the third."""

    def keys(groups):
        return np.array([100.0 * len(own) - 40.0 * ({0, 1} <= set(own)) for own in groups])

    found = script.measured(keys, range(3))

    assert (found.pairs, found.broken) == (6, 2)
    assert found.worst == pytest.approx(40.0 / 260.0)


def test_whole_bits_break_nothing(script):
    """Two floors more can take a bit."""
    found = script.measured(of_sums(lambda n: np.floor(0.7 * n), [1, 2, 3, 4]), range(4))

    assert found.broken == 0


def test_a_block_of_one_has_no_pair_and_blocks_add_up(script):
    """The worst of all counts."""
    few = script.measured(of_sums(lambda n: float(n * n), [1, 2]), range(2))
    bad = script.measured(of_sums(lambda n: 9.0 * np.sqrt(n), [100, 100]), range(2))

    assert script.measured(of_sums(float, [1]), range(1)) == script.NOTHING
    assert few + bad == script.Measured(2, 2, 2, 1, bad.worst, sampled=False)
