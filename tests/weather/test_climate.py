"""What is known of a sky over the year."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.weather.climate import Climate

MONTHS = np.arange(1, 13)


def test_one_number_holds_all_year():
    """No season is made up."""
    assert (Climate(clear_fraction=(0.63,), source="here").clear(MONTHS) == 0.63).all()


def test_seasons_begin_in_december():
    """December to February first, as meteorologists count."""
    told = Climate(clear_fraction=(0.9, 0.8, 0.5, 0.7), source="here").clear(MONTHS)

    assert told.tolist() == [0.9, 0.9, 0.8, 0.8, 0.8, 0.5, 0.5, 0.5, 0.7, 0.7, 0.7, 0.9]


@given(st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12))
def test_months_come_in_their_order(shares):
    """January first."""
    assert Climate(clear_fraction=tuple(shares), source="here").clear(MONTHS).tolist() == shares


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"clear_fraction": (0.5, 0.5)}, "1, 4"),
        ({"clear_fraction": (1.2,)}, "clear_fraction"),
        ({"clear_fraction_spread": -0.1}, "clear_fraction_spread"),
        ({"persistence_s": 0.0}, "persistence_s"),
        ({"source": " "}, "source"),
    ],
)
def test_impossible_climates_are_refused(changes, told):
    """By name of the value."""
    with pytest.raises(NonPhysicalError, match=told):
        Climate(**{"clear_fraction": (0.5,), "source": "here", **changes})
