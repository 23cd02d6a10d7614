"""Polynomials through tables of states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.interpolation import interpolate, states_needed


def curve(coefficients, time_s):
    """A polynomial of scaled time and its slope, three components."""
    scaled = np.asarray(time_s) / 600.0
    value = np.stack([np.polyval(c, scaled) for c in coefficients])
    slope = np.stack([np.polyval(np.polyder(np.asarray(c)), scaled) for c in coefficients])
    return value, slope / 600.0


@given(
    method=st.sampled_from(["HERMITE", "LAGRANGE"]),
    degree=st.integers(3, 11),
    steps=st.lists(st.floats(20.0, 90.0), min_size=12, max_size=20),
    numbers=st.lists(st.floats(-1.0, 1.0), min_size=36, max_size=36),
)
def test_a_polynomial_of_the_degree_is_reproduced(method, degree, steps, numbers):
    """Uneven steps, both ends and every interval; rounding grows with the degree."""
    time_s = np.cumsum(steps)
    coefficients = np.reshape(numbers, (3, 12))[:, : degree + 1]
    at_s = np.linspace(time_s[0], time_s[-1], 101)

    value, slope = interpolate(
        time_s, *curve(coefficients, time_s), at_s, method=method, degree=degree
    )

    expected, expected_slope = curve(coefficients, at_s)
    scale = 1.0 + np.abs(curve(coefficients, time_s)[0]).max()
    assert np.abs(value - expected).max() < 1e-10 * scale
    assert np.abs(slope - expected_slope).max() < 1e-10 * scale


@pytest.mark.parametrize(("method", "degree"), [("HERMITE", 7), ("LAGRANGE", 9)])
def test_the_states_themselves_are_met(method, degree):
    """At a state the table's own position comes back."""
    time_s = np.arange(12) * 60.0
    position = np.sin(time_s / 900.0 + np.array([[0.0], [1.0], [2.0]]))
    velocity = np.cos(time_s / 900.0 + np.array([[0.0], [1.0], [2.0]])) / 900.0

    value, slope = interpolate(time_s, position, velocity, time_s, method=method, degree=degree)

    assert np.allclose(value, position, rtol=0, atol=1e-14)
    assert np.allclose(slope, velocity, rtol=0, atol=1e-9)


def test_even_hermite_degrees_are_rounded_up():
    """A state gives two numbers, so a Hermite polynomial has an odd degree."""
    assert [states_needed("HERMITE", degree) for degree in (3, 5, 6, 7)] == [2, 3, 4, 4]
    assert states_needed("LAGRANGE", 8) == 9
