"""Fibre on the ground."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.quantity import parse_field
from satqkd.errors import NonPhysicalError
from satqkd.link.fibre import Fibre


def test_ten_kilometres_are_two_point_two_decibels():
    """0.22 dB/km as written in a file, to the last digit."""
    fibre = Fibre(
        attenuation_db_m=parse_field("0.22 dB/km", "attenuation_db_m"), connector_loss_db=0.0
    )

    assert fibre.lines_db(parse_field("10 km", "length_m")) == {"fibre": 2.2, "splices": 0.0}


@given(st.floats(0.0, 1e6), st.integers(0, 500))
def test_more_fibre_and_more_splices_lose_more(length_m, splices):
    """Both lines grow from nothing."""
    shorter = Fibre(splices=splices).lines_db(length_m)
    longer = Fibre(splices=splices + 1).lines_db(length_m + 1.0)

    assert 0.0 <= shorter["fibre"] < longer["fibre"]
    assert 0.0 < shorter["splices"] < longer["splices"]


@pytest.mark.parametrize(
    "field", ["attenuation_db_m", "splices", "splice_loss_db", "connector_loss_db"]
)
def test_gain_is_refused(field):
    """No fibre amplifies single photons."""
    with pytest.raises(NonPhysicalError, match=field):
        Fibre(**{field: -1})
