"""``satqkd export`` and ``satqkd plan --export``."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from as_user import run

from satqkd.cli.export import command
from satqkd.config.load import load_mission
from satqkd.errors import InputError, OutputError, SatqkdError

ROOT = Path(__file__).parents[2]
PLAN = ("plan", "--samples", "0", "--pictures", "none", "--series", "none", "--days", "2")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Return a folder with a plan and what 'plan --export all' wrote beside it."""
    folder = tmp_path_factory.mktemp("campaign")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    done = run(*PLAN, "--export", "all", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "handed over as ics, track, cpf, oem, ssf, czml" in done.stdout
    return folder


@pytest.fixture
def copy(made, tmp_path) -> Path:
    """Return a copy that a test may spoil."""
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_files_of_a_plan_are_the_same_whenever_they_are_made(made):
    """Beside the plan or from its folder, today or later: byte by byte."""
    beside = contents(made / "plan-export")
    done = run("export", "plan", "--all", "--out", "later", cwd=made)
    assert done.returncode == 0, done.stderr
    assert contents(made / "later") == beside


def test_export_json_says_what_each_file_is_and_where_it_came_from(made):
    """Hash, frame, zone, refraction, elements; every file is told of and every one is there."""
    folder = made / "plan-export"
    told = json.loads((folder / "export.json").read_text("utf-8"))
    there = {path.name for path in folder.iterdir()} - {"export.json"}
    assert there == set(told["files"]) == set(told["contents"])
    for name, sha256 in told["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    plan = json.loads((made / "plan" / "plan.json").read_text("utf-8"))
    assert told["inputs"] == plan["inputs"]
    assert told["plan_id"] is None
    assert [one["source"] for one in told["elements"]] == ["data/tle/micius.tle:26"]
    assert told["issued_utc"] == "2016-12-19T13:39:33.153Z"
    assert "TEME to ITRF" in told["frame"]
    assert told["zone"].startswith("UTC")
    assert "tracking only" in told["refraction"]
    assert len(told["contacts"]) == plan["passes"]["scheduled"]
    endings = {name.rpartition(".")[2] for name in there}
    assert endings == {"ics", "csv", "sqk", "oem", "xml", "czml"}


def test_only_the_kinds_asked_for_are_written(made):
    """And only the station's contacts."""
    done = run("export", "--ics", "--track", "--station", "ngari", "--out", "ngari", cwd=made)
    assert done.returncode == 0, done.stderr
    told = json.loads((made / "ngari" / "export.json").read_text("utf-8"))
    assert {name.rpartition(".")[2] for name in told["files"]} == {"ics", "csv"}
    assert all("ngari" in key for key in told["contacts"])
    assert len(told["files"]) == len(told["contacts"]) + 1


def test_candidates_come_with_those_that_are_scheduled(made):
    """As in passes.csv."""
    done = run("export", "--ssf", "--candidates", "--out", "every", cwd=made)
    assert done.returncode == 0, done.stderr
    told = json.loads((made / "every" / "export.json").read_text("utf-8"))
    plan = json.loads((made / "plan" / "plan.json").read_text("utf-8"))
    assert len(told["contacts"]) == plan["passes"]["scheduled"] + plan["passes"]["candidate"]


def test_one_pass_is_handed_over_by_its_id_or_key(made):
    """Without any plan; with a rate of its own."""
    with (made / "plan" / "passes.csv").open(encoding="utf-8") as file:
        ids = {row["contact_key"]: row["pass_id"] for row in csv.DictReader(file)}
    own = ids["micius-lijiang-1918"]
    one = run("export", "micius-lijiang-1918", "--track", "--rate", "2", "--out", "a", cwd=made)
    two = run("export", own, "--track", "--rate", "2", "--out", "b", cwd=made)
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    assert contents(made / "a") == contents(made / "b")
    rows = (made / "a" / "track-micius-lijiang-1918.csv").read_text("ascii").splitlines()
    assert {line[19:24] for line in rows[1:]} == {".000Z", ".500Z"}


def test_the_instant_of_issue_may_be_given(made):
    """It stands in every file; the clock stands in none."""
    done = run("export", "--ics", "--issued", "2016-12-19T15:00:00Z", "--out", "at", cwd=made)
    assert done.returncode == 0, done.stderr
    for path in (made / "at").glob("*.ics"):
        assert "DTSTAMP:20161219T150000Z" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mission.yaml", "max_range: 1200 km", "max_range: 1100 km"),
        ("stations.yaml", "Lijiang", "Lijiang2"),
        ("data/tle/micius.tle", "41731  97.", "41731  97."),
    ],
)
def test_a_plan_whose_inputs_have_changed_is_refused(copy, monkeypatch, name, old, new):
    """With the file that did, and nothing is written."""
    path = copy / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1) if old != new else text + "\n", "utf-8")
    if name == "stations.yaml":
        mission = copy / "mission.yaml"
        mission.write_text(mission.read_text("utf-8").replace("Lijiang", "Lijiang2"), "utf-8")
    monkeypatch.chdir(copy)
    with pytest.raises(InputError) as refused:
        command(ics=True, out=Path("out"))
    told = str(refused.value)
    assert f"{name}: has changed since the plan in plan/ was made" in told
    assert "fix: make the plan again" in told
    assert not (copy / "out").exists()


def test_a_plan_whose_tables_were_edited_is_refused(copy, monkeypatch):
    """A time moved by hand is nobody's plan."""
    table = copy / "plan" / "passes.csv"
    table.write_text(table.read_text("utf-8").replace("scheduled", "rejected", 1), "utf-8")
    monkeypatch.chdir(copy)
    with pytest.raises(SatqkdError, match=r"^plan: passes.csv is not what plan.json says"):
        command(ics=True)


def test_the_mission_is_found_beside_the_plan_and_may_be_named(copy, tmp_path):
    """From another folder; presets and elements are compared by their hashes."""
    done = run("export", str(copy / "plan"), "--ssf", "--out", "here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = "--mission", str(copy / "mission.yaml"), "--stations", str(copy / "stations.yaml")
    again = run("export", str(copy / "plan"), "--ssf", *files, "--out", "there", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    xml = "micius-over-china-december-2016-schedule.xml"
    assert (tmp_path / "here" / xml).read_bytes() == (tmp_path / "there" / xml).read_bytes()


def test_the_folder_of_the_plan_is_not_replaced_by_its_export(copy, monkeypatch):
    """Nor any folder that satqkd did not write as an export."""
    before = contents(copy / "plan")
    monkeypatch.chdir(copy)
    with pytest.raises(OutputError, match=r"no export\.json of its own"):
        command(ics=True, out=Path("plan"))
    assert contents(copy / "plan") == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "no kind of file is asked for"),
        ({"what": "no-1", "ics": True}, "no pass or joint contact of the window is called 'no-1'"),
        ({"what": "micius-", "ics": True}, "'micius-' could be micius-"),
        ({"ics": True, "rate": 3}, "--rate: 3 is no rate of a track"),
        ({"ics": True, "preroll": -1.0}, "--preroll: -1 s is no sensible time"),
        ({"ics": True, "days": 1.0}, "--days: is of passes: a plan has its own window"),
        (
            {"what": "micius-lijiang-1918", "ics": True, "candidates": True},
            "--candidates: is of plans",
        ),
        ({"ics": True, "issued": "noon"}, "--issued: 'noon' is no date and time"),
        ({"ssf": True, "feed": "ops@example.org"}, "--feed is of calendars"),
        ({"ics": True, "feed": "ops"}, "--feed: 'ops' is no mail address"),
        ({"ics": True, "station": ["Graz"]}, "no station is called 'Graz'"),
        ({"what": "data", "ics": True}, "data: holds no plan (no plan.json)"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(made, monkeypatch, options, told):
    """Nothing is written."""
    monkeypatch.chdir(made)
    before = sorted(path.name for path in made.iterdir())
    with pytest.raises(SatqkdError) as refused:
        command(**options)
    assert str(refused.value).startswith(told)
    assert "fix: " in str(refused.value)
    assert sorted(path.name for path in made.iterdir()) == before


def test_an_unknown_kind_is_refused_before_the_plan_is_made(made):
    """As is a folder that may not be replaced."""
    done = run(*PLAN, "--export", "pdf", "--out", "other", cwd=made)
    assert done.returncode == 2
    assert done.stderr.startswith("--export: 'pdf' is no kind of file\n")
    (made / "other-export").mkdir()
    (made / "other-export" / "note.txt").write_text("mine", "utf-8")
    refused = run(*PLAN, "--export", "ics", "--out", "other", cwd=made)
    assert refused.returncode == 2
    assert "satqkd did not write it" in refused.stderr
    assert not (made / "other").exists()


def test_a_plan_of_nothing_hands_over_nothing_and_says_so(copy):
    """The answer is no."""
    done = run(
        *PLAN, "--set", "limits.max_range=100 km", "--export", "ics", "--out", "no", cwd=copy
    )
    assert done.returncode == 1
    assert "no contact to hand over: nothing is scheduled" in done.stderr
    assert not (copy / "no-export").exists()


def test_values_set_for_the_plan_hold_for_its_export(copy):
    """They are not in the files: plan.json has them."""
    done = run(*PLAN, "--set", "limits.max_range=1000 km", "--out", "near", cwd=copy)
    assert done.returncode == 0, done.stderr
    out = run("export", "near", "--track", cwd=copy)
    assert out.returncode == 0, out.stderr
    for path in (copy / "near-export").glob("track-*.csv"):
        lines = [line.split(",") for line in path.read_text("ascii").splitlines()]
        place = lines[0].index("range_km")
        key = [float(line[place]) for line in lines if line[-1] == "key"]
        assert key
        assert max(key) <= 1000.5


def test_a_replan_cancels_in_the_calendars_what_it_dropped(copy):
    """A ledger keeps the plans; events keep their identity, and the file its name."""

    def at(hour, *words):
        done = run(*words, "--now", f"2016-12-18T{hour}:00Z", cwd=copy)
        assert done.returncode == 0, done.stderr

    at(12, "ledger", "note", "begin")
    at(13, *PLAN, "--export", "ics")
    name = "plan-export/micius-over-china-december-2016.ics"
    before = (copy / name).read_text("utf-8")
    at(14, "ban", "micius-lijiang-1918", "--why", "the dome sticks")
    at(15, *PLAN)
    done = run("export", "--ics", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert "of earlier plans cancelled in the calendars" in done.stdout
    after = (copy / name).read_text("utf-8")
    uids = [{line for line in text.splitlines() if line.startswith("UID:")}
            for text in (before, after)]  # fmt: skip
    assert uids[0] <= uids[1]
    assert "DTSTAMP:20161218T130000Z" in before
    assert "DTSTAMP:20161218T150000Z" in after
    (event,) = [one for one in after.split("BEGIN:VEVENT") if "UID:micius-lijiang-1918@" in one]
    assert "SEQUENCE:1" in event
    assert "STATUS:CANCELLED" in event
    assert "SUMMARY:Cancelled: Micius" in event
    assert "CANCELLED" not in before


def test_a_terrestrial_link_has_nothing_to_hand_over(tmp_path, monkeypatch):
    """It has no contact that begins or ends."""
    shutil.copytree(ROOT / "satqkd" / "presets" / "ground-links", tmp_path / "own")
    monkeypatch.chdir(tmp_path / "own")
    name = load_mission(Path("mission.yaml")).links[0].name
    with pytest.raises(SatqkdError, match="is a terrestrial link: it stands all the time"):
        command(name, ics=True)
