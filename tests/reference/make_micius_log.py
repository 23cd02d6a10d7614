"""Write the loss flown on 2016-12-19 as a log that ``satqkd calibrate`` reads.

    .venv/bin/python tests/reference/make_micius_log.py

writes ``micius-2016-12-19.csv`` into ``data/flown/`` and into the packaged campaign. Each range of
the curve becomes two instants, one while the satellite comes and one while it goes; the nearest
range, which the pass misses by 0.3 km, becomes its culmination. Instants are those of SGP4 and
skyfield, not of satqkd.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from make_micius_flown import FLOWN_DB, geometry

ROOT = Path(__file__).parents[2]
TARGETS = (
    ROOT / "data" / "flown",
    ROOT / "satqkd" / "presets" / "micius-2016-campaign" / "data" / "flown",
)
BEGIN = datetime(2016, 12, 19, 16, 48, tzinfo=UTC)


def instants() -> list[tuple[float, int]]:
    """Second from BEGIN and range in km, in order of time."""
    range_km = 1e-3 * geometry()[0]
    second = 0.1 * np.arange(range_km.size)
    top = int(np.argmin(range_km))
    found = []
    for km in FLOWN_DB:
        found.append((float(np.interp(km, range_km[top::-1], second[top::-1])), km))
        if km > range_km[top]:
            found.append((float(np.interp(km, range_km[top:], second[top:])), km))
    return sorted(found)


def log() -> str:
    """The lines of the log."""
    lines = ["utc,satellite,station,loss_db,note"]
    for second, km in instants():
        utc = (BEGIN + timedelta(seconds=round(second, 1))).replace(tzinfo=None)
        lines.append(
            f"{utc.isoformat(timespec='milliseconds')}Z,Micius,Xinglong,{FLOWN_DB[km]:.2f},{km} km"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for folder in TARGETS:
        (folder / "micius-2016-12-19.csv").write_text(log(), encoding="utf-8")
