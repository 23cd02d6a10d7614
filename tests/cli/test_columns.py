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
    words = (*PASSES, "--columns", "max_elevation_deg, station,reason")
    whole = list(csv.DictReader(io.StringIO(satqkd(*PASSES, "--csv", cwd=campaign).stdout)))
    chosen = list(csv.reader(io.StringIO(satqkd(*words, "--csv", cwd=campaign).stdout)))
    told = json.loads(satqkd(*words, "--json", cwd=campaign).stdout)

    assert chosen[0] == ["max_elevation_deg", "station", "reason"]
    assert [row[:2] for row in chosen[1:]] == [
        [row["max_elevation_deg"], row["station"]] for row in whole
    ]
    assert {tuple(row) for row in told} == {("max_elevation_deg", "station", "reason")}


def test_the_terminal_shows_them_in_that_order_though_they_say_nothing(satqkd, campaign):
    """What is asked for is there: no column gives way for being empty or always the same."""
    shown = satqkd(*PASSES, "--columns", "station,satellite,reason,set_utc", cwd=campaign).stdout
    head = shown.splitlines()[1].split()

    assert head == ["station", "satellite", "reason", "set", "[UTC]"]
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
    assert "reason: " in done.stdout


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


PLAN = ("plan", "--days", "1", "--pictures", "none", "--series", "none", "--samples", "0")


def test_a_plan_shows_what_is_asked_for_and_writes_every_column(satqkd, campaign, tmp_path):
    """The table of contacts; keys and files are as without."""
    words = (*PLAN, "--out", str(tmp_path / "out"))
    plain = satqkd(*words, cwd=campaign)
    whole = (tmp_path / "out" / "passes.csv").read_bytes()
    chosen = satqkd(*words, "--columns", "secure_bits,station", cwd=campaign)

    head = chosen.stdout.splitlines()[1:3]
    assert " ".join(head).split() == ["secure", "[bit]", "station"]
    assert (tmp_path / "out" / "passes.csv").read_bytes() == whole
    keys = plain.stdout.index("station_a") if "station_a" in plain.stdout else -40
    assert chosen.stdout.endswith(plain.stdout[keys:])


@pytest.mark.parametrize("words", [PLAN, ("link", "micius-xinglong-20161219T1652")])
def test_plan_and_link_refuse_a_misspelt_column(satqkd, campaign, words):
    """Before anything is computed or written."""
    done = satqkd(*words, "--columns", "statoin,zzz", cwd=campaign)

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("--columns: no column is called 'statoin'\n  fix: ")
    assert not (campaign / "plan").exists()


def test_json_of_a_plan_holds_all_columns(satqkd, campaign):
    done = satqkd(*PLAN, "--json", "--columns", "station", cwd=campaign)

    assert done.returncode == 2
    assert done.stderr.startswith("--columns: --json of a plan holds them all\n  fix: ")


def test_a_link_shows_what_is_asked_for(satqkd, campaign):
    """Of the waterfall on the terminal, of the series in JSON."""
    words = ("link", "micius-xinglong-20161219T1652")
    shown = satqkd(*words, "--columns", "culmination,term", cwd=campaign).stdout.splitlines()
    told = json.loads(satqkd(*words, "--json", "--columns", "usable,utc", cwd=campaign).stdout)

    assert shown[2].split() == ["culmination", "term"]
    assert {tuple(row) for row in told} == {("usable", "utc")}


def test_links_that_stand_still_share_the_columns_asked_for(satqkd, tmp_path):
    """Each table shows those it has, and is left out if it has none."""
    assert satqkd("preset", "copy", "ground-links", ".", cwd=tmp_path).returncode == 0
    told = json.loads(satqkd("link", "--json", "--columns", "qber,link", cwd=tmp_path).stdout)
    pairs = satqkd("link", "--columns", "pair", cwd=tmp_path).stdout

    assert {tuple(row) for row in told} == {("qber", "link"), ("qber",)}
    assert "Twin-field" in pairs
    assert "Quantum dot" not in pairs


def test_a_column_of_another_name_before_is_known_and_named_anew(satqkd, campaign):
    """For one version."""
    done = satqkd(*PASSES, "--csv", "--columns", "station, why_not", cwd=campaign)

    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "station,reason"
    assert done.stderr.startswith("warning: --columns: 'why_not' is called 'reason' now")
