"""Realisations that are as clear, and stay as clear, as they should."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.weather.realisations import clear_skies, gauss_markov

HOUR_S = 3600.0
TIMES_S = np.array([0.0, 6.0, 12.0, 48.0, 240.0]) * HOUR_S


@pytest.fixture(scope="module")
def many():
    return gauss_markov(
        np.random.default_rng(7), TIMES_S, memory_s=12.0 * HOUR_S, realisations=40_000
    )


def test_the_process_is_standard_normal_at_every_instant(many):
    """Mean 0 and deviation 1, within four standard errors of 40,000 draws."""
    assert np.abs(many.mean(axis=0)).max() < 4.0 / 200.0
    assert np.abs(many.std(axis=0) - 1.0).max() < 4.0 / np.sqrt(80_000.0)


def test_the_correlation_falls_to_1_over_e_in_a_correlation_time(many):
    """Correlation exp(−Δt/τ), within four standard errors and half a step of the grid (2 %)."""
    seen = [np.mean(many[:, 0] * many[:, i]) for i in range(TIMES_S.size)]

    assert seen == pytest.approx(np.exp(-TIMES_S / (12.0 * HOUR_S)), abs=0.03)


def test_skies_are_clear_with_the_probability_given(many):
    """The share of clear realisations is the probability, at each instant its own."""
    given = np.array([0.1, 0.3, 0.5, 0.7, 0.99])

    assert clear_skies(many, given).mean(axis=0) == pytest.approx(given, abs=0.012)


def test_neighbouring_passes_are_correlated(many):
    """Six hours apart the sky mostly agrees; ten days apart it is independent."""
    clear = clear_skies(many, np.full(5, 0.5))
    agree = (clear[:, :1] == clear).mean(axis=0)

    assert agree[0] == 1.0
    assert agree[1] > 0.65
    assert agree[4] == pytest.approx(0.5, abs=0.012)


def test_a_realisation_does_not_depend_on_other_instants():
    """Later instants leave earlier ones alone."""

    def drawn(times):
        return gauss_markov(np.random.default_rng(3), times, memory_s=HOUR_S, realisations=5)

    assert (drawn(TIMES_S)[:, :2] == drawn(TIMES_S[:2])).all()
    assert drawn(np.zeros(0)).shape == (5, 0)
