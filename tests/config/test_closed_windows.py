"""Outages of satellites and windows to avoid, from the files to the passes they take."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.errors import InputError, SatqkdWarning
from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.stream import forecast
from satqkd.mission.avoid import AvoidWindow
from satqkd.passes.spans import within

ROOT = Path(__file__).parents[2]
DAYS_S = 2 * 86_400.0
CONTACT = "micius-nanshan-1919"
"""On 19 December, of which some minutes around 18:25 are usable."""
HEADER = "start,end,satellite,station,why\n"
WINDOWS = f"""\
{HEADER}2016-12-19T18:24:00Z,2016-12-19T18:26:00Z,Micius,Nanshan,laser clearinghouse
"""


@pytest.fixture
def files(tmp_path):
    """The shipped campaign, and a way to load it with something added."""
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")

    def load(old="", new="", *, windows=None):
        if windows is not None:
            (tmp_path / "windows.csv").write_text(windows, encoding="utf-8")
            old, new = "elements:", "avoid: windows.csv\nelements:"
        path = tmp_path / "mission.yaml"
        text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
        if old:
            assert text.count(old) == 1, old
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return load_mission(path, duration_s=DAYS_S)

    return load


def lost_s(found, name):
    """Time of each pass that an obstacle takes, by contact key."""
    return dict(
        zip(found.contact_key, found.seen[0].lost_s[NAMES.index(name)].tolist(), strict=True)
    )


def test_instants_within_stretches_that_overlap():
    """Against every instant and stretch by itself."""
    rng = np.random.default_rng(1)
    begin = rng.uniform(0.0, 100.0, 30)
    spans = [(b, b + length) for b, length in zip(begin, rng.uniform(0.1, 5.0, 30), strict=True)]
    time_s = np.concatenate([rng.uniform(-5.0, 110.0, 500), np.array(spans).ravel()])
    expected = [any(b <= t < e for b, e in spans) for t in time_s]

    assert within(time_s, spans).tolist() == expected


class TestOutagesOfSatellites:
    def test_a_pass_within_one_is_rejected_with_the_name_of_the_satellite(self, files):
        """As an outage of the station; passes of other times are as before."""
        before = forecast(files())
        found = forecast(
            files(
                "norad_id: 41731",
                "norad_id: 41731\n    outages:\n      - {from: 2016-12-19T18:00:00Z, "
                "to: 2016-12-19T19:00:00Z, why: safe mode}",
            )
        )
        at = found.contact_key.index(CONTACT)

        assert found.reason[at] == "outage of Micius: safe mode, until 2016-12-19T19:00:00Z"
        assert lost_s(found, "outage")[CONTACT] == pytest.approx(before.yields.usable_s[at])
        changed = found.yields.usable_s != before.yields.usable_s
        hour = found.timebase.seconds(datetime(2016, 12, 19, 18, tzinfo=UTC))
        assert changed.any()
        assert np.all(np.abs(found.passes.rise_s[changed] - hour) < 3600.0)

    def test_of_a_constellation_one_or_all_are_out(self, work):
        """By the name of the member."""
        old = "norad_id: 41731\n"
        orbit = 'orbit: {model: walker, altitude: 500 km, pattern: "97.4:2/1/0"}\n'
        when = "from: 2016-12-20T00:00:00Z, to: 2016-12-21T00:00:00Z"
        mission = work.replace(
            old,
            f"{orbit}    outages: [{{{when}}}, {{{when}, satellite: Micius-2 (synthetic)}}]\n",
        ).load()

        assert [len(craft.outages) for craft in mission.spacecraft] == [1, 2]

    def test_a_member_that_is_not_there_is_refused(self, work):
        """Where it is written, with the nearest name."""
        when = "from: 2016-12-20T00:00:00Z, to: 2016-12-21T00:00:00Z"
        found = work.replace(
            "norad_id: 41731\n",
            f"norad_id: 41731\n    outages: [{{{when}, satellite: Micus}}]\n",
        ).finding()

        assert found.message == "Micius has no satellite 'Micus'"
        assert found.fix == "write 'Micius'"
        assert found.line == 9

    def test_one_that_ends_before_it_begins_is_refused(self, work):
        """By the same check as those of stations."""
        when = "from: 2016-12-20T00:00:00Z, to: 2016-12-19T00:00:00Z"
        found = work.replace(
            "norad_id: 41731\n", f"norad_id: 41731\n    outages: [{{{when}}}]\n"
        ).finding()

        assert "outages[0].to" in str(found)
        assert "must come after 'from'" in found.message


class TestWindowsToAvoid:
    def test_the_samples_within_are_lost_and_the_rest_stays(self, files):
        """Two minutes in the middle of one pass."""
        before, found = forecast(files()), forecast(files(windows=WINDOWS))
        at = found.contact_key.index(CONTACT)
        lost = lost_s(found, "avoid")

        assert lost.pop(CONTACT) == pytest.approx(120.0, abs=1.0)
        assert not any(lost.values())
        assert found.yields.usable_s[at] == pytest.approx(before.yields.usable_s[at] - 120.0, abs=1)
        assert found.yields.keys.sifted_bits[at] < before.yields.keys.sifted_bits[at]

    @pytest.mark.parametrize(("satellite", "station"), [("Micius", ""), ("", "Nanshan"), ("", "")])
    def test_a_window_that_covers_a_pass_rejects_it_and_says_whose_it_is(
        self, files, satellite, station
    ):
        """Of the satellite, of the station, or of everybody."""
        row = f"2016-12-19T18:00:00Z,2016-12-19T18:40:00Z,{satellite},{station},\n"
        found = forecast(files(windows=HEADER + row))
        others = [key for key, lost in lost_s(found, "avoid").items() if lost and key != CONTACT]

        assert found.reason[found.contact_key.index(CONTACT)] == (
            "window to avoid: line 2 of windows.csv, until 2016-12-19T18:40:00Z"
        )
        assert bool(others) == (station == "")

    def test_of_another_station_it_takes_nothing(self, files):
        """The usable time is the same in every pass of Nanshan."""
        before = forecast(files())
        found = forecast(files(windows=WINDOWS.replace("Nanshan", "Lijiang")))
        own = found.passes.station == 1

        assert np.array_equal(found.yields.usable_s[own], before.yields.usable_s[own])

    def test_the_file_is_an_input_of_the_mission(self, files):
        """With its hash."""
        mission = files(windows=WINDOWS)

        assert [one.path.endswith("windows.csv") for one in mission.inputs].count(True) == 1
        assert mission.avoid[0] == AvoidWindow(
            from_=datetime(2016, 12, 19, 18, 24, tzinfo=UTC),
            to=datetime(2016, 12, 19, 18, 26, tzinfo=UTC),
            satellite="Micius",
            station="Nanshan",
            why="laser clearinghouse",
            line=2,
        )

    @pytest.mark.parametrize(
        ("old", "new", "message", "fix"),
        [
            ("Micius", "Micus", "there is no satellite 'Micus' in the mission", "write 'Micius'"),
            ("Nanshan", "Nansha", "there is no station 'Nansha' in the mission", "write 'Nanshan'"),
            ("18:26:00Z", "18:2", "end: '2016-12-19T18:2' is no instant", "write such as"),
        ],
    )
    def test_a_bad_line_is_named_with_its_file(self, files, old, new, message, fix):
        """Names are held against those of the mission."""
        with pytest.raises(InputError) as caught:
            files(windows=WINDOWS.replace(old, new))
        (found,) = caught.value.findings

        assert found.file.endswith("windows.csv")
        assert (found.line, found.message) == (2, message)
        assert found.fix.startswith(fix)

    def test_a_file_that_is_not_there_is_refused_where_it_is_named(self, work):
        """In the mission file."""
        found = work.replace("elements: micius.tle", "avoid: no.csv\nelements: micius.tle")
        finding = found.finding()

        assert "no.csv: No such file or directory" in finding.message
        assert finding.line == 5

    def test_a_table_without_windows_is_told(self, work):
        """The mission is read, with nothing to avoid."""
        found = work.replace("elements: micius.tle", "avoid: windows.csv\nelements: micius.tle")
        found.mission.with_name("windows.csv").write_text(HEADER, encoding="utf-8")
        with pytest.warns(SatqkdWarning, match=r"windows\.csv: names no window to avoid"):
            assert found.load().avoid == ()
