from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.dead_time import dead_load, live_fraction

KINDS = ("non-paralysable", "paralysable")


def test_textbook_formulas():
    """1 / (1 + Rτ) and exp(-Rτ)."""
    assert float(live_fraction(0.25)) == 0.8
    assert float(live_fraction(0.25, kind="paralysable")) == math.exp(-0.25)


def simulated(probability, blind, pulses, *, paralysable):
    """Share of pulses that meet a live detector, pulse by pulse."""
    fires = np.random.default_rng(5).random(pulses) < probability
    free_at, live = 0, 0
    for at, fire in enumerate(fires.tolist()):
        ready = at >= free_at
        live += ready
        if fire and (ready or paralysable):
            free_at = at + 1 + blind
    return live / pulses


@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_a_simulation_of_pulses(kind):
    """200,000 pulses at a detector that misses the five after a click."""
    probability = 0.02
    load = dead_load(probability, noise_rate_hz=0.0, dead_time_s=55e-9, pulse_rate_hz=1e8)
    ours = float(live_fraction(load, kind=kind))

    # Dead are 0.09 of the pulses, in clumps of five: 0.0015 is one standard deviation.
    assert ours == pytest.approx(
        simulated(probability, 5, 200_000, paralysable=kind == "paralysable"), abs=4.5e-3
    )


def test_a_detector_that_recovers_before_the_next_pulse_hides_none():
    """Clicks out of step with the pulses still do."""
    at = {"dead_time_s": 9e-9, "pulse_rate_hz": 1e8}

    assert float(dead_load(0.5, noise_rate_hz=0.0, **at)) == 0.0
    assert float(dead_load(0.5, noise_rate_hz=1e6, **at)) == pytest.approx(9e-3, rel=1e-14)
    assert float(
        dead_load(0.5, noise_rate_hz=0.0, dead_time_s=10e-9, pulse_rate_hz=1e8)
    ) == pytest.approx(0.5)


@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0), st.sampled_from(KINDS))
def test_a_busier_detector_is_less_often_ready(one, other, kind):
    """The live fraction falls with the load and stays a fraction."""
    calm, busy = sorted([one, other])

    assert 0.0 < live_fraction(busy, kind=kind) <= live_fraction(calm, kind=kind) <= 1.0


@given(st.floats(0.0, 50.0))
def test_paralysis_is_the_worse_kind(load):
    """exp(-x) is at most 1 / (1 + x)."""
    assert live_fraction(load, kind="paralysable") <= live_fraction(load) * (1 + 1e-15)
