"""Plans for the reports to show: passes of small missions that were really searched."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.elements.synthetic import WalkerOrbit, WalkerPattern, synthetic_satellites
from satqkd.forecast.stream import forecast
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Assumption, InputFile
from satqkd.network.plan import plan_of
from satqkd.report.tables.series import series_report

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0
SITES = ("Xinglong", "Nanshan")
FOUR = (
    "micius-xinglong-20161219T1652",  # the published pass
    "micius-nanshan-20161219T0525",  # in daylight
    "micius-nanshan-20161219T1826",  # richer, but the satellite is slow to turn from Xinglong
    "micius-nanshan-20161220T1804",
)
"""A scheduled, a rejected, a candidate and a scheduled pass."""


@pytest.fixture(scope="session")
def make_plan():
    """Plan passes of one satellite over two stations; by default one of each status and one more.

    ``chosen`` are ids, or says of a forecast which are wanted; None for all. With other names of
    satellites or stations these are designed satellites, and stations far apart.
    """

    def make(chosen=FOUR, *, stations=SITES, satellites=("Micius",), days=7.0):
        found = searched(stations, satellites, days)
        wanted = np.ones(len(found), dtype=np.bool_)
        if callable(chosen):
            wanted = chosen(found)
        elif chosen is not None:
            wanted = np.isin(found.ids, chosen)
            assert wanted.sum() == len(chosen)
        return plan_of([found.take(np.flatnonzero(wanted))])

    return make


@pytest.fixture(scope="session")
def plan(make_plan):
    return make_plan()


@pytest.fixture(scope="session")
def scheduled_series():
    """Follow a plan's scheduled passes again, all at once, in order of rise."""

    def followed(plan):
        rise_s = plan.forecast.passes.rise_s
        own = sorted(plan.scheduled_key, key=lambda index: rise_s[index])
        report = series_report(plan.forecast.with_series(np.array(own, dtype=np.int64)))
        series = report.forecast.sampled
        length = np.diff(series.tracks.starts)
        begin_s, end_s = (
            np.repeat(time_s[own], length) for time_s in (plan.passes.start_s, plan.passes.end_s)
        )
        inside = (series.tracks.time_s >= begin_s) & (series.tracks.time_s <= end_s)
        return replace(report, flown=series.usable & inside)

    return followed


@cache
def searched(stations, satellites, days):
    return forecast(small_mission(stations, satellites, days))


def small_mission(stations, satellites, days):
    """Two stations and the satellite of the shipped campaign, or as many as names are given."""
    shipped = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=days * DAY_S)
    mission = replace(
        shipped,
        name="small campaign",
        stations=shipped.stations[:2],
        spacecraft=tuple(slow(craft) for craft in shipped.spacecraft),
        demands=(Demand(station_a=0, station_b=1),),
        assumptions=(Assumption(where="micius: pointing", value="1.5 dB", why="middle of range"),),
        inputs=(InputFile(path="mission.yaml", sha256="0" * 64),),
        in_part=False,
    )
    if (stations, satellites) == (SITES, ("Micius",)):
        return mission
    return replace(
        mission,
        stations=tuple(far_apart(mission.stations[0], *one) for one in enumerate(stations)),
        spacecraft=designed(shipped, satellites),
        demands=mission.demands if len(stations) > 1 else (),
        limits=replace(mission.limits, max_range_m=3e6),
    )


def slow(craft):
    """Give a satellite two hours to turn from one station to another."""
    return replace(craft, payload=replace(craft.payload, slew_s=7200.0))


def far_apart(ground, number, name):
    """Put a station where no other sees the same satellite, with key of low passes as well."""
    site = replace(
        ground.site, name=name, latitude_deg=55.0, longitude_deg=(117.0 - 59.0 * number) % 360.0
    )
    terminal = ground.terminal
    wide = replace(terminal, receiver=replace(terminal.receiver, aperture_m=3.0, bandwidth_m=1e-11))
    return replace(ground, site=site, terminal=wide)


def designed(mission, names):
    """Satellites of one plane that passes over around midnight."""
    if not names:
        return ()
    orbit = WalkerOrbit(
        altitude_m=900e3,
        raan_deg=88.0,
        pattern=WalkerPattern(inclination_deg=99.0, satellites=len(names), planes=1, phasing=0),
    )
    members = synthetic_satellites(orbit, name="member", epoch=mission.start)
    (craft,) = mission.spacecraft
    return tuple(
        replace(craft, satellite=replace(one, name=name))
        for one, name in zip(members, names, strict=True)
    )
