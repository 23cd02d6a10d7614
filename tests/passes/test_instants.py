"""Columns of instants read like single instants."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.passes.instants import Instants

DAYS = st.integers(41_317, 200_000)


def old_text(day, tick, digits):
    """Write one instant as satqkd 0.1.0 did."""
    second, part = divmod(tick, 10**digits)
    minute = min(second // 60, 1439)
    clock = f"{minute // 60:02d}:{minute % 60:02d}:{second - 60 * minute:02d}"
    fraction = f".{part:0{digits}d}" if digits else ""
    return f"{date(1858, 11, 17) + timedelta(days=day)}T{clock}{fraction}Z"


@given(st.integers(0, 9), st.lists(st.tuples(DAYS, st.floats(0.0, 1.0)), max_size=20))
def test_texts_are_those_of_single_instants(digits, moments):
    """Leap seconds included."""
    ticks = [min(int(share * 86_401 * 10**digits), 86_401 * 10**digits - 1) for _, share in moments]
    found = Instants(
        day=np.array([day for day, _ in moments], dtype=np.int64),
        tick=np.array(ticks, dtype=np.int64),
        digits=digits,
    )

    told = [old_text(day, tick, digits) for (day, _), tick in zip(moments, ticks, strict=True)]
    assert found.tolist() == told
    assert list(found) == told


def test_they_are_a_sequence():
    """One, some, and some in another order."""
    found = Instants(day=np.array([51_544, 51_545]), tick=np.array([0, 1]), digits=0)

    assert found[0] == found[-2] == "2000-01-01T00:00:00Z"
    assert list(found[1:]) == ["2000-01-02T00:00:01Z"]
    assert list(found.take(np.array([1, 0]))) == list(found)[::-1]
    with pytest.raises(IndexError):
        found[2]


@pytest.mark.parametrize(
    ("digits", "tick"), [(0, 86_400), (3, 86_400_000), (9, 86_400_000_000_000)]
)
def test_a_leap_second_is_the_next_midnight_for_those_that_know_none(digits, tick):
    """As ``Timebase.utc`` says."""
    found = Instants(day=np.array([57_753]), tick=np.array([tick]), digits=digits)

    assert found.utc64().tolist()[0].isoformat() == "2017-01-01T00:00:00"


def test_seconds_of_too_many_decimals_are_refused():
    """They would not fit into a whole number."""
    with pytest.raises(ValueError, match="0 to 9 decimals"):
        Instants(day=np.array([0]), tick=np.array([0]), digits=12)
