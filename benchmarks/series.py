"""Series: elevation, azimuth, range, range rate, Sun, Moon and sunlight every second of passes.

    python benchmarks/series.py [N M D]

Ours streams through all passes, a few hundred at a time. Peer: skyfield on the same Earth
orientation and ephemeris, pass by pass, on the first passes.
"""

from __future__ import annotations

import sys
from importlib.resources import files

import numpy as np
from pass_search import START, work
from side_by_side import medians, table, versions
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.passes.bodies import Bodies, skyfield_times
from satqkd.passes.chunks import parts
from satqkd.passes.find import find_passes
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample

SKYFIELD_PASSES = 10
STREAMED = 1 << 18
"""Samples kept at a time; first touch of fresh memory costs as much as the mathematics."""


def skyfield(job, timebase, table, tracks):
    """The same columns for the first passes: elevation, azimuth, Sun and Moon of each."""
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
        sun, moon = (seen.observe(kernel[name]).apparent().altaz()[0] for name in ("sun", "moon"))
        found.append([angle.degrees for angle in (altitude, azimuth, sun, moon)])
    kernel.close()
    return found


def differences(tracks, theirs):
    """Worst differences over the passes of skyfield, by column."""
    worst = dict.fromkeys(("elevation", "azimuth × cos", "Sun", "Moon"), 0.0)
    for i, (altitude, azimuth, sun, moon) in enumerate(theirs):
        here = tracks.pass_slice(i)
        turn = (azimuth - tracks.azimuth_deg[here] + 180.0) % 360.0 - 180.0
        off = (
            altitude - tracks.elevation_deg[here],
            turn * np.cos(np.radians(altitude)),
            sun - tracks.sun_elevation_deg[here],
            moon - tracks.moon_elevation_deg[here],
        )
        for name, values in zip(worst, off, strict=True):
            worst[name] = max(worst[name], float(np.abs(values).max()))
    return worst


def compare(n: int, m: int, days: float) -> None:
    """Time the series of one size of work, and print how far skyfield's lie apart."""
    job = work(n, m, days)
    timebase = Timebase.starting(START)
    found = find_passes(job.satellites, job.stations, timebase, duration_s=days * 86_400.0)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=days * 86_400.0)
    length_s = np.ceil(found.table.set_s - found.table.rise_s).astype(np.int64)

    def ours(table):
        """Series of some passes, all in memory."""
        return sample(table, found.chains, job.stations, bodies, step_s=1.0)

    def streamed():
        """Samples of all passes, a part at a time."""
        rows = np.arange(len(found.table))
        return sum(
            ours(found.table.take(some)).time_s.size
            for some in parts(rows, length_s, most=STREAMED)
        )

    first = ours(found.table.take(np.arange(SKYFIELD_PASSES)))
    taken = medians(
        {
            "satqkd": streamed,
            "satqkd, all in memory": lambda: ours(found.table),
            "skyfield": lambda: skyfield(job, timebase, found.table, first),
        }
    )
    passes = len(found.table)
    print(f"{passes} passes, {streamed()} samples")
    taken["skyfield"] *= passes / SKYFIELD_PASSES
    table(taken, ours="satqkd", unit_s=passes, unit="pass")
    worst = differences(first, skyfield(job, timebase, found.table, first))
    print("  worst difference:", ", ".join(f"{name} {off:.5f}°" for name, off in worst.items()))


if __name__ == "__main__":
    print(versions("numpy", "sgp4", "skyfield"))
    sizes = [float(word) for word in sys.argv[1:4]] or [8, 50, 7]
    compare(int(sizes[0]), int(sizes[1]), sizes[2])
