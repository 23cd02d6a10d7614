"""Two stations with a satellite between them, end to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.config.preset import copy_preset
from satqkd.errors import InputError
from satqkd.forecast.together import fixed_arms, together
from satqkd.mission.links import FibreLink


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("node")
    copy_preset("twin-field-node", target)
    return target


@pytest.fixture(scope="module")
def mission(folder):
    return load_mission(folder / "mission.yaml", folder / "stations.yaml", duration_s=86_400.0)


@pytest.fixture(scope="module")
def found(mission):
    (one,) = together(mission, mission.together[0])
    return one


def test_a_night_window_gives_key_beyond_the_bound(found):
    """The shipped mission makes twin-field key, more than the same uses give without a node."""
    best = int(np.argmax(found.keys.secure_bits))
    assert found.keys.secure_bits[best] > 100_000
    assert found.keys.secure_bits[best] > found.plob_bits[best]
    assert found.why_zero[best] is None


def test_a_daylight_window_says_why_not(found):
    """Nothing usable, no key, both stations named."""
    (bright,) = np.flatnonzero(found.usable_s == 0.0)[:1]
    assert found.keys.secure_bits[bright] == 0
    why = found.why_zero[bright]
    assert why is not None
    assert "Xinglong: daylight" in why
    assert "Jinan: daylight" in why


def test_a_sample_counts_where_both_links_may_carry_key(found):
    """The usable time is that of both stations at once."""
    both = np.logical_and.reduce([one.usage.usable for one in found.usages])
    expected = found.tracks[0].per_pass(np.where(both, found.tracks[0].weight_s, 0.0))
    assert found.usable_s == pytest.approx(expected)


def test_the_node_counts_the_light_of_both_telescopes(found):
    """Half of all stray photons, times the efficiency, in either detector."""
    share = found.pair.protocol.node.efficiency * 0.5
    both = np.logical_and.reduce([one.usage.usable for one in found.usages])
    stray = sum(arm.stray_hz for arm in found.arms)
    assert found.links.background_rate_hz == pytest.approx(share * stray[both])


def test_pooled_windows_give_no_less_than_their_sum(found):
    """One block a satellite."""
    assert found.pooled_bits[0] >= found.keys.secure_bits.sum() > 0


def test_entangled_pairs_go_down(mission):
    """Two downlinks: each end's own sky, one block a window."""
    node = mission.spacecraft[0]
    ground = mission.stations[0].terminal
    down = replace(
        mission,
        spacecraft=(
            replace(
                node,
                direction="downlink",
                payload=replace(node.payload, transmitter=ground.transmitter, source=ground.source),
            ),
        ),
        stations=tuple(
            replace(
                one,
                terminal=replace(
                    one.terminal,
                    receiver=node.payload.receiver,
                    detector=node.payload.detector,
                ),
            )
            for one in mission.stations
        ),
    )
    pair = replace(
        mission.together[0],
        protocol=preset_values("micius-entanglement-2020").content.value,
    )
    (one,) = together(down, pair)
    assert one.links.background_b_rate_hz is not None
    assert one.keys.secure_bits.max() > 0
    assert np.all(one.keys.secure_bits <= one.plob_bits)


def test_two_fibres_into_a_node_are_a_block():
    """Twin-field key over two links that stand still."""
    ground = preset_values("xinglong-1m").content.terminal
    fibre = FibreLink(
        name="arm",
        length_m=100e3,
        wavelength_m=1550e-9,
        attenuation_db_m=0.2e-3,
        source=preset_values("micius-2017").content.payload.source,
        detector=ground.detector,
    )
    protocol = preset_values("twin-field-2025").content.value
    arms = fixed_arms(fibre, fibre, protocol=protocol, duration_s=3600.0)
    assert arms.transmittance_a == pytest.approx(10 ** (-0.1 * fibre.budget().total_db))
    assert protocol.secure_bits(arms)[0] > 0


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
def test_mistakes_are_told_with_their_place(folder, tmp_path, old, new, words):
    """Names nobody has, and light that goes the other way."""
    copy_preset("twin-field-node", tmp_path)
    text = (folder / "mission.yaml").read_text(encoding="utf-8")
    (tmp_path / "mission.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_mission(tmp_path / "mission.yaml", tmp_path / "stations.yaml")
