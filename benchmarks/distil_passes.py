"""Key of the shipped missions' best passes, distilled from ten seeds, beside its forecast.

python benchmarks/distil_passes.py [SEEDS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import satqkd
from satqkd.network.distilled_contact import How, distil_contact

MISSIONS = ("micius-2016-campaign", "jinan-1-constellation", "microsatellite-week")


def main() -> None:
    """Print a row a pass and seed; say how many keys lay in their interval."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for name in MISSIONS:
        folder = Path(satqkd.__file__).parent / "presets" / name
        found = satqkd.forecast(
            satqkd.load_mission(folder / "mission.yaml", folder / "stations.yaml")
        )
        index = int(np.argmax(found.yields.made.bits))
        print(f"{found.ids[index]}: {found.yields.made.bits[index]:,} bit as the mission states")
        inside = 0
        for seed in range(1, seeds + 1):
            begun = time.process_time()
            made = distil_contact(
                found, index, How(round_trip_s=0.005), seed=seed, progress=lambda _d, _n: None
            )
            spent = time.process_time() - begun
            told = made.foretold
            low, high = told.interval_bits if told else (0, 0)
            proven = sum(int(b.proven.secure_bits[0]) for b in made.blocks if b.proven is not None)
            equal = all(b.keys is None or b.keys[0].equals(b.keys[1]) for b in made.blocks)
            verdict = "equal" if equal and made.bits <= proven else "NOT AS IT MUST BE"
            inside += low <= made.bits <= high
            expected = told.engine_bits if told else 0
            print(
                f"  seed {seed:2d}: expected {expected:9,} ({low:,} to {high:,}), "
                f"proven {proven:9,}, distilled {made.bits:9,}, {verdict}, {spent:.2f} CPU s"
            )
        print(f"  {inside} of {seeds} in their interval of 95 %")


if __name__ == "__main__":
    main()
