"""Orbits of every kind and stations in awkward places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sgp4
from sgp4.api import WGS72, Satrec

from satqkd.elements.satellite import ElementSet
from satqkd.passes.station import Station

MICIUS = (
    "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991",
    "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164",
)

MICIUS_2017 = (
    (
        "1 41731U 16051A   17003.53936433  .00000594  00000-0  27433-4 0  9997",
        "2 41731  97.3702 282.8213 0014659 125.1336 355.9373 15.23938230 21440",
    ),
    (
        "1 41731U 16051A   17012.79100711  .00000559  00000-0  25960-4 0  9991",
        "2 41731  97.3702 291.9150 0015326  96.4402 348.4802 15.23951789 22851",
    ),
)

VERIFICATION_SET = {
    "06251": "low, strong drag",
    "28057": "sun-synchronous",
    "08195": "Molniya",
    "11801": "Molniya without drag terms",
    "23599": "eccentric transfer",
    "28129": "navigation",
    "24208": "geosynchronous, inclined",
    "26900": "geostationary",
    "28872": "decays within an hour",
}


def element_set(line1: str, line2: str, name: str) -> ElementSet:
    """An element set straight from the sgp4 package, without satqkd's own reader."""
    satrec = Satrec.twoline2rv(line1, line2, WGS72)
    year = 2000 + int(line1[18:20]) if int(line1[18:20]) < 57 else 1900 + int(line1[18:20])
    days = float(line1[20:32]) - 1.0
    return ElementSet(
        name=name,
        norad_id=satrec.satnum,
        cospar_id="",
        epoch=datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=days),
        source="test:1",
        satrec=satrec,
    )


def _verification_sets() -> dict[str, ElementSet]:
    lines = (Path(sgp4.__file__).parent / "SGP4-VER.TLE").read_text().splitlines()
    return {
        one[2:7]: element_set(one[:69], two[:69], VERIFICATION_SET[one[2:7]])
        for one, two in pairwise(lines)
        if one.startswith("1 ") and two.startswith("2 ") and one[2:7] in VERIFICATION_SET
    }


@pytest.fixture(scope="session")
def micius() -> ElementSet:
    return element_set(*MICIUS, "Micius")


@pytest.fixture(scope="session")
def micius_2017() -> list[ElementSet]:
    return [element_set(*lines, "Micius") for lines in MICIUS_2017]


@pytest.fixture(scope="session")
def orbits(micius) -> dict[str, ElementSet]:
    sets = _verification_sets()
    del sets["28872"]
    return {"41731": micius, **sets}


@pytest.fixture(scope="session")
def decaying() -> ElementSet:
    """Comes down 3091 s after its epoch."""
    return _verification_sets()["28872"]


@pytest.fixture(scope="session")
def xinglong() -> Station:
    return Station(
        name="Xinglong", latitude_deg=40.39586667, longitude_deg=117.5774583, height_m=893.0
    )


@pytest.fixture(scope="session")
def awkward_stations() -> list[Station]:
    places = [
        ("equator", 0.0, 0.0, 0.0),
        ("near the pole", 89.9, 45.0, 10.0),
        ("south", -55.0, -68.0, 20.0),
        ("date line", 12.0, 180.0, 0.0),
        ("date line west", 12.0, -180.0, 0.0),
        ("high", 32.3, 80.0, 5000.0),
        ("below the sea", 31.5, 35.5, -430.0),
        ("mid", 47.0, 15.5, 490.0),
    ]
    return [
        Station(name=name, latitude_deg=lat, longitude_deg=lon, height_m=height)
        for name, lat, lon, height in places
    ]
