"""What the README tells people to write works as it is written."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.stream import forecast

README = Path(__file__).parents[1] / "README.md"

# SPOQC, NORAD 68423, a public two-line element set of 2026-05-05.
TLE = """\
SPOQC
1 68423U 26067H   26125.81533466  .00005781  00000-0  28377-3 0  9997
2 68423  97.4486  84.9092 0002633  85.9306 274.2229 15.18469238  5516
"""


@pytest.fixture
def files(tmp_path):
    """A folder with the two files of the README and elements of the satellite it names."""
    section = (
        README.read_text(encoding="utf-8").split("## Plan your satellite")[1].split("\n## ")[0]
    )
    mission, stations = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    (tmp_path / "data" / "tle").mkdir(parents=True)
    (tmp_path / "data" / "tle" / "spoqc.tle").write_text(TLE, encoding="utf-8")
    for name, text in (("mission.yaml", mission), ("stations.yaml", stations)):
        (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return tmp_path / "mission.yaml", tmp_path / "stations.yaml"


def test_the_two_files_are_a_mission(files):
    """Loaded as they stand, every reference met, the assumption told."""
    mission = load_mission(*files)

    assert [ground.site.name for ground in mission.stations] == ["Graz", "Matera"]
    assert len(mission.demands) == 1
    assert "mission.yaml: satellites[0].payload.slew" in {a.where for a in mission.assumptions}


def test_the_links_are_links(files):
    """Those of the section about them, put into the mission."""
    text = README.read_text(encoding="utf-8").split("## Links")[1].split("\n## ")[0]
    (links,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    files[0].write_text(files[0].read_text("utf-8") + textwrap.dedent(links), encoding="utf-8")

    roofs, backbone = load_mission(*files).links

    assert (roofs.name, roofs.turbulence.cn2_m23) == ("Roof to roof", 1e-15)
    assert backbone.budget().total_db[0] == pytest.approx(16.0 + 0.8 + 0.5 + 0.97, abs=0.01)


def test_the_mission_has_passes_with_key(files):
    """A week of it is worth showing: key at both stations, so that some is delivered."""
    found = forecast(load_mission(*files))

    assert set(found.passes.station[found.yields.keys.secure_bits > 0]) == {0, 1}
