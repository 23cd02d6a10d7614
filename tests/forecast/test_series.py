"""Series of samples: kept where somebody looks at them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.series import _Gathered as Gathered
from satqkd.forecast.stream import forecast

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mission():
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)


def test_passes_that_carry_no_key_are_left_out_unless_asked_for(mission):
    """Following every pass changes no key; the losses of usable samples are the same."""
    some, every = forecast(mission, series=True), forecast(mission).with_series(every=True)

    assert (some.yields.keys.secure_bits == every.yields.keys.secure_bits).all()
    assert (some.sampled.arms[0].budget.total_db == every.sampled.arms[0].budget.total_db)[
        some.sampled.usable
    ].all()
    assert (every.sampled.arms[0].budget.total_db > 0.0).all()


def test_series_that_were_not_kept_are_not_made_up(mission):
    """Whoever asks for them is told how to get them."""
    with pytest.raises(ValueError, match=r"were not kept: with_series\(\) does"):
        _ = forecast(mission).sampled


class TestGathered:
    def test_numbers_that_differ_become_a_series(self):
        """The first number stays where it was written."""
        series = Gathered(4)
        series.put(slice(0, 2), np.broadcast_to(1.0, (2,)))
        series.put(slice(2, 4), np.broadcast_to(2.0, (2,)))

        assert series.values.tolist() == [1.0, 1.0, 2.0, 2.0]

    def test_pieces_may_come_in_any_order(self):
        """By index as well as by slice."""
        series = Gathered(4)
        series.put(np.array([3, 0]), np.array([3.0, 0.5]))
        series.put(slice(1, 3), np.array([1.0, 2.0]))

        assert series.values.tolist() == [0.5, 1.0, 2.0, 3.0]
