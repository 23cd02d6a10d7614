"""Refraction against a ray traced through the standard atmosphere."""

from __future__ import annotations

import erfa
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from satqkd.passes.refraction import HUMIDITY, apparent_elevation_deg, nearness_deg, standard_air

EARTH_M = 6_371_000.0
WAVELENGTH_M = 850e-9


def refractivity(height_m, wavelength_m=WAVELENGTH_M):
    """n − 1 of dry air: 287.6155 + 1.62887/λ² + 0.0136/λ⁴ in units of 1e-6 at 0 °C and 1013.25 hPa.

    IAG 1999 resolution 3 (Rüeger), recalled; scaled by density: troposphere with constant lapse,
    above 11 km constant temperature.
    """
    um2 = (1e6 * wavelength_m) ** 2
    group = 1e-6 * (287.6155 + 1.62887 / um2 + 0.01360 / um2**2)
    low = min(height_m, 11_000.0)
    kelvin = 288.15 - 6.5e-3 * low
    hpa = 1_013.25 * (kelvin / 288.15) ** 5.25588
    if height_m > low:
        hpa *= np.exp(-(height_m - low) / (287.053 * 216.65 / 9.80665))
    return group * (hpa / 1_013.25) * (273.15 / kelvin)


def lift_deg(apparent_deg, height_m):
    """Bending of a ray that arrives at an apparent elevation: −∫ tan z dn / n, n r sin z kept."""
    radius = EARTH_M + height_m
    kept = (1.0 + refractivity(height_m)) * radius * np.cos(np.radians(apparent_deg))

    def bend(h):
        n = 1.0 + refractivity(h)
        slope = (refractivity(h + 0.5) - refractivity(h - 0.5)) / n
        sine = kept / (n * (EARTH_M + h))
        return -slope * sine / np.sqrt(1.0 - sine**2)

    low, _ = quad(bend, height_m, 11_000.0, limit=200)
    high, _ = quad(bend, 11_000.0, 90_000.0, limit=200)
    return np.degrees(low + high)


class TestNearness:
    @pytest.mark.parametrize(
        ("apparent_deg", "limit_arcsec"), [(70.0, 0.02), (45.0, 0.02), (15.0, 0.25), (10.0, 0.9)]
    )
    @pytest.mark.parametrize("height_m", [0.0, 893.0, 5_050.0])
    def test_agrees_with_a_traced_ray(self, apparent_deg, limit_arcsec, height_m):
        """Where a ray that arrives so meets an orbit 500 km high, against where it comes from.

        Above the air a ray is straight and keeps its distance n r cos e from the centre.
        """
        radius, orbit = EARTH_M + height_m, EARTH_M + 500e3
        kept = (1.0 + refractivity(height_m)) * radius * np.cos(np.radians(apparent_deg))
        far_deg = apparent_deg - lift_deg(apparent_deg, height_m)
        turn = np.radians(90.0 - far_deg) - np.arcsin(kept / orbit)
        up, along = orbit * np.cos(turn) - radius, orbit * np.sin(turn)
        near_deg = np.degrees(np.arctan2(up, along))

        ours = nearness_deg(
            np.array([near_deg]), np.array([np.hypot(up, along)]), height_m=height_m
        )

        assert 3600.0 * ours[0] == pytest.approx(3600.0 * (near_deg - far_deg), abs=limit_arcsec)


class TestRefraction:
    @pytest.mark.parametrize(
        ("elevation_deg", "limit_arcsec"),
        [(60.0, 0.2), (30.0, 0.5), (15.0, 1.5), (10.0, 3.0), (5.0, 25.0)],
    )
    @pytest.mark.parametrize("height_m", [0.0, 893.0, 5_050.0])
    def test_agrees_with_a_traced_ray(self, elevation_deg, height_m, limit_arcsec):
        """Another route: integrate the bending along the path through the same standard air.

        The limits are what a series of two terms can do, and 0.2 % for humidity and dispersion.
        """
        ours = float(
            apparent_elevation_deg(
                np.array([elevation_deg]), height_m=height_m, wavelength_m=WAVELENGTH_M
            )[0]
        )

        theirs = brentq(
            lambda apparent: apparent - lift_deg(apparent, height_m) - elevation_deg,
            elevation_deg,
            elevation_deg + 0.5,
        )

        assert 3600.0 * abs(ours - theirs) < limit_arcsec

    def test_undoes_the_series_of_erfa(self):
        """Apparent back to geometric by the series itself, above 10°, within 0.05″."""
        elevation = np.linspace(10.0, 89.9, 200)
        pressure, temperature = standard_air(893.0)
        a, b = erfa.refco(float(pressure), float(temperature), HUMIDITY, 1e6 * WAVELENGTH_M)

        apparent = apparent_elevation_deg(elevation, height_m=893.0, wavelength_m=WAVELENGTH_M)
        tangent = 1.0 / np.tan(np.radians(apparent))
        back = apparent - np.degrees(a * tangent + b * tangent**3)

        assert 3600.0 * np.abs(back - elevation).max() < 0.05

    def test_blue_is_lifted_more_than_infrared(self):
        """Dispersion: about 1 % between 500 and 1550 nm."""
        ten = np.array([10.0])
        blue, red = (
            float(apparent_elevation_deg(ten, height_m=0.0, wavelength_m=w)[0]) - 10.0
            for w in (500e-9, 1550e-9)
        )

        assert 1.01 < blue / red < 1.03

    def test_order_of_elevations_is_kept_down_to_the_horizon(self):
        """No fold where the series ends: what stands higher is seen higher."""
        elevation = np.linspace(0.0, 90.0, 9_001)

        apparent = apparent_elevation_deg(elevation, height_m=0.0, wavelength_m=WAVELENGTH_M)

        assert (np.diff(apparent) > 0.0).all()
        assert np.isfinite(apparent).all()

    @pytest.mark.parametrize("height_m", [-430.0, 0.0, 5_050.0])
    def test_standard_air_is_the_tables(self, height_m):
        """ISO 2533: 1065.7, 1013.25 and about 537 hPa; 17.8, 15 and −17.8 °C."""
        table = {-430.0: (1066.2, 17.8), 0.0: (1013.25, 15.0), 5_050.0: (536.7, -17.8)}

        pressure, temperature = standard_air(height_m)

        assert float(pressure) == pytest.approx(table[height_m][0], rel=1e-3)
        assert float(temperature) == pytest.approx(table[height_m][1], abs=0.05)
