"""The map: land and tracks where they are, cut at the edges, whole across the date line."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.network.ground_track import Circle, GroundTrack
from satqkd.report.html.ground_map import WIDTH, ground_map
from satqkd.report.html.land import Region, land_in, rings
from satqkd.report.html.places import Place, places_of, region_of
from satqkd.report.plan_folder import read_plan

BEGIN = datetime(2016, 12, 19, 16, tzinfo=UTC)
WORLD = Region(west=-180.0, east=180.0, south=-90.0, north=90.0)
LAND = {
    "Lhasa": (91.1, 29.7), "Nairobi": (36.8, -1.3), "Denver": (-105.0, 39.7),
    "Alice Springs": (133.9, -23.7), "Brasilia": (-47.9, -15.8), "Vostok": (106.8, -78.5),
    "Anadyr": (177.0, 66.0), "Provideniya": (-174.0, 66.0), "Moscow": (37.6, 55.8),
}  # fmt: skip
SEA = {
    "Pacific": (-140.0, 0.0), "Atlantic": (-40.0, 30.0), "Indian": (80.0, -20.0),
    "Date line": (180.0, 0.0), "Caspian": (50.8, 42.0), "Arctic": (0.0, 88.0),
}  # fmt: skip


def inside(point, ring):
    """Whether a point lies in a ring, by counting crossings towards the east."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossings += 1
    return crossings % 2 == 1


def on_land(point, region):
    return sum(inside(point, ring) for ring in land_in(region)) % 2 == 1


def test_cities_stand_on_land_and_oceans_do_not():
    assert {name: on_land(at, WORLD) for name, at in LAND.items()} == dict.fromkeys(LAND, True)
    assert {name: on_land(at, WORLD) for name, at in SEA.items()} == dict.fromkeys(SEA, False)


def test_a_region_across_the_date_line_has_the_land_of_both_sides():
    region = Region(west=150.0, east=230.0, south=0.0, north=80.0)
    assert on_land((177.0, 66.0), region)
    assert on_land((186.0, 66.0), region)  # Provideniya, 174° W
    assert on_land((205.0, 65.0), region)  # Alaska
    assert not on_land((180.0, 30.0), region)


def area(ring):
    turned = [*ring[1:], ring[0]]
    return 0.5 * sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, turned, strict=True))


def test_land_is_some_share_of_a_flat_map():
    """Without Antarctica's stretched coast: 21.5 to 30 % of the square degrees north of 60° S."""
    north = Region(west=-180.0, east=180.0, south=-60.0, north=90.0)
    share = abs(sum(area(ring) for ring in land_in(north))) / (360.0 * 150.0)
    assert 0.25 < share < 0.40


@settings(max_examples=30)
@given(st.floats(-180.0, 170.0), st.floats(-85.0, 75.0), st.floats(5.0, 90.0))
def test_cut_land_stays_inside_and_is_the_same_land(west, south, size):
    region = Region(west=west, east=west + size, south=south, north=min(south + size, 90.0))
    found = list(land_in(region))
    for ring in found:
        for x, y in ring:
            assert region.west - 1e-6 <= x <= region.east + 1e-6
            assert region.south - 1e-6 <= y <= region.north + 1e-6
    for at in LAND.values():
        x = region.near(at[0])
        if region.west + 0.5 < x < region.east - 0.5 and region.south < at[1] < region.north:
            assert on_land((x, at[1]), region)


def test_the_outline_is_small():
    text = (Path(__file__).parents[3] / "satqkd/report/html/land.txt").read_bytes()
    assert len(text) <= 30_000
    assert len(rings()) > 80


@given(
    st.lists(st.tuples(st.floats(-180.0, 180.0), st.floats(-89.0, 89.0)), min_size=1, max_size=8)
)
def test_every_station_is_on_its_map(stations):
    places = [Place(name="x", latitude_deg=y, longitude_deg=x) for x, y in stations]
    region = region_of(places)
    for one in places:
        assert region.west <= region.near(one.longitude_deg) <= region.east
        assert region.south <= one.latitude_deg <= region.north
    assert -90.0 <= region.south < region.north <= 90.0
    assert region.east - region.west <= 360.0 + 1e-9


def track(longitude, latitude):
    return GroundTrack(
        satellite="S", utc=tuple(BEGIN + timedelta(seconds=30 * n) for n in range(len(longitude))),
        latitude_deg=np.array(latitude), longitude_deg=np.array(longitude),
        height_m=np.full(len(longitude), 500e3), middle=len(longitude) // 2,
        circles=(Circle(station="A", latitude_deg=np.array([0.0, 5.0, 0.0]),
                        longitude_deg=np.array([175.0, 180.0, -175.0])),),
    )  # fmt: skip


def lines(page, kind):
    return [
        [float(one) for one in moves.split()][::2]
        for moves in re.findall(rf'd="M([\d. -]+)" class="{kind}"', page)
    ]


def test_a_line_across_the_date_line_does_not_jump_over_the_map():
    """Far from the date line the map ends there: the line goes on at its other side."""
    here = [Place(name="A", latitude_deg=0.0, longitude_deg=0.0),
            Place(name="B", latitude_deg=0.0, longitude_deg=170.0),
            Place(name="C", latitude_deg=0.0, longitude_deg=-170.0)]  # fmt: skip
    turned = [(150.0 + 4.0 * n + 180.0) % 360.0 - 180.0 for n in range(18)]
    own = track(turned, [3.0 * (n % 2) for n in range(18)])
    for stations in (here, [], here[1:]):
        page = ground_map(own, stations, name="m", label="x")
        drawn = page[page.index('class="sea"') : page.index("<figure") + page.index("</svg>")]
        for kind in ("way", "sees served", "sees"):
            for piece in lines(drawn, kind):
                steps = [abs(b - a) for a, b in pairwise(piece)]
                assert max(steps, default=0.0) < WIDTH / 2, (kind, piece)


def test_the_station_stands_where_its_coordinates_say():
    places = [Place(name="A", latitude_deg=40.0, longitude_deg=100.0, served=True)]
    region = region_of(places)
    page = ground_map(track([99.0, 100.0], [39.0, 40.0]), places, name="m", label="x")
    x, y = map(float, re.search(r'cx="([\d.]+)" cy="([\d.]+)" r="5"', page).groups())
    scale = WIDTH / (region.east - region.west)
    assert x == pytest.approx(scale * (100.0 - region.west), abs=0.06)
    assert y == pytest.approx(scale * (region.north - 40.0), abs=0.06)


def test_stations_come_from_the_plan(shipped):
    places = places_of(read_plan(shipped), ("Xinglong",))
    (own,) = [one for one in places if one.served]
    assert (own.name, round(own.latitude_deg, 2), round(own.longitude_deg, 2)) == (
        "Xinglong", 40.4, 117.58,
    )  # fmt: skip


def test_hostile_names_stay_words():
    places = [Place(name="<script>x</script>" + "L" * 500, latitude_deg=1.0, longitude_deg=2.0)]
    page = read(ground_map(track([1.0, 2.0], [0.0, 1.0]), places, name="m", label="<img src=x>"))
    assert page.of("script") == page.of("img") == []
    for _, own in page.elements:
        assert "style" not in own
