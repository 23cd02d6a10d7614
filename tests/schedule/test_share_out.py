"""Many fillings of the same pools, each against HiGHS."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from satqkd.schedule.highs import Model, maximise
from satqkd.schedule.share_out import share_out


def best_worth(held, row, relay, profit):
    """By the solver, bits split."""
    return maximise(
        Model(
            worth=profit,
            upper=np.full(profit.size, held.sum() + 1.0),
            integer=np.zeros(profit.size, dtype=np.bool_),
            limit=held,
            row=row,
            column=relay,
            value=np.ones(row.size),
        )
    ).bound


@pytest.mark.parametrize("case", range(25))
def test_every_filling_is_shared_out_as_well_as_the_solver_can(case):
    """Within what dropped halves cost, also where weights are alike and pools empty."""
    rng = np.random.default_rng(case)
    pools = int(rng.integers(3, 8))
    every = np.array(list(combinations(range(pools), 2)))
    ends = every[rng.choice(len(every), int(rng.integers(2, len(every) + 1)), replace=False)]
    row, relay = ends.T.ravel(), np.tile(np.arange(len(ends)), 2)
    profit = rng.choice([1.0, 1.0, 2.0, 0.5, 0.98], len(ends))
    held = rng.integers(0, 1000, (12, pools)) * (rng.random((12, pools)) < 0.8) * 1.0

    shares = share_out(held, row, relay, profit)

    for own, filling in zip(shares, held, strict=True):
        taken = np.bincount(row, weights=own[relay], minlength=pools)
        assert (taken <= filling).all()
        best = best_worth(filling, row, relay, profit)
        assert best - 0.5 * profit.sum() - 1e-3 <= own @ profit <= best + 1e-6


def test_what_is_claimed_early_is_not_there_later():
    """Pool 0 holds 10 bits by the first deadline and 15 by the last; a relay with a deadline takes
    of both rows, one without of the last alone."""
    held = np.array([[10.0, 15.0, 100.0, 100.0], [0.0, 15.0, 100.0, 100.0]])
    row, relay = np.array([0, 1, 2, 1, 3]), np.array([0, 0, 0, 1, 1])

    early_dear = share_out(held, row, relay, np.array([2.0, 1.0]))
    late_dear = share_out(held, row, relay, np.array([1.0, 2.0]))

    assert early_dear.tolist() == [[10.0, 5.0], [0.0, 15.0]]
    assert late_dear.tolist() == [[0.0, 15.0], [0.0, 15.0]]


def test_a_filling_does_not_depend_on_the_others():
    """Nor on how many are worked out at once."""
    rng = np.random.default_rng(4)
    ends = np.array(list(combinations(range(5), 2)))
    row, relay = ends.T.ravel(), np.tile(np.arange(len(ends)), 2)
    held = rng.integers(0, 1000, (50, 5)) * 1.0
    profit = np.ones(len(ends))

    alone = [share_out(one[np.newaxis], row, relay, profit)[0] for one in held]
    assert (share_out(held, row, relay, profit) == np.array(alone)).all()
