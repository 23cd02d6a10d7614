"""Keys of files by the names of the version before."""

from __future__ import annotations

import warnings

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.config.set_values import path_steps
from satqkd.errors import SatqkdWarning


def test_an_old_name_is_read_as_the_new_one_and_warned_of_once_a_file(tmp_path):
    """Also in the paths below ``assumed:``."""
    copy_preset("twin-field-node", tmp_path)
    new = load_mission(tmp_path / "mission.yaml")
    path = tmp_path / "mdi-uplinks.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("transmitter_a", "sender_a"), encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        old = load_mission(tmp_path / "mission.yaml")

    assert text.count("transmitter_a") > 1
    (said,) = {str(one.message) for one in caught}
    assert said.startswith(f"{path}: 'sender_a' is called 'transmitter_a' now: write that")
    assert [pair.protocol for pair in old.together] == [pair.protocol for pair in new.together]
    assert old.assumptions == new.assumptions


def test_a_path_is_read_by_the_old_name_too():
    """Of ``--set``."""
    with pytest.warns(SatqkdWarning, match="'sender_b' is called 'transmitter_b' now"):
        steps = path_steps("together[1].protocol.sender_b.p_x")

    assert [step.word for step in steps] == ["together", "1", "protocol", "transmitter_b", "p_x"]
