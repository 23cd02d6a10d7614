"""Frequency combs against published powers, the quantum limit and simulation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.timing.arriving import Arriving
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.interferogram import received_power_w, timing_noise_s
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.nonreciprocity import TimingFloor
from satqkd.timing.stability import mdev_from_tdev, time_deviation_s
from satqkd.units import transmittance

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

URUMQI = CombTransfer(
    tx_power_w=1.0,
    wavelength_m=1550e-9,
    pulse_width_s=0.3e-12,
    repetition_rate_hz=250e6,
    update_rate_hz=2.5e3,
)
FLOORED = replace(
    URUMQI,
    piston=TimingFloor(tdev_s=5e-15, slope=-0.5),
    non_reciprocity=TimingFloor(tdev_s=1.7e-15),
)


def bright(transmitted):
    """Light of combs, and no clicks."""
    none = np.zeros_like(transmitted)
    return Arriving(transmitted=transmitted, sifted_rate_hz=none, error_rate_hz=none)


def test_published_powers_are_received():
    """D-4: 1 W after 100 dB is the printed 0.1 nW, after 89 dB 1.26 nW."""
    assert received_power_w(1.0, loss_db=[100.0, 89.0]) == near([0.1e-9, 1.259e-9], rel=1e-3)


def test_photons_and_noise_are_those_of_40_digits(reference):
    """24 combs and losses from 0 to 200 dB."""
    for case in reference["combs"]:
        comb = replace(
            URUMQI,
            **{k: case[k] for k in ("pulse_width_s", "repetition_rate_hz", "update_rate_hz")},
        )
        transmitted = transmittance(case["loss_db"])
        assert comb.photons(transmitted) == near(case["photons"], rel=1e-12)
        assert comb.update_noise_s(transmitted) == near(case["noise_s"], rel=1e-12)


@pytest.mark.parametrize(
    ("loss_db", "width_s", "noise_fs"),
    [(89.0, 0.3e-12, 7.4), (89.0, 1e-12, 13.55), (100.0, 0.3e-12, 26.3), (100.0, 1e-12, 48.1)],
)
def test_an_update_is_femtoseconds(loss_db, width_s, noise_fs):
    """D-6: 7 to 14 fs at 89 dB; 26 to 48 fs at 100 dB."""
    comb = replace(URUMQI, pulse_width_s=width_s)

    assert 1e15 * comb.update_noise_s(transmittance(loss_db)) == pytest.approx(noise_fs, abs=0.05)


@pytest.mark.parametrize(("width_s", "noise_fs"), [(0.3e-12, 0.15), (1e-12, 0.27)])
def test_a_second_at_89_db_is_below_a_femtosecond(width_s, noise_fs):
    """D-6: 0.15 to 0.27 fs one way, below what is reported at 1e4 s already."""
    comb = replace(URUMQI, pulse_width_s=width_s)
    two_way_fs = 1e15 * comb.tdev_s(transmittance(89.0), tau_s=1.0)

    assert np.sqrt(2.0) * two_way_fs == pytest.approx(noise_fs, abs=0.005)  # printed digits
    assert comb.mdev(transmittance(89.0), tau_s=1e4) < 3e-19


def test_100_db_is_near_the_limit():
    """Some 23 to 78 effective photons remain; 3 dB more and they are too few."""
    assert URUMQI.photons(transmittance(100.0)) == pytest.approx(23.4, abs=0.05)
    assert URUMQI.usable(transmittance([100.0, 103.0])).tolist() == [True, False]


def test_the_noise_is_the_cramer_rao_bound():
    """Fisher's information of the arrival of one photon of a Gaussian pulse, by quadrature."""
    sigma = 1.0 / 2.3548200450309493

    def density(t):
        return np.exp(-0.5 * (t / sigma) ** 2) / (sigma * np.sqrt(2.0 * np.pi))

    information, _ = quad(lambda t: (t / sigma**2) ** 2 * density(t), -6.0, 6.0)
    assert timing_noise_s(25.0, pulse_width_s=1.0) == near((25.0 * information) ** -0.5)


def test_no_light_is_no_time():
    """Infinite, not a division by zero."""
    assert np.isinf(timing_noise_s([0.0, 1.0], pulse_width_s=1e-12)).tolist() == [True, False]


def test_simulated_updates_have_the_told_deviation():
    """Two ways of white noise of 10 dB less light, floor left out."""
    sigma = URUMQI.update_noise_s(transmittance(89.0))
    rng = np.random.default_rng(4)
    up, down = rng.normal(0.0, sigma, size=(2, 32, 4096))
    factors = np.array([4, 32])
    found = time_deviation_s(0.5 * (up - down), interval_s=1.0 / 2.5e3, averaging=factors)
    told = URUMQI.tdev_s(transmittance(89.0), tau_s=factors / 2.5e3)

    assert np.sqrt(np.mean(found**2, axis=0)) == near(told, rel=0.04)  # 32 x 42 stretches


def test_floors_take_over_with_time():
    """White noise first, then what the two ways do not share."""
    tau_s = np.array([1e-3, 1.0, 1e4])
    white, floor = URUMQI.tdev_s(1e-9, tau_s=tau_s), FLOORED.floor_s(tau_s)

    assert FLOORED.tdev_s(1e-9, tau_s=tau_s) == near(np.hypot(white, floor))
    assert FLOORED.tdev_s(1e-9, tau_s=1e4) == near(1.7e-15, rel=1e-3)
    assert FLOORED.mdev(1e-9, tau_s=1e4) == near(mdev_from_tdev(1.7e-15, tau_s=1e4), rel=1e-3)


@given(loss=st.floats(0.0, 200.0), more=st.floats(0.0, 50.0), tau=st.floats(1e-3, 1e6))
def test_more_loss_never_steadies(loss, more, tau):
    """Floors included."""
    less, worse = FLOORED.tdev_s(transmittance([loss, loss + more]), tau_s=tau)

    assert 0.0 < less <= worse


def test_a_pass_uses_what_is_bright_enough(flown):
    """Middle of a fly-by at 95 to 105 dB: a shorter contact, all terms finite."""
    series = flown(300, 300)
    transmitted = transmittance(95.0 + 20.0 * np.log10(series.range_m / 8e5) * 3.0)
    transmitted = np.where(series.owner == 0, transmitted, 1e-12)
    comb = replace(FLOORED, calibration_error_s=1e-13, clock=ClockNoise(white_frequency_1s=1e-15))
    result = comb.compare(series, bright(transmitted), averaging_s=[0.1, 1.0, 1000.0])

    assert result.why_not[0] is None
    assert result.why_not[1].startswith("light too weak: at most 0.234 effective photons")
    assert 100.0 < result.contact_s[0] < 300.0
    assert result.contact_s[1] == 0.0
    assert result.data_rate_hz[0] == near(2500.0)
    used = comb.usable(transmitted)
    information = np.sum(2500.0 * 2.0 / comb.update_noise_s(transmitted[used]) ** 2)
    white_s, floor_s = information**-0.5, comb.floor_s(result.contact_s[0])
    assert result.statistical_s[0] == near(np.hypot(white_s, floor_s))
    assert np.isinf(result.precision_s[0]).tolist() == [False, False, True]
    assert np.isinf(result.offset_uncertainty_s[1])


def test_a_pass_that_may_not_be_used_says_so(flown):
    """Weight zero throughout."""
    series = flown(10)
    series = replace(series, weight_s=np.zeros(10))
    result = URUMQI.compare(series, bright(np.full(10, 1e-6)))

    assert result.why_not == ("no usable contact",)


def test_a_steady_pass_has_the_deviation_of_the_link(flown):
    """The table of a pass is the link's and the clocks' together."""
    clock = ClockNoise(white_frequency_1s=1e-15)
    comb = replace(FLOORED, clock=clock)
    series = flown(300)
    result = comb.compare(series, bright(np.full(300, 1e-8)), averaging_s=[0.1, 10.0])
    told = np.hypot(comb.tdev_s(1e-8, tau_s=[0.1, 10.0]), clock.tdev_s([0.1, 10.0]))

    assert result.precision_s[0] == near(told)


def test_the_orbit_is_a_systematic_term(flown):
    """Half of the error of the two ways' difference, at its largest where light is enough."""
    comb = replace(URUMQI, position_error_m=0.1, velocity_error_m_s=1e-4, calibration_error_s=1e-13)
    series = flown(301)
    result = comb.compare(series, bright(np.where(np.abs(series.time_s) < 50.5, 1e-8, 0.0)))
    range_m = np.hypot(8e5, 7e3 * 50.0)
    error_s = np.hypot(0.1 * 7e3**2 * 50.0 / range_m, 1e-4 * range_m) / 299792458.0**2

    assert result.contact_s == near(101.0)
    assert result.systematic_s["orbit"] == near(0.5 * error_s)
    assert result.offset_uncertainty_s == near(
        np.sqrt(result.statistical_s**2 + 1e-26 + 0.25 * error_s**2)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"update_rate_hz": 250e6}, "update_rate_hz must be below the repetition rate"),
        ({"pulse_width_s": 4e-9}, "pulse_width_s must be shorter"),
        ({"detection_efficiency": 0.0}, "detection_efficiency must be above 0"),
        ({"tx_power_w": 0.0}, "tx_power_w must be above 0"),
    ],
)
def test_impossible_combs_are_refused(change, message):
    """Naming the field."""
    with pytest.raises(NonPhysicalError, match=message):
        replace(URUMQI, **change)
