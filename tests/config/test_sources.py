"""Sources of single photons in mission files, and whether the protocol fits them."""

from __future__ import annotations

import pytest

from satqkd.clicks.single_photon_source import SinglePhotonSource
from satqkd.clicks.source import DecoySource
from satqkd.config.parts import preset_values
from satqkd.key.bb84.single_photon import SinglePhotonBB84

LASER = """\
        pulse_rate: 100 MHz
        intensities: [0.8, 0.1, 0]
        probabilities: [0.5, 0.25, 0.25]
"""
DOT = """\
        model: single-photon
        pulse_rate: 76 MHz
        brightness: 0.02
        g2: 0.005
"""


def with_dot(work, protocol="bb84"):
    return work.replace(LASER, DOT).replace("{model: decoy-bb84,", f"{{model: {protocol},")


@pytest.mark.parametrize("said", ["", "        model: decoy\n"])
def test_a_source_that_names_no_model_is_a_laser(work, said):
    """Files of before stay valid; the model may be said as well."""
    mission = work.replace(LASER, said + LASER).load()

    assert isinstance(mission.spacecraft[0].payload.source, DecoySource)


@pytest.mark.parametrize("protocol", ["bb84", "decoy-bb84"])
def test_a_dot_is_read_with_its_protocol(work, protocol):
    """Both can do without decoys."""
    mission = with_dot(work, protocol).load()

    source = mission.spacecraft[0].payload.source
    assert isinstance(source, SinglePhotonSource)
    assert source.g2 == 0.005
    if protocol == "bb84":
        assert isinstance(mission.protocol, SinglePhotonBB84)


def test_the_preset_is_a_dot():
    """With the published brightness, which laser light of any intensity cannot have."""
    source = preset_values("single-photon-2024").content.payload.source

    assert isinstance(source, SinglePhotonSource)
    assert source.brightness == 0.71


def test_bb84_refuses_decoys(work):
    """At the protocol, with the source that sends them and the way out."""
    finding = work.replace("{model: decoy-bb84,", "{model: bb84,").finding()

    assert "takes 1 intensity, but Micius sends 3" in finding.message
    assert "decoy-bb84" in finding.fix
    assert finding.line > 0


def test_a_slip_in_the_brightness_is_found(work):
    """Percent without its sign."""
    finding = with_dot(work).replace("brightness: 0.02", "brightness: 71").finding()

    assert "71" in finding.message


def test_error_correction_and_tags_are_part_of_the_protocol(work):
    """Codes by a table, and what authentication spends; slips are found as elsewhere."""
    table = (
        "error_correction: {model: table, qbers: [1 %, 3 %], block_bits: [1e5, 1e6], "
        "efficiencies: [[1.25, 1.2], [1.2, 1.16]]}, authentication: {messages: 6}"
    )
    mission = work.replace("ec_efficiency: 1.16}", f"{table}}}").load()

    assert mission.protocol.error_correction.efficiencies[1] == (1.2, 1.16)
    assert mission.protocol.authentication.messages == 6


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("error_correction: {model: stated, ec_efficiency: 0.9}", "0.9"),
        ("authentication: {failure_probability: 2}", "'2' lies outside"),
    ],
)
def test_wrong_parts_of_the_protocol_are_found(work, wrong, word):
    """With their place."""
    finding = work.replace("ec_efficiency: 1.16}", f"{wrong}}}").finding()

    assert word in finding.message
