"""``satqkd elements`` and everything downstream of it, as an operator runs them."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from satqkd.elements.library import read_elements
from satqkd.elements.omm_write import write_omm_json

OEM = json.loads(
    (Path(__file__).parents[1] / "reference" / "oem_notations.json").read_text("utf-8")
)["kvn"]


@pytest.fixture
def omm_campaign(campaign):
    """The campaign, its elements rewritten as messages."""
    sets = read_elements(campaign / "data" / "tle")
    (campaign / "data" / "tle" / "micius.tle").unlink()
    (campaign / "data" / "elements").mkdir()
    (campaign / "data" / "elements" / "micius.json").write_text(write_omm_json(sets))
    mission = campaign / "mission.yaml"
    mission.write_text(mission.read_text().replace("elements: data/tle", "elements: data/elements"))
    return campaign


@pytest.fixture
def served(monkeypatch):
    """Serve one text on loopback; the text can be changed."""
    monkeypatch.setenv("no_proxy", "*")

    class Handler(BaseHTTPRequestHandler):
        content, code = b"", 200

        def do_GET(self):
            self.send_response(self.code)
            self.end_headers()
            self.wfile.write(self.content)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        Handler.url = f"http://127.0.0.1:{server.server_port}"
        yield Handler
        server.shutdown()
        thread.join()


class TestDownstream:
    def test_check_reads_messages(self, satqkd, omm_campaign):
        """A mission whose elements are messages is as good as one with TLEs."""
        answer = satqkd("check", cwd=omm_campaign)

        assert answer.returncode == 0, answer.stderr
        assert "22 element sets, epochs 2016-09-22 to 2017-05-21" in answer.stdout

    def test_the_same_passes_come_from_messages(self, satqkd, campaign, omm_campaign):
        """The published pass over Xinglong, found from messages, at 645 km [Liao 2017]."""
        del campaign
        answer = satqkd("passes", "--station", "Xinglong", "--days", "1", "--csv", cwd=omm_campaign)

        rows = {row["pass_id"]: row for row in csv.DictReader(io.StringIO(answer.stdout))}
        row = rows["micius-xinglong-20161219T1652"]
        assert float(row["min_range_km"]) == pytest.approx(645.0, abs=1.0)

    def test_check_tells_every_mistake_of_a_message(self, satqkd, omm_campaign):
        """A bad message refuses the mission, by file, line and column."""
        file = omm_campaign / "data" / "elements" / "micius.json"
        file.write_text(file.read_text().replace('"TEME"', '"GCRF"', 1).replace("97.366,", "NaN,"))

        answer = satqkd("check", cwd=omm_campaign)
        assert answer.returncode == 2
        assert "micius.json:2:" in answer.stderr
        assert "REF_FRAME: is 'GCRF', which SGP4 cannot use" in answer.stderr
        assert "INCLINATION: 'NaN' is not finite" in answer.stderr


class TestList:
    def test_shows_objects_epochs_age_and_source(self, satqkd, campaign):
        """By default the folders of the working folder are listed."""
        answer = satqkd("elements", "list", "--at", "2016-12-19T16:52:00Z", cwd=campaign)

        assert answer.returncode == 0, answer.stderr
        for part in ("MICIUS", "41731", "22", "2016-09-22", "2017-05-21", "3.2", "micius.tle:"):
            assert part in answer.stdout

    def test_json_and_csv_hold_all_columns(self, satqkd, campaign):
        """The same row in both, the age from the nearest epoch."""
        words = ("elements", "list", "data/tle/micius.tle", "--at", "2016-12-19T16:52:00Z")

        (row,) = json.loads(satqkd(*words, "--json", cwd=campaign).stdout)
        (line,) = csv.DictReader(io.StringIO(satqkd(*words, "--csv", cwd=campaign).stdout))
        assert row["norad_id"] == 41731
        assert row["epochs"] == 22
        assert row["nearest_epoch_utc"] == "2016-12-19T13:39:33.153Z"
        assert row["age_h"] == pytest.approx(3.2)
        assert line == {name: "" if value is None else str(value) for name, value in row.items()}

    def test_reads_several_paths_and_both_kinds(self, satqkd, omm_campaign):
        """Objects of all paths stand in one table; a set in both is counted once."""
        (omm_campaign / "more.tle").write_text(
            "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991\n"
            "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164\n"
        )

        answer = satqkd("elements", "list", "data/elements", "more.tle", "--json", cwd=omm_campaign)
        (row,) = json.loads(answer.stdout)
        assert row["epochs"] == 22

    def test_without_elements(self, satqkd, tmp_path):
        """A folder without elements says how to get some."""
        answer = satqkd("elements", "list", cwd=tmp_path)

        assert answer.returncode == 2
        assert "satqkd elements fetch" in answer.stderr

    def test_an_instant_without_zone(self, satqkd, campaign):
        """The time needs its zone."""
        answer = satqkd("elements", "list", "--at", "2016-12-19T12:00", cwd=campaign)

        assert answer.returncode == 2
        assert "--at" in answer.stderr

    def test_an_epoch_is_never_shown_later_than_it_is(self, satqkd, campaign):
        """12:00:00.9996 is neither 12:00:01 nor 12:00:01.000."""
        (campaign / "late.json").write_text(
            (write_omm_json(read_elements(campaign / "data" / "tle")[:1])).replace(
                "2016-09-22T19:50:12.330240", "2016-09-22T12:00:00.999600"
            )
        )

        shown = satqkd("elements", "list", "late.json", cwd=campaign).stdout
        (row,) = json.loads(satqkd("elements", "list", "late.json", "--json", cwd=campaign).stdout)
        assert "2016-09-22 12:00:00.999" in shown
        assert row["first_epoch_utc"] == "2016-09-22T12:00:00.999Z"

    def test_ephemerides_stand_in_the_table(self, satqkd, campaign):
        """Name, id, span, frame and interpolation; on the terminal in a table of their own."""
        (campaign / "orbit.oem").write_text(OEM)
        words = ("elements", "list", "data/tle", "orbit.oem")

        shown = satqkd(*words, cwd=campaign).stdout
        micius, circle = json.loads(satqkd(*words, "--json", cwd=campaign).stdout)
        assert (micius["kind"], circle["kind"]) == ("elements", "ephemeris")
        assert micius["start_utc"] is micius["frame"] is None
        assert circle == {
            "satellite": "CIRCLE", "norad_id": None, "cospar_id": "2016-051A",
            "kind": "ephemeris", "epochs": None, "first_epoch_utc": None,
            "last_epoch_utc": None, "nearest_epoch_utc": None, "age_h": None,
            "start_utc": "2016-12-19T00:02:00.000Z", "stop_utc": "2016-12-19T00:22:00.000Z",
            "frame": "EME2000", "interpolation": "HERMITE of degree 7", "source": "orbit.oem:6",
        }  # fmt: skip
        for part in ("MICIUS", "CIRCLE", "2016-12-19 00:22:00.000", "EME2000", "HERMITE"):
            assert part in shown
        assert shown.index("MICIUS") < shown.index("stop [UTC]")

    def test_the_span_is_utc_whatever_the_clock_of_the_message(self, satqkd, campaign):
        """TAI was 36 s ahead in 2016."""
        (campaign / "tai.oem").write_text(OEM.replace("= UTC", "= TAI"))

        (row,) = json.loads(satqkd("elements", "list", "tai.oem", "--json", cwd=campaign).stdout)
        assert row["start_utc"] == "2016-12-19T00:01:24.000Z"


class TestCheck:
    def test_tells_what_ephemerides_hold(self, satqkd, campaign):
        """A line each, and they are counted."""
        (campaign / "orbit.oem").write_text(OEM)

        both = satqkd("elements", "check", "data/tle", "orbit.oem", cwd=campaign)
        one = satqkd("elements", "check", "orbit.oem", cwd=campaign)
        line = (
            "orbit.oem:6: CIRCLE (2016-051A), 2016-12-19T00:02:00.000Z to "
            "2016-12-19T00:22:00.000Z, EME2000, HERMITE of degree 7\n"
        )
        assert both.returncode == one.returncode == 0
        assert both.stdout == (
            f"{line}22 element sets of 1 object and 1 ephemeris: no mistake found\n"
        )
        assert one.stdout == f"{line}1 ephemeris: no mistake found\n"

    def test_counts_what_is_right(self, satqkd, campaign):
        """No mistake, and how much was read."""
        answer = satqkd("elements", "check", cwd=campaign)

        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout == "22 element sets of 1 object: no mistake found\n"

    def test_tells_every_mistake_of_every_path(self, satqkd, campaign):
        """Mistakes of all files come together, and the exit code is 2."""
        (campaign / "a.json").write_text("No GP data found")
        (campaign / "b.csv").write_text("NORAD_CAT_ID,EPOCH\n1,2\n")

        answer = satqkd("elements", "check", "a.json", "b.csv", "none.tle", cwd=campaign)
        assert answer.returncode == 2
        assert "a.json:1: no orbit mean-elements message" in answer.stderr
        assert "b.csv:1: the header lacks MEAN_MOTION" in answer.stderr
        assert "none.tle:1: there is no such file" in answer.stderr


class TestConvert:
    def test_tle_becomes_omm_on_standard_output(self, satqkd, campaign):
        """The same elements, to be read again."""
        answer = satqkd("elements", "convert", "data/tle/micius.tle", cwd=campaign)

        sets = read_elements(campaign / "data" / "tle")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout == write_omm_json(sets)
        assert len(json.loads(answer.stdout)) == 22

    def test_numbers_of_nine_digits_are_kept(self, satqkd, omm_campaign):
        """From one notation of OMM to another, several files in one."""
        file = omm_campaign / "data" / "elements" / "micius.json"
        (omm_campaign / "new.json").write_text(
            file.read_text().replace('"NORAD_CAT_ID": 41731', '"NORAD_CAT_ID": 799501299')
        )

        answer = satqkd("elements", "convert", "new.json", str(file), cwd=omm_campaign)
        numbers = [record["NORAD_CAT_ID"] for record in json.loads(answer.stdout)]
        assert numbers == [799501299] * 22 + [41731] * 22

    def test_a_file_is_written_whole_and_not_over_another(self, satqkd, campaign):
        """Unless that is asked for."""
        words = ("elements", "convert", "data/tle", "--out", "micius.json")
        first = satqkd(*words, cwd=campaign)
        again = satqkd(*words, cwd=campaign)
        (campaign / "micius.json").write_text("old")
        forced = satqkd(*words, "--force", cwd=campaign)

        assert (first.returncode, first.stdout) == (0, "")
        assert first.stderr == "written: micius.json, 22 element sets\n"
        assert again.returncode == 2
        assert "--force" in again.stderr
        assert forced.returncode == 0
        assert len(json.loads((campaign / "micius.json").read_text())) == 22
        assert not [path for path in campaign.iterdir() if path.name.startswith(".")]

    def test_ephemerides_are_refused(self, satqkd, campaign):
        """They hold no mean elements; nothing is written."""
        (campaign / "orbit.oem").write_text(OEM)

        answer = satqkd(
            "elements", "convert", "data/tle", "orbit.oem", "--out", "a.json", cwd=campaign
        )
        assert answer.returncode == 2
        assert "orbit.oem:6: an ephemeris (OEM) holds states, no mean elements" in answer.stderr
        assert not (campaign / "a.json").exists()

    def test_force_without_a_file_is_refused(self, satqkd, campaign):
        """It would mean nothing."""
        answer = satqkd("elements", "convert", "data/tle", "--force", cwd=campaign)

        assert (answer.returncode, answer.stdout) == (2, "")
        assert "--force means nothing without --out" in answer.stderr


class TestFetch:
    def test_stores_a_dated_file_that_the_mission_can_use(self, satqkd, omm_campaign, served):
        """What was fetched lies in data/elements and is listed."""
        served.content = (omm_campaign / "data" / "elements" / "micius.json").read_bytes()

        answer = satqkd(
            "elements", "fetch", "--id", "41731", "--source-url", served.url, cwd=omm_campaign
        )
        assert answer.returncode == 0, answer.stderr
        (new,) = (omm_campaign / "data" / "elements").glob("celestrak-41731-*Z.json")
        assert new.read_bytes() == served.content
        assert "22 element sets, newest epoch 2017-05-21T20:56:12Z" in answer.stdout
        assert satqkd("check", cwd=omm_campaign).returncode == 0

    def test_the_folder_of_the_mission_is_the_default(self, satqkd, campaign, served):
        """What is fetched is what the next plan reads."""
        served.content = write_omm_json(read_elements(campaign / "data" / "tle")[:1]).encode()

        answer = satqkd(
            "elements", "fetch", "--id", "41731", "--source-url", served.url, cwd=campaign
        )
        assert answer.returncode == 0, answer.stderr
        assert list((campaign / "data" / "tle").glob("celestrak-41731-*Z.json"))
        assert not (campaign / "data" / "elements").exists()

    def test_it_says_how_far_the_contacts_of_the_plan_moved(self, satqkd, campaign, served):
        """0.05° of mean anomaly less are 0.79 s later, at 15.23 revolutions a day."""
        words = ("--days", "2", "--pictures", "none", "--series", "none", "--samples", "0")
        assert satqkd("plan", *words, cwd=campaign).returncode == 0
        sets = json.loads(write_omm_json(read_elements(campaign / "data" / "tle")))
        for one in sets:
            one["MEAN_ANOMALY"] = (one["MEAN_ANOMALY"] - 0.05) % 360.0
        served.content = json.dumps(sets).encode()
        (campaign / "data" / "tle" / "micius.tle").unlink()

        answer = satqkd(
            "elements", "fetch", "--id", "41731", "--source-url", served.url, cwd=campaign
        )
        told = re.search(
            r"plan: (\d+) of (\d+) scheduled contacts moved by ([\d.]+) to ([\d.]+) s, "
            r"\S+ most \(\+([\d.]+) s\)",
            " ".join(answer.stdout.split()),
        )
        assert told is not None, answer.stdout + answer.stderr
        assert told[1] == told[2]
        least, most = float(told[3]), float(told[4])
        expected = 0.05 / 360.0 * 86_400.0 / 15.235
        # eccentricity, drag and the turning Earth: a per cent or two, and a little at low passes
        assert expected * 0.9 < least <= most < expected * 1.1

    @pytest.mark.parametrize("reply", [(b"No GP data found", 200), (b"", 503)])
    def test_a_failure_is_one_line_and_writes_nothing(
        self, satqkd, tmp_path, served, monkeypatch, reply
    ):
        """The address may come from the environment; exit code 2, not even a folder."""
        served.content, served.code = reply
        monkeypatch.setenv("SATQKD_SOURCE_URL", served.url)

        answer = satqkd("elements", "fetch", "--group", "stations", cwd=tmp_path)
        assert answer.returncode == 2
        assert len(answer.stderr.splitlines()) == 1
        assert list(tmp_path.iterdir()) == []

    def test_credentials_are_asked_for_by_name(self, satqkd, tmp_path, monkeypatch):
        """Without a login nothing is sent, and the variables are named."""
        monkeypatch.delenv("SATQKD_SPACETRACK_USER", raising=False)

        answer = satqkd(
            "elements", "fetch", "--id", "5", "--source", "space-track",
            "--source-url", "http://127.0.0.1:1", cwd=tmp_path,
        )  # fmt: skip
        assert answer.returncode == 2
        assert "SATQKD_SPACETRACK_USER and SATQKD_SPACETRACK_PASSWORD" in answer.stderr

    def test_a_question_that_is_none(self, satqkd, tmp_path):
        """Number and group together are refused before anything is sent."""
        answer = satqkd("elements", "fetch", "--id", "5", "--group", "x", cwd=tmp_path)

        assert answer.returncode == 2
        assert "just one of them" in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("passes", "--days", "1", "--csv"),
        ("passes", "--days", "1", "--json"),
        ("elements", "list", "data/tle", "--csv"),
        ("elements", "check", "data/tle"),
        ("check",),
    ],
    ids=" ".join,
)
def test_files_of_another_ending_are_told_in_a_line_on_standard_error(satqkd, campaign, words):
    """Whatever is printed is the same."""
    before = satqkd(*words, cwd=campaign)
    (campaign / "data" / "tle" / "iss.dat").touch()
    after = satqkd(*words, cwd=campaign)

    assert after.returncode == 0
    if "list" not in words:  # which counts ages up to now
        assert after.stdout == before.stdout
    (line,) = set(after.stderr.splitlines()) - set(before.stderr.splitlines())
    assert line.startswith("warning: data/tle: passed over: iss.dat is empty")


def test_they_are_told_also_where_elements_are_missed(satqkd, campaign):
    """Then they are the likely cause."""
    folder = campaign / "data" / "tle"
    (folder / "micius.dat").write_text((folder / "micius.tle").read_text()[:60])
    (folder / "micius.tle").unlink()
    (folder / "other.tle").write_text(
        "1 41765U 16057A   18336.62979237  .00002898  00000-0  39285-4 0  9996\n"
        "2 41765  42.7853  58.4157 0008242 337.7306 164.9140 15.60111034126320\n",
        encoding="utf-8",
    )
    done = satqkd("passes", cwd=campaign)

    assert done.returncode == 2
    assert "passed over: micius.dat holds no orbit data" in done.stderr
    assert "no element set of 41731" in done.stderr
