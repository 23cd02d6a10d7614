"""Beams that start in turbulence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp1f1

from satqkd.link.beam.tracking import point_ahead_rad
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics
from satqkd.link.turbulence.profile import Turbulence, layer_heights_m, layers_m13
from satqkd.link.turbulence.uplink_beam import (
    beam_tilt_rad2,
    long_term_strehl,
    on_axis_variance,
    tilt_correlation,
    uplink_spread_db,
    uplink_variance,
)

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "turbulence.json").read_text(encoding="utf-8")
)
ELEVATION = np.array([15.0, 30.0, 50.0, 90.0])
SCENE = Scene.dark(6e5 / np.sin(np.radians(ELEVATION)), ELEVATION)
STILL = Turbulence(ground_cn2_m23=0.0, high_wind_m_s=0.0)


def beam(radius=0.05, wavelength=850e-9, spoiled=1.0, optics=None):
    return {
        "beam_radius_m": radius,
        "divergence_rad": spoiled * 2 * wavelength / (np.pi * radius),
        "wavelength_m": wavelength,
        "adaptive_optics": optics,
    }


def turning(scene, rate):
    return replace(scene, angular_rate_rad_s=np.full(len(scene), rate))


@pytest.mark.parametrize("case", REFERENCE["strehls"])
def test_long_term_spread_is_the_integral(case):
    """Six widths by mpmath; 0.01 dB."""
    ours = long_term_strehl(np.array([case["width"]]))

    assert 10 * np.log10(ours[0] / case["strehl"]) == pytest.approx(0.0, abs=0.01)


def test_long_term_spread_has_the_limits_of_andrews_and_phillips():
    """1 + x and (1 + x)^(6/5) of x = (√8 w/r0)^(5/3), for weak and strong turbulence."""
    width = np.array([0.003, 300.0])
    x = (np.sqrt(8) * width) ** (5 / 3)
    ours = 1 / long_term_strehl(width)

    assert ours[0] - 1 == pytest.approx(x[0], rel=0.03)
    assert ours[1] == pytest.approx((1 + x[1]) ** 1.2, rel=0.01)


def test_tilt_is_the_integral_of_gradients_under_the_beam():
    """Kolmogorov's phase spectrum, amplitude of a 5 cm beam, r0 of 10 cm, and an outer scale."""
    w, wavelength, r0 = 0.05, 850e-9, 0.1
    phase = 0.033005 * 4 * np.pi**2 * r0 ** (-5 / 3) / 0.423  # 2 factors of 2π, one of k² / k²

    def tilt(low):
        def gradient(t):
            kappa = np.exp(t)
            spectrum = phase * (kappa**2 + low**2) ** (-11 / 6)
            return 0.5 * kappa**4 * spectrum * np.exp(-((kappa * w) ** 2) / 2)

        return quad(gradient, -80, 8, limit=400)[0] * (wavelength / (2 * np.pi)) ** 2

    for outer, low in ((None, 0.0), (10.0, 2 * np.pi / 10)):
        ours = beam_tilt_rad2(
            np.array([r0]), beam_radius_m=w, wavelength_m=wavelength, outer_scale_m=outer
        )
        assert ours[0] == pytest.approx(tilt(low), rel=1e-3)


def test_tilt_is_that_of_churnside_and_lataitis_but_for_its_weight():
    """0.97 Cn² L³ D^(-1/3) for the centroid of a horizontal beam of diameter D = 2 w0."""
    r0 = np.array([(0.423 * (2 * np.pi / 850e-9) ** 2 * 1.0) ** -0.6])  # Cn² L = 1 m^(1/3)
    ours = beam_tilt_rad2(r0, beam_radius_m=0.5, wavelength_m=850e-9, outer_scale_m=None)
    centroid = ours[0] * 2 ** (1 / 6)  # amplitude to intensity

    assert centroid / 3 == pytest.approx(0.97, abs=0.015)  # two printed digits, rounded inputs


@pytest.mark.parametrize("case", REFERENCE["correlations"])
def test_tilt_correlation_is_the_integral_over_the_spectrum(case):
    """Three angles, two beams."""
    ours = tilt_correlation(
        np.array([case["angle_rad"]]),
        turbulence=Turbulence(),
        beam_radius_m=case["beam_radius_m"],
        site_height_m=0.0,
    )

    # What steering leaves, 2 (1 − c), to 0.5 %.
    assert 1 - ours[0] == pytest.approx(1 - case["correlation"], rel=5e-3)


@pytest.mark.parametrize("case", REFERENCE["uplinks"])
def test_index_on_axis_is_the_integral_over_the_spectrum(case):
    """Two collimated beams, two elevations, two wavelengths; 0.5 %."""
    w, wavelength = case["beam_radius_m"], case["wavelength_m"]
    ours = on_axis_variance(
        np.array([case["elevation_deg"]]),
        np.array([case["range_m"]]),
        turbulence=Turbulence(),
        beam_radius_m=w,
        divergence_rad=2 * wavelength / (np.pi * w),
        wavelength_m=wavelength,
        site_height_m=0.0,
    )

    assert ours[0] == pytest.approx(case["variance"], rel=5e-3)


def test_still_air_spreads_little():
    """Without surface layer and jet stream a thin beam loses and fluctuates little."""
    assert (uplink_spread_db(SCENE, STILL, **beam(radius=0.01)) < 0.5).all()
    assert (uplink_variance(SCENE, STILL, **beam(radius=0.01)) < 0.5).all()


@given(
    radius=st.floats(0.005, 0.5),
    spoiled=st.floats(1.0, 20.0),
    ground=st.floats(0.0, 1e-13),
    growth=st.floats(1.0, 30.0),
)
def test_more_turbulence_spreads_more(radius, spoiled, ground, growth):
    """Losses are not negative, grow with the surface layer and towards the horizon."""
    calm, rough = (
        uplink_spread_db(SCENE, Turbulence(ground_cn2_m23=c), **beam(radius, spoiled=spoiled))
        for c in (ground, ground * growth)
    )

    assert (calm >= 0.0).all()
    assert (rough >= calm - 1e-9).all()
    assert (np.diff(rough) <= 1e-9).all()


@given(
    radius=st.floats(0.005, 0.5),
    bandwidth=st.none() | st.floats(1.0, 1e5),
    rate=st.floats(0.0, 0.02),
    modes=st.integers(1, 40),
)
def test_steering_never_loses_light(radius, bandwidth, rate, modes):
    """Nor adds variance, for any corrector and point-ahead angle; all is finite."""
    scene = turning(SCENE, rate)
    optics = AdaptiveOptics(modes=modes, bandwidth_hz=bandwidth)
    free, led = beam(radius), beam(radius, optics=optics)
    fluctuation = uplink_variance(scene, Turbulence(), **led)

    loss = uplink_spread_db(scene, Turbulence(), **led)
    assert (loss <= uplink_spread_db(scene, Turbulence(), **free) + 1e-9).all()
    assert (fluctuation <= uplink_variance(scene, Turbulence(), **free) + 1e-9).all()
    assert np.isfinite(loss).all()
    assert (fluctuation > 0.0).all()


def test_wander_is_the_average_over_a_gaussian_direction():
    """Mean and variance of exp(−2 α²/θ²) by quadrature, against a beam steered perfectly."""
    steered = beam(optics=AdaptiveOptics(modes=3))
    free_db, led_db = (uplink_spread_db(SCENE, Turbulence(), **b) for b in (beam(), steered))
    b = 1 / (10 ** (0.1 * (free_db - led_db)) - 1)  # ⟨T⟩ = b / (b + 1)
    free, led = (uplink_variance(SCENE, Turbulence(), **b) for b in (beam(), steered))

    for exponent, grown in zip(b, (1 + free) / (1 + led), strict=True):
        # T = exp(−r²/(2 b)) of a direction r with 1 σ per axis of 1.
        mean, square = (
            quad(lambda r, n=n: r * np.exp(-0.5 * r**2 * (1 + n / exponent)), 0, 40)[0]  # noqa: B023
            for n in (1, 2)
        )
        assert mean == pytest.approx(exponent / (exponent + 1), rel=1e-9)
        assert grown == pytest.approx(square / mean**2, rel=1e-9)


def test_steering_leaves_the_tilt_that_is_not_correlated():
    """Twice one minus the correlation, where that is less than all."""
    moving, optics = turning(SCENE, 0.001), AdaptiveOptics(modes=3)
    led, late, free = (
        10 ** (0.1 * uplink_spread_db(scene, Turbulence(), **beam(optics=by)))
        for scene, by in ((SCENE, optics), (moving, optics), (moving, None))
    )
    shift = point_ahead_rad(moving) / np.sin(np.radians(ELEVATION))
    correlation = tilt_correlation(
        shift, turbulence=Turbulence(), beam_radius_m=0.05, site_height_m=0.0
    )

    assert (late - led) / (free - led) == pytest.approx(np.minimum(2 - 2 * correlation, 1))
    assert (correlation > 0.5).any()


def test_more_modes_never_lose_more():
    """From none to a hundred."""
    losses = [
        uplink_spread_db(SCENE, Turbulence(), **beam(optics=AdaptiveOptics(modes=n)))
        for n in (1, 2, 3, 4, 10, 30, 100)
    ]

    assert (np.diff(losses, axis=0) <= 1e-9).all()


def test_a_limited_outer_scale_wanders_less():
    """Eddies of at most 5 m tilt a 10 cm beam less than endless ones."""
    free = uplink_variance(SCENE, Turbulence(), **beam(0.05))
    bound = uplink_variance(SCENE, Turbulence(outer_scale_m=5.0), **beam(0.05))

    assert (bound < free).all()


def test_what_steering_leaves_is_smooth_between_the_angles_of_its_table():
    """1 − c by the integral at 400 angles, of the air of a shipped station; within 1e-4."""
    air = Turbulence(telescope_height_m=10.0)
    shift = np.geomspace(2e-6, 2e-3, 400)
    apart = (np.multiply.outer(shift, layer_heights_m(air)) / 0.18) ** 2
    layers = layers_m13(air, site_height_m=893.0)
    wanted = 1.0 - hyp1f1(1.0 / 6.0, 1.0, -0.5 * apart) @ layers / layers.sum()

    found = tilt_correlation(shift, turbulence=air, beam_radius_m=0.18, site_height_m=893.0)

    assert 1.0 - found == pytest.approx(wanted, rel=1e-4)
