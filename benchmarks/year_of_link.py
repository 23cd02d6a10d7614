"""A year of one link with settings sought for every pass: satqkd and the chain of peers beside it.

    python benchmarks/year_of_link.py [--days 365] [--peer-passes 20] [--repeats 5]

Ours: from the mission to the settings and key of every usable pass, low and high end too. The
chain: skyfield's find_events over the same window, its series at the mission's step (elevation,
azimuth, Sun, Moon, sunlight) of every pass that is usable at night, and scipy's SLSQP on the very
objective that our search maximises, pass by pass. Both run interleaved, on one core. The
chain is timed on the first passes and scaled by their number, as both of its stages grow with
it. What lies between series and objective (losses, stray light, clicks) has no peer: it is ours
alone in our time, and left out of the chain's.

Ends with exit code 1 where a rise of skyfield's has no partner of ours within 1 s, an elevation
differs by 0.001°, or our settings leave less than 0.999 of the key of SLSQP's, in sum.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import argparse
import sys
import tempfile
import warnings
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from against_tag import machine
from optimise import by_slsqp
from side_by_side import medians, versions
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel
from walker import write_mission

from satqkd.config.load import load_mission
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import stream
from satqkd.key.bb84.optimise import optimise
from satqkd.passes.bodies import skyfield_times

PARTNER_S = 1.0
WORST_DEG = 0.001
LEAST_SHARE = 0.999


@dataclass(frozen=True, eq=False)
class Chain:
    """The same work by other programs, of a forecast's usable passes."""

    forecast: Forecast
    passes: np.ndarray
    """Rows of the passes that are followed."""

    @cached_property
    def tracks(self):
        """Our series of the passes, whose instants are taken."""
        return self.forecast.with_series(self.passes).sampled.tracks

    @property
    def slices(self):
        """Where each pass is in them."""
        return [self.tracks.pass_slice(number) for number in range(self.passes.size)]

    @property
    def satellite(self):
        """Of the one satellite: skyfield's."""
        (craft,) = self.forecast.mission.spacecraft
        return EarthSatellite.from_satrec(craft.satellite.element_sets[0].satrec, self._ts)

    @property
    def place(self):
        """Of the one station."""
        (ground,) = self.forecast.mission.stations
        site = ground.site
        return wgs84.latlon(site.latitude_deg, site.longitude_deg, site.height_m)

    @property
    def _ts(self):
        return self._times(np.zeros(1)).ts

    def _times(self, seconds):
        return skyfield_times(self.forecast.timebase, seconds)

    def search(self):
        """Rises above the station's least elevation, in seconds of the mission. [s]"""
        (ground,) = self.forecast.mission.stations
        ends = self._times(np.array([0.0, self.forecast.mission.duration_s]))
        times, events = self.satellite.find_events(
            self.place, ends[0], ends[1], altitude_degrees=ground.site.min_elevation_deg
        )
        return (times.tt[events == 0] - ends[0].tt) * 86_400.0

    def series(self):
        """Elevations of the passes, with all that stray light asks for. [°]"""
        kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
        found, satellite, place = [], self.satellite, self.place
        for here in self.slices:
            times = self._times(self.tracks.time_s[here])
            elevation, *_ = (satellite - place).at(times).frame_latlon_and_rates(place)
            satellite.at(times).is_sunlit(kernel)
            seen = (kernel["earth"] + place).at(times)
            for name in ("sun", "moon"):
                seen.observe(kernel[name]).apparent().altaz()
            found.append(elevation.degrees)
        kernel.close()
        return found

    def clicks(self):
        """What each intensity would click in the passes: ours, made before the clock runs."""
        parts = list(self.forecast.received(self.passes))
        system = self.forecast.yields.systems[0]
        (found,) = [system.searched(part.light(part.losses())) for part in parts]
        return found


def ours(mission):
    """Settings and key of every usable pass."""
    (found,) = list(stream(mission, distil=False, whole=True))
    return found, optimised(found, "pass")


def worst_elevation_deg(chain, theirs):
    """How far the series lie apart at most. [°]"""
    return max(
        float(np.abs(elevation_deg - chain.tracks.elevation_deg[here]).max())
        for here, elevation_deg in zip(chain.slices, theirs, strict=True)
    )


def main() -> None:
    """Time both and print what they agree on."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=365.0)
    parser.add_argument("--peer-passes", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        place = write_mission(Path(folder), satellites=1, stations=1, days=asked.days)
        mission = load_mission(place / "mission.yaml", place / "stations.yaml")
    found, best = ours(mission)
    usable = best.contacts
    chain = Chain(forecast=found, passes=np.sort(usable)[: asked.peer_passes])
    clicks = chain.clicks()
    taken = medians(
        {
            "satqkd": lambda: ours(mission),
            "skyfield search": chain.search,
            "skyfield series": chain.series,
            "scipy SLSQP": lambda: by_slsqp(clicks, mission.protocol),
        },
        repeats=asked.repeats,
    )
    scale = usable.size / chain.passes.size
    print(versions("numpy", "scipy", "skyfield", "sgp4"))
    print(
        f"{machine()}; CPU time, medians of {asked.repeats}\n"
        f"1 satellite × 1 station × {asked.days:g} days: {len(found)} passes, {usable.size} "
        f"usable; the chain follows {chain.passes.size} of these, scaled"
    )
    rows = {
        "satqkd, search to settings": taken["satqkd"],
        "skyfield, search": taken["skyfield search"],
        "skyfield, series": taken["skyfield series"] * scale,
        "scipy, SLSQP": taken["scipy SLSQP"] * scale,
    }
    rows["the chain"] = sum(list(rows.values())[1:])
    for name, seconds in rows.items():
        print(f"  {name:28} {seconds:9.2f} s {seconds / taken['satqkd']:8.1f}×")
    wrong = disagreement(chain)
    if wrong:
        sys.exit(wrong)


def disagreement(chain):
    """Print how near both come, and say what is too far."""
    rises = chain.search()
    start_s = chain.forecast.passes.rise_s
    alone = [s for s in rises if np.abs(start_s - s).min() > PARTNER_S]
    worst_deg = worst_elevation_deg(chain, chain.series())
    protocol, clicks = chain.forecast.mission.protocol, chain.clicks()
    theirs = np.maximum(by_slsqp(clicks, protocol), 0.0)
    share = optimise(clicks, protocol=protocol, decoys=2).secure_bits.sum() / theirs.sum()
    print(
        f"  {rises.size} rises of skyfield's, {len(alone)} without one of ours; elevations within "
        f"{worst_deg:.5f}°; our key {share:.5f} of that of SLSQP's settings, in sum"
    )
    if alone or worst_deg > WORST_DEG or share < LEAST_SHARE:
        return "both sides did not do the same work"
    return None


if __name__ == "__main__":
    main()
