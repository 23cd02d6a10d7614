"""What attacks shift, and what notices them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.parts import preset_values
from satqkd.errors import SatqkdError
from satqkd.study.clock_attacks import attack_study


@pytest.fixture(scope="module")
def clock():
    """Micius."""
    return preset_values("qstt-micius-2020").content.value


@pytest.fixture(scope="module")
def study(clock):
    """Few trials; 9000 time tags each."""
    return attack_study(clock, trials=30, seed=7)


def by_name(study):
    """Outcomes by the name of the attack."""
    return {outcome.attack: outcome for outcome in study.outcomes}


def test_nobody_is_never_noticed(study):
    """No false alarm in 30 trials at 5 σ."""
    assert by_name(study)["nobody"].detected == 0.0
    assert by_name(study)["nobody"].shift_s == pytest.approx(0.0, abs=10e-12)  # 3 ps a trial


def test_a_detour_of_one_way_shifts_by_half(study):
    """And hides behind the orbit while that half is below the alarm."""
    outcomes = by_name(study)

    assert outcomes["way down delayed by 100 ns"].shift_s == pytest.approx(-50e-9, abs=10e-12)
    assert outcomes["way down delayed by 100 ns"].detected == 0.0
    assert outcomes["way up delayed by 1 us"].shift_s == pytest.approx(500e-9, abs=10e-12)
    assert outcomes["way up delayed by 1 us"].detected == 1.0
    assert study.hidden_shift_s == pytest.approx(5 * 10.0 / 299_792_458.0, rel=1e-3)


def test_a_detour_of_both_ways_shifts_nothing(study):
    """The orbit tells all the same."""
    both = by_name(study)["both ways delayed by 1 us"]

    assert both.shift_s == pytest.approx(0.0, abs=10e-12)
    assert both.delay_alarm == 1.0


def test_measuring_shows_in_the_errors(study):
    """A quarter of what is measured comes out wrong."""
    outcomes = by_name(study)

    assert outcomes["all measured and sent again 10 ns later"].qber == pytest.approx(
        0.255, abs=0.01
    )
    assert outcomes["half measured and sent again 10 ns later"].aborted == 1.0
    assert outcomes["10 % measured and sent again 10 ns later"].aborted == 0.0


def test_the_same_seed_gives_the_same_study(clock):
    """And another one another."""
    first, again, other = (attack_study(clock, trials=3, seed=seed) for seed in (1, 1, 2))

    assert first.outcomes == again.outcomes
    assert first.outcomes != other.outcomes


@pytest.mark.parametrize("name", ["combs-113km-2022", "frequency-transfer-2021"])
def test_bright_light_is_not_attacked(name):
    """It has no polarisation that tells."""
    with pytest.raises(SatqkdError, match="single photons"):
        attack_study(preset_values(name).content.value, trials=1, seed=1)


def test_clocks_without_a_signal_are_not_attacked(clock):
    """Nothing says how many time tags there are."""
    with pytest.raises(SatqkdError, match="stated"):
        attack_study(replace(clock, stated=None), trials=1, seed=1)
