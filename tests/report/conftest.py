"""A small invented plan for the reports to show; physics-like, not physics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from satqkd.forecast.chain import SOURCES
from satqkd.forecast.planned import made
from satqkd.network.joint_contacts import JointContacts
from sgp4.api import Satrec

from satqkd.clicks.counts import Counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.source import DecoySource
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.forecast.forecast import Forecast
from satqkd.key.result import KeyResult
from satqkd.link.air.atmosphere import Atmosphere
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.beam.beams import FlatTopBeam
from satqkd.link.beam.pointing import StatedPointing
from satqkd.link.budget import Budget, budget
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.mission.mission import (
    Assumption,
    GroundStation,
    InputFile,
    Limits,
    Mission,
    Payload,
    Spacecraft,
    Terminal,
)
from satqkd.network.plan import Plan
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.schedule.problem import Delivery, Demand, Problem, Solution

START = datetime(2016, 12, 19, tzinfo=UTC)
EARTH_KM, ORBIT_KM, ORBIT_RAD_S = 6371.0, 6871.0, 1.1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedKey:
    """A key estimator that only names its parameters."""

    epsilon_sec: float = 1e-9
    epsilon_cor: float = 1e-15

    def key(self, counts):
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Flyby:
    """One pass to invent: where, when (hours after START), how high, heading, how dark."""

    station: int
    hours: float
    max_elevation_deg: float
    heading_deg: float = 10.0
    east: bool = True
    sun_elevation_deg: float = -40.0
    status: str = "candidate"
    reason: str = "the satellite serves another station"
    satellite: int = 0


FLYBYS = (
    Flyby(station=0, hours=16.87, max_elevation_deg=47.8, status="scheduled", reason=""),
    Flyby(station=1, hours=16.85, max_elevation_deg=28.0, east=False),
    Flyby(
        station=1,
        hours=5.1,
        max_elevation_deg=71.0,
        heading_deg=170.0,
        sun_elevation_deg=25.0,
        status="rejected",
        reason="daylight: the Sun stands at 25° or higher",
    ),
    Flyby(station=1, hours=41.6, max_elevation_deg=62.0, status="scheduled", reason=""),
)


@pytest.fixture(scope="session")
def timebase():
    return Timebase.starting(START)


@pytest.fixture(scope="session")
def make_plan(timebase):
    """Build a plan from flybys; the defaults hold one pass of each status and one more."""

    def make(flybys=FLYBYS, *, stations=("Xinglong", "Nanshan"), satellites=("Micius",)):
        return invented_plan(flybys, stations, satellites, timebase)

    return make


@pytest.fixture(scope="session")
def plan(make_plan):
    return make_plan()


def invented_plan(flybys, stations, satellites, timebase):
    flybys = sorted(flybys, key=lambda flyby: (flyby.satellite, flyby.station, flyby.hours))
    mission = invented_mission(stations, satellites)
    forecast = invented_forecast(mission, flybys, timebase)
    status = tuple(flyby.status for flyby in flybys)
    contact = np.array([i for i, text in enumerate(status) if text != "rejected"], dtype=np.int64)
    chosen = np.array([status[i] == "scheduled" for i in contact], dtype=np.bool_)
    problem = Problem(
        satellite=forecast.passes.satellite[contact],
        station=forecast.passes.station[contact],
        start_s=forecast.usable_start_s[contact],
        end_s=forecast.usable_end_s[contact],
        key_bits=forecast.keys.secure_bits[contact].astype(np.float64),
        satellite_gap_s=np.full(len(satellites), 60.0),
        station_gap_s=np.full(len(stations), 60.0),
        demands=mission.demands,
        spare_weight=mission.spare_weight,
        partner=np.full(contact.size, -1),
    )
    pool = {
        (k, s): int(
            problem.key_bits[chosen & (problem.satellite == k) & (problem.station == s)].sum()
        )
        for k in range(len(satellites))
        for s in range(len(stations))
    }
    bits = min(pool.get((0, 0), 0), pool.get((0, 1), 0))
    deliveries = (Delivery(satellite=0, demand=0, bits=bits),) if bits else ()
    worth = bits + mission.spare_weight * (sum(pool.values()) - 2 * bits)
    return Plan(
        forecast=forecast,
        value="clear",
        made=made(forecast),
        windows=JointContacts.of(()),
        window=np.zeros(0, dtype=np.int64),
        window_status=(),
        window_reason=(),
        contact=contact,
        problem=problem,
        solution=Solution(
            chosen=chosen,
            deliveries=deliveries,
            objective=float(worth),
            bound=float(worth),
            status="optimal" if chosen.any() else "nothing to schedule",
        ),
        status=status,
        reason=tuple(flyby.reason for flyby in flybys),
    )


def invented_mission(stations, satellites):
    terminal = Terminal(
        receiver=Receiver(
            aperture_m=1.0, efficiency=0.16, field_of_view_rad=1e-4, bandwidth_m=1e-9
        ),
        detector=Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9),
        setup_s=60.0,
    )
    air = Atmosphere(zenith_transmittance=0.5, zenith_transmittance_range=(0.4, 0.6))
    return Mission(
        name="invented campaign",
        start=START,
        duration_s=7 * 86_400.0,
        step_s=1.0,
        spacecraft=tuple(invented_spacecraft(i, name) for i, name in enumerate(satellites)),
        stations=tuple(
            GroundStation(
                site=Station(
                    name=name,
                    latitude_deg=40.0 - 2 * i,
                    longitude_deg=117.5 - 7 * i,
                    height_m=890.0,
                    timezone="Asia/Shanghai",
                ),
                terminal=terminal,
                terminal_name="invented-1m",
                atmosphere=air,
                sky=SkyLight(night_radiance_w_m2_sr_m=1.5e3),
            )
            for i, name in enumerate(stations)
        ),
        limits=Limits(max_range_m=1.2e6),
        protocol=InventedKey(),
        protocol_name="invented",
        demands=(Demand(station_a=0, station_b=1),) if len(stations) > 1 else (),
        spare_weight=0.01,
        assumptions=(Assumption(where="micius: pointing", value="1.5 dB", why="middle of range"),),
        inputs=(InputFile(path="mission.yaml", sha256="0" * 64),),
    )


def invented_spacecraft(index, name):
    elements = ElementSet(
        name=name,
        norad_id=41731 + index,
        cospar_id="2016-051A",
        epoch=START - timedelta(hours=10.34),
        source="data/tle/micius.tle:3",
        satrec=Satrec.twoline2rv(
            "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991",
            "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164",
        ),
    )
    return Spacecraft(
        satellite=Satellite(name=name, norad_id=41731 + index, element_sets=(elements,)),
        payload=Payload(
            transmitter=Transmitter(
                aperture_m=0.3,
                wavelength_m=850e-9,
                beam=FlatTopBeam(divergence_rad=10e-6),
                pointing=StatedPointing(loss_db=1.5, loss_range_db=(0.0, 3.0)),
            ),
            source=DecoySource(
                pulse_rate_hz=1e8,
                intensities=(0.8, 0.1, 0.0),
                probabilities=(0.5, 0.25, 0.25),
                p_key_basis=0.5,
                intrinsic_error=0.005,
            ),
            slew_s=60.0,
        ),
        payload_name="micius-2017",
    )


def flyby_track(flyby, mask_deg=10.0):
    """Elevation, azimuth, range of a circular orbit over a ball, once a second."""
    top = np.radians(flyby.max_elevation_deg)
    offset = np.arccos(EARTH_KM / ORBIT_KM * np.cos(top)) - top
    t = np.arange(-500.0, 501.0)
    along = ORBIT_KM * np.sin(ORBIT_RAD_S * t) * np.cos(offset)
    across = ORBIT_KM * np.sin(offset) * np.ones_like(t) * (1 if flyby.east else -1)
    up = ORBIT_KM * np.cos(ORBIT_RAD_S * t) * np.cos(offset) - EARTH_KM
    range_km = np.sqrt(along**2 + across**2 + up**2)
    elevation = np.degrees(np.arcsin(up / range_km))
    azimuth = (flyby.heading_deg + np.degrees(np.arctan2(across, along))) % 360.0
    seen = elevation >= mask_deg
    rate = np.gradient(range_km * 1e3, t)
    return (
        t[seen] + 3600.0 * flyby.hours,
        elevation[seen],
        azimuth[seen],
        range_km[seen],
        rate[seen],
    )


def invented_forecast(mission, flybys, timebase):
    parts = [flyby_track(flyby) for flyby in flybys]
    sizes = [part[0].size for part in parts]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    join = [np.concatenate([np.zeros(0), *(p[i] for p in parts)]) for i in range(5)]
    time_s, elevation, azimuth, range_km, rate = join
    per = np.repeat(np.arange(len(flybys)), sizes)
    sun = np.array([f.sun_elevation_deg for f in flybys])[per] if flybys else np.zeros(0)
    edge = np.isin(np.arange(time_s.size), np.concatenate([starts[:-1], starts[1:] - 1]))
    tracks = Tracks(
        starts=starts,
        time_s=time_s,
        weight_s=np.where(edge, 0.5, 1.0),
        elevation_deg=elevation,
        azimuth_deg=azimuth,
        range_m=1e3 * range_km,
        range_rate_m_s=rate,
        sun_elevation_deg=sun,
        moon_elevation_deg=np.full_like(time_s, 12.0),
        moon_separation_deg=80.0 + 0.01 * elevation,
        sunlit=(elevation < 30.0).astype(np.float64),
    )
    lines = (
        budget(Scene.dark(tracks.range_m, elevation), mission.ends(0, 0).link)
        if flybys
        else Budget.of({}, 0.0, 0)
    )
    usable = (sun < -12.0) & (tracks.range_m < 1.2e6)
    signal_hz = 1e8 * 0.425 * 0.5 * 10 ** (-0.1 * lines.total_db)
    background_hz = np.full_like(time_s, 80.0)
    qber = (0.005 * signal_hz + 0.5 * background_hz) / (signal_hz + background_hz)
    rates = signal_hz, background_hz, qber
    return assembled(
        mission, flybys, timebase, tracks=tracks, lines=lines, usable=usable, rates=rates
    )


def invented_nights():
    """Dark from 11 h to 22 h 30 min UTC of every day."""
    return tuple((3600.0 * (24 * day + 11.0), 3600.0 * (24 * day + 22.5)) for day in range(7))


def assembled(mission, flybys, timebase, *, tracks, lines, usable, rates):
    signal_hz, background_hz, qber = rates
    first, last = tracks.starts[:-1], tracks.starts[1:] - 1
    top = [
        s + int(np.argmax(tracks.elevation_deg[s : e + 1]))
        for s, e in zip(first, last, strict=True)
    ]
    top = np.array(top, dtype=np.int64)
    rise = tracks.time_s[first]
    usable_s = tracks.per_pass(tracks.weight_s * usable)
    start = [tracks.time_s[s : e + 1][usable[s : e + 1]] for s, e in zip(first, last, strict=True)]
    usable_start = np.array([t[0] if t.size else r for t, r in zip(start, rise, strict=True)])
    usable_end = np.array([t[-1] if t.size else r for t, r in zip(start, rise, strict=True)])
    sifted = tracks.per_pass(usable * tracks.weight_s * signal_hz) * 0.5
    counts = invented_counts(sifted, usable_s)
    none = np.zeros(len(flybys), dtype=np.bool_)
    return Forecast(
        mission=mission,
        timebase=timebase,
        passes=PassTable(
            satellite=np.array([f.satellite for f in flybys], dtype=np.int64),
            station=np.array([f.station for f in flybys], dtype=np.int64),
            element_set=np.zeros(len(flybys), dtype=np.int64),
            rise_s=rise,
            culmination_s=tracks.time_s[top],
            set_s=tracks.time_s[last],
            max_elevation_deg=tracks.elevation_deg[top],
            rise_azimuth_deg=tracks.azimuth_deg[first],
            culmination_azimuth_deg=tracks.azimuth_deg[top],
            set_azimuth_deg=tracks.azimuth_deg[last],
            clipped_start=none,
            clipped_end=none,
            element_age_s=tracks.time_s[top] + 10.34 * 3600.0,
        ),
        tracks=tracks,
        nights=tuple(invented_nights() for _ in mission.stations),
        stopped=(),
        budget=lines,
        stray_hz={name: np.full_like(tracks.time_s, 9.0) for name in SOURCES},
        usable=usable,
        signal_rate_hz=signal_hz,
        background_rate_hz=background_hz,
        qber=qber,
        usable_s=usable_s,
        usable_start_s=usable_start,
        usable_end_s=usable_end,
        counts=counts,
        keys=invented_keys(sifted),
        keys_low=invented_keys(0.6 * sifted),
        keys_high=invented_keys(1.5 * sifted),
        ranged=np.ones(len(flybys), dtype=bool),
        reject_reason=tuple(f.reason if f.status == "rejected" else None for f in flybys),
    )


def invented_counts(sifted, usable_s):
    share = np.array([0.9, 0.09, 0.01])
    clicks = sifted[:, None] * share * 0.5
    return Counts(
        intensities=np.array([0.8, 0.1, 0.0]),
        probabilities=np.array([0.5, 0.25, 0.25]),
        pulses=1e8 * usable_s,
        key_clicks=clicks,
        key_errors=0.01 * clicks,
        check_clicks=clicks,
        check_errors=0.01 * clicks,
    )


def invented_keys(sifted):
    secure = np.maximum(0.25 * sifted - 40_000.0, 0.0).astype(np.int64)
    return KeyResult(
        secure_bits=secure,
        why_zero=tuple(None if bits else "block too small" for bits in secure),
        sifted_bits=sifted,
        qber=np.where(sifted > 0, 0.0113, 0.0),
        phase_error=np.where(sifted > 0, 0.021, 0.5),
        vacuum_bits=0.01 * sifted,
        single_photon_bits=0.5 * sifted,
        leak_ec_bits=0.1 * sifted,
    )


@pytest.fixture(scope="session")
def flyby():
    """Build one pass of an own plan; candidate unless it says otherwise."""

    def make(**wanted):
        reason = "" if wanted.get("status") == "scheduled" else "clash: satellite busy"
        return Flyby(**{"max_elevation_deg": 60.0, "reason": reason, **wanted})

    return make
