"""Designs and ephemerides in a mission file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from satqkd.elements.satellite import SYNTHETIC_FROM, ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import SatqkdWarning

OEM = json.loads(
    Path(__file__).parents[1].joinpath("reference", "oem_notations.json").read_text("utf-8")
)
SUN = "{model: sun-synchronous, altitude: 500 km, descending_node_time: 00:30}"
SHELL = '{model: walker, altitude: 600 km, pattern: "97.6:12/3/1"}'
STAR = '{model: walker-star, altitude: 600 km, pattern: "86.4:6/3/1"}'
CIRCLE = "{model: circular, altitude: 500 km, inclination: 97.4 deg, raan: 10 deg}"
ELLIPSE = "{model: keplerian, altitude: 20000 km, eccentricity: 0.7, inclination: 63.4 deg}"


def designed(work, orbit):
    """The mission with a design instead of Micius, and no element file."""
    work.replace("    norad_id: 41731\n", f"    orbit: {orbit}\n")
    work.replace("elements: micius.tle\n", "")
    return work


WITHOUT_BLOCK = """\
CCSDS_OMM_VERS = 2.0
OBJECT_NAME = NEW
OBJECT_ID = 2016-051A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2016-12-19T13:39:33
MEAN_MOTION = 15.23916091
ECCENTRICITY = 0.0013349
INCLINATION = 97.3698
RA_OF_ASC_NODE = 268.1064
ARG_OF_PERICENTER = 175.8929
MEAN_ANOMALY = 309.019
"""
"""A message with all that the standard demands and no more."""


class TestDesigns:
    @pytest.mark.parametrize(
        ("orbit", "count"), [(CIRCLE, 1), (ELLIPSE, 1), (SUN, 1), (SHELL, 12), (STAR, 6)]
    )
    def test_every_model_flies(self, work, orbit, count):
        """Without an element file; each satellite has the payload and says it is synthetic."""
        mission = designed(work, orbit).load()

        assert len(mission.spacecraft) == count
        for number, craft in enumerate(mission.spacecraft, start=1):
            (element_set,) = craft.satellite.element_sets
            name = f"Micius-{number}" if count > 1 else "Micius"
            assert craft.satellite.name == f"{name} (synthetic)"
            assert craft.satellite.norad_id == SYNTHETIC_FROM + number
            assert element_set.source.startswith("synthetic: ")
            assert element_set.epoch == mission.start
            assert craft.payload.transmitter.aperture_m == 0.3

    def test_the_epoch_is_not_moved_by_the_command_line(self, work):
        """--start looks at another week of the same design."""
        designed(work, CIRCLE)
        there = work.load().spacecraft[0].satellite.element_sets[0].epoch

        later = work.load(start=there.replace(month=12, day=25))

        assert later.spacecraft[0].satellite.element_sets[0].epoch == there

    def test_defaults_of_a_design_are_told(self, work):
        """As every value nobody wrote."""
        wheres = [one.where for one in designed(work, CIRCLE).load().assumptions]

        assert "mission.yaml: satellites[0].orbit.phase" in wheres

    def test_real_and_designed_satellites_together(self, work):
        """Numbers of designs count on through the mission."""
        text = work.mission.read_text("utf-8")
        payload = text[text.index("    payload:") : text.index("limits:")]
        more = "".join(
            f"  - name: {name}\n    orbit: {orbit}\n{payload}"
            for name, orbit in (("Shell", SHELL), ("Sun", SUN))
        )
        work.replace("limits:", more + "limits:")

        crafts = work.load().spacecraft

        assert [c.satellite.norad_id for c in crafts] == [
            41731, *range(SYNTHETIC_FROM + 1, SYNTHETIC_FROM + 14)
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "where", "message", "fix"),
        [
            (("97.6:12/3/1", "97.6:12/3"), "pattern", "no Walker pattern", "97.6:12/3/1"),
            (("97.6:12/3/1", "97.6:12/5/1"), "pattern", "evenly over 5 planes", "correct"),
            (("97.6:12/3/1", "97.6:12/3/3"), "pattern", "phasing of 0 to 2", "correct"),
            (("97.6:12/3/1", "197:12/3/1"), "pattern", "[0, 180]", "correct"),
            (("600 km", "60 km"), "altitude", "lies outside", "500 km"),
            (("600 km", "600"), "altitude", "no unit", "500 km"),
            (("model: walker", "model: walkr"), "model", "not known", "walker"),
            (("altitude: 600 km, ", ""), "altitude", "is missing", "altitude: 500 km"),
            (("altitude:", "altitud: 1, altitude:"), "altitud", "no such key", "altitude"),
            (("altitude:", "epoch: 2026-01-01, altitude:"), "epoch", "no time zone", "Z"),
        ],
    )  # fmt: skip
    def test_each_mistake_of_a_pattern(self, work, change, where, message, fix):
        """Where it stands, what is wrong and what to write."""
        designed(work, SHELL.replace(*change))

        finding = work.finding()

        assert finding.where == f"satellites[0].orbit.{where}"
        assert finding.line == work.line_of("orbit:")[1]
        assert message in finding.message
        assert fix in finding.fix

    @pytest.mark.parametrize(
        ("old", "new", "where", "message"),
        [
            ("00:30", "24:30", "descending_node_time", "no time of day"),
            ("00:30", "half past", "descending_node_time", "no time of day"),
            (", descending_node_time: 00:30", "", "ascending_node_time", "must be given"),
            ("altitude: 500 km", "altitude: 6000 km", "altitude", "too high"),
        ],
    )
    def test_each_mistake_of_a_local_time(self, work, old, new, where, message):
        """Where it stands and what is wrong."""
        finding = designed(work, SUN.replace(old, new)).finding()

        assert finding.where == f"satellites[0].orbit.{where}"
        assert message in finding.message

    def test_a_perigee_in_the_ground(self, work):
        """The dataclass's own check becomes a finding."""
        finding = designed(work, ELLIPSE.replace("20000 km", "2000 km")).finding()

        assert finding.where == "satellites[0].orbit.eccentricity"
        assert "puts the perigee at" in finding.message

    def test_a_satellite_flies_or_is_designed(self, work):
        """Not both."""
        work.replace("    norad_id: 41731\n", f"    norad_id: 41731\n    orbit: {CIRCLE}\n")

        finding = work.finding()

        assert finding.where == "satellites[0].orbit"
        assert "stands beside norad_id" in finding.message

    def test_a_satellite_that_is_nowhere(self, work):
        """And not neither."""
        work.replace("    norad_id: 41731\n", "")

        finding = work.finding()

        assert finding.where == "satellites[0].norad_id"
        assert "orbit: {model: circular" in finding.fix

    def test_real_satellites_need_elements(self, work):
        """Only designs do without."""
        work.replace("elements: micius.tle\n", "")

        finding = work.finding()

        assert (finding.where, finding.message) == ("elements", "is missing")

    def test_two_satellites_of_one_name(self, work):
        """Shell-1 of a constellation and another Shell-1."""
        text = work.mission.read_text("utf-8")
        payload = text[text.index("    payload:") : text.index("limits:")]
        work.replace("limits:", f"  - name: Micius-2\n    orbit: {CIRCLE}\n{payload}limits:")

        finding = designed(work, SHELL).finding()

        assert finding.where == "satellites[1].name"
        assert "two satellites are called 'Micius-2 (synthetic)'" in finding.message


class TestEphemerides:
    def folder(self, work, **files):
        """A folder of element files and messages."""
        folder = work.mission.parent / "elements"
        folder.mkdir()
        for name, text in files.items():
            folder.joinpath(name.replace("_", ".")).write_text(text, encoding="utf-8")
        work.replace("elements: micius.tle", "elements: elements")
        return work

    @pytest.mark.parametrize("name", ["ops_oem", "ops_xml", "ops_txt"])
    def test_an_ephemeris_beside_elements(self, work, name):
        """Found by the designator of the element set; both are kept, the ephemeris last."""
        notation = "xml" if "xml" in name else "kvn"
        self.folder(work, **{"a_tle": work.elements.read_text("utf-8"), name: OEM[notation]})

        mission = work.load()

        elements, table = mission.spacecraft[0].satellite.sources
        assert isinstance(elements, ElementSet)
        assert isinstance(table, Trajectory)
        assert (table.norad_id, table.cospar_id) == (41731, "2016-051A")
        assert any(one.path.endswith(name.replace("_", ".")) for one in mission.inputs)

    def test_an_ephemeris_by_its_number(self, work):
        """No element set is needed when the message gives the catalogue number."""
        self.folder(work, ops_oem=OEM["kvn"].replace("2016-051A", "41731"))

        (table,) = work.load().spacecraft[0].satellite.trajectories

        assert isinstance(table, Trajectory)

    def test_an_ephemeris_by_its_object(self, work):
        """A satellite that has no catalogue number yet is named as the message names it."""
        self.folder(work, ops_oem=OEM["kvn"].replace("2016-051A", "QSS-2"))
        work.replace("norad_id: 41731", "object_id: QSS-2")

        satellite = work.load().spacecraft[0].satellite

        assert isinstance(satellite.trajectories[0], Trajectory)
        assert (satellite.norad_id, satellite.cospar_id) == (0, "QSS-2")

    def test_elements_without_a_number_by_their_object(self, work):
        """A message need not have the block that holds the number and B*."""
        self.folder(work, own_omm=WITHOUT_BLOCK)
        work.replace("norad_id: 41731", "object_id: 2016-051A")

        with pytest.warns(SatqkdWarning, match="no BSTAR"):
            satellite = work.load().spacecraft[0].satellite

        assert isinstance(satellite.element_sets[0], ElementSet)
        assert satellite.number_or_designator == "2016-051A"

    def test_an_ephemeris_nobody_can_tell_the_satellite_of(self, work):
        """The fix says how to name it."""
        self.folder(work, ops_oem=OEM["kvn"])

        finding = work.finding()

        assert finding.where == "satellites[0].norad_id"
        assert "no element set of 41731" in finding.message
        assert "for the ephemeris of CIRCLE add 'object_id: 2016-051A'" in finding.fix

    def test_a_satellite_without_any_name_of_its_motion(self, work):
        """The fix names all three ways."""
        self.folder(work, ops_oem=OEM["kvn"])
        work.replace("norad_id: 41731", "slew: 1 s")

        (fix,) = [f.fix for f in work.findings() if f.where == "satellites[0].norad_id"]

        assert "'norad_id: 41731'" in fix
        assert "'object_id: 2016-051A' for an ephemeris without a number" in fix
        assert "'orbit: {" in fix

    def test_an_object_nobody_knows(self, work):
        """As an unknown number."""
        self.folder(work, ops_oem=OEM["kvn"])
        work.replace("norad_id: 41731", "object_id: 2016-051B")

        finding = work.finding()

        assert finding.where == "satellites[0].object_id"
        assert "no element set of 2016-051B" in finding.message

    def test_mistakes_of_a_message_are_findings(self, work):
        """With the file and the line in it."""
        self.folder(work, ops_oem=re.sub("EME2000", "MARS", OEM["kvn"], count=1))

        finding = work.finding()

        assert finding.file.endswith("ops.oem")
        assert finding.line == 10
