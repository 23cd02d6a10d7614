"""The search for the best setting at each loss."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.key.best_settings import best_over_settings, one_by_one

PLACES = np.linspace(-1.5, 1.5, 7)
BOUNDS = ((0.01, 100.0), (0.1, 10.0))


def hill(setting):
    """A summit whose place, in the logarithm, moves with the loss."""
    x, y = np.log10(setting)
    return np.exp(-((x - PLACES) ** 2) - 4.0 * (y - 0.3 * PLACES) ** 2)


def test_every_loss_gets_its_own_summit():
    """Of one search, from one start in the middle."""
    best = best_over_settings(one_by_one(hill), bounds=BOUNDS, starts=((1.0, 1.0),)).rates

    # Last steps are 2 % of four decades and of two: within 0.04 and 0.02 of the summit.
    assert best == pytest.approx(1.0, abs=0.005)


def test_settings_stay_within_their_bounds():
    """Steps beyond an edge end on it."""
    seen = []

    def rates(setting):
        seen.append(setting)
        return np.array([setting[0], setting[1]])

    best = best_over_settings(
        one_by_one(rates), bounds=BOUNDS, starts=((1.0, 1.0), (0.01, 0.1))
    ).rates

    assert best.tolist() == [100.0, 10.0]
    assert (np.min(seen, axis=0) >= [0.01, 0.1]).all()


def test_settings_that_are_not_allowed_are_passed_over():
    """What cannot be sent does not count, nor does it stop the search."""
    best = best_over_settings(
        one_by_one(lambda setting: None if setting[0] > 2.0 else np.array([setting[0]])),
        bounds=BOUNDS,
        starts=((50.0, 1.0), (1.0, 1.0)),
    ).rates

    # The finest step is 1 % of four decades: 10 %.
    assert best == pytest.approx(2.0, rel=0.1)
    assert best <= 2.0


def test_no_start_is_better_than_the_answer():
    """The search only adds to what it began with."""
    starts = ((0.02, 5.0), (30.0, 0.3), (0.5, 8.0))

    best = best_over_settings(one_by_one(hill), bounds=BOUNDS, starts=starts).rates

    for start in starts:
        assert (best >= hill(start)).all()
