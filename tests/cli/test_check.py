"""``satqkd check`` shows names and does not obey them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from satqkd.cli.check import _oldest_use


def test_names_from_files_are_shown_harmless(satqkd, edited):
    """Direction marks, new lines and endless names become text."""
    name = "a\\u202eb\\nc" + "x" * 5000
    folder = edited("mission.yaml", "Micius over China, December 2016", "placeholder")
    text = (folder / "mission.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "placeholder" in line)
    text = text.replace(line, f'{line.partition(":")[0]}: "{name}"')
    (folder / "mission.yaml").write_text(text, encoding="utf-8")

    said = satqkd("check", cwd=folder).stdout

    assert r"a\u202eb\nc" in said
    assert "\u202e" not in said
    assert max(map(len, said.splitlines())) < 200


def test_hemispheres_are_letters_and_members_have_their_number(satqkd, edited):
    """No minus before N or E; a line of a design is not cut before the number of its member."""
    orbit = 'orbit: {model: walker, altitude: 600 km, pattern: "60:6/3/1"}'
    folder = edited("mission.yaml", "norad_id: 41731", orbit)
    stations = (folder / "stations.yaml").read_text(encoding="utf-8")
    stations = stations.replace("latitude: ", "latitude: -", 1).replace(
        "longitude: ", "longitude: -", 1
    )
    (folder / "stations.yaml").write_text(stations, encoding="utf-8")

    said = satqkd("check", cwd=folder).stdout

    assert "° S " in said
    assert "° W, " in said
    assert "-" not in next(line for line in said.splitlines() if "° S " in line).split(": ")[1]
    assert "no drag; satellite 6 of 6" in said


def test_the_window_and_the_age_of_elements_are_told(satqkd, campaign):
    """Nothing is warned of as long as they are within the limit."""
    answer = satqkd("check", cwd=campaign)

    assert "window: 2016-12-19T00:00:00Z to 2016-12-26T00:00:00Z, 7 days" in answer.stdout
    assert "the nearest within 6.4 days all through the window" in answer.stdout
    assert answer.stderr == ""


def test_elements_far_from_the_window_are_warned_of(satqkd, edited):
    """As 'passes' would, and with what it means."""
    answer = satqkd("check", cwd=edited("mission.yaml", "start: 2016-12-19", "start: 2026-01-01"))

    assert answer.returncode == 0
    assert "the nearest within 3153.1 days" in answer.stdout
    assert "more than the limit of 14 days" in answer.stderr


@pytest.mark.parametrize("year", ["1960", "2200", "9999"])
def test_a_window_nothing_can_be_searched_in_is_found(satqkd, edited, year):
    """UTC began in 1972, and the ephemeris of Sun and Moon ends in 2053."""
    answer = satqkd(
        "check", cwd=edited("mission.yaml", "start: 2016-12-19", f"start: {year}-12-31")
    )

    assert answer.returncode == 2
    assert "fix: choose a" in answer.stderr
    assert "no mistake found" not in answer.stdout


def test_between_two_epochs_the_middle_is_farthest():
    """The nearest of two sets is never older than half the time between them."""
    begin = datetime(2016, 12, 1, tzinfo=UTC)
    first, second = (SimpleNamespace(epoch=begin + timedelta(days=day)) for day in (0, 10))

    chosen, when = _oldest_use([first, second], (begin, begin + timedelta(days=12)))

    assert when == begin + timedelta(days=5)
    assert chosen is first


def test_a_design_is_told_once_and_what_is_written_there_is_its_own(satqkd, tmp_path):
    """'synthetic' stands in the name; 'inline' nowhere."""
    satqkd("preset", "copy", "jinan-1-constellation", cwd=tmp_path)
    said = satqkd("check", cwd=tmp_path).stdout

    assert "Jinan-1 A (synthetic) (1000000001), jinan-1: sun-synchronous" in said
    assert "time by key photons: clocks of its own" in said
    assert "inline" not in said


class TestJson:
    """What a program reads."""

    def test_a_sound_mission(self, satqkd, campaign):
        """What is there, with hashes, and no finding."""
        (campaign / "data" / "tle" / "odd").write_text("no orbit", encoding="utf-8")
        done = satqkd("check", "--json", cwd=campaign)
        answer = json.loads(done.stdout)

        assert done.returncode == 0
        assert (answer["sound"], answer["findings"]) == (True, [])
        assert answer["satellites"] == ["Micius"]
        assert answer["warnings"] == [
            "data/tle: passed over: odd holds no orbit data that is recognised"
        ]
        assert answer["passed_over"][0]["path"].endswith("odd")
        assert all(len(one["sha256"]) == 64 for one in answer["inputs"])

    def test_mistakes(self, satqkd, campaign):
        """Exit code 2, each with its place and fix."""
        stations = campaign / "stations.yaml"
        stations.write_text(stations.read_text(encoding="utf-8").replace("height: ", "hight: ", 1))
        done = satqkd("check", "--json", cwd=campaign)
        answer = json.loads(done.stdout)

        assert done.returncode == 2
        assert not answer["sound"]
        (finding,) = answer["findings"]
        assert finding["file"] == "stations.yaml"
        assert finding["fix"] == "write 'height'"

    def test_presets(self, satqkd, campaign):
        """Name, kind and title."""
        rows = json.loads(satqkd("preset", "list", "--json", cwd=campaign).stdout)

        assert {"name", "kind", "title"} == rows[0].keys()
        assert any(row["name"] == "micius-2016-campaign" for row in rows)


def test_an_interval_without_elements_is_told(satqkd, edited):
    """Between two declared manoeuvres that no epoch lies between."""
    number = "    norad_id: 41731\n"
    moved = "    manoeuvres: [2016-12-22T10:00Z, 2016-12-25T01:00Z]\n"
    folder = edited("mission.yaml", number, number + moved)

    done = satqkd("check", cwd=folder)

    assert done.returncode == 0
    assert (
        "warning: Micius: no elements after the manoeuvre of 2016-12-22T10:00:00Z and before that "
        "of 2016-12-25T01:00:00Z: its passes there give no key"
    ) in done.stderr
