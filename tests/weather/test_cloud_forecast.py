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
