"""Whole columns are rounded to the digit that Python rounds a single number to."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.tables.rounding import rounded, scaled

DIGITS = st.integers(0, 20)
ANY = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def next_to_ties(draw):
    """Draw a number and digits: half-way between two decimals, or a few floats beside."""
    digits = draw(st.integers(0, 15))
    tie = (draw(st.integers(-(10**12), 10**12)) + 0.5) / 10.0**digits
    steps = draw(st.integers(-3, 3))
    for _ in range(abs(steps)):
        tie = math.nextafter(tie, math.copysign(math.inf, steps))
    return tie, digits


def bits(values):
    return np.asarray(values, dtype=np.float64).view(np.int64).tolist()


@given(st.lists(ANY, max_size=30), DIGITS)
def test_any_column_is_rounded_as_python_rounds_its_numbers(values, digits):
    """Bit for bit, tiny, huge and subnormal ones too; a zero has no sign."""
    told = [round(value, digits) + 0.0 for value in values]

    assert bits(rounded(np.array(values, dtype=np.float64), digits)) == bits(told)


@given(next_to_ties())
def test_numbers_at_and_beside_a_tie_are_rounded_as_python_rounds_them(number):
    """Where scaling first, as numpy does, errs."""
    value, digits = number

    assert bits(rounded(np.array([value]), digits)) == bits([round(value, digits) + 0.0])


def test_scaling_first_would_err():
    """Numpy rounds 2.675 up, whose float64 lies below the tie."""
    assert round(2.675, 2) == 2.67
    assert np.round(2.675, 2) == 2.68
    assert rounded(np.array([2.675]), 2)[0] == 2.67


@pytest.mark.parametrize("digits", [0, 3, 12])
def test_ordinary_numbers_take_the_fast_path(digits):
    """Else a column would cost what its numbers cost one by one."""
    values = np.random.default_rng(1).normal(size=10_000)

    assert scaled(values, digits)[1].mean() > 0.99
