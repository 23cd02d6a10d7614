"""Tables of windows to avoid, as clearinghouses send them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from satqkd.errors import InputError
from satqkd.mission.avoid import parse_avoid


def mistakes(text):
    with pytest.raises(InputError) as caught:
        parse_avoid(text, file="folder/windows.csv")
    return [(one.line, one.message, one.fix) for one in caught.value.findings]


def test_columns_come_in_any_order_and_an_empty_cell_means_everybody():
    """Instants are taken to UTC; a line without reason names itself."""
    table = (
        "station,end,start,why\n"
        "Graz,2026-12-01T12:05:00+01:00,2026-12-01T12:00+01:00,aircraft\n"
        "\n"
        ",2026-12-02T00:00Z,2026-12-01T23:00Z,\n"
    )
    first, second = parse_avoid(table, file="folder/windows.csv")

    assert first.from_ == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert first.to == datetime(2026, 12, 1, 11, 5, tzinfo=UTC)
    assert (first.satellite, first.station, first.why) == (None, "Graz", "aircraft")
    assert (second.satellite, second.station) == (None, None)
    assert second.why == "line 4 of windows.csv"


def test_columns_that_name_utc_need_no_zone():
    """And heed one that is written."""
    table = "start_utc,end_utc\n2026-12-01 12:00:00,2026-12-01T14:00+01:00\n"
    (window,) = parse_avoid(table, file="windows.csv")

    assert window.from_ == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert window.to == datetime(2026, 12, 1, 13, tzinfo=UTC)


def test_a_window_is_about_a_satellite_its_constellation_or_everybody():
    """And about a station, or every one."""
    table = (
        "start,end,satellite,station\n"
        "2026-12-01T12:00Z,2026-12-01T13:00Z,Shell,Graz\n"
        "2026-12-01T12:00Z,2026-12-01T13:00Z,Shell-3,\n"
    )
    both, member = parse_avoid(table, file="windows.csv")

    assert both.concerns("Shell-1", "Shell", "Graz")
    assert not both.concerns("Shell-1", "Shell", "Matera")
    assert not both.concerns("Other", "Other", "Graz")
    assert member.concerns("Shell-3", "Shell", "Matera")
    assert not member.concerns("Shell-1", "Shell", "Matera")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "must name 'start' once"),
        ("start,satellite\n", "must name 'end' once"),
        ("start,start_utc,end\n", "must name 'start' once"),
        ("start,end,satelite\n", "has a column 'satelite'"),
        ("start,end,why,why\n", "names the column 'why' twice"),
    ],
)
def test_a_table_that_is_none_is_refused(text, expected):
    """The first line is named."""
    ((line, message, _),) = mistakes(text)

    assert line == 1
    assert expected in message


def test_a_table_may_name_no_window():
    """As the export of a day without any."""
    assert parse_avoid("start,end,satellite\n\n", file="windows.csv") == ()


def test_every_bad_line_is_told_with_its_number():
    """All at once, each with what to write."""
    found = mistakes(
        "start,end\n"
        "2026-12-01T12:00Z,2026-12-01T11:00Z\n"
        "2026-12-01T12:00Z\n"
        "2026-12-01T12:00,yesterday\n"
        "2026-12-01T12:00Z,2026-12-01T13:00Z\n"
    )

    assert [(line, message) for line, message, _ in found] == [
        (2, "ends before it begins"),
        (3, "has 1 columns, not 2"),
        (4, "end: 'yesterday' is no instant"),
        (4, "start: '2026-12-01T12:00' is an instant without zone"),
    ]
