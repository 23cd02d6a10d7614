"""How exact passes and series are: one table, measured here, printed in docs/validation.md.

.venv/bin/python tests/passes/test_accuracy.py     measures anew and writes table and page
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import sgp4
from scipy.optimize import brentq
from sgp4.api import WGS72, Satrec
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.config.load import load_mission
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.errors import SatqkdWarning
from satqkd.forecast.arms import Sky, see
from satqkd.forecast.obstacles import NAMES
from satqkd.mission.mission import Limits
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import pass_contacts
from satqkd.passes.earth import to_itrf
from satqkd.passes.eclipse import sunlit_fraction
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.find import find_passes
from satqkd.passes.mount import Mount
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.validation.measured import TABLE, Measured, read_measured
from satqkd.validation.page import validation_page

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
DAY_S = 86_400.0
START = datetime(2026, 3, 1, tzinfo=UTC)
ODD = ("08195", "11801", "16925", "21897", "23599", "24208", "25954", "26900", "28129", "04632")
"""Molniya, transfer, geosynchronous and navigation orbits of the SGP4 verification set."""
DECAYING = ("22312", "28350", "28872", "29141")
"""Those of the set that come down, within an hour to a day of their epoch."""
LATE_S = (*np.linspace(1.0, 7_200.0, 9).tolist(), DAY_S, 3.3 * DAY_S, 30.7 * DAY_S)
"""So long after a decay begin windows that must be empty: at all phases of an orbit, later. [s]"""
AXIS_DEG_S = 2.0
"""Speed of the azimuth axis whose keyhole is measured. [°/s]"""

Row = Measured.of


def element_set(satrec: Satrec, epoch: datetime, name: str) -> ElementSet:
    return ElementSet(
        name=name, norad_id=satrec.satnum, cospar_id="", epoch=epoch, source="test:1", satrec=satrec
    )


@cache
def low_orbits() -> tuple[ElementSet, ...]:
    """Thirty random orbits of 350–1500 km, some with strong drag."""
    rng = np.random.default_rng(7)
    days = (START - datetime(1949, 12, 31, tzinfo=UTC)) / timedelta(days=1)
    sets = []
    for number in range(30):
        a_km = 6378.137 + rng.uniform(350.0, 1500.0)
        satrec = Satrec()
        satrec.sgp4init(
            WGS72, "i", number + 1, days, rng.choice([0.0, 1e-5, 2e-4]), 0.0, 0.0,
            rng.uniform(0.0, 0.02), *rng.uniform(0.0, [6.28, 3.1, 6.28]),
            60.0 * np.sqrt(398_600.8 / a_km**3), rng.uniform(0.0, 6.28),
        )  # fmt: skip
        sets.append(element_set(satrec, START, f"low {number}"))
    return tuple(sets)


@cache
def odd_orbits() -> tuple[ElementSet, ...]:
    return of_the_verification_set(ODD)


def of_the_verification_set(numbers: tuple[str, ...]) -> tuple[ElementSet, ...]:
    lines = (Path(sgp4.__file__).parent / "SGP4-VER.TLE").read_text().splitlines()
    sets = []
    for one, two in pairwise(lines):
        if one.startswith("1 ") and two.startswith("2 ") and one[2:7] in numbers:
            satrec = Satrec.twoline2rv(one[:69], two[:69], WGS72)
            days = satrec.jdsatepoch - 2_451_544.5 + satrec.jdsatepochF
            epoch = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=days)
            sets.append(element_set(satrec, epoch, one[2:7]))
    return tuple(sets)


@cache
def stations() -> tuple[Station, ...]:
    """Twenty places, awkward ones first."""
    rng = np.random.default_rng(8)
    fixed = [(0, 0, 0), (89.9, 45, 10), (-89.9, 0, 2800), (-55, -68, 20), (12, 180, 0),
             (12, -180, 0), (32.3, 80, 5000), (31.5, 35.5, -430)]  # fmt: skip
    free = [
        (np.degrees(np.arcsin(rng.uniform(-1, 1))), rng.uniform(-180, 180), rng.uniform(0, 4000))
        for _ in range(12)
    ]
    return tuple(
        Station(name=str(i), latitude_deg=float(lat), longitude_deg=float(lon), height_m=float(h))
        for i, (lat, lon, h) in enumerate([*fixed, *free])
    )


def table_of(one: ElementSet, days: float):
    timebase = Timebase.starting(one.epoch)
    satellite = Satellite(name=one.name, norad_id=one.norad_id, element_sets=(one,))
    found = find_passes([satellite], stations(), timebase, duration_s=days * DAY_S)
    return timebase, found


def missed_and_invented(
    one: ElementSet, days: float, *, until_s: float = np.inf
) -> tuple[int, int, int]:
    """Compare with every station's elevation on a 5 s grid; (on the grid, missed, invented)."""
    timebase, found = table_of(one, days)
    times = np.arange(0.0, min(days * DAY_S, until_s), 5.0)
    place = to_itrf(timebase, times, propagate(one, times).position_m)
    total = missed = invented = 0
    for j, station in enumerate(stations()):
        line = place - station.itrf_m()[:, None]
        sine = station.east_north_up()[2] @ line / np.sqrt(np.einsum("ij,ij->j", line, line))
        above = (sine > np.sin(np.radians(10.0))).astype(int)
        edges = np.flatnonzero(np.diff(above, prepend=0, append=0))
        begin, end = times[edges[::2]], times[edges[1::2] - 1]
        mine = found.table.station == j
        rise, setting = found.table.rise_s[mine], found.table.set_s[mine]
        long_enough = np.ceil(rise / 5.0) * 5.0 < setting
        total += begin.size
        for a, b in zip(begin, end, strict=True):
            missed += not np.any((rise <= a + 0.2) & (setting >= b - 0.2))
        for a, b in zip(rise[long_enough], setting[long_enough], strict=True):
            invented += not np.any((begin >= a - 0.2) & (end <= b + 0.2))
        missed += max(0, begin.size - int(long_enough.sum()))
    return total, missed, invented


def before_decay(one: ElementSet) -> tuple[int, int, int, float]:
    """As above up to the first instant without a position, and how far off we give up [s]."""
    seconds = np.arange(0.0, 2.0 * DAY_S, 1.0)
    seconds = seconds[np.argmin(propagate(one, seconds).good)] + np.arange(-1.0, 0.005, 0.01)
    lost_s = float(seconds[np.argmin(propagate(one, seconds).good)])
    days = lost_s / DAY_S + 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SatqkdWarning)
        total, missed, invented = missed_and_invented(one, days, until_s=lost_s)
        chain = ephemeris(one, Timebase.starting(one.epoch), start_s=0.0, end_s=days * DAY_S)
        invented += sum(after_decay(one, lost_s + late_s) for late_s in LATE_S)
    return total, missed, invented, abs(lost_s - float(chain.node_s[-1]))


def after_decay(one: ElementSet, begin_s: float) -> int:
    """Passes in half a day that begins after the decay."""
    timebase = Timebase.starting(one.epoch + timedelta(seconds=begin_s))
    satellite = Satellite(name=one.name, norad_id=one.norad_id, element_sets=(one,))
    return len(find_passes([satellite], stations(), timebase, duration_s=0.5 * DAY_S).table)


def keyhole() -> tuple[int, float]:
    """High passes, and how far off the time is that a forecast loses to a slow axis [s].

    Each pass is held against the limits of its station, as a forecast does it.
    """
    shipped = load_mission(
        Path(str(files("satqkd"))) / "presets" / "microsatellite-week/mission.yaml"
    )
    terminal = replace(shipped.stations[0].terminal, mount=Mount(max_azimuth_rate_deg_s=AXIS_DEG_S))
    standing = tuple(replace(shipped.stations[0], site=s, terminal=terminal) for s in stations())
    count, worst = 0, 0.0
    for one in low_orbits()[:10]:
        timebase, found = table_of(one, 2.0)
        table = found.table.take(np.flatnonzero(found.table.max_elevation_deg > 80.0))
        flying = Satellite(name=one.name, norad_id=one.norad_id, element_sets=(one,))
        mission = replace(
            shipped,
            spacecraft=(replace(shipped.spacecraft[0], satellite=flying),),
            stations=standing,
            limits=Limits(max_sun_elevation_deg=90.0),
        )
        bodies = Bodies.over(timebase, start_s=0.0, end_s=2.0 * DAY_S)
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.chains)
        (arm,) = see(mission, pass_contacts(table), sky)
        for i, lost_s in enumerate(arm.usage.lost_s[NAMES.index("keyhole")].tolist()):
            station = stations()[table.station[i]]
            theirs = lag_s(one, timebase, station, float(table.culmination_s[i]))
            count += theirs > 0.0
            worst = max(worst, abs(lost_s - theirs))
    return count, worst


def lag_s(one: ElementSet, timebase: Timebase, station: Station, highest_s: float) -> float:
    """How long an axis lags that runs at its limit from when the satellite gets too fast. [s]

    Or ahead of it, to where the satellite gets slow enough: what is shorter.
    """
    time_s = highest_s + np.arange(-150.0, 150.0, 0.02)
    line = to_itrf(timebase, time_s, propagate(one, time_s).position_m) - station.itrf_m()[:, None]
    east, north, _ = station.east_north_up() @ line
    azimuth = np.degrees(np.unwrap(np.arctan2(east, north)))
    azimuth *= np.sign(azimuth[-1] - azimuth[0])
    lead = azimuth - AXIS_DEG_S * time_s
    fast = np.flatnonzero(np.diff(lead) > 0.0)
    if fast.size == 0:
        return 0.0
    begin, end = fast[0], fast[-1] + 1
    behind = end + np.argmax(lead[end:] <= lead[begin])
    ahead = begin - np.argmax(lead[begin::-1] >= lead[end])
    return min(time_s[behind] - time_s[begin], time_s[end] - time_s[ahead])


def edges_against_skyfield(sets: tuple[ElementSet, ...]) -> Iterator[tuple[float, float, float]]:
    """Error of rises and sets [s], of maximal elevation [°] and azimuth there [°]."""
    for one in sets:
        timebase, found = table_of(one, 1.0)
        table = found.table
        for i in range(len(table)):
            station = stations()[table.station[i]]
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            for edge, cut in (
                (table.rise_s[i], table.clipped_start[i]),
                (table.set_s[i], table.clipped_end[i]),
            ):
                if cut:
                    continue
                times = skyfield_times(timebase, edge + np.array([-0.5, 0.0, 0.5]))
                line = EarthSatellite.from_satrec(one.satrec, times.ts) - place
                height = line.at(times).altaz()[0].degrees - 10.0
                yield abs(height[1] / (height[2] - height[0])), 0.0, 0.0
            times = skyfield_times(timebase, np.array([table.culmination_s[i]]))
            line = EarthSatellite.from_satrec(one.satrec, times.ts) - place
            altitude, azimuth, _ = line.at(times).altaz()
            off = (azimuth.degrees[0] - table.culmination_azimuth_deg[i] + 180.0) % 360.0 - 180.0
            yield (
                0.0,
                abs(altitude.degrees[0] - table.max_elevation_deg[i]),
                abs(off) * np.cos(np.radians(altitude.degrees[0])),
            )


def sun_and_moon() -> tuple[float, float]:
    one = low_orbits()[0]
    timebase, found = table_of(one, 2.0)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=2 * DAY_S)
    tracks = sample(found.table, found.chains, stations(), bodies, step_s=60.0)
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    worst = [0.0, 0.0]
    for i in range(len(found.table)):
        here, station = tracks.pass_slice(i), stations()[found.table.station[i]]
        place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
        seen = (kernel["earth"] + place).at(skyfield_times(timebase, tracks.time_s[here]))
        for k, (name, ours) in enumerate(
            (("sun", tracks.sun_elevation_deg), ("moon", tracks.moon_elevation_deg))
        ):
            theirs = seen.observe(kernel[name]).apparent().altaz()[0].degrees
            worst[k] = max(worst[k], float(np.abs(ours[here] - theirs).max()))
    kernel.close()
    return worst[0], worst[1]


def eclipse_edges() -> float:
    """Half-lit instants against the root of a conical shadow worked out apart. [s]"""
    one = low_orbits()[1]
    timebase = Timebase.starting(one.epoch)
    chain = ephemeris(one, timebase, start_s=0.0, end_s=20_000.0)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=20_000.0)

    def ours(second: float) -> float:
        time = np.array([second])
        place = chain.position_m(*chain.locate(time))
        return float(sunlit_fraction(place, bodies.sun_itrf_m(time))[0]) - 0.5

    def shadow(second: float) -> float:
        """Distance from the axis minus the radius at which the Sun is half covered."""
        time = np.array([second])
        stretch = np.array([1.0, 1.0, 1.0 / (1.0 - 1.0 / 298.257223563)])
        place = chain.position_m(*chain.locate(time))[:, 0] * stretch
        sun = bodies.sun_itrf_m(time)[:, 0] * stretch
        toward = (sun - place) / np.linalg.norm(sun - place)
        # Half of the disc is covered when the limb of the Earth, nearly straight on the Sun's
        # scale, runs through its centre: the line of sight to the centre touches the Earth.
        nearest = place - toward * (place @ toward)
        return float(np.linalg.norm(nearest)) - 6_378_137.0

    grid = np.arange(0.0, 20_000.0, 10.0)
    lit = np.array([ours(t) for t in grid])
    worst = 0.0
    for a in grid[:-1][np.signbit(lit[:-1]) != np.signbit(lit[1:])]:
        theirs = brentq(shadow, a - 20.0, a + 30.0, xtol=1e-6)
        worst = max(worst, abs(brentq(ours, a, a + 10.0, xtol=1e-6) - theirs))
    return worst


@cache
def rows() -> tuple[Measured, ...]:
    low = [missed_and_invented(one, 7.0) for one in low_orbits()]
    odd = [missed_and_invented(one, 7.0) for one in odd_orbits()]
    low_edges = np.array(list(edges_against_skyfield(low_orbits()[:10]))).max(axis=0)
    odd_edges = np.array(list(edges_against_skyfield(odd_orbits()))).max(axis=0)
    decaying = [before_decay(one) for one in of_the_verification_set(DECAYING)]
    high, keyhole_s = keyhole()
    sun, moon = sun_and_moon()
    low_total, odd_total = sum(t for t, _, _ in low), sum(t for t, _, _ in odd)
    grid = "every station's elevation on a 5 s grid of SGP4 itself"
    sky = "skyfield's SGP4, frames and topocentre on the same Earth orientation"
    return (
        Row("passes missed, 30 low orbits × 20 stations × 7 days", f"{grid}: {low_total} passes",
            sum(m for _, m, _ in low), 0, "", "none may be lost"),
        Row("passes invented, the same", f"{grid}", sum(v for _, _, v in low), 0, "",
            "none may be made up"),
        Row(f"passes missed, {len(odd)} odd orbits × 20 stations × 7 days",
            f"{grid}: {odd_total} passes", sum(m for _, m, _ in odd), 0, "", "the same"),
        Row("passes invented, the same", f"{grid}", sum(v for _, _, v in odd), 0, "", "the same"),
        Row(f"passes missed, {len(decaying)} decaying orbits × 20 stations, before the decay",
            f"{grid}: {sum(t for t, *_ in decaying)} passes", sum(d[1] for d in decaying), 0, "",
            "what is up until SGP4 gives up is kept"),
        Row("passes invented, the same, and after the decay",
            f"{grid}; {len(LATE_S)} windows of 12 h each that begin after it",
            sum(d[2] for d in decaying), 0, "",
            "what is down stays down, also where SGP4 gives positions again"),
        Row("last instant of a decaying orbit", "first instant at which SGP4 gives no "
            "position", max(d[3] for d in decaying), 1.0, "s", "looked for second by second"),
        Row("rise and set, low orbits", sky, 1e3 * low_edges[0], 10.0, "ms",
            "1 m of interpolation; grazing passes cross the mask slowly"),
        Row("rise and set, odd orbits", sky, 1e3 * odd_edges[0], 200.0, "ms",
            "metres of interpolation, and apogees that hardly move"),
        Row("maximal elevation", sky, max(low_edges[1], odd_edges[1]), 0.005, "°",
            "1 m at 350 km is 0.0002°"),
        Row("azimuth at culmination × cos(elevation)", sky, max(low_edges[2], odd_edges[2]), 0.005,
            "°", "the same; azimuth itself has no meaning at the zenith"),
        Row("elevation of the Sun", "skyfield with DE421", sun, 0.002, "°",
            "straight lines over a minute; diurnal aberration left out"),
        Row("elevation of the Moon", "skyfield with DE421", moon, 0.02, "°", "the same"),
        Row("half-lit instants of a satellite", "root of the line of sight to the Sun's centre "
            "touching the stretched Earth", eclipse_edges(), 0.2, "s",
            "the limb of the Earth is not quite straight across the Sun's disc"),
        Row(f"time lost in the keyhole of an alt-az mount, {AXIS_DEG_S:g} °/s",
            "when an axis at its limit has caught up with SGP4's azimuth, on a 20 ms grid: "
            f"{high} passes", keyhole_s, 0.05, "s", "the grid of the reference; an axis turns "
            "ahead only where that saves more than 0.02 s"),
        *_beside("measured_facts").rows(),
    )  # fmt: skip


def _beside(name: str) -> ModuleType:
    """A file of this folder, which is no package, as a module."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("index", range(len(read_measured())))
def test_worst_error_is_within_its_tolerance(index):
    """Every row of the table."""
    row = rows()[index]

    assert row.worst <= row.tolerance, row.quantity


def test_the_table_that_is_kept_holds_these_rows():
    """Quantities, references and tolerances as here; worst errors no larger than kept ×1.5."""
    kept = read_measured()

    assert len(kept) == len(rows()) == 35
    for old, row in zip(kept, rows(), strict=True):
        assert replace(old, worst=row.worst) == row
        assert row.worst <= 1.5 * old.worst + 1e-12


if __name__ == "__main__":
    lines = [json.dumps(row.kept(), ensure_ascii=False) for row in rows()]
    TABLE.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    PAGE.write_text(validation_page(), encoding="utf-8")
