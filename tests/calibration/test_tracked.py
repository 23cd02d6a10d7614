"""Tracking data messages of a satellite that skyfield moves, early and late."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from skyfield.api import EarthSatellite, load, wgs84
from skyfield.earthlib import refraction

from satqkd.calibration.lateness import late_by
from satqkd.calibration.tdm import parse_tdm
from satqkd.calibration.tracked import tracked_contacts
from satqkd.cli.flown import command
from satqkd.config.load import load_mission
from satqkd.errors import InputError, SatqkdWarning
from satqkd.network.ledger import Ledger

ROOT = Path(__file__).parents[2]
KEY = "micius-lijiang-1964"
CULMINATION = datetime(2016, 12, 22, 17, 25, 38, tzinfo=UTC)
LIGHT_KM_S = 299_792.458
PRESSURE_MBAR = 684.0
"""Of the standard atmosphere at the 3,200 m of Lijiang."""


@pytest.fixture(scope="module")
def mission():
    """Return the shipped week."""
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")


@pytest.fixture(scope="module")
def seen(mission):
    """Return what a telescope measures by skyfield, of a satellite that is so much late."""
    craft = mission.spacecraft[0].satellite
    near = min(craft.sources, key=lambda one: abs((one.epoch - CULMINATION).total_seconds()))
    number = int(near.source.rpartition(":")[2])
    lines = (ROOT / "data" / "tle" / "micius.tle").read_text("ascii").splitlines()
    first = number - 1 if lines[number - 1].startswith("1 ") else number
    scale = load.timescale(builtin=True)
    satellite = EarthSatellite(lines[first], lines[first + 1], ts=scale)
    (site,) = [one.site for one in mission.stations if one.site.name == "Lijiang"]
    place = wgs84.latlon(site.latitude_deg, site.longitude_deg, site.height_m)

    def measured(late_s: float = 0.0, every_s: float = 5.0):
        instants = [
            CULMINATION + timedelta(seconds=second) for second in np.arange(-120, 121, every_s)
        ]
        at = scale.from_datetimes(instants)
        flight_s = (satellite - place).at(at).distance().km / LIGHT_KM_S
        for _ in range(3):
            left = scale.tt_jd(at.tt - (flight_s + late_s) / 86_400.0)
            line = satellite.at(left).position.km - place.at(at).position.km
            flight_s = np.linalg.norm(line, axis=0) / LIGHT_KM_S
        north, east, up = np.einsum("ijn,jn->in", place.rotation_at(at), line)
        elevation = np.rad2deg(np.arctan2(up, np.hypot(north, east)))
        azimuth = np.rad2deg(np.arctan2(east, north)) % 360.0
        lifted = elevation + refraction(elevation, 0.0, PRESSURE_MBAR)
        return instants, azimuth, lifted, flight_s * LIGHT_KM_S

    return measured


def message(found, *, ranges=1.0, path="1,2,1", station="LIJIANG", craft="2016-051A", more=()):
    """Write it down as CCSDS 503.0-B has it."""
    instants, azimuth, elevation, range_km = found
    head = [
        "CCSDS_TDM_VERS = 2.0", "COMMENT made by a test", "CREATION_DATE = 2016-358T00:00:00",
        "ORIGINATOR = TEST", "META_START", "TIME_SYSTEM = UTC", f"PARTICIPANT_1 = {station}",
        f"PARTICIPANT_2 = {craft}", "MODE = SEQUENTIAL", f"PATH = {path}", "ANGLE_TYPE = AZEL",
        "RANGE_UNITS = km", *more, "META_STOP", "DATA_START",
    ]  # fmt: skip
    rows = [
        line
        for at, *own in zip(instants, azimuth, elevation, range_km, strict=True)
        for line in (
            f"ANGLE_1 = {at:%Y-%jT%H:%M:%S.%f} {own[0]:.6f}",
            f"ANGLE_2 = {at:%Y-%jT%H:%M:%S.%f} {own[1]:.6f}",
            f"RANGE = {at:%Y-%jT%H:%M:%S.%f} {ranges * own[2]:.6f}",
        )
    ]
    return "\n".join([*head, *rows, "DATA_STOP", ""])


@pytest.mark.parametrize("late_s", [0.0, 1.5, -0.25])
def test_it_says_how_late_the_satellite_was(mission, seen, late_s):
    """Of a satellite on its elements nothing is left but a few arc seconds of refraction."""
    (one,) = tracked_contacts(mission, parse_tdm(message(seen(late_s)), file="l.tdm"))

    assert one.contact_key == KEY
    assert (one.angles, one.ranges) == (49, 49)
    assert one.late_s == pytest.approx(late_s, abs=0.005)
    assert 0.0 < one.late_error_s < 0.005
    if late_s == 0.0:
        assert abs(one.azimuth_arcsec) < 6.0
        assert abs(one.elevation_arcsec) < 8.0
        assert abs(one.range_m) < 20.0
    else:
        assert max(abs(one.azimuth_arcsec), abs(one.elevation_arcsec)) > 60.0


@pytest.mark.parametrize(
    ("ranges", "path", "more"),
    [
        (2.0, "1,2,1", ()),
        (1.0, "2,1", ()),
        (2.0 / LIGHT_KM_S, "1,2,1", ("RANGE_UNITS = s",)),
    ],
)
def test_ranges_may_be_of_the_whole_way_or_of_one_and_in_seconds(mission, seen, ranges, path, more):
    """Messages write both for a signal that returns."""
    text = message(seen(), ranges=ranges, path=path, more=more)
    if more:
        text = text.replace("RANGE_UNITS = km\n", "")
    (one,) = tracked_contacts(mission, parse_tdm(text, file="l.tdm"))
    assert abs(one.range_m) < (200.0 if more else 20.0)  # a microsecond is 150 m


def test_instants_of_sending_come_before_those_of_receiving(mission, seen):
    """By the time there and back, 4 ms or so at 600 km: 30 m along the orbit."""
    instants, *rest = seen()
    sent = [
        at - timedelta(seconds=2.0 * km / LIGHT_KM_S)
        for at, km in zip(instants, rest[2], strict=True)
    ]
    text = message((sent, *rest), more=("TIMETAG_REF = TRANSMIT",))
    (one,) = tracked_contacts(mission, parse_tdm(text, file="l.tdm"))
    assert abs(one.late_s) < 0.002
    assert abs(one.range_m) < 20.0
    plain = message((sent, *rest))
    (other,) = tracked_contacts(mission, parse_tdm(plain, file="l.tdm"))
    assert other.late_s == pytest.approx(one.late_s - 0.0047, abs=0.0015)


def test_without_angles_ranges_say_it(mission, seen):
    """Those of a satellite that is late are too long while it comes, too short while it goes."""
    text = "\n".join(
        line for line in message(seen(0.5)).splitlines() if not line.startswith("ANGLE_")
    )
    (one,) = tracked_contacts(mission, parse_tdm(text, file="l.tdm"))
    assert one.angles == 0
    assert one.azimuth_arcsec is None
    assert one.late_s == pytest.approx(
        0.5, abs=0.0025
    )  # 10 m of frames; light is under way for 2 to 4 ms


def test_the_error_is_that_of_least_squares():
    """Of one value fitted to four differences, by numpy's own: one of four goes into the fit."""
    slope, scatter = np.array([2.0, -1.0, 3.0, 0.5]), np.array([0.1, -0.2, 0.05, 0.3])
    found = late_by(lambda late_s: scatter + slope * (late_s - 0.7))
    (best,), (left,), *_ = np.linalg.lstsq(slope[:, None], 0.7 * slope - scatter, rcond=None)

    assert found.late_s == pytest.approx(best, rel=1e-9)
    assert found.error_s == pytest.approx(math.sqrt(left / 3.0 / (slope @ slope)), rel=1e-9)


@pytest.mark.parametrize(("late_s", "beyond"), [(1.9, False), (2.1, True), (-2.1, True)])
def test_beyond_two_sigma_is_beyond(mission, seen, late_s, beyond):
    """Of what the age of the elements had said."""
    (one,) = tracked_contacts(mission, parse_tdm(message(seen()), file="l.tdm"))
    assert replace(one, late_s=late_s, late_sigma_s=1.0).beyond is beyond
    assert not replace(one, late_s=None).beyond
    assert not replace(one, late_sigma_s=None).beyond


def test_what_is_not_read_is_named(seen):
    """Frequencies, angles of other kinds, ranging units."""
    text = message(seen()).replace("DATA_STOP", "RECEIVE_FREQ_1 = 2016-357T17:25:38 1\nDATA_STOP")
    assert parse_tdm(text, file="l.tdm").left_aside == ("RECEIVE_FREQ_1",)
    other = text.replace("RANGE_UNITS = km", "RANGE_UNITS = RU")
    assert parse_tdm(other, file="l.tdm").left_aside[1] == "RANGE in RU (km and s are read)"
    with pytest.raises(InputError, match="neither angles nor ranges that can be read, but"):
        parse_tdm(other.replace("AZEL", "RADEC"), file="l.tdm")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "l.tdm:5: TIME_SYSTEM is TAI"),
        ("MODE = SEQUENTIAL", "MODE = SINGLE_DIFF", "l.tdm:5: MODE is SINGLE_DIFF"),
        ("DATA_STOP", "", "the file ends before its DATA_STOP"),
        ("META_STOP", "CORRECTION_RANGE = 1\nMETA_STOP", "CORRECTION_RANGE: not applied"),
        (
            "DATA_START\n",
            "DATA_START\nRANGE = 2016-357T17:25:38\n",
            "l.tdm:15: RANGE is no instant",
        ),
        ("DATA_START\n", "DATA_START\nRANGE = 2016-12-41T17:25:38 1\n", "l.tdm:15: "),
        ("DATA_START\n", "DATA_START\nRANGE = 2016-357T17:25:38 -1\n", "l.tdm:15: RANGE is '-1'"),
        ("ORIGINATOR = TEST", "who?", "l.tdm:4: 'who?' cannot stand here"),
    ],
)
def test_what_is_wrong_is_told_by_line(seen, old, new, told):
    """With what to do."""
    with pytest.raises(InputError) as refused:
        parse_tdm(message(seen(every_s=60.0)).replace(old, new), file="l.tdm")
    assert told in str(refused.value)
    assert "fix: " in str(refused.value)


def test_strangers_are_refused_and_other_ranges_left_aside(mission, seen):
    """A station that the mission does not have; ranges of another satellite."""
    with pytest.raises(InputError, match="no participant of 'Graz' and '2016-051A' is a station"):
        tracked_contacts(mission, parse_tdm(message(seen(), station="Graz"), file="l.tdm"))
    far = parse_tdm(message(seen(), ranges=1.5), file="l.tdm")
    with pytest.warns(SatqkdWarning, match="km were expected: left aside"):
        (one,) = tracked_contacts(mission, far)
    assert one.ranges == 0


def test_flown_notes_it_once_and_leaves_the_contact_as_it_is(tmp_path, seen, capsys):
    """That it was tracked does not say that it gave key."""
    path, book = tmp_path / "l.tdm", tmp_path / "ledger.sqlite"
    path.write_text(message(seen(0.5)), "utf-8")
    given = {
        "logs": [path], "mission": ROOT / "mission.yaml", "stations": ROOT / "stations.yaml",
        "ledger": book, "now": "2016-12-23T00:00Z",
    }  # fmt: skip
    command(**given)
    shown = capsys.readouterr().out
    assert shown.startswith(f"1: {KEY}: tracked (l.tdm, sha256 ")
    assert "\ntracking: 0.499 s late over 1 contact\n" in shown
    command(**given, json=True)
    told = json.loads(capsys.readouterr().out)
    assert [one["contact_key"] for one in told["tracked"]] == [KEY]
    with Ledger.open(book, author="test", now=datetime(2016, 12, 23, 1, tzinfo=UTC)) as ledger:
        assert len(ledger.events()) == 1
        assert ledger.state_of(KEY) is None
