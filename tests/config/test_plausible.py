"""Hardware that nobody has built passes, and is told with its place."""

from __future__ import annotations

import warnings

import pytest

from satqkd.config.load import load_mission
from satqkd.config.plausible import USUAL
from satqkd.config.preset import copy_preset, list_presets
from satqkd.config.quantity import LIMITS
from satqkd.errors import SatqkdWarning


def told(folder):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SatqkdWarning)
        load_mission(folder / "mission.yaml")
    return [str(one.message).removeprefix(f"{folder}/") for one in caught]


def campaign(folder):
    copy_preset("micius-2016-campaign", folder)
    return folder


@pytest.mark.parametrize(
    "name", [one.name for one in list_presets() if one.kind == "mission"]
)  # fmt: skip
def test_what_is_shipped_is_usual(tmp_path, name):
    """No preset is warned of."""
    copy_preset(name, tmp_path)

    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "aperture: 1.2 m",
            "aperture: 85 m",
            "'85 m' lies outside what is usual, 5 mm to 11000 mm",
        ),
        ("field_of_view: 80 urad", "field_of_view: 80 mrad", "'80 mrad' lies outside"),
    ],
)
def test_a_terminal_of_another_size(tmp_path, old, new, words):
    """With file, line, place, what is usual, and a question."""
    folder = campaign(tmp_path)
    copy_preset("delingha-1.2m", folder)
    terminal = folder / "delingha-1.2m.yaml"
    text = terminal.read_text(encoding="utf-8")
    assert old in text
    terminal.write_text(text.replace(old, new), encoding="utf-8")
    stations = folder / "stations.yaml"
    stations.write_text(
        stations.read_text(encoding="utf-8").replace("delingha-1.2m", "delingha-1.2m.yaml"),
        encoding="utf-8",
    )

    (message,) = told(folder)

    line = text[: text.index(old)].count("\n") + 1
    assert message.startswith(f"delingha-1.2m.yaml:{line}: ")
    assert words in message
    assert message.endswith("is the unit right?")


def test_what_is_usual_lies_within_what_is_possible():
    """A warning comes before the refusal, on at least one side."""
    for usual in USUAL.values():
        low, high, _ = LIMITS[usual.field]
        assert low <= usual.low < usual.high <= high
        assert (low, high) != (usual.low, usual.high)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("divergence: 10 urad", "divergence: 18 mrad", "transmitter.beam.divergence: '18 mrad'"),
        ("slew: 60 s", "slew: 90 min", "slew: '90 min' lies outside"),
    ],
)
def test_a_payload_of_another_kind(tmp_path, old, new, words):
    """A beam that fills the sky, a satellite that turns for an hour."""
    folder = campaign(tmp_path)
    copy_preset("micius-2017-flown", folder)
    payload = folder / "micius-2017-flown.yaml"
    text = payload.read_text(encoding="utf-8")
    assert old in text
    payload.write_text(text.replace(old, new), encoding="utf-8")
    mission = folder / "mission.yaml"
    mission.write_text(
        mission.read_text(encoding="utf-8").replace(
            "payload: micius-2017-flown", "payload: micius-2017-flown.yaml"
        ),
        encoding="utf-8",
    )

    (message,) = told(folder)

    assert words in message
