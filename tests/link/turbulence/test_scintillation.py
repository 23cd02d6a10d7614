"""Fluctuation of the power on the ground."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import lognorm

from satqkd.link.scene import Scene
from satqkd.link.turbulence.profile import Turbulence, rytov_variance
from satqkd.link.turbulence.scintillation import (
    STRONGEST,
    downlink_variance,
    lognormal_moment,
    lognormal_quantile,
    saturated_variance,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "turbulence.json"
CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))["telescopes"]


def scene(elevation_deg):
    elevation = np.atleast_1d(np.asarray(elevation_deg, dtype=np.float64))
    return Scene.dark(np.full_like(elevation, 1e6), elevation)


def variance(elevation_deg, *, air=None, aperture_m=0.4, obscuration=0.3, wavelength_m=850e-9):
    return downlink_variance(
        scene(elevation_deg),
        air or Turbulence(),
        aperture_m=aperture_m,
        obscuration=obscuration,
        wavelength_m=wavelength_m,
    )


@pytest.mark.parametrize("case", CASES)
def test_telescopes_on_the_ground_are_those_of_the_reference(case):
    """Three telescopes, three elevations, by the spectrum with the height inside; 0.5 %."""
    ours = variance(
        case["elevation_deg"],
        aperture_m=case["aperture_m"],
        obscuration=case["obscuration"],
        wavelength_m=case["wavelength_m"],
    )

    assert ours[0] == pytest.approx(case["variance"], rel=5e-3)


def test_a_point_receiver_has_the_rytov_variance_of_weak_turbulence():
    """A telescope of 1 mm in faint turbulence averages nothing."""
    air = Turbulence(ground_cn2_m23=0.0, high_wind_m_s=1.0)
    weak = rytov_variance(np.array([60.0]), turbulence=air, wavelength_m=1550e-9, site_height_m=0.0)
    ours = variance(60.0, air=air, aperture_m=1e-4, obscuration=0.0, wavelength_m=1550e-9)

    assert ours[0] == pytest.approx(weak[0], rel=5e-3)


@given(low=st.floats(20.0, 90.0), high=st.floats(20.0, 90.0), aperture=st.floats(0.02, 3.0))
def test_weak_fluctuations_grow_towards_the_horizon(low, high, aperture):
    """Above 20° in the default air, for every telescope."""
    elevation = np.sort([low, high])

    assert np.diff(variance(elevation, aperture_m=aperture)) <= 0.0


@given(elevation=st.floats(0.0, 90.0), small=st.floats(0.01, 2.0), growth=st.floats(1.0, 10.0))
def test_a_larger_telescope_never_flickers_more(elevation, small, growth):
    """Averaging lowers the variance at every elevation."""
    little = variance(elevation, aperture_m=small)
    large = variance(elevation, aperture_m=small * growth)

    assert 0.0 < large[0] <= little[0] * (1 + 1e-9)


def test_more_turbulence_never_flickers_less():
    """More wind above, in the weak regime."""
    quiet, rough = (variance(60.0, air=Turbulence(high_wind_m_s=w)) for w in (10.0, 30.0))

    assert quiet[0] < rough[0]


def test_index_saturates():
    """As weak turbulence predicts where small, within 25 % of 1 where large."""
    index = saturated_variance([1e-4, 20.0, 1e3])

    assert index[0] == pytest.approx(1e-4, rel=1e-3)
    assert index[1:] == pytest.approx([1.0, 1.0], abs=0.27)


@pytest.mark.parametrize("spread", [0.01, 0.2, 1.0])
def test_quantiles_and_moments_are_those_of_the_log_normal(spread):
    """Against scipy's distribution and the integral over its density."""
    sigma = np.sqrt(np.log1p(spread))
    law = lognorm(s=sigma, scale=np.exp(-0.5 * sigma**2))
    probability = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    root = quad(lambda z: np.exp(0.5 * (sigma * z - 0.5 * sigma**2) - 0.5 * z**2), -12, 12)[0]

    assert lognormal_quantile(probability, variance=spread) == pytest.approx(law.ppf(probability))
    assert law.mean() == pytest.approx(1.0)
    assert lognormal_moment(2.0, variance=spread) == pytest.approx(law.moment(2))
    assert lognormal_moment(0.5, variance=spread) == pytest.approx(root / np.sqrt(2 * np.pi))


def test_a_scene_keeps_its_shape():
    """One value a sample, also for none."""
    empty = replace(scene(45.0), elevation_deg=np.zeros(0), range_m=np.zeros(0))
    ours = downlink_variance(
        empty, Turbulence(), aperture_m=0.4, obscuration=0.0, wavelength_m=850e-9
    )

    assert ours.shape == (0,)
    assert variance([10.0, 50.0, 90.0]).shape == (3,)


@given(
    ground=st.floats(0.0, 1e-11),
    growth=st.floats(1.0, 1e3),
    elevation=st.floats(5.0, 90.0),
    aperture=st.floats(1e-3, 3.0),
)
def test_a_rougher_surface_layer_never_flickers_less(ground, growth, elevation, aperture):
    """For any telescope and elevation, beyond where the index of a point has its peak."""
    calm, rough = (
        variance(elevation, air=Turbulence(ground_cn2_m23=c), aperture_m=aperture)
        for c in (ground, ground * growth)
    )

    assert rough[0] >= calm[0] * (1 - 1e-12)


def test_saturation_is_held_at_the_peak_of_its_formula():
    """The index of a plane wave is largest at the weak variance where it is held."""
    near = saturated_variance(STRONGEST * np.array([0.99, 1.0, 1.01]))

    assert near[1] == near.max()
