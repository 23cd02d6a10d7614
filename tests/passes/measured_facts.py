"""Worst errors of what a station is told beside rise and set: rows for ``test_accuracy.py``.

The independent ways are those of the tests beside this file, taken from them.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE
from scipy.optimize import brentq
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.passes import pointing
from satqkd.passes.bodies import Bodies, skyfield_times
from satqkd.passes.contacts import joint_contacts
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.find import find_passes
from satqkd.passes.intersatellite import Fleet, sight_windows
from satqkd.passes.refraction import apparent_elevation_deg
from satqkd.passes.sky_geometry import Geometry, sky_geometry
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.validation.measured import Measured

HERE = Path(__file__).parent
DAY_S = 86_400.0
WAVELENGTH_M = 848.6e-9
EARTH_GM_M3_S2 = 3.986_004_418e14

Row = Measured.of


@cache
def beside(path: str):
    """Another file of tests as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"measured_{Path(path).stem}", HERE / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def orbits():
    """The campaign's satellite and the kinds of the verification set."""
    conftest = beside("conftest.py")
    micius = conftest.element_set(*conftest.MICIUS, "Micius")
    return {"41731": micius, **conftest._verification_sets()}


def rows() -> list[Measured]:
    """All of them."""
    return [
        *refraction(), *pointing_rows(), *bodies_rows(), *joint_rows(), *sight_rows(), *oem_rows(),
        *sgp4_rows(),
    ]  # fmt: skip


def refraction() -> list[Measured]:
    """From 10° up, at three heights."""
    elevations = [10.0, 12.0, 15.0, 20.0, 30.0, 45.0, 60.0, 80.0]
    worst = 0.0
    for height_m in (0.0, 893.0, 5_050.0):
        ours = apparent_elevation_deg(
            np.array(elevations), height_m=height_m, wavelength_m=beside_wavelength()
        )
        for elevation, mine in zip(elevations, ours, strict=True):
            theirs = brentq(
                lambda seen, low, high: seen - lift(seen, high) - low,
                elevation,
                elevation + 0.5,
                args=(elevation, height_m),
            )
            worst = max(worst, 3600.0 * abs(float(mine) - theirs))
    return [
        Row("apparent elevation from 10° up, stations 0 to 5050 m high",
            "a ray traced through the same standard air", worst, 3.0, "″",
            "a series of two terms; 0.2 % for humidity and dispersion")
    ]  # fmt: skip


def beside_wavelength() -> float:
    return beside("test_refraction.py").WAVELENGTH_M


def lift(apparent_deg: float, height_m: float) -> float:
    return beside("test_refraction.py").lift_deg(apparent_deg, height_m)


@cache
def followed():
    """Three days of the campaign's satellite over two places, a sample every 20 s."""
    stations = [
        Station(name="Xinglong", latitude_deg=40.4, longitude_deg=117.58, height_m=893.0),
        Station(name="high", latitude_deg=32.3, longitude_deg=80.0, height_m=5000.0),
    ]
    timebase = Timebase.starting(beside("test_sky_geometry.py").START)
    micius = orbits()["41731"]
    satellite = Satellite(name="Micius", norad_id=41731, element_sets=(micius,))
    found = find_passes([satellite], stations, timebase, duration_s=3 * DAY_S)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=3 * DAY_S)
    tracks = sample(found.table, found.chains, stations, bodies, step_s=20.0)
    owner = np.repeat(np.arange(len(found.table)), np.diff(tracks.starts))
    seen = sky_geometry(
        found.table,
        Geometry(chains=found.chains, stations=stations, bodies=bodies),
        owner=owner,
        time_s=tracks.time_s,
        wavelength_m=np.array([WAVELENGTH_M]),
    )
    return timebase, stations, tracks, found.table.station[owner], seen, found.chains[0, 0]


def scene(index: int) -> dict:
    """What the functions of ``test_pointing.py`` ask for, of all samples of one station."""
    timebase, stations, tracks, owner, _, chain = followed()
    times = tracks.time_s[owner == index]
    position, velocity = chain.state(*chain.locate(times))
    frame = np.repeat(stations[index].east_north_up()[:, :, None], times.size, axis=2)
    line = position - stations[index].itrf_m()[:, None]
    return {
        "timebase": timebase,
        "times": times,
        "seen": pointing.local(line, position, velocity, frame),
        "element_set": orbits()["41731"],
        "station": stations[index],
    }


def far_m(view: dict, times) -> np.ndarray:
    """Slant range by skyfield. [m]"""
    at = skyfield_times(view["timebase"], times)
    station = view["station"]
    place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
    satellite = EarthSatellite.from_satrec(view["element_set"].satrec, at.ts)
    return (satellite - place).at(at).distance().m


def light_paths(view: dict):
    """Light-time solved in SGP4's frame: (point-ahead [″], received over sent frequency).

    Special relativity of both ends and the Earth's field are in the latter.
    """
    timebase, times = view["timebase"], view["times"]
    epoch_s = timebase.seconds(view["element_set"].epoch)
    place, speed = beside("test_pointing.py").station_teme(view, times)

    def line(seconds, here, sign, delay):
        there = propagate(view["element_set"], seconds - epoch_s + sign * delay).position_m
        return there - here

    def solved(shift, sign, *, moving):
        here = place + speed * shift
        delay = np.zeros(times.size)
        for _ in range(6):
            way = line(times + shift, here + moving * sign * speed * delay, sign, delay)
            delay = np.linalg.norm(way, axis=0) / SPEED_OF_LIGHT_M_S
        return way / np.linalg.norm(way, axis=0), delay

    past, future = (solved(0.0, sign, moving=1.0)[0] for sign in (-1.0, 1.0))
    ahead = 3600.0 * np.degrees(np.linalg.norm(np.cross(past, future, axis=0), axis=0))
    step_s = 0.5
    later, earlier = (solved(sign * step_s, -1.0, moving=0.0)[1] for sign in (1.0, -1.0))
    delay = solved(0.0, -1.0, moving=0.0)[1]
    motion = propagate(view["element_set"], times - epoch_s - delay)
    slow = [
        0.5 * np.linalg.norm(v, axis=0) ** 2 + EARTH_GM_M3_S2 / np.linalg.norm(r, axis=0)
        for v, r in ((motion.velocity_m_s, motion.position_m), (speed, place))
    ]
    clocks = (slow[1] - slow[0]) / SPEED_OF_LIGHT_M_S**2
    return ahead, (1.0 - (later - earlier) / (2.0 * step_s)) * (1.0 + clocks)


def expected_polarisation(view: dict) -> np.ndarray:
    """Direction to a point 1 m ahead on its flight, in skyfield's sky. [°]"""
    at = skyfield_times(view["timebase"], view["times"])
    station = view["station"]
    satellite = EarthSatellite.from_satrec(view["element_set"].satrec, at.ts)
    place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
    line = (satellite - place).at(at).position.m
    flight = satellite.at(at).velocity.m_per_s / 7_600.0
    (n0, e0, u0), (n1, e1, u1) = np.einsum(
        "ijn,kjn->kin", place.rotation_at(at), np.stack([line, line + flight])
    )
    low = np.arctan2(u0, np.hypot(n0, e0))
    turned = (np.arctan2(e1, n1) - np.arctan2(e0, n0) + np.pi) % (2.0 * np.pi) - np.pi
    climbed = np.arctan2(u1, np.hypot(n1, e1)) - low
    return np.degrees(np.arctan2(turned * np.cos(low), climbed))


def pointing_rows() -> list[Measured]:
    """What a telescope and a receiver have to follow."""
    worst = dict.fromkeys(("azimuth", "elevation", "range", "doppler", "ahead", "axis", "light"), 0)
    _, _, tracks, owner, seen, _ = followed()
    for index in range(2):
        view, mine = scene(index), owner == index
        h = 0.05
        (e0, a0), (e1, a1) = (
            beside("test_pointing.py").altaz(view, view["times"] + s) for s in (-h, h)
        )
        level = np.cos(np.radians(tracks.elevation_deg[mine]))
        ahead, ratio = light_paths(view)
        turned = seen.polarisation_angle_deg[mine] - expected_polarisation(view)
        errors = {
            "azimuth": level
            * (seen.azimuth_rate_deg_s[mine] - ((a1 - a0 + 180.0) % 360.0 - 180.0) / (2.0 * h)),
            "elevation": seen.elevation_rate_deg_s[mine] - (e1 - e0) / (2.0 * h),
            "range": tracks.range_rate_m_s[mine]
            - (far_m(view, view["times"] + h) - far_m(view, view["times"] - h)) / (2.0 * h),
            "doppler": 1e-6
            * (seen.doppler_hz[mine] - SPEED_OF_LIGHT_M_S / WAVELENGTH_M * (ratio - 1.0)),
            "ahead": seen.point_ahead_arcsec[mine] - ahead,
            "axis": (turned + 180.0) % 360.0 - 180.0,
            "light": 1e9
            * (seen.light_time_s[mine] - far_m(view, view["times"]) / SPEED_OF_LIGHT_M_S),
        }
        worst = {name: max(worst[name], float(np.abs(errors[name]).max())) for name in worst}
    slopes = "differences over 0.1 s of skyfield's"
    return [
        Row("azimuth rate × cos(elevation)", f"{slopes} angles", worst["azimuth"], 5e-5, "°/s",
            "SGP4's velocity is off the slope of its own position by 1e-5"),
        Row("elevation rate", f"{slopes} angles", worst["elevation"], 5e-5, "°/s", "the same"),
        Row("range rate", f"{slopes} slant range", worst["range"], 0.1, "m/s", "the same"),
        Row("Doppler shift at 848.6 nm", "light-time solved in SGP4's frame, clocks of both ends "
            "slowed by speed and gravity", worst["doppler"], 1.0, "MHz",
            "of up to 8 GHz; the range changes while light is on its way, and speed across it"),
        Row("light time", "skyfield's geometric range over c", worst["light"], 10.0, "ns",
            "3 m of interpolation"),
        Row("point-ahead angle", "light-time solved to and fro in SGP4's frame, seen by who moves "
            "with the station", worst["ahead"], 0.002, "″", "of 10; second order in v/c"),
        Row("polarisation rotation", "a point 1 m ahead on its flight, in skyfield's sky",
            worst["axis"], 0.005, "°", "SGP4's velocity is off its own slope by 1e-5"),
    ]  # fmt: skip


def bodies_rows() -> list[Measured]:
    """Sun and Moon, by the same ephemeris on another road and by other ones."""
    timebase, stations, tracks, owner, seen, _ = followed()
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    worst = dict.fromkeys(("sun", "moon", "lit", "sun_up", "moon_up"), 0.0)

    def keep(name, error):
        worst[name] = max(worst[name], float(np.abs(error).max()))

    for index, station in enumerate(stations):
        mine = owner == index
        at = skyfield_times(timebase, tracks.time_s[mine])
        place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
        line = (EarthSatellite.from_satrec(orbits()["41731"].satrec, at.ts) - place).at(at)
        here = (kernel["earth"] + place).at(at)
        sun, moon = (here.observe(kernel[name]).apparent() for name in ("sun", "moon"))
        keep("sun", seen.sun_separation_deg[mine] - sun.separation_from(line).degrees)
        keep("moon", tracks.moon_separation_deg[mine] - moon.separation_from(line).degrees)
        keep("lit", seen.moon_illuminated[mine] - moon.fraction_illuminated(kernel["sun"]))
        with iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE)):
            when = Time(beside("test_sky_geometry.py").START) + tracks.time_s[mine][::10] * units.s
            there = EarthLocation.from_geodetic(
                station.longitude_deg, station.latitude_deg, station.height_m
            )
            for name, ours in (
                ("sun", tracks.sun_elevation_deg),
                ("moon", tracks.moon_elevation_deg),
            ):
                theirs = get_body(name, when, there, ephemeris="builtin").transform_to(
                    AltAz(obstime=when, location=there)
                )
                keep(f"{name}_up", ours[mine][::10] - theirs.alt.deg)
    kernel.close()
    jpl, other = "skyfield with DE421, apparent places", "astropy with ERFA's analytic series"
    return [
        Row("elevation of the Sun, another ephemeris", other, worst["sun_up"], 0.002, "°",
            "diurnal aberration left out"),
        Row("elevation of the Moon, another ephemeris", other, worst["moon_up"], 0.02, "°",
            "the series are good to 0.003°"),
        Row("angle between satellite and Sun", jpl, worst["sun"], 0.002, "°",
            "places of the Sun between minutes; diurnal aberration left out"),
        Row("angle between satellite and Moon", jpl, worst["moon"], 0.02, "°", "the same"),
        Row("lit share of the Moon", jpl, worst["lit"], 1e-4, "", "the same"),
    ]  # fmt: skip


def missed_and_invented(mine, begin, end, *, step_s: float) -> int:
    """Windows of a grid without one of ours around them, and ours that the grid should see."""
    start, stop = mine
    long = np.ceil(start / step_s) * step_s <= stop
    found = [
        np.any((start <= a + 0.1) & (stop >= b - 0.1)) for a, b in zip(begin, end, strict=True)
    ]
    seen = [
        np.any((begin >= a - 0.1) & (end <= b + 0.1))
        for a, b in zip(start[long], stop[long], strict=True)
    ]
    return found.count(False) + seen.count(False) + abs(int(long.sum()) - len(found))


def joint_rows() -> list[Measured]:
    """Two and three stations of Europe, a day of six kinds of orbit."""
    joint = beside("test_contacts.py")
    wrong, count, off_s = 0, 0, 0.0
    times = np.arange(0.0, DAY_S + 0.5)
    for number in ("41731", "28057", "08195", "23599", "24208", "26900"):
        one = orbits()[number]
        timebase, found = joint.searched([one], joint.EUROPE, days=1.0)
        seen, _ = joint.above(one, joint.EUROPE, timebase, times)
        for size in (2, 3):
            edges = np.flatnonzero(np.diff(seen[:size].all(axis=0), prepend=False, append=False))
            begin, end = times[edges[::2]], times[edges[1::2] - 1]
            windows = joint_contacts(found.table, range(size))
            count += begin.size
            wrong += missed_and_invented((windows.start_s, windows.end_s), begin, end, step_s=1.0)
            for edge_s in (
                *windows.start_s[~windows.clipped_start],
                *windows.end_s[~windows.clipped_end],
            ):
                fine_s = edge_s + np.arange(-0.5, 0.5, 5e-4)
                up, _ = joint.above(one, joint.EUROPE[:size], timebase, fine_s)
                change = np.flatnonzero(np.diff(up.all(axis=0)))
                away = np.abs(fine_s[change] + 2.5e-4 - edge_s)
                off_s = max(off_s, float(away.min(initial=0.5)))
    grid = "elevations at all stations straight from SGP4"
    return [
        Row("joint windows of 2 and 3 stations missed or invented, 6 kinds of orbit × 1 day",
            f"{grid}, on a 1 s grid: {count} windows", wrong, 0, "", "none may be"),
        Row("begin and end of joint windows", f"{grid}, on a 0.5 ms grid", 1e3 * off_s, 200.0, "ms",
            "as rise and set: geosynchronous orbits hardly move"),
    ]  # fmt: skip


def sight_rows() -> list[Measured]:
    """Nine pairs of low, eccentric, medium and geosynchronous orbits, a day, 100 km up."""
    sight = beside("test_intersatellite.py")
    timebase = Timebase.starting(sight.START)
    names = (
        sight.LOW, sight.SUN_SYNCHRONOUS, sight.MOLNIYA, sight.TRANSFER, sight.MEDIUM,
        sight.SYNCHRONOUS, sight.STATIONARY,
    )  # fmt: skip
    crafts = [sight.satellite(replace(orbits()[name], epoch=sight.START)) for name in names]
    found = find_passes(crafts, [], timebase, duration_s=DAY_S)
    windows = sight_windows(
        Fleet.of(crafts, found.chains), pairs=sight.PAIRS, grazing_height_m=100e3
    )
    times = np.arange(0.0, DAY_S + 1.0, 5.0)

    def ways(pair, seconds):
        return [sight.place_m(crafts[i].element_sets[0], timebase, seconds) for i in pair]

    wrong, count, off_s = 0, 0, 0.0
    for pair in sight.PAIRS:
        clear = ~sight.blocked(*ways(pair, times), 100e3)
        edges = np.flatnonzero(np.diff(clear, prepend=False, append=False))
        mine = (windows.one == pair[0]) & (windows.other == pair[1])
        wrong += missed_and_invented(
            (windows.start_s[mine], windows.end_s[mine]),
            times[edges[::2]], times[edges[1::2] - 1], step_s=5.0,
        )  # fmt: skip
        count += edges.size // 2
        begins = windows.start_s[mine & ~windows.clipped_start]
        ends = windows.end_s[mine & ~windows.clipped_end]
        some = np.concatenate([begins[:5], ends[:5]])
        if some.size:
            low, mid, high = (sight.lowest_m(*ways(pair, some + s)) for s in (-0.5, 0.0, 0.5))
            off_s = max(off_s, float(np.abs((mid - 100e3) / (high - low)).max()))
    return [
        Row("windows between satellites missed or invented, 9 pairs × 1 day",
            f"the quadratic of the way and the ellipsoid, on a 5 s grid of SGP4: {count} windows",
            wrong, 0, "", "none may be"),
        Row("begin and end of windows between satellites", "lowest geodetic height of 20,001 "
            "points on the way between SGP4's places", 1e3 * off_s, 10.0, "ms",
            "0.15 m between the surfaces of constant height"),
    ]  # fmt: skip


def oem_rows() -> list[Measured]:
    """A low and a Molniya orbit as tables of a minute, read back through the whole chain."""
    tables = beside("test_tabulated.py")
    worst = 0.0
    for number, method, degree, step_s in (
        ("41731", "HERMITE", 7, 60.0),
        ("41731", "LAGRANGE", 9, 60.0),
        ("28057", "HERMITE", 7, 60.0),
    ):
        one = replace(orbits()[number], epoch=tables.START)
        timebase = Timebase.starting(tables.START)
        (trajectory,) = tables.oem(
            tables.segment(one, 0.0, 0.25 * DAY_S, "EME2000", method, degree, step_s)
        )
        chain = ephemeris(trajectory, timebase, start_s=0.0, end_s=0.25 * DAY_S)
        times = np.arange(0.0, 0.25 * DAY_S, 7.0)
        there = tables.places(one, timebase, times, "ITRF2014")
        away = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)
        worst = max(worst, float(away.max()))
    return [
        Row("place of a satellite on an OEM with a state a minute, low orbits",
            "SGP4, which the states were taken from, every 7 s", worst, 0.8, "m",
            "our own nodes may be 0.5 m off the interpolation at 0.3 of an interval")
    ]  # fmt: skip


def sgp4_rows() -> list[Measured]:
    """All published rows that have a position."""
    vallado = beside("../elements/test_sgp4_verification.py")
    place_m = speed_m_s = 0.0
    count = 0
    for case in vallado.CASES:
        if case.number == vallado.UNPRINTED:
            continue
        motion = propagate(vallado.element_set(case), case.rows[:, 0] * 60.0)
        count += int(motion.good.sum())
        place_m = max(place_m, float(np.abs(motion.position_m - 1e3 * case.rows[:, 1:4].T).max()))
        speed_m_s = max(
            speed_m_s, float(np.abs(motion.velocity_m_s - 1e3 * case.rows[:, 4:7].T).max())
        )
    printed = (
        f"the output of its authors (AIAA 2006-6753): {count} of "
        f"{sum(len(case.rows) for case in vallado.CASES)} rows; one has no position"
    )
    return [
        Row("SGP4 verification set, position", printed, 1e3 * place_m, 0.2, "mm",
            "the last digit printed is 0.01 mm; 3.5 years from its epoch a day count rounds time"),
        Row("SGP4 verification set, velocity", printed, 1e6 * speed_m_s, 0.51, "µm/s",
            "half of the last digit printed"),
    ]  # fmt: skip
