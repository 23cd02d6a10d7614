"""Links that stand still in a mission file."""

from __future__ import annotations

import pytest

from satqkd.link.turbulence.level_turbulence import LevelTurbulence
from satqkd.mission.links import FibreLink, HorizontalLink

SOURCE = (
    "{pulse_rate: 100 MHz, intensities: [0.5, 0.1, 0], probabilities: [0.5, 0.25, 0.25], "
    "p_key_basis: 0.5, intrinsic_error: 1 %}"
)
HORIZONTAL = f"""\
  - name: Roofs
    direction: horizontal
    length: 7.1 km
    transmitter:
      aperture: 80 mm
      wavelength: 1550 nm
      beam: {{model: gaussian, divergence: 30 urad}}
      pointing: {{model: stated, loss: 1 dB}}
    source: {SOURCE}
    receiver: {{aperture: 100 mm, efficiency: 40 %, field_of_view: 50 urad, bandwidth: 1 nm}}
    detector: {{efficiency: 60 %, dark_rate: 100 Hz, gate: 1 ns}}
"""
FIBRE = f"""\
  - name: Backbone
    direction: fibre
    length: 10 km
    wavelength: 1550 nm
    source: {SOURCE}
    detector: {{efficiency: 20 %, dark_rate: 500 Hz, gate: 1 ns}}
"""


def linked(work, text=HORIZONTAL + FIBRE):
    return work.replace("demands:\n", f"links:\n{text}demands:\n")


def test_both_kinds_are_read(work):
    """In order, with what the file says and the defaults of what it does not."""
    roofs, backbone = linked(work).load().links

    assert isinstance(roofs, HorizontalLink)
    assert roofs.length_m == 7100.0
    assert roofs.turbulence == LevelTurbulence()
    assert isinstance(backbone, FibreLink)
    assert backbone.attenuation_db_m == 2e-4


def test_a_mission_without_links_has_none(work):
    """As all missions had before."""
    assert work.load().links == ()


def test_every_default_is_told(work):
    """What nobody wrote is an assumption of its own."""
    told = {one.where: one.value for one in linked(work).load().assumptions}

    expected = {
        "links[0].height": "0 m",
        "links[0].atmosphere.visibility": "23000 m",
        "links[0].turbulence.cn2": "1.7e-14 m(-2/3)",
        "links[0].sky.night_radiance": "15 W m-2 sr-1 m-1",
        "links[1].attenuation": "0.0002 dB m-1",
        "links[1].splices": "0",
        "links[1].splice_loss": "0.05 dB",
        "links[1].connector_loss": "0.5 dB",
        "links[1].receiver_efficiency": "1",
    }
    assert {where: told[f"mission.yaml: {where}"] for where in expected} == expected


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("direction: fibre", "direction: fiber", "links[1].direction", "'fiber' is not known"),
        ("    direction: fibre\n", "", "links[1]", "does not say which direction"),
        ("length: 10 km", "length: 10", "links[1].length", "has no unit"),
        ("length: 10 km", "length: 10 km\n    attenuation: 0.2 dB", "links[1].attenuation",
         "is no unit for this value"),
        ("length: 10 km", "length: 10 km\n    splices: 2.5", "links[1].splices", "whole number"),
        ("length: 10 km", "length: 10 km\n    height: 5 m", "links[1].height", "no such key"),
        ("name: Backbone", "name: roofs", "links[1].name", "is used twice"),
        ("dark_rate: 500 Hz, gate: 1 ns", "dark_rate: 500 Hz, gate: 11 ns",
         "links[1].detector.gate", "holds 1.1 pulses of 100 MHz"),
        ("length: 7.1 km", "length: 7.1 km\n    atmosphere: {visibility: 0 km}",
         "links[0].atmosphere.visibility", "lies outside"),
        ("length: 7.1 km", "length: 7.1 km\n    turbulence: {cn2: 1e-15}",
         "links[0].turbulence.cn2", "has no unit"),
    ],
)  # fmt: skip
def test_a_slip_has_its_place(work, old, new, where, message):
    """One finding at the key it is about."""
    linked(work).replace(old, new)

    finding = work.finding()
    assert finding.where == where
    assert message in finding.message
