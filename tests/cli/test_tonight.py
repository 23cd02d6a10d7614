"""``satqkd tonight`` on the shipped week: an independent look at the plan's own files."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from skyfield.api import load, wgs84
from skyfield.jpllib import SpiceKernel
from typer.testing import CliRunner

from satqkd.cli.app import app, asked_alone
from satqkd.cli.tonight import _sheet
from satqkd.errors import SatqkdError
from satqkd.report.run_sheet import Step
from satqkd.report.tonight import TonightContact

ROOT = Path(__file__).parents[2]
NOW = "2016-12-22T12:40Z"


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return a folder with the shipped mission and its plan."""
    folder = tmp_path_factory.mktemp("tonight")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    words = ["plan", "--out", str(folder / "plan"), "--pictures", "none", "--days", "5"]
    assert run(folder, *words).exit_code == 0
    return folder


def run(folder, command, *words):
    named = ["--mission", str(folder / "mission.yaml"), "--stations", str(folder / "stations.yaml")]
    return CliRunner().invoke(
        asked_alone([command]), [command, *words, *named], catch_exceptions=False
    )


def tonight(folder, *words):
    return run(folder, "tonight", str(folder / "plan"), *words)


def test_a_run_sheet_over_the_end_of_summer_time_says_which_clock_each_step_is_on():
    """00:55 UTC is 02:55 in Berlin, 01:10 UTC is 02:10: by a clock alone the set came first."""
    steps = tuple(
        Step(event=event, utc=datetime.fromisoformat(f"2026-10-25T{at}:00+00:00"),
             azimuth_deg=None, elevation_deg=None, loss_db=None)
        for event, at in (("rise", "00:55"), ("set", "01:10"))
    )  # fmt: skip
    one = TonightContact(
        contact_key="a-b-1", satellite="A", stations=("B",), ready=steps[0].utc, rise=steps[0].utc,
        set=steps[1].utc, command_by=steps[0].utc, planned_bits=0, low_bits=None, high_bits=None,
        p10_bits=None, p90_bits=None, state="planned", checks=(), verdict="go", steps=steps,
        alternates=(),
    )  # fmt: skip
    lines = list(_sheet(one, {"B": ZoneInfo("Europe/Berlin")}))
    (head,) = [line for line in lines if "azimuth" in line]
    assert head.split() == ["UTC", "station", "time", "azimuth", "elevation", "loss"]
    local = [line.split()[2] for line in lines if line.strip().startswith(("rise ", "set "))]
    assert local == ["02:55:00+02:00", "02:10:00+01:00"]
    assert max(map(len, lines)) <= 80


def rows(folder, name="passes.csv"):
    with (folder / "plan" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def night_of(folder, *words):
    return json.loads(tonight(folder, "--now", NOW, "--json", *words).stdout)


def test_the_night_holds_the_scheduled_contacts_up_to_the_sunrise(planned):
    """Sunrise at the last station, by skyfield's own almanac; no contact before now."""
    told = night_of(planned)
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    scale = load.timescale(builtin=True)
    minutes = np.arange(0, 24 * 60 + 1)
    times = scale.utc(2016, 12, 22, 12, 40 + minutes)

    def sunrise_min(latitude_deg, longitude_deg, height_m):
        place = kernel["earth"] + wgs84.latlon(latitude_deg, longitude_deg, elevation_m=height_m)
        sun = place.at(times).observe(kernel["sun"]).apparent().altaz()[0].degrees + 0.8333
        rises = int(np.flatnonzero((sun[1:] > 0.0) & (sun[:-1] <= 0.0))[0])
        return rises + sun[rises] / (sun[rises] - sun[rises + 1])

    last = max(sunrise_min(43.47546, 87.17669, 2080), sunrise_min(32.32502, 80.02616, 5050))
    kernel.close()
    risen = datetime.fromisoformat("2016-12-22T12:40+00:00") + timedelta(minutes=last)

    until = datetime.fromisoformat(told["night"]["until_utc"])
    assert abs((until - risen).total_seconds()) < 2.0  # straight lines over 2 min
    expected = [
        row["contact_key"]
        for row in rows(planned)
        if row["status"] == "scheduled"
        and row["set_utc"] > "2016-12-22T12:40"
        and datetime.fromisoformat(row["rise_utc"]) <= until
    ]
    assert [row["contact_key"] for row in told["contacts"]] == expected
    assert len(expected) > 2
    assert told["night"]["planned_bits"] == sum(row["planned_bits"] for row in told["contacts"])


def test_run_sheets_stand_between_the_samples_of_the_series(planned):
    """Angles at the begin and the end of key by an interpolation of the series' own numbers."""
    told = night_of(planned)
    series = rows(planned, "series.csv")
    by_pass = {row["contact_key"]: row["pass_id"] for row in rows(planned)}
    for row in told["contacts"]:
        own = [one for one in series if one["pass_id"] == by_pass[row["contact_key"]]]
        times = [datetime.fromisoformat(one["utc"]).timestamp() for one in own]
        for event in ("key_from", "highest", "key_to"):
            when = datetime.fromisoformat(row[f"run_{event}_utc"]).timestamp()
            for column, name in (("elevation_deg", "elevation_deg"), ("total_loss_db", "loss_db")):
                values = [float(one[column]) for one in own]
                digits = 0.0051 if name == "elevation_deg" else 0.051
                expected = np.interp(when, times, values)
                assert row[f"run_{event}_{name}"] == pytest.approx(expected, abs=digits)


def test_ready_and_commands_come_before_the_rise(planned):
    """By the set-up of the terminal, 10 min, and two hours."""
    for row in night_of(planned)["contacts"]:
        rise = datetime.fromisoformat(row["run_rise_utc"])
        ready, command = (
            datetime.fromisoformat(row[name]) for name in ("ready_utc", "command_by_utc")
        )
        assert (rise - command).total_seconds() == pytest.approx(7_200.0, abs=2e-3)
        assert (rise - ready).total_seconds() == pytest.approx(600.0, abs=2e-3)


def test_alternates_are_what_only_this_contact_keeps_out(planned):
    """And can still be commanded."""
    told = {row["contact_key"]: row for row in night_of(planned)["contacts"]}
    for key, row in told.items():
        expected = {
            one["contact_key"]
            for one in rows(planned)
            if one["clashes_with"] == key
            and (one["status"] == "scheduled" or int(one["planned_bits"]) > 0)
            and one["status"] != "rejected"
            and one["rise_utc"] > "2016-12-22T14:40"
        }
        assert set(filter(None, row["alternates"].split(";"))) == expected
    late = night_of(planned, "--hours", "8")["contacts"]
    assert any(row["alternates"] for row in late)


def test_checks_that_were_not_made_are_counted(planned):
    """No station of the campaign gives a mount, and two no weather."""
    told = night_of(planned)
    assert all(row["check_mount"] == "not checked" for row in told["contacts"])
    cells = [value for row in told["contacts"] for name, value in row.items() if "check_" in name]
    assert told["night"]["checks_not_made"] == cells.count("not checked")
    assert f"{cells.count('not checked')} checks of" in tonight(planned, "--now", NOW).stdout


def test_a_night_without_contacts_is_no_go(planned):
    """It says when the next is, and the exit code says no."""
    found = tonight(planned, "--now", "2016-12-19T20:30Z", "--hours", "1")
    assert found.exit_code == 1
    assert found.stdout.startswith("NO-GO: 0 contacts")
    assert "the next rises 2016-12-" in found.stdout


def test_the_text_fits_a_narrow_terminal(planned, monkeypatch):
    """At 80 columns nothing is wider."""
    monkeypatch.setenv("COLUMNS", "80")
    text = tonight(planned, "--now", NOW).stdout
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda plan: (plan / "passes.csv").write_text("pass_id\n"), "is not what plan.json says"),
        (lambda plan: (plan / "keys.csv").unlink(), "could not be read"),
        (lambda plan: (plan / "plan.json").write_text("{"), "could not be read"),
        (lambda plan: (plan / "plan.json").write_text("[]"), "no folder of 'satqkd plan'"),
        (shutil.rmtree, "holds no plan"),
    ],
)
def test_a_plan_that_was_changed_is_refused(planned, tmp_path, damage, told):
    """Whoever changed it: what would be flown is not the plan."""
    folder = tmp_path / "copy"
    shutil.copytree(planned, folder)
    damage(folder / "plan")
    with pytest.raises(SatqkdError, match=told):
        tonight(folder, "--now", NOW)


def test_a_plan_of_another_mission_is_refused(planned, tmp_path):
    """Its limits are not those of the mission."""
    folder = tmp_path / "copy"
    shutil.copytree(planned, folder)
    text = (folder / "mission.yaml").read_text()
    (folder / "mission.yaml").write_text(text.replace("name: ", "name: Another ", 1))
    with pytest.raises(SatqkdError, match="is a plan of"):
        tonight(folder, "--now", NOW)


def test_joint_contacts_have_a_run_sheet_of_their_own(tmp_path):
    """Begin, key and end over both stations; what is not known of the two is not checked."""
    copied = CliRunner().invoke(app, ["preset", "copy", "twin-field-node", str(tmp_path)])
    assert copied.exit_code == 0
    words = ["--pictures", "none", "--series", "none", "--samples", "0", "--days", "2"]
    assert run(tmp_path, "plan", "--out", str(tmp_path / "plan"), *words).exit_code == 0
    joint = [row for row in rows(tmp_path, "together.csv") if row["status"] == "scheduled"]
    assert joint

    told = json.loads(tonight(tmp_path, "--now", "2026-11-01T10:00Z", "--json").stdout)
    first = told["contacts"][0]
    assert first["contact_key"] == joint[0]["contact_key"]
    assert first["stations_tonight"] == "Xinglong and Jinan"
    assert first["run_rise_utc"] == joint[0]["start_utc"]
    assert first["run_key_from_utc"] == joint[0]["scheduled_start_utc"]
    assert first["run_highest_utc"] is None
    assert first["check_sun"] == first["check_orbit"] == "not checked"
    text = tonight(tmp_path, "--now", "2026-11-01T10:00Z").stdout
    assert "over Xinglong and Jinan" in text
