"""The page about orbits: every entry of it is read, and its numbers are those of the design."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.elements.synthetic import (
    CircularOrbit,
    KeplerianOrbit,
    SunSynchronousOrbit,
    WalkerOrbit,
    WalkerStarOrbit,
)
from satqkd.elements.trajectory import Trajectory

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "orbits.md").read_text(encoding="utf-8")
OEM = json.loads((ROOT / "tests" / "reference" / "oem_notations.json").read_text("utf-8"))["kvn"]
ENTRIES = {
    re.search(r"name: (.*)", entry)[1]: entry
    for entry in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
}
MODELS = {
    "circular": CircularOrbit,
    "keplerian": KeplerianOrbit,
    "sun-synchronous": SunSynchronousOrbit,
    "walker": WalkerOrbit,
    "walker-star": WalkerStarOrbit,
}


@pytest.fixture
def flown(tmp_path):
    """Return the satellites of an entry, in the campaign of the repository's root."""

    def load(name, *, elements=None):
        text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
        head, rest = text.split("satellites:\n")
        tail = rest[rest.index("limits:") :]
        folder = tmp_path / "elements"
        folder.mkdir()
        if elements is not None:
            (folder / "ops.oem").write_text(elements, encoding="utf-8")
        else:
            folder = ROOT / "data" / "tle"
        head = re.sub(r"elements: data/tle", f"elements: {folder}", head)
        entry = textwrap.indent(ENTRIES[name], "  ")
        path = tmp_path / "mission.yaml"
        path.write_text(f"{head}satellites:\n{entry}\n{tail}", encoding="utf-8")
        return [craft.satellite for craft in load_mission(path, ROOT / "stations.yaml").spacecraft]

    return load


def angles_deg(satellite):
    """Inclination, right ascension of the node, argument of perigee, mean anomaly. [°]"""
    satrec = satellite.element_sets[0].satrec
    return np.degrees([satrec.inclo, satrec.nodeo, satrec.argpo, satrec.mo]).tolist()


@pytest.mark.parametrize(
    ("name", "count"), [("Circle", 1), ("Molniya", 1), ("Night", 1), ("Shell", 12), ("Star", 66)]
)
def test_each_design_flies(flown, name, count):
    """As many satellites as the page says, called as it says."""
    satellites = flown(name)

    assert len(satellites) == count
    last = f"{name}-{count}" if count > 1 else name
    assert satellites[-1].name == f"{last} (synthetic)"


def test_the_circle_has_the_angles_written(flown):
    """Inclination, node, no perigee, phase."""
    assert angles_deg(flown("Circle")[0]) == pytest.approx([97.4, 10.0, 0.0, 90.0])


def test_the_molniya_orbit_has_the_heights_the_page_names(flown):
    """From the mean elements SGP4 was given, to the kilometre; half a day round."""
    satellite = flown("Molniya")[0]
    (element_set,) = satellite.element_sets

    axis_km = 6378.137 + 20_180.0
    assert element_set.satrec.ecco == 0.72
    assert round(axis_km * (1.0 - 0.72) - 6378.137) == 1058
    assert round(axis_km * 1.72 - 6378.137) == 39_302
    assert element_set.period_s / 3600.0 == pytest.approx(12.0, abs=0.05)


def test_the_shell_is_spread_as_the_page_says(flown):
    """Planes 120° apart, members 90°, each plane 30° ahead."""
    angles = np.array([angles_deg(one) for one in flown("Shell")])

    np.testing.assert_allclose(angles[:, 1], np.repeat([0.0, 120.0, 240.0], 4), atol=1e-9)
    phase = angles[:, 3].reshape(3, 4)
    np.testing.assert_allclose(np.diff(phase, axis=1) % 360.0, 90.0, atol=1e-9)
    np.testing.assert_allclose(np.diff(phase[:, 0]), 30.0, atol=1e-9)


def test_the_star_fills_half_the_equator(flown):
    """Nodes 30° apart from 15° on."""
    nodes = [angles_deg(one)[1] for one in flown("Star")[::11]]

    assert nodes == pytest.approx([15.0, 45.0, 75.0, 105.0, 135.0, 165.0])


def test_an_ephemeris_goes_by_its_object(flown):
    """Without any element set, and a real one by its number."""
    satellite = flown("New one", elements=OEM)[0]

    assert satellite.element_sets == ()
    assert [type(source) for source in satellite.sources] == [Trajectory]


def test_a_real_object_goes_by_its_number(flown):
    """All epochs of the campaign."""
    assert len(flown("Micius")[0].element_sets) > 1


@pytest.mark.parametrize("model", MODELS)
def test_every_key_of_a_model_is_on_the_page(model):
    """In its own section, or among those of all models."""
    shared = PAGE.split("## Designs")[1].split("### circular")[0]
    own = PAGE.split(f"### {model}\n")[1].split("\n###")[0]
    if model == "walker-star":
        own += PAGE.split("### walker\n")[1].split("\n###")[0]

    for field in fields(MODELS[model]):
        key = field.name.removesuffix("_deg").removesuffix("_m")
        assert f"| `{key}` |" in shared + own, key


def test_manoeuvres_are_declared_as_the_page_says(flown):
    """An instant, and an interval with its change of velocity."""
    (satellite,) = flown("Moved")
    assert [str(one) for one in satellite.manoeuvres] == [
        "2016-12-22T10:00:00Z",
        "2016-12-25T01:00:00Z to 2016-12-25T02:00:00Z by 0.3 m/s",
    ]
