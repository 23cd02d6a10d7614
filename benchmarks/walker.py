"""A mission of any size: a Walker constellation of Jinan-1-like satellites over many stations."""

from __future__ import annotations

import math
from pathlib import Path


def _latitude_deg(i: int, stations: int) -> float:
    """Latitude of a station: equal areas between 60° S and 60° N. [°]"""
    return math.degrees(math.asin(0.866 * (2 * (i + 0.5) / stations - 1)))


def write_mission(
    folder: Path, *, satellites: int, stations: int, days: float, demands: int = 0
) -> Path:
    """Write mission.yaml and stations.yaml; the places are spread evenly between 60° S and 60° N.

    The satellites stand in as many planes as divide them, at 500 km and 97.4°; payload and
    terminals are those of Jinan-1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planes = next(p for p in range(math.isqrt(satellites), 0, -1) if satellites % p == 0)
    pattern = f"97.4:{satellites}/{planes}/{min(1, planes - 1)}"
    orbit = f'{{model: walker, altitude: 500 km, pattern: "{pattern}"}}'
    if satellites == 1:
        orbit = "{model: circular, altitude: 500 km, inclination: 97.4 deg}"
    wanted = [(i % stations, (i + 1 + i // stations) % stations) for i in range(demands)]
    pairs = {frozenset(pair): pair for pair in wanted if pair[0] != pair[1]}.values()
    (folder / "mission.yaml").write_text(
        "name: Walker\n"
        "start: 2026-11-01T00:00:00Z\n"
        f"duration: {days:g} d\n"
        "satellites:\n"
        f"  - {{name: W, payload: jinan-1, orbit: {orbit}}}\n"
        "limits: {min_elevation: 15 deg, max_sun_elevation: -12 deg}\n"
        "protocol: {model: decoy-bb84, epsilon_sec: 1e-9, key_bases: both}\n"
        + (
            "demands:\n" + "".join(f"  - {{between: [S{a}, S{b}]}}\n" for a, b in pairs)
            if pairs
            else ""
        ),
        encoding="utf-8",
    )
    (folder / "stations.yaml").write_text(
        "".join(
            f"- name: S{i}\n"
            f"  latitude: {_latitude_deg(i, stations):.4f} deg\n"
            f"  longitude: {(i * 137.508) % 360 - 180:.4f} deg\n"
            "  height: 100 m\n"
            "  min_elevation: 15 deg\n"
            "  terminal: jinan-1-portable\n"
            "  climate: {clear_fraction: [60 %], source: assumed}\n"
            for i in range(stations)
        ),
        encoding="utf-8",
    )
    return folder
