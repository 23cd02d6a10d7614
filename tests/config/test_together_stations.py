"""Two stations under ``together``, with a satellite between them."""

from __future__ import annotations

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import InputError


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stations: [Xinglong, Jinan]", "stations: [Xinglong, Jinam]", "no station 'Jinam'"),
        ("stations: [Xinglong, Jinan]", "stations: [Jinan, Jinan]", "one station twice"),
        ("satellite: Node", "satellite: Knot", "no satellite 'Knot'"),
        ("protocol: twin-field-uplinks.yaml", "protocol: micius-2017", "is a payload, not a"),
        (
            "protocol: twin-field-uplinks.yaml",
            "protocol: micius-entanglement-2020",
            "needs two downlinks",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path, old, new, words):
    """Names nobody has, and light that goes the other way."""
    copy_preset("twin-field-node", tmp_path)
    path = tmp_path / "mission.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_mission(path, tmp_path / "stations.yaml")
