"""Pass ids are readable, stable and unique."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.satellite import Satellite
from satqkd.forecast.contact_id import by_rise, number_slug, pass_ids, slug


@dataclass(frozen=True)
class Named:
    """As much of an element set as an id asks for."""

    cospar_id: str


def test_an_id_names_satellite_station_and_minute_of_culmination(plan):
    """The published pass is micius-xinglong-20161219T1652."""
    assert "micius-xinglong-20161219T1652" in pass_ids(plan.forecast)


def test_ids_stand_in_the_order_of_the_passes(plan):
    """The id of a pass has the index of the pass."""
    names = [ground.site.name.lower() for ground in plan.forecast.mission.stations]
    stations = [names[index] for index in plan.forecast.passes.station]

    assert [name.split("-")[1] for name in pass_ids(plan.forecast)] == stations


def test_passes_that_would_share_an_id_are_numbered_by_rise(make_plan, flyby):
    """Two stations whose names differ only in signs get -2."""
    twins = (flyby(station=0, hours=16.0), flyby(station=1, hours=16.0))
    plan = make_plan(twins, stations=("A b", "A_b"))

    assert pass_ids(plan.forecast) == ["micius-a-b-20161219T1600", "micius-a-b-20161219T1600-2"]


def test_satellites_that_share_a_name_bear_their_numbers(make_plan, flyby):
    """The id does not hang on which of them is searched first, or at all."""
    plan = make_plan(
        (flyby(station=0, hours=16.0), flyby(station=0, hours=16.0, satellite=1)),
        satellites=("Object A", "OBJECT-A"),
    )

    ids = pass_ids(plan.forecast)

    numbers = [craft.satellite.norad_id for craft in plan.forecast.mission.spacecraft]
    assert [name.rsplit("-", 2)[0] for name in ids] == [f"object-a-{n}" for n in numbers]


def test_satellites_without_a_number_are_told_apart_all_the_same():
    """By the designator, or else by their place in the mission: 0 is no number."""
    known = Satellite(name="=", norad_id=0, element_sets=(Named(cospar_id="QSS 2"),))
    unknown = Satellite(name="=", norad_id=0, element_sets=(Named(cospar_id=""),))

    assert number_slug(known, place=1) == "qss-2"
    assert number_slug(unknown, place=2) == "satellite2"


def test_a_satellite_whose_name_ends_like_a_station_bears_its_number(make_plan, flyby):
    """``a`` over ``b-c`` and ``a-b`` over ``c`` would share an id."""
    plan = make_plan(
        (flyby(station=0, hours=16.0), flyby(station=1, hours=16.0, satellite=1)),
        stations=("b c", "c"),
        satellites=("a", "a b"),
    )

    ids = pass_ids(plan.forecast)

    one, other = (craft.satellite.norad_id for craft in plan.forecast.mission.spacecraft)
    assert ids == [f"a-{one}-b-c-20161219T1600", f"a-b-{other}-c-20161219T1600"]


def test_names_without_latin_letters_fall_back_to_numbers(make_plan, flyby):
    """A Chinese name still gives an id that is a file name."""
    plan = make_plan((flyby(station=0, hours=16.0),), stations=("兴隆",), satellites=("墨子",))

    assert pass_ids(plan.forecast) == ["41731-station1-20161219T1600"]


def test_rows_are_ordered_by_rise(plan):
    """An earlier rise comes first, whatever the link."""
    assert np.all(np.diff(plan.forecast.passes.rise_s[by_rise(plan.forecast)]) >= 0)


@given(st.text())
def test_a_slug_is_always_a_safe_piece_of_a_file_name(name):
    """No name gets a slash, a dot, a space or too much length into an id."""
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", slug(name, otherwise="x"))


@pytest.mark.parametrize("name", ["../../etc", "=cmd|' /C calc'!A0", "<script>", "a\x00b"])
def test_hostile_names_become_tame_slugs(name):
    """What attacks a sink is dropped."""
    assert re.fullmatch(r"[a-z0-9-]+", slug(name, otherwise="x"))
