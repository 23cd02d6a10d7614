from datetime import UTC, datetime

import numpy as np
import pytest

from satqkd.config.instant import parse_instant, parse_when
from satqkd.config.mistake import Mistake
from satqkd.passes.timebase import Timebase


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


@pytest.mark.parametrize(
    "text",
    ["2016-12-31T23:59:60.250Z", "2017-01-01T07:59:60.250+08:00", "20161231T235960.250Z"],
)
def test_a_leap_second_is_an_instant(text):
    """What satqkd prints it reads, a quarter of a second into the last second of 2016."""
    instant = parse_instant(text)
    midnight = datetime(2017, 1, 1, tzinfo=UTC)

    assert Timebase.starting(instant).seconds(midnight) == pytest.approx(0.75, abs=1e-9)
    assert Timebase.starting(instant).iso(np.array([0.0])) == ["2016-12-31T23:59:60.250Z"]


@pytest.mark.parametrize(
    "text",
    ["2016-12-30T23:59:60Z", "2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00",
     "2026-06-30T23:59:60Z", "1971-12-31T23:59:60Z", "2016-12-31T23:59:61Z"],
)  # fmt: skip
def test_other_days_have_no_leap_second(text):
    """Only those in the table of the IERS."""
    with pytest.raises(Mistake):
        parse_instant(text)


class TestWhen:
    NOW = datetime(2026, 5, 5, 18, 30, 15, 999_999, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("now", "2026-05-05T18:30:15+00:00"),
            ("+7d", "2026-05-12T18:30:15+00:00"),
            ("now - 12h", "2026-05-05T06:30:15+00:00"),
            ("+1.5 h", "2026-05-05T20:00:15+00:00"),
            ("2026-12-31", "2026-12-31T00:00:00+00:00"),
            ("2026-12-31T05:00+05:00", "2026-12-31T00:00:00+00:00"),
        ],
    )
    def test_what_the_command_line_takes(self, text, instant):
        """Beside whole instants a day of its own, and what is counted from now."""
        assert parse_when(text, now=self.NOW).isoformat() == instant

    @pytest.mark.parametrize(
        "text", ["7d", "+7", "tomorrow", "2026-02-30", "+99999 d 1", "5/5/2026"]
    )
    def test_what_it_does_not(self, text):
        """Anything else needs its zone."""
        with pytest.raises(Mistake):
            parse_when(text, now=self.NOW)
