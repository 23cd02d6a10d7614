"""Epochs in every spelling of the standard, and what is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.omm_epoch import EpochError, parse_epoch

LEAP_DAY = datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2016-12-31T23:59:59", LEAP_DAY),
        ("2016-12-31T23:59:59Z", LEAP_DAY),
        ("2016-12-31T23:59:59+00:00", LEAP_DAY),
        ("2016-12-31T23:59:59.0-0000", LEAP_DAY),
        ("2016-12-31T23:59:59.", LEAP_DAY),
        ("2016-366T23:59:59.0Z", LEAP_DAY),
        ("2016-12-31T23:59:59.5", LEAP_DAY.replace(microsecond=500_000)),
        ("2016-366T23:59:59.000001Z", LEAP_DAY.replace(microsecond=1)),
        ("2016-12-31T23:59:59.0000014", LEAP_DAY.replace(microsecond=1)),
        ("2016-12-31T23:59:59.99999970", datetime(2017, 1, 1, tzinfo=UTC)),
        ("1957-10-04T00:00:00", datetime(1957, 10, 4, tzinfo=UTC)),
    ],
)
def test_every_spelling_of_an_instant(text, epoch):
    """With and without fraction and Z, by month or by day of the year, to the microsecond."""
    assert parse_epoch(text) == epoch


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2016-12-19 13:39:33", "is no date and time in UTC"),
        ("2016-12-19T13:39:33+08:00", "is no date and time in UTC"),
        ("2016-12-19", "is no date and time in UTC"),
        ("16354.56913372", "is no date and time in UTC"),
        ("2016-12-19T13:39:33.1z", "is no date and time in UTC"),
        ("٢٠١٦-12-19T13:39:33", "is no date and time in UTC"),
        ("2016-12-19T13:39:33." + "1" * 31, "is no date and time in UTC"),
        ("2017-02-29T00:00:00", "is no day of the calendar"),
        ("2017-13-01T00:00:00", "is no day of the calendar"),
        ("2017-00-01T00:00:00", "is no day of the calendar"),
        ("2017-000T00:00:00", "day 0 of the year 2017 does not exist"),
        ("2017-366T00:00:00", "day 366 of the year 2017 does not exist"),
        ("2016-367T00:00:00", "day 367 of the year 2016 does not exist"),
        ("2017-01-01T24:00:00", "is no time of day"),
        ("2017-01-01T00:60:00", "is no time of day"),
        ("2017-01-01T00:00:61", "is no time of day"),
        ("2016-12-31T23:59:60", "lies in a leap second"),
        ("1956-12-31T00:00:00", "the year 1956 lies outside"),
        ("9999-12-31T23:59:59.9999999", "the year 9999 lies outside"),
    ],
)
def test_what_is_no_epoch_is_told(text, said):
    """Each mistake has its sentence and a fix."""
    with pytest.raises(EpochError) as caught:
        parse_epoch(text)

    assert said in caught.value.message
    assert caught.value.fix


@given(st.datetimes(datetime(1957, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001
def test_isoformat_is_read_back(moment):
    """What Python writes is read to the microsecond, by date and by day of the year."""
    by_day = moment.strftime("%Y-%jT%H:%M:%S.%f")

    assert parse_epoch(moment.isoformat()) == moment.replace(tzinfo=UTC)
    assert parse_epoch(by_day) == moment.replace(tzinfo=UTC)
