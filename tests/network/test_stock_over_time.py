"""A stock that is used and filled, by hand: 1 bit/s, 60 bit held, and key at 50 s and at 100 s."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.network.arrivals import Arrival
from satqkd.network.stock_ahead import over_time


def test_a_stock_is_used_and_filled():
    """The first realisation gets key twice, the second the second time alone: it runs dry twice."""
    coming = [
        Arrival(at_s=50.0, demand=0, bits=np.array([100.0, 0.0])),
        Arrival(at_s=100.0, demand=0, bits=np.array([100.0, 100.0])),
    ]
    stock = over_time(
        0, coming, begin_s=0.0, at_s=np.array([50.0, 60.0, 130.0, 260.0, 300.0]),
        held_bits=np.array([60.0, 60.0]), use_bit_s=1.0,
    )  # fmt: skip
    # 60 - 50 + 100 = 110, 100, 60 + 100 - 30 = 130, 0, 0; and 60 - 50 = 10, 0, 0 + 100 - 30 = 70
    assert stock.bits.tolist() == [[110.0, 100.0, 130.0, 0.0, 0.0], [10.0, 0.0, 70.0, 0.0, 0.0]]
    assert stock.dry_s.tolist() == [260.0, 60.0]
    assert stock.dry_by().tolist() == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert (stock.dry_s_of(0.5), stock.dry_s_of(0.51), stock.dry_s_of(0.0)) == (60.0, 260.0, 60.0)
    assert stock.chance_of(110.0).tolist() == [0.5, 0.0, 0.5, 0.0, 0.0]
    assert stock.percentile_bits(50.0).tolist() == [60.0, 50.0, 100.0, 0.0, 0.0]


@pytest.mark.parametrize(("use", "left"), [(0.0, 60.0), (0.5, 10.0)])
def test_what_lasts_never_runs_dry(use, left):
    """Nothing used, or less than there is: no instant at which it is dry."""
    stock = over_time(
        0, [], begin_s=0.0, at_s=np.array([100.0]), held_bits=np.array([60.0]), use_bit_s=use
    )
    assert stock.bits.tolist() == [[left]]
    assert stock.dry_s_of(1.0) is None
