"""``--local``: times of the terminal on a clock that people have."""

from zoneinfo import ZoneInfo

import as_user
import pytest

from satqkd.cli.asked import Asked
from satqkd.cli.local_time import on_local_clocks
from satqkd.errors import SatqkdError
from satqkd.report.tables.column import Column

COLUMN = Column("rise_utc", "UTC", "", lambda rows: rows)
ZONES = {"Graz": ZoneInfo("Europe/Vienna"), "Jinan": ZoneInfo("Asia/Shanghai")}


def moved(*rows):
    columns, found = on_local_clocks(
        [COLUMN], [{"station": station, "rise_utc": instant} for station, instant in rows], ZONES
    )
    return columns[0].unit, [row["rise_utc"] for row in found]


def test_one_offset_stands_in_the_heading():
    """Seconds are as they were, those of a leap second too."""
    assert moved(
        ("Jinan", "2016-12-31T23:59:60.500Z"), ("Jinan", "2016-12-19T03:46:08Z"), ("Jinan", None)
    ) == ("UTC+08:00", ["2017-01-01T07:59:60.500", "2016-12-19T11:46:08.000", None])


def test_several_offsets_stand_beside_their_times():
    """Two zones, or a change of clocks within the window."""
    assert moved(("Jinan", "2026-10-25T00:30:00.000Z"), ("Graz", "2026-10-25T00:30:00.000Z")) == (
        "local time",
        ["2026-10-25T08:30:00.000+08:00", "2026-10-25T02:30:00.000+02:00"],
    )
    assert moved(("Graz", "2026-10-25T00:30:00.000Z"), ("Graz", "2026-10-25T01:30:00.000Z"))[1] == [
        "2026-10-25T02:30:00.000+02:00",
        "2026-10-25T02:30:00.000+01:00",
    ]


def run(cwd, *words):
    words = ("passes", "--geometry", "--days", "0.5", *words)
    done = as_user.run(*words, cwd=cwd, env={"COLUMNS": "120", "TZ": "Asia/Tokyo"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_terminal_shows_the_clock_of_the_station(campaign):
    """Rows stay in the order of time."""
    plain, local = run(campaign), run(campaign, "--local")

    assert "rise [UTC+08:00]" in local
    assert "2016-12-19 03:46:08" in plain
    assert "2016-12-19 11:46:08" in local


def test_the_clock_of_this_computer_is_shown_where_a_station_gives_none(campaign):
    """With its offset."""
    path = campaign / "stations.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "timezone:" not in line), encoding="utf-8")
    shown = run(campaign, "--local")

    assert "rise [UTC+09:00]" in shown
    assert "2016-12-19 12:46:08" in shown


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_file_is_in_utc(form):
    """A program that reads it need not ask where it was written."""
    with pytest.raises(SatqkdError, match="CSV and JSON are in UTC"):
        Asked(**{form: True}, local=True)


def test_a_plan_and_a_link_have_the_clock_of_the_station(satqkd, campaign, tmp_path):
    """Files stay in UTC."""
    words = ("plan", "--days", "1", "--pictures", "none", "--series", "none", "--samples", "0")
    plan = satqkd(*words, "--out", str(tmp_path / "out"), "--local", cwd=campaign).stdout
    link = satqkd("link", "micius-xinglong-20161219T1652", "--local", cwd=campaign).stdout

    assert "[UTC+08:00]" in plan
    assert "2016-12-20 00:52:13" in plan
    assert "2016-12-19T16:52:13" in (tmp_path / "out" / "passes.csv").read_text()
    assert "culmination 2016-12-20T00:52:13+08:00" in link


def test_a_link_that_stands_still_has_no_clock(satqkd, tmp_path):
    assert satqkd("preset", "copy", "ground-links", ".", cwd=tmp_path).returncode == 0
    done = satqkd("link", "--local", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("--local: a link that stands still has no times\n  fix: ")


def test_a_station_that_states_utc_is_in_utc(campaign):
    """A stated zone counts, also the one that is no zone."""
    path = campaign / "stations.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Asia/Shanghai", "UTC"), encoding="utf-8")
    shown = run(campaign, "--local")

    assert "rise [UTC+00:00]" in shown
    assert "2016-12-19 03:46:08" in shown
