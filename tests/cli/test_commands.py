"""Each subcommand on real input, as an operator runs it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from as_user import run

from satqkd import __version__
from satqkd.link.budget import LINES

ROOT = Path(__file__).parents[2]
PLAN_FILES = {
    "passes.csv",
    "series.csv",
    "blocks.csv",
    "keys.csv",
    "timeline.png",
    "sky.png",
    "loss.png",
    "key.png",
    "blocks.png",
    "pairs.png",
    "deliveries.csv",
    "nights.csv",
    "plan.json",
}


class TestPasses:
    def test_the_published_pass_stands_in_the_table(self, satqkd, campaign):
        """2016-12-19 over Xinglong: 645 km, 273 s within 1200 km, 16:52:13, 47.8° [Liao 2017]."""
        answer = satqkd("passes", "--station", "Xinglong", "--days", "1", "--csv", cwd=campaign)

        rows = {row["pass_id"]: row for row in csv.DictReader(io.StringIO(answer.stdout))}
        row = rows["micius-xinglong-20161219T1652"]
        assert answer.returncode == 0
        assert float(row["min_range_km"]) == pytest.approx(645.0, abs=1.0)
        assert float(row["usable_s"]) == pytest.approx(273.0, abs=2.0)
        assert float(row["max_elevation_deg"]) == pytest.approx(47.8, abs=0.05)
        assert row["culmination_utc"].startswith("2016-12-19T16:52:1")
        assert row["culmination_local"].startswith("2016-12-20T00:52:1")
        assert row["culmination_local"].endswith("+08:00")

    def test_json_is_strict_and_complete(self, satqkd, campaign):
        """The same columns as the CSV, numbers as numbers."""
        answer = satqkd("passes", "--days", "1", "--json", cwd=campaign)

        rows = json.loads(answer.stdout)
        assert {row["station"] for row in rows} >= {"Xinglong", "Nanshan", "Ngari"}
        assert isinstance(rows[0]["norad_id"], int)

    def test_an_unknown_station_is_refused(self, satqkd, campaign):
        """A misspelt name is an error that lists the right ones, not an empty table."""
        answer = satqkd("passes", "--station", "Xinlong", cwd=campaign)

        assert answer.returncode == 2
        assert "Xinlong" in answer.stderr
        assert "Xinglong" in answer.stderr
        assert answer.stdout == ""


class TestLink:
    def test_the_waterfall_adds_up(self, satqkd, campaign):
        """The JSON series holds every line, and they sum to the total."""
        answer = satqkd(
            "link", "micius-xinglong-20161219T1652", "--days", "1", "--json", cwd=campaign
        )

        rows = json.loads(answer.stdout)
        lines = [name for name in rows[0] if name.endswith("_loss_db") and name != "total_loss_db"]
        assert len(lines) == len(LINES)
        for row in rows[::40]:
            assert sum(row[name] for name in lines) == pytest.approx(row["total_loss_db"], abs=0.01)

    def test_writes_series_and_picture(self, satqkd, campaign):
        """``--out`` leaves both in a folder."""
        answer = satqkd(
            "link", "micius-xinglong-20161219T16", "--days", "1", "--out", "one", cwd=campaign
        )

        assert answer.returncode == 0, answer.stderr
        assert (campaign / "one" / "loss.png").read_bytes().startswith(b"\x89PNG")
        assert "elevation_deg" in (campaign / "one" / "series.csv").read_text(encoding="utf-8")

    def test_an_ambiguous_or_unknown_pass_is_refused(self, satqkd, campaign):
        """Both say what to do."""
        many = satqkd("link", "micius", "--days", "1", cwd=campaign)
        none = satqkd("link", "hubble", "--days", "1", cwd=campaign)

        assert (many.returncode, none.returncode) == (2, 2)
        assert "write more of the id" in many.stderr
        assert "satqkd passes" in none.stderr


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Two days of the shipped campaign, planned once: its folder and what the command said."""
    folder = tmp_path_factory.mktemp("planned")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    return folder, run("plan", "--days", "2", cwd=folder)


class TestPlan:
    def test_writes_the_folder_and_says_what_it_holds(self, planned):
        """Tables, pictures and provenance; every pass listed, rejected ones with the reason."""
        campaign, answer = planned

        assert answer.returncode == 0, answer.stderr
        assert {path.name for path in (campaign / "plan").iterdir()} == PLAN_FILES
        with (campaign / "plan" / "passes.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["status"] for row in rows} == {"scheduled", "candidate", "rejected"}
        assert all(row["reason"] for row in rows if row["status"] != "scheduled")
        assert any(row["reason"].startswith("daylight") for row in rows)
        assert any(row["reason"].startswith("clash") for row in rows)
        assert "optimal" in answer.stdout

    def test_the_same_inputs_give_the_same_bytes(self, satqkd, planned):
        """Twice the same command, twice the same folder."""
        campaign, _ = planned
        satqkd("plan", "--days", "2", "--out", "again", cwd=campaign)

        for name in PLAN_FILES:
            once, again = (campaign / folder / name for folder in ("plan", "again"))
            assert once.read_bytes() == again.read_bytes()

    def test_json_holds_the_same_content(self, satqkd, campaign):
        """Passes, series, keys and provenance in one document on standard output."""
        answer = satqkd("plan", "--days", "1", "--json", cwd=campaign)

        document = json.loads(answer.stdout)
        assert set(document) == {
            "plan", "passes", "series", "together", "blocks", "deliveries", "keys", "nights",
        }  # fmt: skip
        assert document["series"]

    def test_provenance_tells_what_the_numbers_rest_on(self, planned):
        """Hashes, versions, element epochs, solver status and gap, assumptions."""
        campaign, _ = planned

        text = (campaign / "plan" / "plan.json").read_text(encoding="utf-8")
        for word in ("sha256", "sgp4", "earth_orientation", "epoch", "gap", "optimal", "assum"):
            assert word in text

    def test_a_folder_of_somebody_else_is_not_replaced(self, satqkd, campaign):
        """``--out data`` would destroy the elements; it is refused before any work."""
        answer = satqkd("plan", "--days", "1", "--out", "data", cwd=campaign)

        assert answer.returncode == 2
        assert (campaign / "data" / "tle" / "micius.tle").exists()


class TestEmptyAnswers:
    def test_all_passes_in_daylight(self, satqkd, edited):
        """Nothing dark enough: every pass is listed with the reason, exit code 1."""
        folder = edited("mission.yaml", "max_sun_elevation: -12 deg", "max_sun_elevation: -89 deg")

        answer = satqkd("plan", "--days", "1", cwd=folder)

        assert answer.returncode == 1, answer.stderr
        assert "daylight" in answer.stdout
        assert (folder / "plan" / "timeline.png").exists()
        assert "Traceback" not in answer.stderr

    def test_no_visible_pass(self, satqkd, campaign):
        """A window of a minute with nothing overhead."""
        answer = satqkd("plan", "--days", "0.001", cwd=campaign)
        table = satqkd("passes", "--days", "0.001", cwd=campaign)

        assert (answer.returncode, table.returncode) == (1, 1)
        assert "No pass scheduled" in answer.stdout
        assert "no pass" in table.stderr

    def test_no_pass_gives_key(self, satqkd, campaign):
        """A day of sunlit passes: the table is whole, the answer is no, as that of a plan."""
        shown = satqkd("forecast", "--days", "0.3", cwd=campaign)
        written = satqkd("forecast", "--days", "0.3", "--csv", cwd=campaign)
        plan = satqkd("plan", "--days", "0.3", cwd=campaign)
        seen = satqkd("passes", "--days", "0.3", "--geometry", cwd=campaign)

        assert (shown.returncode, written.returncode, plan.returncode) == (1, 1, 1)
        assert seen.returncode == 0
        assert "no key from 7 passes" in shown.stderr
        assert written.stdout.count("\n") == 8

    def test_key_from_another_station_does_not_count(self, satqkd, campaign):
        """The answer is about the passes that are asked for."""
        some = satqkd("forecast", "--days", "0.75", "--station", "Xinglong", cwd=campaign)
        none = satqkd("forecast", "--days", "0.75", "--station", "Ngari", cwd=campaign)

        assert (some.returncode, none.returncode) == (0, 1)

    @pytest.mark.parametrize("command", [["forecast"], ["passes"], ["elements", "list"]])
    def test_two_formats_are_one_too_many(self, satqkd, campaign, command):
        """Neither is dropped silently."""
        answer = satqkd(*command, "--json", "--csv", cwd=campaign)

        assert (answer.returncode, answer.stdout) == (2, "")
        assert "--json and --csv do not go together" in answer.stderr

    def test_no_satellite(self, satqkd, campaign):
        """An empty list of satellites is an honest nothing."""
        text = (campaign / "mission.yaml").read_text(encoding="utf-8")
        head, _, rest = text.partition("satellites:\n")
        tail = rest[rest.index("limits:") :]
        (campaign / "mission.yaml").write_text(f"{head}satellites: []\n\n{tail}", encoding="utf-8")

        answer = satqkd("plan", cwd=campaign)

        assert answer.returncode == 1, answer.stderr
        assert "Traceback" not in answer.stderr

    def test_stale_elements_are_told(self, satqkd, campaign):
        """A year after the last epoch the plan says how stale its elements are."""
        answer = satqkd("passes", "--start", "2018-05-01T00:00:00Z", "--days", "1", cwd=campaign)

        assert answer.returncode == 0
        assert "warning:" in answer.stderr
        assert "days" in answer.stderr


class TestWrongInput:
    def test_every_mistake_at_once_with_file_and_line(self, satqkd, edited):
        """A typo in either file: both are reported, exit 2, nothing written."""
        edited("stations.yaml", "height: 893 m", "heigth: 893 m")
        folder = edited("mission.yaml", "duration: 7 d", "duration: 7")

        answer = satqkd("plan", cwd=folder)

        assert answer.returncode == 2
        assert "mission.yaml:6" in answer.stderr
        assert "stations.yaml:" in answer.stderr
        assert "heigth" in answer.stderr
        assert "fix:" in answer.stderr
        assert not (folder / "plan").exists()

    def test_an_empty_folder_points_to_the_presets(self, satqkd, tmp_path):
        """The message holds the command that helps."""
        answer = satqkd("plan", cwd=tmp_path)

        assert answer.returncode == 2
        assert "satqkd preset copy micius-2016-campaign" in answer.stderr

    def test_a_start_without_zone_is_refused(self, satqkd, campaign):
        """Local time is never guessed."""
        answer = satqkd("passes", "--start", "2016-12-19T00:00:00", cwd=campaign)

        assert answer.returncode == 2
        assert "zone" in answer.stderr

    @pytest.mark.parametrize("days", ["0", "-1", "nan", "1e9"])
    def test_a_senseless_length_is_refused(self, satqkd, campaign, days):
        """Zero, negative, not a number, millions of years."""
        answer = satqkd("passes", "--days", days, cwd=campaign)

        assert answer.returncode == 2
        assert "Traceback" not in answer.stderr


class TestPreset:
    def test_copy_makes_an_empty_folder_plan(self, satqkd, tmp_path):
        """The packaged campaign is enough to start from."""
        copied = satqkd("preset", "copy", "micius-2016-campaign", cwd=tmp_path)
        answer = satqkd("plan", "--days", "1", cwd=tmp_path)

        assert copied.returncode == 0, copied.stderr
        assert answer.returncode == 0, answer.stderr

    def test_list_and_show(self, satqkd, tmp_path):
        """Names with titles; the text with its sources."""
        listed = satqkd("preset", "list", cwd=tmp_path)
        shown = satqkd("preset", "show", "micius-2017", cwd=tmp_path)

        assert "micius-2017-flown" in listed.stdout
        assert "assumed:" in shown.stdout
        assert "sources:" in shown.stdout


def test_help_does_not_pay_for_the_physics(tmp_path):
    """``satqkd --help`` loads neither numpy nor pandas, matplotlib, astropy, skyfield."""

    code = (
        "import sys, satqkd.cli.app; "
        "print([m for m in ('numpy','pandas','matplotlib','astropy','skyfield','scipy',"
        "'highspy') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert answer.stdout.strip() == "[]"


def test_the_version_is_an_answer_without_a_command(satqkd, tmp_path):
    """Also when a command stands behind it, and the shell is told that all is well."""
    for words in (("--version",), ("--version", "plan")):
        answer = satqkd(*words, cwd=tmp_path)

        assert (answer.returncode, answer.stdout, answer.stderr) == (
            0,
            f"satqkd {__version__}\n",
            "",
        )


class TestKilled:
    @pytest.mark.parametrize("after_s", [0.3, 1.5, 2.5])
    def test_kill_leaves_the_old_folder_or_the_new_one(self, planned, campaign, after_s):
        """SIGKILL at any moment: every file of the folder fits the hashes in its manifest."""
        shutil.copytree(planned[0] / "plan", campaign / "plan")
        killed = subprocess.Popen(
            [sys.executable, "-m", "satqkd", "plan", "--days", "1"],
            cwd=campaign,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            killed.wait(after_s)
        except subprocess.TimeoutExpired:
            killed.kill()
            killed.wait()

        manifest = json.loads((campaign / "plan" / "plan.json").read_text(encoding="utf-8"))
        for name, digest in manifest["files"].items():
            data = (campaign / "plan" / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest
        assert {*manifest["files"], "plan.json"} == PLAN_FILES
