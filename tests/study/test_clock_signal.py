"""The signal of clocks on their best pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.forecast.clocks import clock_passes
from satqkd.forecast.stream import forecast
from satqkd.mission.clocks import ClockUse
from satqkd.study.clock_curves import stated_comparison
from satqkd.study.clock_signal import best_pass_signal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found():
    """A day of the campaign."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)
    return forecast(mission, series=True)


def compared(found, name, stations=range(6)):
    """The preset's clocks along the passes, with no signal stated."""
    clock = replace(preset_values(name).content.value, stated=None)
    use = ClockUse(
        name=name, clock=clock, clock_name=name, spacecraft=(0,), stations=tuple(stations)
    )
    return clock_passes(found, use)


def test_single_photons_take_the_pass_with_the_least_noise(found):
    """Its rate, contact and errors; standing still, they compare no better than along the pass."""
    single = compared(found, "qstt-micius-2020")
    best = best_pass_signal(single)
    row = int(np.argmin(single.result.statistical_s))

    assert best.index == row
    assert best.signal.sifted_rate_hz == single.result.data_rate_hz[row]
    assert best.signal.qber == single.result.qber[row]
    assert 4e5 < best.signal.length_m < 2e6  # between the orbit's height and the horizon
    still = stated_comparison(best.on(single.use.clock))
    along = single.result
    assert still.events[0] == pytest.approx(along.events[row])
    assert still.statistical_s[0] == pytest.approx(along.statistical_s[row], rel=0.05)


def test_combs_with_telescopes_take_their_own_loss(found):
    """More than they have nearest, less than farthest."""
    combs = compared(found, "frequency-transfer-2021")
    signal = best_pass_signal(combs).signal
    system = combs.use.clock.system

    assert signal.sifted_rate_hz is None
    assert signal.loss_db == pytest.approx(float(system.loss_db(signal.length_m)), abs=2.0)


def test_no_pass_no_signal(found):
    """Nobody stands there."""
    assert best_pass_signal(compared(found, "qstt-micius-2020", stations=())) is None
    assert best_pass_signal(compared(found, "combs-113km-2022")) is None
