"""How likely two skies are clear at once, against quadrature, limits and skies that are drawn."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from satqkd.weather.clear_sky import Draws
from satqkd.weather.climate import Climate
from satqkd.weather.drawn import StationNumbers, clear_in
from satqkd.weather.joint_sky import both_clear
from satqkd.weather.skies import SkyOver, clear_together, sky_correlation

START = datetime(2026, 12, 1, tzinfo=UTC)
NOTHING = (np.zeros(1), np.zeros(1))
PLACES = (np.array([48.0, 48.3]), np.array([11.0, 11.9]))
"""Latitude and longitude of two stations 75 km apart. [°]"""


def both(first, second, rho, spread=0.0):
    own = np.full(1, spread)
    return float(both_clear(np.array([first]), np.array([second]), (own, own), rho)[0])


@pytest.mark.parametrize("rho", [0.05, 0.4, 0.77, 0.95, 0.999])
@pytest.mark.parametrize(
    ("first", "second"), [(0.4, 0.4), (0.5, 0.5), (0.5, 0.3), (0.1, 0.9), (0.63, 0.58)]
)
def test_the_orthant_is_the_integral_over_the_one_sky(first, second, rho):
    """Of the chance that the second is below its threshold, given the first; to 1e-7."""
    at = ndtri(second)
    told, _ = quad(
        lambda x: np.exp(-0.5 * x * x)
        / np.sqrt(2.0 * np.pi)
        * ndtr((at - rho * x) / np.sqrt(1.0 - rho**2)),
        -9.0, float(ndtri(first)), epsabs=1e-10, limit=400, points=[at],
    )  # fmt: skip

    assert both(first, second, rho) == pytest.approx(told, abs=1e-7)


def test_two_even_skies_have_sheppards_chance():
    """1/4 + asin(rho)/2π."""
    assert both(0.5, 0.5, 0.6) == pytest.approx(0.25 + np.arcsin(0.6) / (2.0 * np.pi), abs=1e-12)


@given(
    first=st.floats(0.0, 1.0),
    second=st.floats(0.0, 1.0),
    rho=st.floats(0.0, 1.0),
    spread=st.floats(0.0, 0.3),
)
def test_between_independent_and_one_sky(first, second, rho, spread):
    """Never below the product, nor above the smaller: to 1e-9, and symmetric."""
    chance = both(first, second, rho)

    assert first * second - 1e-9 <= chance <= min(first, second) + 1e-9
    assert chance == pytest.approx(both(second, first, rho), abs=1e-9)
    assert both(first, second, rho, spread) <= min(first, second)


def test_nearer_skies_are_clear_together_more_often():
    """From the product to the smaller of the two."""
    found = [both(0.4, 0.6, rho) for rho in (0.0, 0.2, 0.5, 0.8, 0.99, 1.0)]

    assert found[0] == pytest.approx(0.24)
    assert found[-1] == pytest.approx(0.4)
    assert np.all(np.diff(found) > 0.0)


def climate(spread, clear=0.4):
    return Climate(clear_fraction=(clear,), clear_fraction_spread=spread, source="an example")


@pytest.mark.parametrize("spread", [0.0, 0.15, 0.3])
def test_as_often_as_in_the_skies_that_plans_are_judged_by(spread):
    """Within three standard errors of 200,000 realisations."""
    draws = Draws(samples=200_000, seed=8)
    rho = float(sky_correlation(*PLACES)[0, 1])
    skies = [
        SkyOver(
            latitude_deg=PLACES[0][own], longitude_deg=PLACES[1][own],
            climate=climate(spread, clear), clouds=None, seconds=np.zeros(1), month=np.array([12]),
        )
        for own, clear in enumerate((0.4, 0.6))
    ]  # fmt: skip
    clear = clear_together(skies, start=START, draws=draws)
    told = both(0.4, 0.6, rho, spread)
    drawn = float((clear[0] & clear[1]).mean())

    assert 0.6 < rho < 0.8
    assert told == pytest.approx(drawn, abs=3.0 * np.sqrt(told * (1.0 - told) / 200_000))


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_as_often_as_in_the_realisations_of_a_joint_contact(spread):
    """Whose first sky is that of its station alone; within three standard errors of 100,000."""
    draws = Draws(samples=100_000, seed=8)
    rho = float(sky_correlation(*PLACES)[0, 1])

    def of(station, clear, beside=None):
        return clear_in(
            climate(spread, clear), None, np.array([3600.0]), start=START, month=np.array([12]),
            station=station, numbers=StationNumbers(draws), beside=beside,
        )[:, 0]  # fmt: skip

    second = of(1, 0.6, beside=(0, rho))
    told = both(0.4, 0.6, rho, spread)
    error = np.sqrt(told * (1.0 - told) / 100_000)

    assert float((of(0, 0.4) & second).mean()) == pytest.approx(told, abs=3.0 * error)
    assert float(second.mean()) == pytest.approx(0.6, abs=3.0 * np.sqrt(0.24 / 100_000))
