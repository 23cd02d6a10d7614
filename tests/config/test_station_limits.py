"""Limits of stations and terminals as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satqkd.passes.mount import Mount
from satqkd.passes.station import Outage, Period

HEIGHT = "  height: 893 m\n"
SETUP = "    setup: 10 min\n"

STATION = """\
  horizon: [[0 deg, 10 deg], [90 deg, 25 deg], [200 deg, 12.5 deg]]
  available: {from: 2016-12-01T00:00:00Z, to: 2017-03-01T00:00:00+08:00}
  outages:
    - {from: 2016-12-24T12:00:00Z, to: 2016-12-26T12:00:00Z, why: holidays}
    - {from: 2017-01-03T00:00:00Z, to: 2017-01-04T00:00:00Z}
"""

TERMINAL = """\
    sun_exclusion: 30 deg
    moon_exclusion: 5 deg
    mount:
      min_elevation: 8 deg
      max_elevation: 170 deg
      max_azimuth_rate: 5 deg/s
      max_elevation_rate: 120 arcmin/s
      azimuth_range: [-270 deg, 270 deg]
      flip: true
      acquisition: 10 s
      turnaround: 1 min
"""


def with_station(work, text):
    return work.replace(HEIGHT, HEIGHT + text)


def with_terminal(work, text):
    return work.replace(SETUP, SETUP + text)


class TestRead:
    def test_horizon_dates_and_outages_belong_to_the_place(self, work):
        """Angles in degrees, instants in UTC, a reason where one is given."""
        site = with_station(work, STATION).load().stations[0].site

        assert site.horizon_deg == ((0.0, 10.0), (90.0, 25.0), (200.0, 12.5))
        assert site.available == Period(
            from_=datetime(2016, 12, 1, tzinfo=UTC), to=datetime(2017, 2, 28, 16, tzinfo=UTC)
        )
        assert site.outages[0].why == "holidays"
        assert site.outages[1] == Outage(
            from_=datetime(2017, 1, 3, tzinfo=UTC), to=datetime(2017, 1, 4, tzinfo=UTC)
        )

    def test_mount_and_exclusion_belong_to_the_terminal(self, work):
        """Rates in degrees per second, also from other units."""
        terminal = with_terminal(work, TERMINAL).load().stations[1].terminal

        assert terminal.sun_exclusion_deg == 30.0
        assert terminal.moon_exclusion_deg == 5.0
        assert terminal.mount == Mount(
            min_elevation_deg=8.0,
            max_elevation_deg=170.0,
            max_azimuth_rate_deg_s=5.0,
            max_elevation_rate_deg_s=2.0,
            azimuth_range_deg=(-270.0, 270.0),
            flip=True,
            acquisition_s=10.0,
            turnaround_s=60.0,
        )

    def test_set_up_turnaround_and_acquisition_follow_each_other(self, work):
        """The gap of the schedule is their sum."""
        assert with_terminal(work, TERMINAL).load().stations[1].terminal.gap_s == 670.0

    def test_nothing_given_is_no_limit(self, work):
        """And no assumption either: there is nothing to list."""
        mission = work.load()

        assert mission.stations[0].site.horizon_deg == ()
        assert mission.stations[1].terminal.mount is None
        assert mission.stations[1].terminal.gap_s == 600.0
        assert not [a for a in mission.assumptions if "mount" in a.where or "horizon" in a.where]

    def test_defaults_of_a_mount_are_assumptions(self, work):
        """A mount that is written out says what it leaves open."""
        listed = {
            a.where: a.value
            for a in with_terminal(work, "    mount: {max_azimuth_rate: 5 deg/s}\n")
            .load()
            .assumptions
        }

        assert listed["stations.yaml: stations[1] (Nanshan).terminal.mount.flip"] == "false"
        assert listed["stations.yaml: stations[1] (Nanshan).terminal.mount.acquisition"] == "0 s"


class TestPage:
    def test_the_station_in_the_documentation_is_read_whole(self, work):
        """What docs/station-limits.md shows is a station satqkd takes."""
        page = (Path(__file__).parents[2] / "docs" / "station-limits.md").read_text("utf-8")
        shown = page.split("```yaml\n")[1].split("```")[0]
        work.stations.write_text(work.stations.read_text("utf-8") + "\n" + shown, "utf-8")

        hilltop = work.load().stations[2]

        assert hilltop.site.name == "Hilltop"
        assert len(hilltop.site.horizon_deg) == 4
        assert hilltop.terminal.gap_s == 370.0


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "where", "what"),
        [
            (
                "  horizon: [[90 deg, 10 deg], [90 deg, 20 deg]]\n",
                "stations[0] (Xinglong).horizon",
                "ordered",
            ),
            (
                "  horizon: [[200 deg, 10 deg], [90 deg, 20 deg]]\n",
                "stations[0] (Xinglong).horizon",
                "ordered",
            ),
            ("  horizon: [[0 deg, 95 deg]]\n", "stations[0] (Xinglong).horizon", "0…90°"),
            ("  horizon: [[0 deg]]\n", "stations[0] (Xinglong).horizon[0]", "must have 2 items"),
            ("  horizon: [[0, 10 deg]]\n", "stations[0] (Xinglong).horizon[0][0]", "has no unit"),
            (
                "  outages: [{from: 2017-01-02T00:00:00Z, to: 2017-01-01T00:00:00Z}]\n",
                "stations[0] (Xinglong).outages[0].to",
                "must come after 'from'",
            ),
            (
                "  outages: [{from: 2017-01-02T00:00:00, to: 2017-01-03T00:00:00Z}]\n",
                "stations[0] (Xinglong).outages[0].from",
                "has no time zone",
            ),
            (
                "  outages: [{to: 2017-01-01T00:00:00Z}]\n",
                "stations[0] (Xinglong).outages[0].from",
                "is missing",
            ),
            (
                "  available: {from: 2017-01-02T00:00:00Z, until: 2017-01-03T00:00:00Z}\n",
                "stations[0] (Xinglong).available.until",
                "no such key",
            ),
        ],
    )
    def test_a_station_that_cannot_be(self, work, text, where, what):
        """One finding, at its place, with a fix."""
        finding = with_station(work, text).finding()

        assert finding.where == where
        assert what in finding.message
        assert finding.fix
        assert (finding.file, finding.line) == work.line_of(text.split(":")[0].strip() + ":")

    @pytest.mark.parametrize(
        ("text", "where", "what"),
        [
            ("    mount: {azimuth_range: [270 deg, -270 deg]}\n", "azimuth_range", "low first"),
            ("    mount: {max_elevation: 100 deg}\n", "max_elevation", "[0, 90]"),
            ("    mount: {max_azimuth_rate: 5 deg}\n", "max_azimuth_rate", "no unit for this"),
            ("    mount: {max_azimuth_rate: 0 deg/s}\n", "max_azimuth_rate", "outside"),
            ("    mount: {flip: yes}\n", "flip", "neither true nor false"),
            ("    mount: {acquisition: -3 s}\n", "acquisition", "outside"),
        ],
    )
    def test_a_mount_that_cannot_be(self, work, text, where, what):
        """Unordered, out of reach, wrong unit, no speed, no truth value."""
        finding = with_terminal(work, text).finding()

        assert finding.where == f"stations[1] (Nanshan).terminal.mount.{where}"
        assert what in finding.message
        assert finding.fix

    def test_an_exclusion_angle_has_its_bounds(self, work):
        """Half a turn is the most there is."""
        finding = with_terminal(work, "    sun_exclusion: 200 deg\n").finding()

        assert finding.where == "stations[1] (Nanshan).terminal.sun_exclusion"
