"""``satqkd passes``: stations together, satellites among themselves, rows as they come."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import as_user
import pytest

WALKER = 'orbit: {model: walker, altitude: 600 km, pattern: "60:6/3/1"}'


@pytest.fixture
def constellation(edited):
    """The campaign's stations under a constellation of six."""
    return edited("mission.yaml", "norad_id: 41731", WALKER)


def rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.stdout)))


class TestTogether:
    def test_a_pair_and_the_passes_it_is_made_of(self, satqkd, campaign):
        """Each window is the common part of the two passes it names."""
        passes = {
            row["pass_id"]: row
            for row in rows(satqkd("passes", "--geometry", "--days", "3", "--csv", cwd=campaign))
        }
        answer = satqkd(
            "passes", "--together", "Delingha,Lijiang", "--days", "3", "--csv", cwd=campaign
        )

        windows = rows(answer)
        assert answer.returncode == 0, answer.stderr
        assert len(windows) >= 5
        for window in windows:
            one, other = (passes[window[f"{name}_pass_id"]] for name in ("delingha", "lijiang"))
            assert window["stations"] == "Delingha + Lijiang"
            assert window["start_utc"] == max(one["rise_utc"], other["rise_utc"])
            assert window["end_utc"] == min(one["set_utc"], other["set_utc"])
            assert 0.0 <= float(window["dark_s"]) <= float(window["duration_s"])
            assert float(window["delingha_elevation_min_deg"]) == pytest.approx(10.0, abs=20.0)
            assert float(window["range_sum_min_km"]) >= float(
                window["delingha_range_min_km"]
            ) + float(window["lijiang_range_min_km"])

    def test_the_published_path_lengths(self, satqkd, campaign):
        """1600 to 2400 km in sum over a high pass in the dark [Yin et al., Science 356, 1140]."""
        answer = satqkd(
            "passes", "--together", "Delingha,Lijiang", "--days", "3", "--json", cwd=campaign
        )

        night = [row for row in json.loads(answer.stdout) if row["dark_s"] > 0.0]
        high = max(night, key=lambda row: row["lowest_elevation_max_deg"])
        assert high["range_sum_min_km"] == pytest.approx(1600.0, abs=50.0)
        assert high["range_sum_max_km"] == pytest.approx(2400.0, abs=50.0)

    def test_three_stations_fit_on_a_terminal(self, satqkd, campaign):
        """Three stations have their columns; the order is that of the command line."""
        shown = satqkd("passes", "--together", "ngari, Nanshan,Delingha", cwd=campaign)

        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.index("ngari") < shown.stdout.index("nanshan")

    def test_a_window_without_a_common_view_says_so(self, satqkd, campaign):
        """An honest nothing, exit code 1."""
        answer = satqkd("passes", "--together", "Xinglong,Ngari", "--days", "0.01", cwd=campaign)

        assert answer.returncode == 1
        assert "Xinglong and Ngari see no satellite at once" in answer.stderr

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--together", "Xinglong"], "two or more different stations"),
            (["--together", "Xinglong,xinglong"], "two or more different stations"),
            (["--together", "Xinglong,Nan"], "no station is called 'Nan'"),
            (["--together", "Xinglong,Ngari", "--station", "Ngari"], "do not go together"),
            (["--between-satellites"], "two or more satellites, not 1"),
            (["--grazing-height", "50"], "--grazing-height means nothing without"),
            (["--between-satellites", "--grazing-height", "-5000"], "--grazing-height: -5000 km"),
            (["--between-satellites", "--grazing-height", "1001"], "from 0 to 1000"),
            (["--between-satellites", "--grazing-height", "nan"], "--grazing-height: nan km"),
            (["--json", "--csv"], "--json and --csv do not go together"),
            (["--geometry", "--between-satellites"], "do not go together"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, satqkd, campaign, words, told):
        """One line that says what to write; nothing is printed."""
        answer = satqkd("passes", *words, cwd=campaign)

        assert answer.returncode == 2
        assert told in answer.stderr
        assert "fix:" in answer.stderr
        assert answer.stdout == ""


AWAY = "  available: {from: 2016-12-20T00:00:00Z, to: 2016-12-20T12:00:00Z}\n"
OUT = (
    "  outages:\n    - {from: 2016-12-20T12:00:00Z, to: 2016-12-23T00:00:00Z,"
    " why: mirror is cleaned}\n"
)


@pytest.fixture
def limited(edited):
    """The campaign with Delingha there for half a day, or out of work."""

    def limit(text: str):
        return edited("stations.yaml", "- name: Delingha\n", f"- name: Delingha\n{text}")

    return limit


class TestLimitsOfJointWindows:
    TOGETHER = ("passes", "--together", "Delingha,Lijiang", "--days", "3", "--csv")

    def test_usable_and_lost_time_add_up_at_each_station(self, satqkd, campaign):
        """In common no more is usable than at either; a window without says why."""
        windows = rows(satqkd(*self.TOGETHER, cwd=campaign))

        for window in windows:
            own = [float(window[f"{name}_usable_s"]) for name in ("delingha", "lijiang")]
            lost = [float(window[f"{name}_lost_s"]) for name in ("delingha", "lijiang")]
            for usable_s, lost_s in zip(own, lost, strict=True):
                assert usable_s + lost_s == pytest.approx(float(window["duration_s"]), abs=0.2)
            assert float(window["usable_s"]) <= min(own) + 0.1
            assert float(window["usable_s"]) <= float(window["dark_s"]) + 0.1
            assert (float(window["usable_s"]) > 0.0) == (window["reason"] == "")
        assert any(float(window["usable_s"]) > 100.0 for window in windows)
        assert any("daylight: Sun at" in window["reason"] for window in windows)

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (AWAY, "Delingha: no longer there: the station leaves on 2016-12-20T12:00:00Z"),
            (OUT, "Delingha: outage: mirror is cleaned, until 2016-12-23T00:00:00Z"),
        ],
    )
    def test_one_station_out_of_work_takes_the_window_and_says_so(
        self, satqkd, limited, text, told
    ):
        """The other keeps its own usable time."""
        windows = rows(satqkd(*self.TOGETHER, cwd=limited(text)))

        night = [w for w in windows if w["start_utc"] > "2016-12-20T12" and float(w["dark_s"]) > 0]
        assert night
        for window in night:
            assert float(window["usable_s"]) == float(window["delingha_usable_s"]) == 0.0
            assert told in window["reason"]
        assert any(float(window["lijiang_usable_s"]) > 100.0 for window in night)


class TestBetweenSatellites:
    def test_opposite_ones_never_see_each_other(self, satqkd, constellation):
        """Two a plane, half a turn apart: never. Others do, above the grazing height."""
        answer = satqkd(
            "passes", "--between-satellites", "--days", "0.25", "--csv", cwd=constellation
        )

        windows = rows(answer)
        pairs = {(row["satellite"], row["other_satellite"]) for row in windows}
        assert answer.returncode == 0, answer.stderr
        for one, other in ((1, 2), (3, 4), (5, 6)):
            assert (f"Micius-{one} (synthetic)", f"Micius-{other} (synthetic)") not in pairs
        assert len(pairs) >= 6
        assert min(float(row["grazing_height_min_km"]) for row in windows) >= 99.99

    def test_a_higher_limit_leaves_less(self, satqkd, constellation):
        """The option is in kilometres; the satellites fly at 600."""
        words = ("passes", "--between-satellites", "--days", "0.25", "--csv", "--grazing-height")

        def total_s(limit: str) -> float:
            return sum(
                float(row["duration_s"]) for row in rows(satqkd(*words, limit, cwd=constellation))
            )

        assert total_s("300") < 0.9 * total_s("100")
        assert total_s("650") == 0.0


class TestRowsAsTheyCome:
    def test_csv_json_and_terminal_agree(self, satqkd, constellation):
        """The same passes; files go satellite by satellite, the terminal by rise."""
        words = ("passes", "--days", "0.5")
        written = rows(satqkd(*words, "--csv", cwd=constellation))
        records = json.loads(satqkd(*words, "--json", cwd=constellation).stdout)
        shown = satqkd(*words, cwd=constellation).stdout

        ids = [row["pass_id"] for row in written]
        assert len(ids) > 10
        assert [row["pass_id"] for row in records] == ids
        assert [(r["norad_id"], r["rise_utc"]) for r in written] == sorted(
            (r["norad_id"], r["rise_utc"]) for r in written
        )
        rises = [
            found[0] for line in shown.splitlines() if (found := re.search(r"2016-\S+ \S+", line))
        ]
        assert len(rises) == len(ids)
        assert rises == sorted(rises)

    def test_geometry_is_the_same_with_fewer_columns(self, satqkd, constellation):
        """Every cell that is there is that of the whole table."""
        whole = rows(satqkd("passes", "--days", "0.5", "--csv", cwd=constellation))
        lean = rows(satqkd("passes", "--days", "0.5", "--csv", "--geometry", cwd=constellation))

        assert {"pass_id", "rise_utc", "max_elevation_deg"} < set(lean[0]) < set(whole[0])
        assert lean == [{name: row[name] for name in lean[0]} for row in whole]

    def test_geometry_marks_passes_of_a_station_that_is_off(self, satqkd, limited):
        """Seconds in the file, words on the terminal; the reason is told where limits are."""
        folder = limited(AWAY)
        words = ("passes", "--days", "3", "--station", "Delingha")

        lean = rows(satqkd(*words, "--geometry", "--csv", cwd=folder))
        shown = satqkd(*words, "--geometry", cwd=folder).stdout
        whole = satqkd(*words, cwd=folder).stdout

        off = [row for row in lean if float(row["station_there_s"]) == 0.0]
        there = [row for row in lean if row["station_there_s"] == row["duration_s"]]
        assert 0 < len(there) < len(lean)
        assert len(off) + len(there) == len(lean)
        assert shown.count("station off") == len(off)
        assert "no longer there" in whole
        assert "daylight" in whole

    @pytest.mark.parametrize("columns", ["80", "100", "160"])
    def test_every_width_shows_the_reason_and_what_is_cut(self, campaign, columns):
        """The reason without its numbers, and which end the window cuts."""
        words = ("passes", "--start", "2016-12-19T16:51:00Z", "--days", "0.5")
        shown = as_user.run(*words, cwd=campaign, env={"COLUMNS": columns}).stdout

        assert "reason" in shown
        assert "daylight" in shown
        assert re.search(r"\bstart$", shown, re.MULTILINE)

    def test_a_constellation_is_chosen_by_its_name(self, satqkd, constellation):
        """All six members, and no other."""
        words = ("passes", "--geometry", "--days", "0.5", "--csv")

        assert rows(satqkd(*words, "--satellite", "micius", cwd=constellation)) == rows(
            satqkd(*words, cwd=constellation)
        )

    def test_one_satellite_and_one_station_of_many(self, satqkd, constellation):
        """The same rows as in the whole table, ids included."""
        whole = rows(satqkd("passes", "--days", "0.5", "--csv", cwd=constellation))
        words = ("--station", "Ngari", "--satellite", "Micius-3 (synthetic)")
        some = rows(satqkd("passes", "--days", "0.5", "--csv", *words, cwd=constellation))

        assert some
        assert some == [
            row
            for row in whole
            if (row["station"], row["satellite"]) == ("Ngari", "Micius-3 (synthetic)")
        ]

    def test_a_search_of_many_says_what_it_took(self, satqkd, edited):
        """Rows, satellites, stations, time, memory: on standard error, not among the rows."""
        folder = edited("mission.yaml", "norad_id: 41731", WALKER.replace("6/3/1", "24/3/1"))

        answer = satqkd("passes", "--geometry", "--days", "0.05", "--json", cwd=folder)

        count = len(json.loads(answer.stdout))
        assert f"{count} passes of 24 satellites over 6 stations in" in answer.stderr
        assert "MB of memory" in answer.stderr

    @pytest.mark.parametrize("words", [[], ["--geometry"], ["--together", "Ngari,Nanshan"]])
    def test_stale_elements_are_told_once(self, satqkd, campaign, words):
        """Whatever table is asked for, each element set is warned about in one line."""
        answer = satqkd(
            "passes", *words, "--start", "2018-05-01T00:00:00Z", "--csv", "--days", "2",
            cwd=campaign,
        )  # fmt: skip

        assert answer.returncode == 0
        assert answer.stderr.count("warning:") == 1

    def test_no_pass_is_an_empty_list(self, satqkd, campaign):
        """Valid JSON, a header alone, and exit code 1."""
        empty = satqkd("passes", "--days", "0.001", "--json", cwd=campaign)
        header = satqkd("passes", "--days", "0.001", "--csv", cwd=campaign)

        assert (empty.returncode, empty.stdout) == (1, "[]\n"), empty.stderr
        assert header.returncode == 1
        assert header.stdout.startswith("pass_id,")
        assert header.stdout.count("\n") == 1

    def test_a_reader_that_stops_early_ends_the_run(self, constellation):
        """``satqkd passes --csv | head -1`` is no error worth a traceback."""
        run = subprocess.Popen(
            [sys.executable, "-m", "satqkd", "passes", "--geometry", "--csv"],
            cwd=constellation,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert run.stdout.readline().startswith("pass_id,")
        run.stdout.close()
        _, told = run.communicate(timeout=60)

        assert "Traceback" not in told
