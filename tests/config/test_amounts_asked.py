"""Floors, what a pair spends, priorities and stock, as they are written in mission.yaml."""

import pytest

from satqkd.config.floor_text import parse_floor
from satqkd.config.mistake import Mistake
from satqkd.mission.demand import Floor
from satqkd.mission.stock import Stock

STOCK = "stock:\n  - {satellite: Micius, station: Nanshan, key: 200 kbit}\nspare_weight"


def asking(work, text):
    return work.replace("weight: 2}", f"{text}}}")


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("10 kbit/night", Floor(10e3, "night")),
        ("70 kbit/week", Floor(70e3, "week")),
        ("256 bit / d", Floor(256.0, "d")),
    ],
)
def test_a_floor_is_so_much_by_the_night_day_or_week(work, text, floor):
    """As on a sheet of paper."""
    assert asking(work, f"floor: {text}").load().demands[0].floor == floor


@pytest.mark.parametrize(
    "text", ["10 kbit", "10/night", "10 kbit/nights", "0 bit/d", "1 h/d", "-1 bit/d"]
)
def test_what_is_no_floor_is_refused_with_one(text):
    """No unit, no period, nothing, or another quantity."""
    with pytest.raises(Mistake) as caught:
        parse_floor(text)
    assert "bit" in caught.value.fix


def test_what_a_pair_spends_is_a_rate_with_a_reserve(work):
    """By the minute; the reserve is a time."""
    (demand,) = asking(work, "use: 256 bit/min, reserve: 1 d, held: 360 kbit").load().demands

    assert demand.use_bit_s == pytest.approx(256.0 / 60.0, rel=1e-15)
    assert (demand.reserve_s, demand.held_bits, demand.priority) == (86_400.0, 360e3, 1)


def test_stock_is_of_a_satellite_and_a_station(work):
    """By their names."""
    mission = work.replace("spare_weight", STOCK).load()

    assert mission.stock == (Stock(spacecraft=0, station=1, bits=200e3),)

    none = work.replace("key: 200 kbit", "key: 0 kbit").load()
    assert none.stock == (Stock(spacecraft=0, station=1, bits=0.0),)


def test_more_may_be_held_than_is_asked_for(work):
    """Nothing is missing then, from the beginning on."""
    (demand,) = asking(work, "at_least: 300 kbit, held: 400 kbit").load().demands

    assert (demand.needed_bits, demand.asks) == (0.0, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "floor: 10 kbit",
            ("floor", "'10 kbit' is no amount by the night, d or week"),
        ),
        ("reserve: 1 d", ("reserve", "means nothing without use, what the pair spends")),
        (
            "priority: 2",
            (
                "priority",
                "means nothing without at_least, floor or use: bits have a weight",
            ),
        ),
        ("priority: 0, floor: 1 kbit/d", ("priority", "'0' lies outside 1 … 1000")),
        ("use: 256 bit", ("use", "'bit' is no unit for this value, which is in bit s-1")),
        (
            "held: 1 kbit",
            ("held", "means nothing without at_least or use: it counts for these"),
        ),
        ("flor: 1 kbit/d", ("flor", "no such key here")),
    ],
)
def test_a_slip_of_a_demand_is_found_where_it_stands(work, text, expected):
    """One finding."""
    found = asking(work, text).finding()

    assert (found.where, found.message) == (f"demands[0].{expected[0]}", expected[1])
    assert found.fix


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "satellite: Micius, station",
            "satellite: Micus, station",
            ("stock[0].satellite", "there is no satellite 'Micus'", "write 'Micius'"),
        ),
        (
            "station: Nanshan, key",
            "station: Nanshn, key",
            ("stock[0].station", "there is no station 'Nanshn'", "write 'Nanshan'"),
        ),
        (
            "key: 200 kbit}",
            "key: 200 kbit}\n  - {satellite: Micius, station: Nanshan, key: 1 bit}",
            ("stock[1]", "this pool is there twice; first in line ", "add both up in one entry"),
        ),
        (
            "key: 200 kbit",
            "key: -1 kbit",
            ("stock[0].key", "'-1 kbit' lies outside 0 … 1e9 Gbit", "'200 kbit'"),
        ),
    ],
)
def test_a_slip_of_stock_is_found_where_it_stands(work, old, new, expected):
    """Names that are not there, one pool twice, and less than nothing in stock."""
    found = work.replace("spare_weight", STOCK).replace(old, new).finding()

    assert found.where == expected[0]
    assert found.message.startswith(expected[1])
    assert found.fix.endswith(expected[2])


def test_stock_is_of_one_satellite_of_a_constellation(work):
    """Named with its number; the constellation as a whole holds none."""
    work.replace(
        "norad_id: 41731", "orbit: {model: walker, altitude: 600 km, pattern: '97.6:4/2/1'}"
    ).replace("spare_weight", STOCK)
    (found,) = work.findings()
    assert (found.where, found.message) == ("stock[0].satellite", "there is no satellite 'Micius'")

    work.replace("satellite: Micius,", "satellite: Micius-3,")
    assert work.load().stock == (Stock(spacecraft=2, station=1, bits=200e3),)
