"""The table fits the terminal and shows names as they are."""

import re

import numpy as np
import pytest
from rich.cells import cell_len

from satqkd.report.export.csv import to_csv
from satqkd.report.export.terminal import to_terminal
from satqkd.report.tables.column import Column
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report

PASS_SCREEN = (
    "pass_id",
    "status",
    "secure_bits",
    "reason",
    "max_elevation_deg",
    "usable_s",
    "culmination_local",
    "loss_min_db",
    "qber",
    "sun_elevation_max_deg",
    "min_range_km",
    "culmination_utc",
)


@pytest.fixture
def report(plan):
    return pass_report(plan.forecast, plan=plan)


@pytest.mark.parametrize("width", [40, 80, 100, 132, 200])
def test_no_line_is_wider_than_the_terminal(report, width):
    """Columns are left out rather than broken."""
    text = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=width)

    assert max(map(cell_len, text.splitlines())) <= width


def test_what_does_not_fit_is_named(report):
    """Nothing vanishes without a word."""
    text = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=80)

    assert "not shown for want of width" in text
    assert "min_range_km" in text


def test_eighty_characters_hold_id_key_status_and_reason(report):
    """What is asked first is there first."""
    text = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=80)

    assert "micius-xinglong-20161219T1652" in text
    assert "daylight" in text
    assert "scheduled" in text


def test_wide_terminals_show_all_and_say_nothing(report):
    """No caption when nothing is missing."""
    assert "not shown" not in to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=240)


def test_colours_come_only_when_asked_for(report):
    """A file or a pipe gets plain text."""
    plain = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=100)
    coloured = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=100, colour=True)

    assert "\x1b" not in plain
    assert "\x1b[1;32m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_numbers_are_aligned_right_with_groups_of_three():
    """Bits line up by their last digit."""
    column = Column("secure_bits", "bit", "", lambda _: [7, 1234567])
    lines = to_terminal((column,), None, width=40).splitlines()

    assert lines[-3].endswith("        7")
    assert lines[-2].endswith("1,234,567")


def test_a_terminal_may_show_fewer_decimals_than_a_file():
    """An angle to 0.001° in CSV and JSON, to 0.01° on the screen; filled anew it stays so."""
    angle = Column(
        "azimuth_deg", "°", "", lambda _: np.array([12.34567]), digits=3, screen_digits=2
    )

    for column in (angle, angle.of(angle.values)):
        assert to_csv((column,), None).splitlines()[-1] == "12.346"
        assert to_terminal((column,), None, width=40).splitlines()[-2].strip() == "12.35"


@pytest.mark.parametrize("name", ["[bold red]x[/]", "\x1b[31mx", "a\u202eb", ":smile:", "[link=x]"])
def test_hostile_names_are_shown_not_obeyed(name):
    """Markup, ANSI, direction marks and emoji codes are text."""
    text = to_terminal((Column("name", "", "", lambda _: [name]),), None, width=60)

    assert name.encode("unicode_escape").decode() in text or name in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_empty_table_shows_its_header():
    """A table without rows is still a table."""
    assert "secure" in to_terminal((Column("secure_bits", "bit", "", lambda _: []),), None)


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2016-12-19T16:59:53.600Z", "2016-12-19 16:59:54"),
        ("2016-12-31T23:59:59.400Z", "2016-12-31 23:59:59"),
        ("2016-12-31T23:59:60.700Z", "2016-12-31 23:59:60"),
        ("2016-12-20T00:52:12.500+08:00", "2016-12-20 00:52:13"),
    ],
)
def test_instants_are_rounded_to_the_second(instant, shown):
    """As the reasons beside them are; leap seconds survive."""
    unit = "UTC" if instant.endswith("Z") else "local time"

    assert shown in to_terminal((Column("at", unit, "", lambda _: [instant]),), None)


@pytest.mark.parametrize("width", [33, 35, 37, 40, 60, 100])
def test_no_word_of_a_cell_is_broken(width):
    """An instant or an id in two pieces cannot be copied."""
    reason = "clash: satellite serves Xinglong at 2016-12-19T16:52:13Z"
    columns = (
        Column("station", "", "", lambda _: ["Ngari Prefe"]),
        Column("reason", "", "", lambda _: [reason], below=True),
    )
    text = to_terminal(columns, None, width=width)

    assert set(reason.split()) <= set(text.split())


def test_headings_keep_their_words_whole(report):
    """Each heading is made of the words of its column's name."""
    for width in range(40, 200, 7):
        head = to_terminal(PASS_COLUMNS, report, names=PASS_SCREEN, width=width).split("─")[0]
        words = {word for name in PASS_SCREEN for word in name.split("_")}

        assert {word for word in head.split() if word.isalpha()} <= words


def test_reasons_that_do_not_fit_stand_below():
    """Each after what names its row; empty ones are left out."""
    columns = (
        Column("pass_id", "", "", lambda _: ["a-b-20161219T1652", "a-c-20161219T1653"]),
        Column(
            "reason", "", "", lambda _: ["", "daylight: Sun at 29.7 degrees, limit -12"], below=True
        ),
    )
    text = to_terminal(columns, None, width=30)

    assert "not shown" not in text
    assert "a-c-20161219T1653: daylight:" in " ".join(text.split())
    assert "a-b-20161219T1652:" not in text


def test_rows_below_bear_as_many_names_as_tell_them_apart():
    """One station has several passes."""
    columns = (
        Column("station", "", "", lambda _: ["Ngari", "Ngari", "Jinan"]),
        Column("number", "", "", lambda _: [1, 2, 2]),
        Column(
            "note", "", "", lambda _: ["some words on this", "some words on that", ""], below=True
        ),
    )
    text = to_terminal(columns, None, width=30)

    assert "Ngari 2: some words on that" in text


def test_local_times_keep_their_offset():
    """A clock without its zone says little."""
    column = Column("at", "local time", "", lambda _: ["2016-12-20T00:52:12.500+08:00"])

    assert "2016-12-20 00:52:13 +08:00" in to_terminal((column,), None)


@pytest.mark.parametrize(
    ("name", "unit", "header"),
    [
        ("limit_tdev_ps", "ps", "limit tdev [ps]"),
        ("shift_ns", "ns", "shift [ns]"),
        ("point_ahead_arcsec", "″", "point ahead [″]"),
        ("uplink_kbit", "kbit", "uplink [kbit]"),
        ("range_rate_km_s", "km/s", "range rate [km/s]"),
        ("azimuth_rate_deg_s", "°/s", "azimuth rate [°/s]"),
        ("utc", "", "utc"),
    ],
)
def test_units_stand_in_brackets(name, unit, header):
    """Those of every column whose name ends in one."""
    text = to_terminal((Column(name, unit, "", lambda _: ["x" * 30]),), None, width=60)

    assert text.splitlines()[1].strip() == header


def test_a_narrow_terminal_shows_a_number_too(report):
    """An id that leaves no room for one is broken at its hyphens."""
    text = to_terminal(PASS_COLUMNS, report, names=("pass_id", "secure_bits"), width=40)

    assert "[bit]" in text
    assert "xinglong-20161219T1652" in text
    assert max(map(cell_len, text.splitlines())) <= 40


def test_of_a_pair_both_ends_name_a_row_below():
    """Also where one is enough to tell rows apart, and where the other is the same in all."""
    columns = [
        Column("station_a", "", "", lambda _: ["Jinan", "Graz"]),
        Column("station_b", "", "", lambda _: ["Hefei", "Hefei"]),
        Column("bits", "bit", "", lambda _: [1, 2]),
        Column("note", "", "", lambda _: ["no key at Jinan and Hefei", ""], below=True),
    ]
    text = to_terminal(columns, None, width=28)

    assert text.splitlines()[-2:] == ["  Jinan and Hefei: no key at", "  Jinan and Hefei"]


def test_reasons_below_a_narrow_table_name_their_row_whole():
    """So that the id can be copied from there."""
    columns = (
        Column("pass_id", "", "", lambda _: ["micius-xinglong-20161219T1652"]),
        Column("secure_bits", "bit", "", lambda _: [1234567]),
        Column(
            "reason",
            "",
            "",
            lambda _: ["clash with another pass over the same station"],
            below=True,
        ),
    )
    text = to_terminal(columns, None, width=40)

    assert "1,234,567" in text
    assert "micius-xinglong-20161219T1652: " in text


def test_a_reason_of_many_rows_is_said_once():
    """With how many they are; one of few rows stands after what names each."""
    columns = (
        Column("number", "", "", lambda _: list(range(6))),
        Column(
            "reason", "", "", lambda _: ["daylight"] * 5 + ["no light at all arrives"], below=True
        ),
    )
    text = to_terminal(columns, None, width=25)

    assert "5 rows: daylight" in text
    assert "5: no light at all" in text


def test_what_is_the_same_in_every_row_gives_way_first_and_is_said_below():
    """However high its rank."""
    columns = (
        Column("satellite", "", "", lambda _: ["Micius", "Micius"]),
        Column("number", "", "", lambda _: [1, 2]),
        Column("passes", "", "", lambda _: [3, 4]),
    )
    text = to_terminal(columns, None, width=20)

    assert "satellite in every" in text
    assert "not shown" not in text
    assert "passes" in text.splitlines()[1]


def test_a_long_name_is_broken_between_words_to_keep_a_leading_number():
    """Where the words leave room for it; where there is room anyway, the name stays whole."""
    columns = (
        Column("satellite", "", "", lambda _: ["Jinan-1 A (synthetic)", "Jinan-1 B (synthetic)"]),
        Column("secure_bits", "bit", "", lambda _: [1_234_567, 2_345_678]),
    )

    assert "1,234,567" in to_terminal(columns, None, width=30)
    assert "Jinan-1 A (synthetic)" in to_terminal(columns, None, width=40)


def _constellation():
    """Two passes of satellites with long names, over stations with long names."""
    told = {
        "satellite": ["Jinan-1 A (synthetic)", "Jinan-1 B (synthetic)"],
        "station": ["Stellenbosch", "Hefei"],
        "culmination_utc": ["2023-03-01T19:53:37.000Z", "2023-03-01T21:27:53.000Z"],
        "max_elevation_deg": [54.37, 21.04],
        "secure_bits": [503_230, 321_918],
        "secure_bits_low": [137_344, 41_174],
        "secure_bits_high": [1_252_978, 932_740],
        "qber": [0.0123, 0.0125],
    }
    units = {"culmination_utc": "UTC", "max_elevation_deg": "°", "qber": ""}
    return [
        Column(name, units.get(name, "bit" if "bits" in name else ""), "",
               lambda _, cells=cells: cells)
        for name, cells in told.items()
    ]  # fmt: skip


_LEADING = ("culmination_utc", "secure_bits", "station", "satellite", "max_elevation_deg",
            "secure_bits_low", "secure_bits_high", "qber")  # fmt: skip


def test_a_range_stands_in_one_column_before_it_gives_way():
    text = to_terminal(_constellation(), None, names=_LEADING, width=80)
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= 80
    above = next(place for place, line in enumerate(lines) if "19:53:37" in line) - 1
    assert "2023-03-01" in lines[above]
    assert "503,230" in lines[above]
    assert lines[above].split()[-1] == "137,344"
    assert lines[above + 1].split()[-1] == "1,252,978"
    assert "secure_bits_high" not in text


def test_a_wide_terminal_shows_a_range_side_by_side():
    lines = to_terminal(_constellation(), None, names=_LEADING, width=120).splitlines()
    row = next(line for line in lines if "19:53:37" in line)
    assert "2023-03-01 19:53:37" in row
    assert row.index("137,344") < row.index("1,252,978")
