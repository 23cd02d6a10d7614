"""Missions to try planners on: a Walker constellation of small payloads over a European cluster.

The recipe is fixed by seeds, so that anybody can make the same missions again::

    stations   latitude 36 to 60°, then longitude -9 to 28°, uniform, from seed 13; 300 m high
    sky        clear fraction 0.30 to 0.70, uniform, from seed 14, two decimals
    demands    2 pairs a station, none twice, from seed 15; weight 0.5 to 2, two decimals
    satellites Walker 97.6:S/P/1 at 550 km; P = 3, 5, 6 for S = 6, 20, 60
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np

PLANES = {6: 3, 20: 5, 60: 6}
PAYLOAD = """
    payload:
      transmitter:
        aperture: 85 mm
        wavelength: 850 nm
        beam: {model: gaussian, divergence: 18 urad}
        pointing: {model: jitter, jitter: 3 urad}
      source:
        pulse_rate: 200 MHz
        intensities: [0.6, 0.15, 0]
        probabilities: [0.7, 0.2, 0.1]
        p_key_basis: 0.9
        intrinsic_error: 1 %
      slew: 90 s
"""
TERMINAL = """
  atmosphere: {model: clear, visibility: 23 km}
  terminal:
    receiver: {aperture: 40 cm, efficiency: 35 %, field_of_view: 80 urad, bandwidth: 2 nm}
    detector: {efficiency: 45 %, dark_rate: 300 Hz, gate: 1 ns}
    setup: 8 min
"""


def write_planner_mission(
    folder: Path, *, satellites: int, stations: int, days: float = 7.0, blocks: str = "week"
) -> Path:
    """Write mission.yaml and stations.yaml of one size."""
    folder.mkdir(parents=True, exist_ok=True)
    places = np.random.default_rng(13)
    latitude = places.uniform(36.0, 60.0, stations)
    longitude = places.uniform(-9.0, 28.0, stations)
    clear = np.random.default_rng(14).uniform(0.30, 0.70, stations).round(2)
    draw = np.random.default_rng(15)
    pairs = list(combinations(range(stations), 2))
    wanted = draw.choice(len(pairs), size=min(2 * stations, len(pairs)), replace=False)
    weights = draw.uniform(0.5, 2.0, wanted.size).round(2)
    demands = "".join(
        f"  - {{between: [S{pairs[pair][0]:02d}, S{pairs[pair][1]:02d}], weight: {weight:g}}}\n"
        for pair, weight in zip(wanted.tolist(), weights.tolist(), strict=True)
    )
    orbit = (
        "{model: circular, altitude: 550 km, inclination: 97.6 deg}"
        if satellites == 1
        else f'{{model: walker, altitude: 550 km, pattern: "97.6:{satellites}/'
        f'{PLANES.get(satellites, 1)}/1"}}'
    )
    (folder / "mission.yaml").write_text(
        f"name: Small payloads {satellites} x {stations}\n"
        "start: 2026-11-30T00:00:00Z\n"
        f"duration: {days:g} d\n"
        f"satellites:\n  - name: W\n    orbit: {orbit}{PAYLOAD}"
        "limits: {min_elevation: 20 deg, max_sun_elevation: -10 deg, max_element_age: 30 d}\n"
        "protocol: {model: decoy-bb84, epsilon_sec: 1e-10, ec_efficiency: 1.2, key_bases: one}\n"
        f"demands:\n{demands}"
        "spare_weight: 0.0\n" + (f"blocks: {blocks}\n" if blocks else ""),
        encoding="utf-8",
    )
    (folder / "stations.yaml").write_text(
        "".join(
            f"- name: S{i:02d}\n"
            f"  latitude: {latitude[i]:.5f} deg\n  longitude: {longitude[i]:.5f} deg\n"
            "  height: 300 m\n  min_elevation: 20 deg\n"
            f"  climate: {{clear_fraction: [{100 * clear[i]:.0f} %], source: drawn by a seed}}"
            f"{TERMINAL}"
            for i in range(stations)
        ),
        encoding="utf-8",
    )
    return folder
