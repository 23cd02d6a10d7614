"""Attacks played out against what they must do on average."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.timing.attacks import (
    DelayAttack,
    Exchange,
    InterceptResend,
    hidden_shift_s,
    simulate,
)

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

EXCHANGE = Exchange(
    events=2000,
    jitter_s=0.5e-9,
    return_jitter_s=0.3e-9,
    offset_s=3e-6,
    flight_up_s=3.335e-3 + 40e-9,
    flight_down_s=3.335e-3 - 38e-9,
)
NOBODY = DelayAttack()
TRIALS = 200


def played(attack, exchange=EXCHANGE, seed=1):
    """200 trials of an attack."""
    return simulate(exchange, attack, trials=TRIALS, rng=np.random.default_rng(seed))


def error_s(outcome):
    """Mean error of the offset."""
    return np.mean(outcome.offset_s) - EXCHANGE.offset_s


NOISE_S = 0.5 * np.hypot(0.5e-9, 0.3e-9) / np.sqrt(2000)
"""Of one trial's offset."""


def test_nobody_there_is_an_honest_offset():
    """Asymmetry corrected, scatter of both ways halved, no alarm."""
    outcome = played(NOBODY)

    assert error_s(outcome) == pytest.approx(0.0, abs=5.0 * NOISE_S / np.sqrt(TRIALS))
    assert np.std(outcome.offset_s) == near(NOISE_S, rel=0.2)  # 5 % of scatter
    assert not outcome.aborted.any()
    assert not outcome.delay_alarm.any()


def test_a_symmetric_delay_is_harmless_and_shows_in_the_flight_only():
    """The offset stays; only who knows the orbit sees 1 µs."""
    outcome = played(DelayAttack(up_s=1e-6, down_s=1e-6))

    assert error_s(outcome) == pytest.approx(0.0, abs=5.0 * NOISE_S / np.sqrt(TRIALS))
    assert not outcome.aborted.any()
    assert outcome.delay_alarm.all()
    blind = played(DelayAttack(up_s=1e-6, down_s=1e-6), replace(EXCHANGE, range_error_m=1e4))
    assert not blind.delay_alarm.any()


@pytest.mark.parametrize(("up_s", "down_s"), [(20e-9, 0.0), (0.0, 20e-9), (5e-9, 40e-9)])
def test_an_asymmetric_delay_shifts_by_half(up_s, down_s):
    """No error fraction tells, as nobody looked at the photons."""
    attack = DelayAttack(up_s=up_s, down_s=down_s)
    outcome = played(attack)

    assert attack.shift_s() == near(0.5 * (up_s - down_s))
    assert error_s(outcome) == pytest.approx(attack.shift_s(), abs=5.0 * NOISE_S / np.sqrt(TRIALS))
    assert not outcome.aborted.any()
    assert np.mean(outcome.qber) == pytest.approx(EXCHANGE.qber, abs=1e-3)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_intercepting_raises_the_error_fraction(share):
    """A quarter of those taken; from half of them on it ends the comparison."""
    attack = InterceptResend(share=share, delay_s=10e-9)
    outcome = played(attack)

    # 5 σ of 400 000 coin tosses
    assert np.mean(outcome.qber) == pytest.approx(attack.qber(EXCHANGE.qber), abs=3e-3)
    assert outcome.aborted.all() == (share >= 0.5)
    scatter_s = np.hypot(NOISE_S, 0.25 * 10e-9 / np.sqrt(2000))
    assert error_s(outcome) == pytest.approx(
        attack.shift_s(), abs=5.0 * scatter_s / np.sqrt(TRIALS)
    )


def test_all_intercepted_is_a_quarter():
    """Perfect optics, wrong basis half of the time: 25 %."""
    assert InterceptResend().qber(0.0) == 0.25


def test_the_same_seed_plays_the_same_game():
    """And another another."""
    attack = InterceptResend(share=0.3, delay_s=1e-9)

    assert np.array_equal(played(attack).offset_s, played(attack).offset_s)
    assert not np.array_equal(played(attack).offset_s, played(attack, seed=2).offset_s)


@given(up=st.floats(0.0, 1e-6), down=st.floats(0.0, 1e-6))
def test_what_stays_hidden_shifts_no_more_than_the_orbit_is_known(up, down):
    """Light can only be delayed, so that no shift is larger than the flight is longer."""
    longer = 0.5 * (up + down)

    assert abs(DelayAttack(up_s=up, down_s=down).shift_s()) <= longer
    assert hidden_shift_s(EXCHANGE) == near(5.0 * 10.0 / 299792458.0, rel=1e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DelayAttack(up_s=-1e-9), "up_s must not be negative"),
        (lambda: InterceptResend(share=1.5), "share"),
        (lambda: replace(EXCHANGE, events=0), "events must be at least 1"),
    ],
)
def test_impossible_games_are_refused(make, message):
    """Light cannot be made to come earlier."""
    with pytest.raises(NonPhysicalError, match=message):
        make()
