"""Path integrals over turbulence against mpmath and printed figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gamma, gammainc

from satqkd.errors import NonPhysicalError
from satqkd.link.turbulence.profile import (
    LOWEST_DEG,
    Turbulence,
    fried_parameter_m,
    greenwood_frequency_hz,
    isoplanatic_angle_rad,
    rytov_variance,
    spherical_fried_parameter_m,
    uplink_rytov_variance,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "turbulence.json"
PATHS = json.loads(REFERENCE.read_text(encoding="utf-8"))["paths"]
ZENITH = np.array([90.0])


def arguments(case):
    air = Turbulence(ground_cn2_m23=case["ground_cn2_m23"], high_wind_m_s=case["high_wind_m_s"])
    place = {"wavelength_m": case["wavelength_m"], "site_height_m": case["site_height_m"]}
    return np.array([case["elevation_deg"]]), {"turbulence": air, **place}


@pytest.mark.parametrize("case", PATHS)
def test_path_integrals_are_those_of_mpmath(case):
    """36 cases over elevation, wavelength, site, air and orbit; asked 0.5 %, met 1e-6."""
    elevation, air = arguments(case)
    range_m, rate = np.array([case["range_m"]]), np.array([case["angular_rate_rad_s"]])
    ours = {
        "fried_m": fried_parameter_m(elevation, **air),
        "spherical_fried_m": spherical_fried_parameter_m(elevation, range_m, **air),
        "isoplanatic_rad": isoplanatic_angle_rad(elevation, **air),
        "rytov": rytov_variance(elevation, **air),
        "uplink_rytov": uplink_rytov_variance(elevation, range_m, **air),
    }
    greenwood = greenwood_frequency_hz(elevation, rate, **air)

    for name, value in ours.items():
        assert value[0] == pytest.approx(case[name], rel=1e-6), name
    # Interpolated linearly between turning rates a fifth apart.
    assert greenwood[0] == pytest.approx(case["greenwood_hz"], rel=1e-3)


def test_default_air_is_5_7():
    """5 cm and 7 µrad at 500 nm give HV-5/7 its name: 4.961 and 6.894 by mpmath."""
    air = {"turbulence": Turbulence(), "wavelength_m": 500e-9, "site_height_m": 0.0}

    assert fried_parameter_m(ZENITH, **air)[0] == pytest.approx(0.049606, abs=5e-7)
    assert isoplanatic_angle_rad(ZENITH, **air)[0] == pytest.approx(6.894e-6, abs=5e-10)


@pytest.mark.parametrize(
    ("wind", "nm", "printed"),
    [
        (21, 532, 0.23), (21, 850, 0.13), (21, 1064, 0.10), (21, 1550, 0.07),
        (30, 532, 0.36), (30, 850, 0.21), (30, 1064, 0.16), (30, 1550, 0.10),
    ],
)  # fmt: skip
def test_log_irradiance_variance_is_the_table_of_the_recommendation(wind, nm, printed):
    """ITU-R P.1622 table 2: 75° elevation, telescope 5.5 m above the ground, air to 20 km (L-8)."""
    air = Turbulence(high_wind_m_s=wind, telescope_height_m=5.5, profile_top_m=20e3)
    ours = rytov_variance(
        np.array([75.0]), turbulence=air, wavelength_m=nm * 1e-9, site_height_m=0.0
    )

    assert ours[0] == pytest.approx(printed, abs=0.005)  # two printed decimals


@given(low=st.floats(0.0, 90.0), high=st.floats(0.0, 90.0))
def test_lower_satellites_are_seen_through_more_turbulence(low, high):
    """Nearer the horizon r0 and θ0 shrink, log irradiance varies more, phases change faster."""
    elevation = np.sort([low, high])
    air = {"turbulence": Turbulence(), "wavelength_m": 850e-9, "site_height_m": 500.0}
    still = np.zeros(2)

    assert np.diff(fried_parameter_m(elevation, **air)) >= 0.0
    assert np.diff(isoplanatic_angle_rad(elevation, **air)) >= 0.0
    assert np.diff(rytov_variance(elevation, **air)) <= 0.0
    assert np.diff(greenwood_frequency_hz(elevation, still, **air)) <= 0.0


@given(top=st.floats(1e3, 60e3))
def test_air_up_to_a_height_of_its_own_is_the_integral_to_there(top):
    """Whatever the height: the incomplete Gamma function, not to the quadrature's next seam."""
    air = Turbulence(profile_top_m=top)
    found = rytov_variance(ZENITH, turbulence=air, wavelength_m=850e-9, site_height_m=0.0)
    terms = ((1.7e-14, 0, 100.0), (2.7e-16, 0, 1500.0), (0.00594e-50 * (21 / 27) ** 2, 10, 1e3))
    power = 5 / 6
    moment = sum(
        c * a ** (n + power + 1) * gamma(n + power + 1) * gammainc(n + power + 1, top / a)
        for c, n, a in terms
    )

    assert found[0] == pytest.approx(2.253 * (2e9 * np.pi / 850) ** (7 / 6) * moment, rel=1e-6)


def test_below_the_lowest_elevation_nothing_more_is_claimed():
    """At and below the horizon the values of 5° are kept, finite."""
    elevation = np.array([LOWEST_DEG, 0.0, -3.0])
    r0 = fried_parameter_m(
        elevation, turbulence=Turbulence(), wavelength_m=850e-9, site_height_m=0.0
    )

    assert (r0 == r0[0]).all()


def test_a_telescope_above_the_ground_and_a_mountain_see_better():
    """Ten metres of tower and three kilometres of mountain each raise r0."""

    def r0(site_height_m, telescope_height_m):
        air = Turbulence(telescope_height_m=telescope_height_m)
        return fried_parameter_m(
            ZENITH, turbulence=air, wavelength_m=850e-9, site_height_m=site_height_m
        )[0]

    assert r0(0.0, 0.0) < r0(0.0, 10.0) < r0(3000.0, 10.0)


@pytest.mark.parametrize(
    "field", ["ground_cn2_m23", "high_wind_m_s", "ground_wind_m_s", "telescope_height_m"]
)
def test_negative_air_is_refused(field):
    """No strength, speed or height is negative, and no eddy has size 0."""
    with pytest.raises(NonPhysicalError, match=field):
        Turbulence(**{field: -1.0})
    with pytest.raises(NonPhysicalError, match="outer_scale_m"):
        Turbulence(outer_scale_m=0.0)
    with pytest.raises(NonPhysicalError, match="profile_top_m"):
        Turbulence(profile_top_m=0.0)
