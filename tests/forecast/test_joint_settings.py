"""Settings and availability of windows of two stations, through the whole forecast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.pair_source import PairReceiver, PairSource
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.availability import availability
from satqkd.forecast.settings import optimised
from satqkd.forecast.stream import Chosen, stream
from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.node.bbm92 import BBM92
from satqkd.mission.distillation import Distillation

PAIRS = BBM92(
    source=PairSource(pair_rate_hz=1e8, intrinsic_error=0.02),
    receiver=PairReceiver(efficiency=0.8, dark_rate_hz=10.0, window_s=5e-10),
)
LATER = Distillation(after_contact_s=3600.0)


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", folder)
    whole = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return replace(whole, duration_s=2.0 * 86_400.0, demands=())


def windows(mission, protocol=None):
    """Twin-field windows of the mission, or those of another protocol."""
    pair = mission.together[0]
    own = pair if protocol is None else replace(pair, protocol=protocol)
    chosen = Chosen(satellites=(0,), stations=(), pairs=(own,))
    (found,) = (one for one in stream(mission, chosen, whole=True) if one.pair is not None)
    return found


@pytest.fixture(scope="module")
def stated(mission):
    return windows(mission)


@pytest.fixture(scope="module")
def by_window(stated):
    return optimised(stated, "pass")


def test_the_key_told_is_that_of_a_mission_that_sends_so(mission, by_window):
    """A window's setting written into the pair gives the same bits in the whole chain."""
    assert by_window.contacts.size == 2
    assert (by_window.after_bits > by_window.before_bits).all()
    assert not by_window.preset.any()
    for place, index in enumerate(by_window.contacts.tolist()):
        again = windows(mission, by_window.sources[place])
        assert by_window.after_bits[place] == again.yields.keys.secure_bits[index]


def test_a_satellite_has_one_setting_for_all_windows(stated, by_window):
    """Its sum lies between that of the stated setting and that of one for each."""
    shared = optimised(stated, "satellite")
    assert len(set(shared.sources)) == 1
    assert shared.before_bits.sum() < shared.after_bits.sum() <= by_window.after_bits.sum()
    assert (shared.contacts == by_window.contacts).all()


@pytest.mark.parametrize("grouping", ["pass", "satellite"])
def test_a_setting_that_leaves_less_falls_back(stated, grouping, monkeypatch):
    """Whatever the search answers, no window loses key."""
    worse = replace(stated.pair.protocol, probabilities=(0.4, 0.4, 0.01))
    monkeypatch.setattr(
        "satqkd.key.system.best_protocols", lambda *_, group, **__: [worse] * group.size
    )
    found = optimised(stated, grouping)
    assert found.preset.all()
    assert (found.after_bits == found.before_bits).all()
    assert set(found.sources) == {stated.pair.protocol}


def test_nothing_usable_is_an_empty_answer(stated):
    """No window, no setting."""
    dark = replace(stated, yields=replace(stated.yields, usable_s=np.zeros(len(stated))))
    found = optimised(dark, "satellite")
    assert found.contacts.size == found.after_bits.size == len(found.sources) == 0


def test_the_best_of_several_protocols_of_one_link_still_has_its_settings(mission):
    """Passes of the same mission, one way or the other to make key of both bases."""
    several = replace(mission, protocol=BestOf(of=(DecoyBB84(), DecoyBB84(key_bases="both"))))
    chosen = Chosen(satellites=(0,), stations=(0,))
    (passes,) = stream(several, chosen, whole=True)
    found = optimised(passes, "pass")
    assert found.contacts.size > 0
    assert (found.after_bits >= found.before_bits).all()
    assert (found.after_bits > found.before_bits).any()


def test_a_node_that_receives_waits_for_the_contact_without_a_classical_link(mission):
    """Its clicks have to come down."""
    found = availability(windows(replace(mission, distillation=LATER)))
    ends = found.forecast.contacts.end_s[found.contacts]
    assert not found.during.any()
    assert found.usable_s == pytest.approx(ends + 3600.0)
    assert (found.down_bits > 5.0 * found.keys.sifted_bits).all()
    assert not found.up_bits.any()


def test_a_node_that_sends_needs_no_classical_link(mission):
    """The stations have all that there is to say: key is there some rounds after the last click."""
    found = availability(windows(replace(mission, distillation=LATER), PAIRS))
    assert (found.keys.secure_bits > 0).any()
    assert not found.down_bits.any()
    latency_s = LATER.rounds * LATER.round_latency_s
    assert found.usable_s == pytest.approx(found.filled_s + latency_s)
    assert found.during.any()
    ends = found.forecast.contacts.end_s[found.contacts]
    cut = replace(LATER, stop_before_set_s=30.0, round_latency_s=20.0)
    again = availability(windows(replace(mission, distillation=cut), PAIRS))
    assert again.usable_s == pytest.approx(again.filled_s + 60.0)
    assert (again.usable_s > np.repeat(ends, np.diff(again.starts))).any()
