from datetime import UTC, datetime

import pytest

from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake


@pytest.mark.parametrize(
    "text", ["2016-12-19T16:52:14Z", "2016-12-20 00:52:14+08:00", "20161219T165214Z"]
)
def test_any_zone_becomes_utc(text):
    """The same instant, however it is written."""
    assert parse_instant(text) == datetime(2016, 12, 19, 16, 52, 14, tzinfo=UTC)
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["2016-12-19", "2016-12-19T16:52:14", "2016-13-01T00:00Z", "soon", ""]
)
def test_what_is_no_instant_is_a_mistake(text):
    """Above all a time without a zone."""
    with pytest.raises(Mistake):
        parse_instant(text)


def test_the_edge_of_the_calendar_is_a_mistake():
    """In UTC this is the year 0."""
    with pytest.raises(Mistake, match="outside the calendar"):
        parse_instant("0001-01-01T00:00:00+08:00")
