"""Forecast of a constellation, stage by stage: CPU time for each pass, in one process.

    python benchmarks/forecast.py [--size 20 20 7] [--repeats 3]

The stages are nested: the search alone, the search and the key of every pass with its low and
high end, and the same with 200 realisations of weather. What a stage adds is told for each pass
found and for each pass that may carry key. Wanted: 0.15 ms for series, key, low and high; a year
of 20 satellites over 20 stations, told here as that many times the window, within 90 s.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import tempfile
import warnings
from pathlib import Path

import numpy as np
from against_tag import machine
from side_by_side import medians, versions
from walker import write_mission

from satqkd.config.load import load_mission
from satqkd.forecast.stream import Chosen, find_contacts, stream
from satqkd.weather.clear_sky import Draws

YEAR_DAYS = 365


def followed(mission, draws):
    """Follow every pass and keep nothing but how many may carry key."""
    found = usable = 0
    for part in stream(mission, Chosen.all_of(mission), draws=draws):
        found += len(part)
        usable += int(np.count_nonzero(part.yields.usable_s > 0.0))
    return found, usable


def main() -> None:
    """Time the stages from search to key of one mission."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, nargs=3, default=(20, 20, 7))
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    satellites, stations, days = asked.size
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        place = write_mission(Path(folder), satellites=satellites, stations=stations, days=days)
        mission = load_mission(place / "mission.yaml", place / "stations.yaml")
    found, usable = followed(mission, None)
    taken = medians(
        {
            "search": lambda: find_contacts(mission),
            "search to key": lambda: followed(mission, None),
            "search to key, 200 realisations": lambda: followed(mission, Draws(samples=200)),
        },
        repeats=asked.repeats,
    )
    print(versions("numpy", "scipy"))
    print(
        f"{machine()}; CPU time, medians of {asked.repeats}\n"
        f"{satellites} satellites × {stations} stations × {days} days: {found} passes, "
        f"{usable} of them usable"
    )
    before = 0.0
    for name, seconds in taken.items():
        more = seconds - before
        before = seconds
        print(
            f"  {name:32} {seconds:7.2f} s; the stage {1e3 * more / found:6.3f} ms a pass, "
            f"{1e3 * more / usable:6.3f} ms a usable one; "
            f"{YEAR_DAYS} days {seconds * YEAR_DAYS / days:6.0f} s (scaled)"
        )


if __name__ == "__main__":
    main()
