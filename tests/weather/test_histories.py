"""Histories that are as clear, and stay as clear, as they should."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.weather.histories import clear_skies, moods

HOUR_S = 3600.0
TIMES_S = np.array([0.0, 6.0, 12.0, 48.0, 240.0]) * HOUR_S


@pytest.fixture(scope="module")
def many():
    return moods(np.random.default_rng(7), TIMES_S, memory_s=12.0 * HOUR_S, histories=40_000)


def test_moods_are_standard_normal_at_every_instant(many):
    """Mean 0 and deviation 1, within four standard errors of 40,000 draws."""
    assert np.abs(many.mean(axis=0)).max() < 4.0 / 200.0
    assert np.abs(many.std(axis=0) - 1.0).max() < 4.0 / np.sqrt(80_000.0)


def test_moods_fade_with_their_memory(many):
    """Correlation exp(−Δt/τ), within four standard errors and half a step of the grid (2 %)."""
    seen = [np.mean(many[:, 0] * many[:, i]) for i in range(TIMES_S.size)]

    assert seen == pytest.approx(np.exp(-TIMES_S / (12.0 * HOUR_S)), abs=0.03)


def test_skies_are_clear_as_often_as_told(many):
    """The share of clear histories is the probability, at each instant its own."""
    told = np.array([0.1, 0.3, 0.5, 0.7, 0.99])

    assert clear_skies(many, told).mean(axis=0) == pytest.approx(told, abs=0.012)


def test_neighbouring_passes_share_their_fate(many):
    """Six hours apart the sky mostly agrees; ten days apart it is chance."""
    clear = clear_skies(many, np.full(5, 0.5))
    agree = (clear[:, :1] == clear).mean(axis=0)

    assert agree[0] == 1.0
    assert agree[1] > 0.65
    assert agree[4] == pytest.approx(0.5, abs=0.012)


def test_a_history_does_not_depend_on_what_else_is_asked():
    """Later instants leave earlier ones alone."""

    def drawn(times):
        return moods(np.random.default_rng(3), times, memory_s=HOUR_S, histories=5)

    assert (drawn(TIMES_S)[:, :2] == drawn(TIMES_S[:2])).all()
    assert drawn(np.zeros(0)).shape == (5, 0)
