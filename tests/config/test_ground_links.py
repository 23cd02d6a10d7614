"""The packaged mission of four published systems on the ground, held against its papers."""

from __future__ import annotations

import pytest

from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values
from satqkd.config.preset import copy_preset, find_preset
from satqkd.forecast.terrestrial import follow_link, follow_pair
from satqkd.validation.read import read_cases
from satqkd.validation.run import run_cases


@pytest.fixture(scope="module")
def mission():
    folder = find_preset("ground-links")
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


@pytest.fixture(scope="module")
def pairs(mission):
    return {pair.name: follow_pair(pair) for pair in mission.together_links}


def verdict(case_id, figure, ours):
    """What the first published figure of that name in a validation case says to a number."""
    (case,) = (case for case in read_cases() if case.id == case_id)
    point = next(p for run in case.runs for p in run.points if p.figure.name == figure)
    return point.figure.claim.judge(ours, point.published)


def test_a_copy_loads(mission, tmp_path):
    """As a user has it; nothing flies, three pairs of links and one link alone."""
    copy_preset("ground-links", tmp_path)
    again = load_mission(tmp_path / "mission.yaml", tmp_path / "stations.yaml")

    assert again.links == mission.links
    assert [pair.name for pair in again.together_links] == [
        "Twin-field", "MDI through air", "Chip MDI",
    ]  # fmt: skip
    assert [link.name for link in again.links if link.source] == ["Quantum dot"]
    assert (again.spacecraft, again.together) == ((), ())


def test_twin_field_key_is_that_of_case_t_6(pairs):
    """Key per pulse of the run over the printed 67 dB, and more than without a node."""
    found = pairs["Twin-field"]

    assert sum(found.loss_db) == pytest.approx(67.0, abs=0.005)
    assert verdict("T-6", "key per pulse", found.bits_per_use).within
    assert verdict("T-6", "over the bound", found.bits_per_use / found.plob_bits_per_use).within
    assert found.bits_per_use > found.plob_bits_per_use


def test_the_twin_field_run_is_the_preset_but_for_errors_and_loss_of_the_node(pairs):
    """All else of the protocol is that of twin-field-2025."""
    protocol, preset = (
        pairs["Twin-field"].made_by.system.protocol,
        preset_values("twin-field-2025").content.value,
    )
    names = [name for name in preset.__dataclass_fields__ if name != "node"]

    assert [getattr(protocol, n) for n in names] == [getattr(preset, n) for n in names]
    assert protocol.node.dark_rate_hz == preset.node.dark_rate_hz
    assert protocol.node.gate_s == preset.node.gate_s


def outcome(case_id):
    """Of the only figure of a validation case."""
    (one,) = run_cases([case_id])
    return one


def test_chip_key_is_that_of_case_m_3(pairs):
    """24 dB; half of the key is left when two pairs that take turns are pooled."""
    found = pairs["Chip MDI"]

    assert found.loss_db == pytest.approx((12.0, 12.0))
    assert 0.5 * found.key_rate_hz == pytest.approx(outcome("M-3").ours, rel=1e-9)


def test_there_is_key_through_19_km_of_air(pairs):
    """Case M-4; over two links that lose 24 dB together, as there."""
    found = pairs["MDI through air"]

    assert sum(link.length_m for link in found.made_by.links) == pytest.approx(19.2e3)
    assert sum(found.loss_db) == pytest.approx(24.0, abs=0.005)
    assert found.key.secure_bits[0] > 0


def test_the_quantum_dot_gives_the_published_key_per_pulse(mission):
    """Case S-3, over 14.6 dB, with the source of the preset."""
    link = mission.links[-1]
    found = follow_link(link, mission.protocol, mission.protocol_name)

    assert link.source == preset_values("single-photon-2024").content.value.source
    assert float(found.budget.lines_db["atmosphere"][0]) == pytest.approx(14.6)
    assert verdict("S-3", "key per pulse", found.bits_per_use).within
    assert found.bits_per_use == pytest.approx(1.08e-3, rel=0.02)


def test_what_was_not_printed_is_assumed(mission):
    """Above all what decides the rates."""
    told = {one.where for one in mission.assumptions if "default" not in one.why}

    for key in (
        "mission.yaml: links[0].receiver.efficiency",
        "mission.yaml: links[2].length",
        "mission.yaml: links[6].source.g2",
        "twin-field-run.yaml: node.misalignment",
        "chip-mdi-2020: node.visibility",
    ):
        assert key in told
