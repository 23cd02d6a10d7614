from dataclasses import replace

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.schedule.problem import Demand, Solution


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end_s": np.array([-1.0])}, "end_s must not lie before start_s"),
        ({"key_bits": np.array([-1.0])}, "key_bits must not be negative"),
        ({"key_bits": np.array([np.nan])}, "key_bits must hold finite numbers only"),
        ({"start_s": np.array([0.0, 1.0])}, "start_s must be as long as"),
        ({"satellite": np.array([2])}, "satellite must hold indices below 2"),
        ({"station": np.array([-1])}, "station must hold indices below 3"),
        ({"station_gap_s": np.array([0.0, -1.0, 0.0])}, "station_gap_s must not be negative"),
        ({"spare_weight": -0.1}, "spare_weight must not be negative"),
        ({"demands": (Demand(station_a=0, station_b=3),)}, "demands must name stations"),
        (
            {"demands": (Demand(station_a=0, station_b=1), Demand(station_a=1, station_b=0))},
            "demands must not name a pair of stations twice",
        ),
    ],
)
def test_a_problem_says_what_is_wrong_with_it(problem_of, changes, words):
    """Nonsense stops before a solver sees it."""
    with pytest.raises(NonPhysicalError, match=words):
        replace(problem_of([(0, 0, 0, 5, 10)]), **changes)


def test_a_demand_joins_two_different_stations():
    """A station shares no key with itself."""
    with pytest.raises(NonPhysicalError, match="two different stations"):
        Demand(station_a=1, station_b=1)


def test_the_gap_is_relative_to_the_bound():
    """99 of at most 100 bits are one percent short."""
    plan = Solution(
        chosen=np.zeros(0, dtype=np.bool_),
        deliveries=(),
        objective=99.0,
        bound=100.0,
        status="time limit",
    )
    assert plan.gap == pytest.approx(0.01, rel=1e-15)
    assert replace(plan, bound=99.0).gap == 0.0
