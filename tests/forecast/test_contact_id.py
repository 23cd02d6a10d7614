"""Names of contacts are readable, stable and unique."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.load import load_mission
from satqkd.elements.satellite import Satellite
from satqkd.forecast import stream as streaming
from satqkd.forecast.contact_id import by_rise, contact_keys, number_slug, pass_ids, slug
from satqkd.forecast.stream import stream
from satqkd.passes.contacts import pass_contacts
from satqkd.passes.find import find_passes
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0
HIDES_THE_MIDDLE = ((0.0, 12.0), (60.0, 12.0), (61.0, 35.0), (119.0, 35.0), (120.0, 12.0),
                    (240.0, 12.0), (241.0, 35.0), (299.0, 35.0), (300.0, 12.0))  # fmt: skip


@dataclass(frozen=True)
class Named:
    """As much of an element set as an id asks for."""

    cospar_id: str


@pytest.fixture(scope="module")
def mission():
    """Micius over six stations, for a week."""
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=7 * DAY_S)


@pytest.fixture(scope="module")
def timebase(mission):
    return Timebase.starting(mission.start)


def later(line, deg):
    """A second line of elements with so much less mean anomaly; any other line as it is."""
    if not line.startswith("2 "):
        return line
    text = f"{line[:43]}{(float(line[43:51]) - deg) % 360.0:8.4f}{line[51:68]}"
    digits = sum(int(char) if char.isdigit() else char == "-" for char in text)
    return f"{text}{digits % 10}"


def named(mission, *, stations=("Xinglong", "Nanshan"), satellites=("Micius",)):
    """The mission with these names, the same satellite and station again and again."""
    (craft,), ground = mission.spacecraft, mission.stations[0]
    return replace(
        mission,
        spacecraft=tuple(
            replace(craft, satellite=replace(craft.satellite, name=name, norad_id=41731 + place))
            for place, name in enumerate(satellites)
        ),
        stations=tuple(replace(ground, site=replace(ground.site, name=name)) for name in stations),
        demands=(),
    )


def flown(*rows):
    """Passes of satellite and station that culminate at these hours."""
    satellite, station, hours = (np.array(column) for column in zip(*rows, strict=True))
    real, no = np.zeros(len(rows)), np.zeros(len(rows), dtype=np.bool_)
    time_s = 3600.0 * hours.astype(np.float64)
    return PassTable(
        satellite=satellite, station=station, element_set=np.zeros(len(rows), dtype=np.int64),
        rise_s=time_s - 300.0, culmination_s=time_s, set_s=time_s + 300.0,
        max_elevation_deg=real, rise_azimuth_deg=real, culmination_azimuth_deg=real,
        set_azimuth_deg=real, culmination_range_m=real, element_age_s=real,
        clipped_start=no, clipped_end=no,
    )  # fmt: skip


def searched(mission):
    """All passes of a mission."""
    return find_passes(
        [craft.satellite for craft in mission.spacecraft],
        [ground.site for ground in mission.stations],
        Timebase.starting(mission.start),
        duration_s=mission.duration_s,
    ).table


def everywhere(mission, **site):
    """The mission with fields of every station's site set."""
    stations = tuple(replace(one, site=replace(one.site, **site)) for one in mission.stations)
    return replace(mission, stations=stations)


class TestPassIds:
    def test_an_id_names_satellite_station_and_minute_of_culmination(self, mission, timebase):
        """The published pass is micius-xinglong-20161219T1652."""
        assert "micius-xinglong-20161219T1652" in pass_ids(mission, timebase, searched(mission))

    def test_ids_stand_in_the_order_of_the_passes(self, mission, timebase):
        """The id of a pass has the index of the pass."""
        passes = searched(mission)
        names = [slug(ground.site.name, otherwise="?") for ground in mission.stations]

        ids = pass_ids(mission, timebase, passes)

        assert [name.split("-", 1)[1].rsplit("-", 1)[0] for name in ids] == [
            names[index] for index in passes.station
        ]

    def test_passes_that_would_share_an_id_are_numbered_by_rise(self, mission, timebase):
        """Two stations whose names differ only in signs get -2."""
        twins = named(mission, stations=("A b", "A_b"))

        assert pass_ids(twins, timebase, flown((0, 0, 16.0), (0, 1, 16.0))) == [
            "micius-a-b-20161219T1600",
            "micius-a-b-20161219T1600-2",
        ]

    def test_satellites_that_share_a_name_bear_their_numbers(self, mission, timebase):
        """The id does not hang on which of them is searched first, or at all."""
        pair = named(mission, satellites=("Object A", "OBJECT-A"))

        ids = pass_ids(pair, timebase, flown((0, 0, 16.0), (1, 0, 16.0)))

        assert [name.rsplit("-", 2)[0] for name in ids] == ["object-a-41731", "object-a-41732"]

    def test_satellites_without_a_number_are_told_apart_all_the_same(self):
        """By the designator, or else by their place in the mission: 0 is no number."""
        known = Satellite(name="=", norad_id=0, element_sets=(Named(cospar_id="QSS 2"),))
        unknown = Satellite(name="=", norad_id=0, element_sets=(Named(cospar_id=""),))

        assert number_slug(known, place=1) == "qss-2"
        assert number_slug(unknown, place=2) == "satellite2"

    def test_a_satellite_whose_name_ends_like_a_station_bears_its_number(self, mission, timebase):
        """``a`` over ``b-c`` and ``a-b`` over ``c`` would share an id."""
        pair = named(mission, stations=("b c", "c"), satellites=("a", "a b"))

        assert pass_ids(pair, timebase, flown((0, 0, 16.0), (1, 1, 16.0))) == [
            "a-41731-b-c-20161219T1600",
            "a-b-41732-c-20161219T1600",
        ]

    def test_names_without_latin_letters_fall_back_to_numbers(self, mission, timebase):
        """A Chinese name still gives an id that is a file name."""
        chinese = named(mission, stations=("兴隆",), satellites=("墨子",))

        assert pass_ids(chinese, timebase, flown((0, 0, 16.0))) == ["41731-station1-20161219T1600"]

    def test_rows_are_ordered_by_rise(self, mission):
        """An earlier rise comes first, whatever the link."""
        passes = searched(mission)

        assert (np.diff(passes.rise_s) < 0).any()
        assert (np.diff(passes.rise_s[by_rise(passes)]) >= 0).all()


class TestContactKeys:
    def test_a_key_names_satellite_station_and_revolution(self, mission):
        """Its elements of 2016-12-18T21:38Z say revolution 1906; the published pass over Xinglong
        is 19.2 h later, twelve revolutions at 15.24 a day."""
        passes = searched(mission)
        minute = passes.culmination_s // 60.0
        known = passes.take((passes.station == 0) & (minute == 16 * 60 + 52))

        assert contact_keys(mission, pass_contacts(known)) == ("micius-xinglong-1918",)

    def test_newer_elements_of_the_same_object_keep_every_key(self, mission):
        """A week by elements three weeks old and by new ones: the same names at the same passes,
        of stations in the north, in the south and on the equator."""
        (craft,) = mission.spacecraft
        old, new = (
            next(one for one in craft.satellite.element_sets if one.epoch.date() == day)
            for day in (date(2017, 4, 19), date(2017, 5, 10))
        )
        stations = tuple(
            replace(one, site=replace(one.site, name=name, latitude_deg=latitude_deg))
            for one, name, latitude_deg in zip(
                mission.stations, ("N", "S", "E"), (40.0, -35.0, 0.0), strict=False
            )
        )

        def culminations_s(elements):
            satellite = replace(craft.satellite, element_sets=(elements,))
            flies = replace(
                mission,
                start=new.epoch,
                spacecraft=(replace(craft, satellite=satellite),),
                stations=stations,
                demands=(),
            )
            passes = searched(flies)
            keys = contact_keys(flies, pass_contacts(passes))
            return dict(zip(keys, passes.culmination_s.tolist(), strict=True))

        before, after = culminations_s(old), culminations_s(new)

        assert len(before) > 50
        assert before.keys() == after.keys()
        # three weeks of drag: it passes seconds later than foretold, never a revolution
        assert [after[key] for key in before] == pytest.approx(list(before.values()), abs=60.0)

    def test_a_key_outlives_a_shift_of_minutes_and_an_id_does_not(self, mission, tmp_path):
        """Elements by which it comes 94 s later: 6° of mean anomaly at 15.24 revolutions a day.
        Pins, bans and entries of calendars are of keys, and stay with their contacts."""
        shutil.copytree(ROOT / "data", tmp_path / "data")
        for name in ("mission.yaml", "stations.yaml"):
            shutil.copy(ROOT / name, tmp_path)
        file = tmp_path / "data" / "tle" / "micius.tle"
        lines = [later(line, 6.0) for line in file.read_text(encoding="utf-8").splitlines()]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        moved = load_mission(
            tmp_path / "mission.yaml", tmp_path / "stations.yaml", duration_s=7 * DAY_S
        )
        pairs, highest = [], {}
        for own in (mission, moved):
            passes = searched(own)
            keys = contact_keys(own, pass_contacts(passes))
            pairs.append(dict(zip(keys, passes.culmination_s.tolist(), strict=True)))
            highest |= dict(zip(keys, passes.max_elevation_deg.tolist(), strict=True))
        both = pairs[0].keys() & pairs[1].keys()

        assert len(both) > 100
        gone = pairs[0].keys() ^ pairs[1].keys()  # the Earth turns by 0.4°: rise, or do not
        assert max((highest[key] for key in gone), default=0.0) < 11.0
        shifts_s = np.array([pairs[1][key] - pairs[0][key] for key in both])
        assert ((shifts_s > 60.0) & (shifts_s < 130.0)).all()
        minutes = [{key: own[key] // 60.0 for key in both} for own in pairs]
        assert all(minutes[0][key] != minutes[1][key] for key in both)

    def test_no_two_contacts_of_a_mission_share_a_key(self, shipped):
        """Passes, and joint contacts of two protocols over the same stations."""
        keys = [
            key for one in stream(shipped("twin-field-node", days=7)) for key in one.contact_key
        ]

        assert len(keys) > 20
        assert max(Counter(keys).values()) == 1

    @pytest.mark.parametrize("latitude_deg", [-80.0, -40.0, -5.0, 0.0, 1.3, 40.0, 80.0])
    def test_a_revolution_has_one_pass_wherever_the_station_is(self, mission, latitude_deg):
        """Also at the equator, where passes culminate on either side of the ascending node."""
        there = everywhere(mission, latitude_deg=latitude_deg)
        there = replace(there, stations=there.stations[:1], duration_s=20 * DAY_S)
        keys = contact_keys(there, pass_contacts(searched(there)))

        assert len(set(keys)) == len(keys) > 40
        assert all(re.fullmatch(r"micius-xinglong-\d+", key) for key in keys)

    def test_parts_of_a_pass_that_a_horizon_divides_are_numbered(self, mission, monkeypatch):
        """In order of time, whatever chunk they are followed in."""
        hidden = replace(everywhere(mission, horizon_deg=HIDES_THE_MIDDLE), duration_s=2 * DAY_S)
        passes = pass_contacts(searched(hidden))
        keys = contact_keys(hidden, passes)
        order = np.argsort(passes.start_s)
        twice = [key for key in np.array(keys)[order].tolist() if key.endswith("-2")]

        assert twice
        assert len(set(keys)) == len(keys)
        start_s = dict(zip(keys, passes.start_s.tolist(), strict=True))
        assert all(start_s[key.removesuffix("-2")] < start_s[key] for key in twice)
        monkeypatch.setattr(streaming, "SAMPLES_AT_ONCE", 300)
        seen = [
            key
            for one in stream(hidden)
            for key, behind in zip(one.contact_key, one.contacts.hidden[0].tolist(), strict=True)
            if not behind
        ]
        assert sorted(seen) == sorted(keys)


@given(st.text())
def test_a_slug_is_always_a_safe_piece_of_a_file_name(name):
    """No name gets a slash, a dot, a space or too much length into an id."""
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", slug(name, otherwise="x"))


@pytest.mark.parametrize("name", ["../../etc", "=cmd|' /C calc'!A0", "<script>", "a\x00b"])
def test_hostile_names_become_tame_slugs(name):
    """What attacks a sink is dropped."""
    assert re.fullmatch(r"[a-z0-9-]+", slug(name, otherwise="x"))
