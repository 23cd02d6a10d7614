from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from satqkd.clicks.timing_gate import gate_share, neighbour_share, timing_sigma_s

sigmas = st.floats(1e-12, 1e-7)
gates = st.floats(1e-11, 2e-8)


def test_timing_errors_add_as_squares():
    """A width at half maximum is 2.3548 standard deviations."""
    assert timing_sigma_s(
        jitter_s=3e-10, pulse_width_s=2.3548200450309493e-10, sync_jitter_s=0.0
    ) == pytest.approx(math.sqrt(10.0) * 1e-10, rel=1e-14)


def test_shares_are_those_of_a_normal_distribution():
    """Own light and that of five pulses either side, by another library."""
    gate, sigma, period = 0.7e-9, 0.6e-9, 1e-9
    share = [
        norm.cdf(k * period + gate / 2, scale=sigma) - norm.cdf(k * period - gate / 2, scale=sigma)
        for k in range(-8, 9)
    ]

    at = {"gate_s": gate, "sigma_s": sigma, "period_s": period}
    assert gate_share(**at) == pytest.approx(share[8], rel=1e-12)
    assert neighbour_share(**at) == pytest.approx(sum(share) - share[8], rel=1e-12)


def test_without_timing_errors_nothing_is_lost_or_gained():
    """The defaults leave light alone."""
    at = {"gate_s": 2e-9, "sigma_s": 0.0, "period_s": 1e-9}

    assert gate_share(**at) == 1.0
    assert neighbour_share(**at) == 0.0


def test_blurred_pulses_are_even_light():
    """Both ways to add up neighbours meet, and give the share of the time the gate is open."""
    for sigma in (1.99e-9, 2.01e-9):
        at = {"gate_s": 0.4e-9, "sigma_s": sigma, "period_s": 1e-9}
        assert gate_share(**at) + neighbour_share(**at) == pytest.approx(0.4, rel=1e-12)


@given(gates, sigmas, st.floats(1e-10, 1e-7))
def test_no_light_is_counted_twice(gate, sigma, period):
    """A gate holds at most the light of one pulse."""
    at = {"gate_s": gate, "sigma_s": sigma, "period_s": period}

    assert 0.0 <= gate_share(**at) <= 1.0
    assert neighbour_share(**at) >= -1e-12
    assert gate_share(**at) + neighbour_share(**at) <= 1.0 + 1e-12


@given(gates, sigmas, sigmas)
def test_more_jitter_loses_more_light(gate, one, other):
    """The share inside the gate falls with the timing error."""
    sharp, blurred = sorted([one, other])

    assert gate_share(gate_s=gate, sigma_s=blurred, period_s=1e-8) <= gate_share(
        gate_s=gate, sigma_s=sharp, period_s=1e-8
    )
