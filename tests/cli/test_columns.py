"""``--columns``: which columns a table has, and in which order."""

import csv
import io
import json

import pytest

from satqkd.cli.asked import Asked
from satqkd.errors import SatqkdError

PASSES = ("passes", "--geometry", "--days", "0.5")


def test_csv_and_json_hold_what_is_asked_for_in_that_order(satqkd, campaign):
    """With the values of the whole table, those of the terminal alone included."""
    words = (*PASSES, "--columns", "max_elevation_deg, station,why_not")
    whole = list(csv.DictReader(io.StringIO(satqkd(*PASSES, "--csv", cwd=campaign).stdout)))
    chosen = list(csv.reader(io.StringIO(satqkd(*words, "--csv", cwd=campaign).stdout)))
    told = json.loads(satqkd(*words, "--json", cwd=campaign).stdout)

    assert chosen[0] == ["max_elevation_deg", "station", "why_not"]
    assert [row[:2] for row in chosen[1:]] == [
        [row["max_elevation_deg"], row["station"]] for row in whole
    ]
    assert {tuple(row) for row in told} == {("max_elevation_deg", "station", "why_not")}


def test_the_terminal_shows_them_in_that_order_though_they_say_nothing(satqkd, campaign):
    """What is asked for is there: no column gives way for being empty or always the same."""
    shown = satqkd(*PASSES, "--columns", "station,satellite,why_not,set_utc", cwd=campaign).stdout
    head = shown.splitlines()[2].split()

    assert head == ["station", "satellite", "not", "set", "[UTC]"]
    assert "Micius" in shown.splitlines()[4]
    assert "rise" not in shown


def test_rows_are_counted_under_what_takes_them_whatever_is_shown(satqkd, campaign):
    """The reason that rows are folded by need not be among the columns."""
    words = ("clock", "qstt-micius-2020", "--passes", "--days", "1")
    plain = satqkd(*words, cwd=campaign).stdout
    chosen = satqkd(*words, "--columns", "station,data_rate_hz", cwd=campaign).stdout
    folded = "not shown, --csv and --json write them all:"

    assert folded in plain
    assert chosen.split(folded)[1] == plain.split(folded)[1]
    assert "offset" not in chosen


@pytest.mark.parametrize(
    ("written", "fix"),
    [("secure_bit", "write 'secure_bits'; '--columns help' lists all"),
     ("zzz", "'--columns help' lists all")],
)  # fmt: skip
def test_a_misspelt_name_is_refused_with_the_nearest(satqkd, campaign, written, fix):
    """Before anything is computed, also into a file."""
    done = satqkd("forecast", "--csv", "--columns", f"station,{written}", cwd=campaign)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"--columns: no column is called {written!r}\n  fix: {fix}\n"


def test_help_lists_every_column_with_its_unit(satqkd, campaign):
    """Those of the terminal alone included."""
    done = satqkd("forecast", "--columns", "help", cwd=campaign)

    assert done.returncode == 0
    assert "secure_bits [bit]: Secret key" in done.stdout
    assert "why_not: " in done.stdout


def test_clocks_without_passes_have_no_columns_to_choose(satqkd, tmp_path):
    """The option is not passed over in silence."""
    done = satqkd("clock", "qstt-micius-2020", "--columns", "clock", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("--columns is of passes")


@pytest.mark.parametrize("text", ["", "a,,b", "a,"])
def test_a_name_that_is_empty_is_refused(text):
    """A comma too many may be a name too few."""
    with pytest.raises(SatqkdError, match="names nothing somewhere"):
        Asked(columns=text)


def test_a_name_written_twice_is_shown_once():
    """A record of JSON has each name once."""
    assert Asked(columns="b,a,b").names == ("b", "a")
