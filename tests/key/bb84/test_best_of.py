"""The best of several protocols."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.errors import NonPhysicalError
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.result import KeyResult

ROOT = Path(__file__).parents[3]
ONE = DecoyBB84(epsilon_sec=1e-9, key_bases="one")
BOTH = DecoyBB84(epsilon_sec=1e-9, key_bases="both", bound="chernoff")


@pytest.fixture(scope="module")
def counts():
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return forecast(replace(mission, duration_s=2 * 86_400.0)).yields.collected


def test_each_block_takes_the_larger_key(counts):
    """Never less than either, and everything else is that protocol's."""
    best, one, both = BestOf(of=(ONE, BOTH)).key(counts), ONE.key(counts), BOTH.key(counts)
    taken = np.where(one.secure_bits >= both.secure_bits, one.sifted_bits, both.sifted_bits)

    assert (best.secure_bits == np.maximum(one.secure_bits, both.secure_bits)).all()
    assert (best.sifted_bits == taken).all()
    assert (BestOf(of=(ONE, BOTH)).secure_bits(counts) == best.secure_bits).all()


def test_a_zero_keeps_its_reason(counts):
    """A block that neither makes key of says why."""
    best = BestOf(of=(ONE, BOTH)).key(counts)

    assert all(
        (why is not None) == (bits == 0)
        for bits, why in zip(best.secure_bits, best.why_zero, strict=True)
    )


def test_one_protocol_is_no_choice():
    """It is refused by the field's name."""
    with pytest.raises(NonPhysicalError, match="of"):
        BestOf(of=(ONE,))


def test_a_mission_can_name_them(tmp_path):
    """In mission.yaml, nested like any other value."""
    text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
    begin, end = text.index("protocol:"), text.index("demands:")
    written = (
        "protocol:\n  model: best-of\n  of:\n"
        "    - {model: decoy-bb84, epsilon_sec: 1e-9, key_bases: one}\n"
        "    - {model: decoy-bb84, epsilon_sec: 1e-9, key_bases: both}\n\n"
    )
    text = text[:begin] + written + text[end:]
    text = text[: text.index("\nassumed:") + 1].replace("data/tle", str(ROOT / "data" / "tle"))
    (tmp_path / "mission.yaml").write_text(text, encoding="utf-8")

    mission = load_mission(tmp_path / "mission.yaml", ROOT / "stations.yaml")

    assert mission.protocol_name == "best-of"
    assert [each.key_bases for each in mission.protocol.of] == ["one", "both"]


def test_each_block_says_which_protocol_it_takes(counts):
    """Also after blocks were joined and picked."""
    best, one, both = BestOf(of=(ONE, BOTH)).key(counts), ONE.key(counts), BOTH.key(counts)
    better = (both.secure_bits > one.secure_bits).astype(int).tolist()
    twice = KeyResult.join([best, best])

    assert list(best.choice) == better
    assert list(twice.choice) == 2 * better
    assert list(twice.take(np.array([1, 0])).choice) == [better[1], better[0]]
    assert one.choice == ()
