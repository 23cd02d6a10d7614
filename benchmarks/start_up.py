"""Start-up: CPU time of short commands, side by side with version 0.1.0.

    python benchmarks/start_up.py

Wanted: ``satqkd --help`` within 0.25 s, ``import satqkd`` within 0.1 s; a pass table of one
station and one day within 0.65 of what 0.1.0 took, the plan of the shipped week within 0.7.
"""

from __future__ import annotations

from against_tag import FIRST_VERSION, against_tag, machine, told
from side_by_side import versions

SATQKD = ("-m", "satqkd")
COMMANDS = {
    "import satqkd": ("-c", "import satqkd"),
    "--help": (*SATQKD, "--help"),
    "passes, one station, one day": (*SATQKD, "passes", "--station", "Xinglong", "--days", "1"),
    "plan of the shipped week": (*SATQKD, "plan"),
}
MOST = {"passes, one station, one day": 0.65, "plan of the shipped week": 0.7}

if __name__ == "__main__":
    print(versions("typer", "numpy", "scipy", "skyfield", "matplotlib"))
    print(f"{machine()}; CPU time against {FIRST_VERSION} (0.1.0), medians of 7 runs each")
    told(against_tag(COMMANDS, repeats=7), most=MOST)
