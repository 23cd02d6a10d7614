"""Tables of forecast cover."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from satqkd.errors import InputError
from satqkd.weather.cloud_forecast import parse_cloud_forecast

START = datetime(2026, 12, 1, tzinfo=UTC)
TABLE = "time,cover\n2026-12-01T12:00Z,20 %\n\n2026-12-01T20:00+02:00,0.9\n"


def test_cover_is_interpolated_and_the_reach_is_told():
    """Half-way between 20 % and 90 % covered, 45 % are clear; beyond the table nothing is known."""
    told, inside = parse_cloud_forecast(TABLE, file="clouds.csv").clear(
        START, np.array([11.0, 12.0, 15.0, 18.0, 19.0]) * 3600.0
    )

    assert told[1:4] == pytest.approx([0.8, 0.45, 0.1])
    assert inside.tolist() == [False, True, True, True, False]


def test_ends_and_gaps_are_told():
    """From noon to 18 h UTC: one gap where 5 h are too long, none of the usual 6 h."""
    forecast = parse_cloud_forecast(TABLE, file="clouds.csv")

    assert forecast.reach_s(START) == (12 * 3600.0, 18 * 3600.0)
    assert forecast.gaps() == ()
    assert forecast.gaps(longest_s=5 * 3600.0) == (forecast.times,)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "no cloud forecast"),
        ("when,cover\n", 1, "no cloud forecast"),
        ("time,cover\n2026-12-01T12:00Z,20 %\n", 1, "fewer than two"),
        (TABLE.replace("20 %", "120 %"), 2, "no cover"),
        (TABLE.replace("20 %", "nan"), 2, "no cover"),
        (TABLE.replace("T12:00Z", "T12:00"), 2, "no time"),
        (TABLE.replace("T12:00Z", "T23:00Z"), 4, "does not follow"),
        (TABLE.replace(",0.9", ",0.9,1"), 4, "3 columns"),
    ],
)
def test_broken_tables_are_refused_by_line(text, line, message):
    """The finding names file and line."""
    with pytest.raises(InputError) as caught:
        parse_cloud_forecast(text, file="clouds.csv")

    (finding,) = [f for f in caught.value.findings if message in f.message]
    assert (finding.file, finding.line) == ("clouds.csv", line)


def table(name, *covers):
    rows = "".join(f"2026-12-01T{hour:02d}:00Z,{cover}\n" for hour, cover in enumerate(covers))
    return f"time,{name}\n{rows}"


@pytest.mark.parametrize(
    ("name", "covers", "shares"),
    [
        ("cover_percent", ("0", "1", "57"), (0.0, 0.01, 0.57)),
        ("cover_oktas", ("0", "1", "8"), (0.0, 0.125, 1.0)),
        ("cover", ("0", "0"), (0.0, 0.0)),
        ("cover", ("0.0", "1.0"), (0.0, 1.0)),
        ("cover", ("0 %", "1 %"), (0.0, 0.01)),
    ],
)
def test_units_of_the_cover(name, covers, shares):
    """Said by the name of the column, by a point or by a sign."""
    assert parse_cloud_forecast(table(name, *covers), file="c.csv").cover == pytest.approx(shares)


@pytest.mark.parametrize("covers", [("1", "0", "0"), ("1", "1")])
def test_a_night_of_ones_is_asked_about(covers):
    """One may be a percent, an eighth, or all of the sky."""
    with pytest.raises(InputError, match="of the whole sky, or in percent or oktas"):
        parse_cloud_forecast(table("cover", *covers), file="c.csv")


@pytest.mark.parametrize("name", ["cover", "cover_percent", "cover_oktas"])
def test_covers_beyond_the_whole_sky(name):
    """With the names of the columns that could be meant."""
    with pytest.raises(InputError, match="no cover"):
        parse_cloud_forecast(table(name, "0.5", "101"), file="c.csv")


def test_a_field_without_end():
    """A quote that is never closed, longer than a field may be."""
    with pytest.raises(InputError, match="is no CSV"):
        parse_cloud_forecast('time,cover\n"' + "x" * 200_000, file="c.csv")
    old = TABLE.replace("\n", "\r")
    assert parse_cloud_forecast(old, file="c").cover == (0.2, 0.9)
