"""Time of the link beside that of sampling the geometry, over some 10,000 passes.

    python benchmarks/link.py

Both in CPU time on one core; the link is its budget and stray light, for every sample of a pass
that may carry key.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import warnings
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from satqkd.config.load import load_mission
from satqkd.forecast.arms import Sky, see
from satqkd.forecast.light import parts
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import pass_contacts
from satqkd.passes.find import find_passes
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample

ROOT = Path(__file__).parents[1]
DAYS = 600.0
REPEATS = 5


def main() -> None:
    """Time the link of many passes beside the sampling of their geometry."""
    warnings.simplefilter("ignore")
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    mission = replace(mission, duration_s=DAYS * 86_400.0)
    timebase = Timebase.starting(mission.start)
    sites = [ground.site for ground in mission.stations]
    satellites = [craft.satellite for craft in mission.spacecraft]
    found = find_passes(satellites, sites, timebase, duration_s=mission.duration_s)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    contacts = pass_contacts(found.table)
    (arm,) = see(mission, contacts, Sky(timebase=timebase, bodies=bodies, chains=found.chains))
    sampling, linking = [], []
    for _ in range(REPEATS):
        begin = process_time()
        tracks = sample(found.table, found.chains, sites, bodies, step_s=1.0)
        sampling.append(process_time() - begin)
        usable = arm.usage.usable
        wanted = np.logical_or.reduceat(usable, tracks.starts[:-1])
        taken = 0.0
        for part in parts(mission, contacts.satellite, (arm,), usable=usable, wanted=wanted):
            begin = process_time()
            part.losses()
            taken += process_time() - begin
        linking.append(taken)
    passes = len(found.table)
    print(f"{passes} passes, {int(wanted.sum())} of them followed, {tracks.time_s.size} samples")
    print(f"sampling  {1e6 * median(sampling) / passes:6.1f} us a pass")
    print(f"link      {1e6 * median(linking) / passes:6.1f} us a pass")
    print(f"link over sampling: {median(linking) / median(sampling):.2f}")


if __name__ == "__main__":
    main()
