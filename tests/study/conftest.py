"""A small mission to vary: two satellites over three stations, one day."""

from __future__ import annotations

from pathlib import Path

import pytest

MISSION = """\
name: Two satellites
start: 2023-03-01T00:00:00Z
duration: 1 d
step: 10 s
satellites:
  - name: A
    orbit: {model: sun-synchronous, altitude: 500 km, descending_node_time: "22:00"}
    payload: jinan-1
  - name: B
    orbit: {model: sun-synchronous, altitude: 500 km, descending_node_time: "00:00"}
    payload: jinan-1
limits: {min_elevation: 15 deg, max_sun_elevation: -12 deg}
protocol:
  model: decoy-bb84
  epsilon_sec: 1e-9
  epsilon_cor: 1e-15
  ec_efficiency: 1.16
  bound: hoeffding
demands:
  - {between: [North, South]}
  - {between: [North, West], at_least: 1 kbit}
"""

STATION = """\
- name: {name}
  latitude: {latitude} deg
  longitude: {longitude} deg
  height: 50 m
  min_elevation: 15 deg
  terminal: jinan-1-portable
  sky: {{night_radiance: 1.5e-4 W m-2 sr-1 um-1}}
  climate: {{clear_fraction: [60 %], persistence: 12 h, source: invented}}
"""

STATIONS = "".join(
    STATION.format(name=name, latitude=latitude, longitude=longitude)
    for name, latitude, longitude in (
        ("North", 40.0, 116.0),
        ("South", 30.0, 117.0),
        ("West", 36.0, 100.0),
    )
)

STUDY = """\
name: Apertures
question: What does a larger telescope bring?
vary:
  - name: aperture
    path: satellites[*].payload.transmitter.aperture
    values: [200 mm, 25 cm]
  - name: kept
    keep: satellites
    values: [1, 2]
measure:
  - key_day_mean
  - {name: cost, expression: kept * (1 + aperture / 100), unit: MEUR}
realisations: 20
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder with the mission."""
    (tmp_path / "mission.yaml").write_text(MISSION, encoding="utf-8")
    (tmp_path / "stations.yaml").write_text(STATIONS, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def study_of(small: Path):
    """Write a study into the folder of the mission, and return its path."""

    def write(text: str) -> Path:
        path = small / "study.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
