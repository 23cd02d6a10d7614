"""Clocks over links that stand still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.parts import preset_values
from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.mission.clocks import Clock
from satqkd.study.clock_curves import stated_comparison, stated_curve

TAU_S = np.logspace(-2, 4, 25)


def preset(name):
    """Clocks of a preset."""
    return preset_values(name).content.value


@pytest.mark.parametrize(
    ("name", "tau_s", "mdev"),
    [("combs-113km-2022", 1e4, 4e-19), ("frequency-transfer-2021", 8e3, 1e-18)],
)
def test_the_printed_instability_is_met(name, tau_s, mdev):
    """To the three digits of the preset's floor."""
    curve = stated_curve(name, preset(name), tau_s=np.array([tau_s]))

    assert curve.mdev == pytest.approx(mdev, rel=2e-3)
    assert curve.limit_mdev[0] < 0.01 * mdev


def test_single_photons_reach_30_ps_in_10_ms():
    """Both ways at 9 kHz: half of 0.5 ns and 0.3 ns over the roots of 90 and 100 tags."""
    curve = stated_curve("", preset("qstt-micius-2020"), tau_s=np.array([0.01]))

    assert curve.limit_s == pytest.approx(
        0.5 * np.hypot(0.498e-9 / np.sqrt(90.0), 0.3e-9 / np.sqrt(100.0)), rel=2e-3
    )


@pytest.mark.parametrize(
    "name", ["qstt-micius-2020", "combs-113km-2022", "frequency-transfer-2021"]
)
def test_curve_and_comparison_agree(name):
    """The precision after each averaging time is the curve's."""
    clock = preset(name)
    result = stated_comparison(clock, averaging_s=TAU_S)

    assert stated_curve(name, clock, tau_s=TAU_S).tdev_s == pytest.approx(
        result.precision_s[0], rel=1e-6
    )
    assert result.contact_s == pytest.approx(clock.stated.contact_s)


def test_too_much_loss_has_no_curve_and_says_why():
    """Twenty photons are needed; 110 dB leave three."""
    clock = preset("combs-113km-2022")
    lost = replace(clock, stated=replace(clock.stated, loss_db=110.0))
    curve = stated_curve("", lost, tau_s=TAU_S)

    assert np.isinf(curve.tdev_s).all()
    assert np.isinf(curve.limit_mdev).all()
    assert "light too weak" in curve.why_not
    assert "light too weak" in stated_comparison(lost).why_not[0]


def test_errors_end_the_comparison():
    """A quarter of wrong bits is somebody measuring everything."""
    clock = preset("qstt-micius-2020")
    watched = replace(clock, stated=replace(clock.stated, qber=0.25))
    curve = stated_curve("", watched, tau_s=TAU_S)

    assert "aborted" in curve.why_not
    assert np.isinf(curve.mdev).all()


def test_low_orbits_end_early_and_high_ones_lose_more():
    """400 s of contact against no end; 70 dB at 36,000 km as printed."""
    low, medium, high = preset("frequency-transfer-2021").system.orbit_curves(tau_s=TAU_S)

    assert np.isinf(low.mdev[TAU_S > 400.0]).all()
    assert np.isfinite(high.mdev).all()
    assert low.loss_db < medium.loss_db < high.loss_db
    assert high.loss_db == pytest.approx(70.0, abs=0.1)


def test_clocks_without_a_signal_are_refused():
    """With what to add."""
    with pytest.raises(SatqkdError, match="add 'stated:'"):
        stated_comparison(replace(preset("combs-113km-2022"), stated=None))


@pytest.mark.parametrize(
    ("name", "field"), [("qstt-micius-2020", "sifted_rate_hz"), ("combs-113km-2022", "loss_db")]
)
def test_a_signal_that_lacks_what_the_system_needs_is_refused(name, field):
    """A loss says nothing of clicks, clicks nothing of a loss."""
    clock = preset(name)

    with pytest.raises(NonPhysicalError, match="is missing"):
        Clock(system=clock.system, stated=replace(clock.stated, **{field: None}))
