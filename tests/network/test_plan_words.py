"""Words that name no choice are refused, in Python as on the command line."""

from __future__ import annotations

import pytest

from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.forecast.key_blocks import check_span
from satqkd.network.plan import plan_of
from satqkd.weather.clear_sky import Draws


def test_key_that_no_plan_counts_on_is_refused():
    """Before anything is chosen; the words there are stand beside it."""
    with pytest.raises(SatqkdError, match="write one of clear, expected"):
        plan_of([], value="foo")


def test_a_span_that_is_none_is_refused():
    """With those there are."""
    with pytest.raises(SatqkdError, match="write one of pass, night, week"):
        check_span("fortnight")


@pytest.mark.parametrize("samples", [0, -1])
def test_no_realisations_are_none_drawn_at_all(samples):
    """None stands for that."""
    with pytest.raises(NonPhysicalError, match="samples"):
        Draws(samples=samples)
