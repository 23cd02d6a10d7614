"""Pass search: every pass above 10° of N satellites over M stations for D days.

    python benchmarks/pass_search.py [N M D]…

Peers: skyfield's find_events on the same Earth orientation, and sgp4-predict (Rust), brahe (Rust)
and pyorbital where installed (``pip install -r benchmarks/requirements.lock``). All are given
the same elements, stations and window on one core, and what they find is compared with ours:
skyfield's rises one by one (exit code 1 where one has no partner within 1 s), the others' passes by
their number.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from sgp4 import exporter
from sgp4.api import WGS72, Satrec
from side_by_side import medians, table, versions
from skyfield.api import EarthSatellite, wgs84

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.passes.bodies import skyfield_times
from satqkd.passes.find import find_passes
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

START = datetime(2026, 3, 1, tzinfo=UTC)
SKYFIELD_MOST = 70
"""Skyfield is timed on at most this many satellite·station·days and scaled: it is linear."""
PARTNER_S = 1.0
"""How near our rise has to be to one of skyfield's; its own stop 0.3 s from the root."""


@dataclass(frozen=True)
class Work:
    """N satellites, M stations, D days."""

    satellites: list[Satellite]
    lines: list[tuple[str, str]]
    stations: list[Station]
    days: float

    @property
    def units(self) -> float:
        """Size of the work. [satellite·station·d]"""
        return len(self.satellites) * len(self.stations) * self.days


def work(n: int, m: int, days: float) -> Work:
    """Random near-circular orbits of 450–800 km and stations spread over the Earth."""
    rng = np.random.default_rng(20260301)
    satellites, lines = [], []
    for i in range(n):
        a_km = 6378.137 + rng.uniform(450.0, 800.0)
        motion = np.sqrt(398600.8 / a_km**3) * 60.0
        satrec = Satrec()
        epoch = (START - datetime(1949, 12, 31, tzinfo=UTC)) / timedelta(days=1)
        satrec.sgp4init(
            WGS72, "i", i + 1, epoch, 1e-5, 0.0, 0.0, rng.uniform(0.0, 0.003),
            rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.75), rng.uniform(0, 2 * np.pi), motion,
            rng.uniform(0, 2 * np.pi),
        )  # fmt: skip
        satrec.classification, satrec.intldesg, satrec.elnum, satrec.revnum = "U", "26001A", 1, 1
        satrec.ephtype = 0
        pair = exporter.export_tle(satrec)
        read = Satrec.twoline2rv(*pair, WGS72)
        element_set = ElementSet(
            name=str(i), norad_id=i + 1, cospar_id="", epoch=START, source="bench", satrec=read
        )
        satellites.append(Satellite(name=str(i), norad_id=i + 1, element_sets=(element_set,)))
        lines.append(pair)
    stations = [
        Station(
            name=str(j),
            latitude_deg=float(np.degrees(np.arcsin(rng.uniform(-0.95, 0.95)))),
            longitude_deg=float(rng.uniform(-180.0, 180.0)),
            height_m=float(rng.uniform(0.0, 4000.0)),
        )
        for j in range(m)
    ]
    return Work(satellites, lines, stations, days)


def ours(job: Work, timebase: Timebase):
    """Passes as satqkd finds them."""
    return find_passes(job.satellites, job.stations, timebase, duration_s=job.days * 86_400.0).table


def bare_sgp4(job: Work):
    """The SGP4 calls a search needs at least: 19 states an orbit, shared by all stations."""
    for satellite in job.satellites:
        element_set = satellite.element_sets[0]
        nodes = np.arange(0.0, job.days * 86_400.0, element_set.period_s / 19)
        propagate(element_set, nodes)


def skyfield(job: Work, timebase: Timebase, pairs: int):
    """Rises of the first pairs of satellite and station."""
    ends = skyfield_times(timebase, np.array([0.0, job.days * 86_400.0]))
    found = []
    for k in range(pairs):
        i, j = k // len(job.stations), k % len(job.stations)
        satellite = EarthSatellite(*job.lines[i], None, ends.ts)
        station = job.stations[j]
        place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
        times, events = satellite.find_events(place, ends[0], ends[1], altitude_degrees=10.0)
        found.append((times.tt - ends[0].tt)[events == 0] * 86_400.0)
    return found


def sgp4_predict(job: Work):
    """Rises as sgp4-predict finds them, pair by pair."""
    import sgp4_predict as peer

    window = peer.Interval(START, START + timedelta(days=job.days))
    rises = []
    for i, pair in enumerate(job.lines):
        predictor = peer.Predictor.from_tle(peer.Tle(str(i), *pair))
        for station in job.stations:
            place = peer.GeodeticPoint(
                station.latitude_deg, station.longitude_deg, station.height_m
            )
            rises.append([t.start for t in predictor.transits_iter(place, window, 10.0)])
    return rises


def brahe(job: Work):
    """Accesses as brahe finds them."""
    import brahe as peer

    peer.set_global_eop_provider(peer.StaticEOPProvider.from_zero())
    begin = peer.Epoch.from_datetime(
        START.year, START.month, START.day, 0, 0, 0.0, 0.0, peer.TimeSystem.UTC
    )
    crafts = [peer.SGPPropagator.from_tle(*pair, 60.0) for pair in job.lines]
    places = [peer.PointLocation(s.longitude_deg, s.latitude_deg, s.height_m) for s in job.stations]
    return peer.location_accesses(
        places, crafts, begin, begin + job.days * 86_400.0, peer.ElevationConstraint(10.0)
    )


def pyorbital(job: Work):
    """Passes as pyorbital finds them, pair by pair."""
    from pyorbital.orbital import Orbital

    found = []
    for i, pair in enumerate(job.lines):
        orbit = Orbital(str(i), line1=pair[0], line2=pair[1])
        for s in job.stations:
            found += orbit.get_next_passes(
                START.replace(tzinfo=None), round(24 * job.days), s.longitude_deg,
                s.latitude_deg, s.height_m / 1e3, tol=0.01, horizon=10.0,
            )  # fmt: skip
    return found


def compare(n: int, m: int, days: float) -> int:
    """Print one line a program for one size of work; how many of skyfield's rises we miss."""
    job = work(n, m, days)
    timebase = Timebase.starting(START)
    pairs = int(max(1, min(n * m, SKYFIELD_MOST / days)))
    programs = {
        "satqkd": lambda: ours(job, timebase),
        "19 SGP4 states an orbit": lambda: bare_sgp4(job),
        "skyfield find_events": lambda: skyfield(job, timebase, pairs),
    }
    if job.units <= 40_000:
        peers = {"sgp4-predict": sgp4_predict, "brahe": brahe, "pyorbital": pyorbital}
        for name, run in peers.items():
            try:
                __import__(name.replace("-", "_"))
            except ImportError:
                continue
            if name == "sgp4-predict" or job.units <= 1_000:
                programs[name] = lambda run=run: run(job)
    times = medians(programs)
    times["skyfield find_events"] *= n * m / pairs
    found = ours(job, timebase)
    print(f"{n} satellites × {m} stations × {days:g} days: {len(found)} passes")
    table(times, ours="satqkd", unit_s=job.units, unit="satellite·station·day")
    worst, missing, more = agreement(job, found, skyfield(job, timebase, pairs), pairs)
    print(
        f"  skyfield ran on {pairs} of {n * m} pairs, its time is scaled; of its rises {missing} "
        f"have no partner within {PARTNER_S:g} s, of ours {more}; worst difference "
        f"{worst * 1e3:.0f} ms"
    )
    if "sgp4-predict" in programs:
        print(f"  sgp4-predict finds {sum(map(len, sgp4_predict(job)))} passes")
    for name, run in (("brahe", brahe), ("pyorbital", pyorbital)):
        if name in programs:
            print(f"  {name} finds {len(run(job))} passes")
    return missing


def agreement(job: Work, found, theirs, pairs: int) -> tuple[float, int, int]:
    """Compare our rises with skyfield's, one by one.

    Returns the worst difference of those that have a partner [s], how many of skyfield's have
    none, and how many of ours.
    """
    worst, missing, more = 0.0, 0, 0
    for k in range(pairs):
        i, j = k // len(job.stations), k % len(job.stations)
        mine = (found.satellite == i) & (found.station == j) & ~found.clipped_start
        off = np.abs(found.rise_s[mine][:, None] - theirs[k][None, :])
        near = off <= PARTNER_S
        missing += int((~near.any(axis=0)).sum())
        more += int((~near.any(axis=1)).sum())
        worst = max(worst, float(off[near].max(initial=0.0)))
    return worst, missing, more


if __name__ == "__main__":
    print(versions("numpy", "sgp4", "skyfield", "sgp4-predict", "brahe", "pyorbital"))
    sizes = [float(word) for word in sys.argv[1:]] or [1, 1, 1, 10, 10, 7, 100, 50, 7]
    lost = [
        compare(int(n), int(m), days)
        for n, m, days in zip(sizes[::3], sizes[1::3], sizes[2::3], strict=True)
    ]
    sys.exit(1 if any(lost) else 0)
