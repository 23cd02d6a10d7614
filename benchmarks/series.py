"""Series: elevation, azimuth, range, range rate, Sun, Moon and sunlight every second of passes.

    python benchmarks/series.py [N M D]

Peer: skyfield on the same Earth orientation and ephemeris, pass by pass, on the first passes.
"""

from __future__ import annotations

import sys
from importlib.resources import files

import numpy as np
from pass_search import START, work
from side_by_side import medians, versions
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.passes.bodies import Bodies, skyfield_times
from satqkd.passes.find import find_passes
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample

SKYFIELD_PASSES = 10


def skyfield(job, timebase, table, tracks):
    """The same columns for the first passes; returns elevations and azimuths."""
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    found = []
    for i in range(SKYFIELD_PASSES):
        times = skyfield_times(timebase, tracks.time_s[tracks.pass_slice(i)])
        satellite = EarthSatellite(*job.lines[table.satellite[i]], None, times.ts)
        station = job.stations[table.station[i]]
        place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
        altitude, azimuth, *_ = (satellite - place).at(times).frame_latlon_and_rates(place)
        satellite.at(times).is_sunlit(kernel)
        seen = (kernel["earth"] + place).at(times)
        for name in ("sun", "moon"):
            seen.observe(kernel[name]).apparent().altaz()
        found.append((altitude.degrees, azimuth.degrees))
    kernel.close()
    return found


def compare(n: int, m: int, days: float) -> None:
    job = work(n, m, days)
    timebase = Timebase.starting(START)
    found = find_passes(job.satellites, job.stations, timebase, duration_s=days * 86_400.0)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=days * 86_400.0)

    def ours():
        return sample(found.table, found.chains, job.stations, bodies, step_s=1.0)

    tracks = ours()
    taken = medians(
        {"satqkd": ours, "skyfield": lambda: skyfield(job, timebase, found.table, tracks)}
    )
    mine = taken["satqkd"] / len(found.table)
    theirs = taken["skyfield"] / SKYFIELD_PASSES
    print(f"{len(found.table)} passes, {tracks.time_s.size} samples")
    print(f"  satqkd   {1e6 * mine:10.1f} µs/pass")
    print(f"  skyfield {1e6 * theirs:10.1f} µs/pass {theirs / mine:8.0f}×")
    worst = [0.0, 0.0]
    for i, (altitude, azimuth) in enumerate(skyfield(job, timebase, found.table, tracks)):
        here = tracks.pass_slice(i)
        off = (azimuth - tracks.azimuth_deg[here] + 180.0) % 360.0 - 180.0
        worst[0] = max(worst[0], np.abs(altitude - tracks.elevation_deg[here]).max())
        worst[1] = max(worst[1], np.abs(off * np.cos(np.radians(altitude))).max())
    print(f"  worst difference: elevation {worst[0]:.5f}°, azimuth × cos {worst[1]:.5f}°")


if __name__ == "__main__":
    print(versions("numpy", "sgp4", "skyfield"))
    sizes = [float(word) for word in sys.argv[1:4]] or [4, 50, 7]
    compare(int(sizes[0]), int(sizes[1]), sizes[2])
