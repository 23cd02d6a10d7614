"""Two links that stand still under ``together``."""

from __future__ import annotations

import pytest

from satqkd.config.parts import preset_values

LINKS = """\
links:
  - {name: West, direction: fibre, length: 50 km, wavelength: 1550 nm}
  - {name: East, direction: fibre, length: 60 km, wavelength: 1550 nm}
"""
DETECTOR = "detector: {efficiency: 20 %, dark_rate: 5 Hz, gate: 1 ns}"
ENTRY = "  - {links: [West, East], protocol: twin-field-2025, duration: 2 h}\n"


def paired(work, entry=ENTRY):
    return work.replace("demands:\n", f"{LINKS}together:\n{entry}demands:\n")


def test_they_are_read(work):
    """Apart from pairs of stations; named by both, links without a source of their own."""
    mission = paired(work).load()

    assert mission.together == ()
    (pair,) = mission.together_links
    assert pair.name == "West + East"
    assert pair.links == mission.links
    assert pair.links[0].source is None
    assert pair.protocol == preset_values("twin-field-2025").content.value
    assert (pair.protocol_name, pair.duration_s) == ("twin-field-2025", 7200.0)


def test_without_a_duration_the_block_is_an_hour(work):
    """As of any link that stands still; a name of its own counts."""
    entry = "  - {links: [West, East], protocol: chip-mdi-2020, name: Two}\n"
    (pair,) = paired(work, entry).load().together_links

    assert (pair.name, pair.duration_s) == ("Two", 3600.0)


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("[West, East]", "[West, Eest]", "together[0].links[1]", "there is no link 'Eest'"),
        ("[West, East]", "[West]", "together[0].links", "must have 2 items"),
        ("links: [West, East], ", "", "together[0].stations", "is missing"),
        ("duration: 2 h", "stations: [Xinglong, Nanshan]", "together[0].links",
         "stands beside stations"),
        ("duration: 2 h", "satellite: Micius", "together[0].satellite",
         "means nothing beside links"),
        ("duration: 2 h", "name: east", "together[0].name", "is used twice"),
        ("duration: 2 h", "duration: 0 h", "together[0].duration", "lies outside"),
        ("protocol: twin-field-2025", "protocol: micius-2017", "together[0].protocol",
         "is a payload"),
        ("60 km, wavelength", f"60 km, {DETECTOR}, wavelength", "links[1].source",
         "is missing, while there is a detector"),
        ("60 km, wavelength: 1550 nm", "60 km, wavelength: 1310 nm", "together[0].links",
         "their light interferes, but West has 1550 nm and East 1310 nm"),
    ],
)  # fmt: skip
def test_a_slip_has_its_place(work, old, new, where, message):
    """One finding at the key it is about."""
    finding = paired(work, ENTRY).replace(old, new).finding()

    assert finding.where == where
    assert message in finding.message


def test_two_protocols_over_the_same_links_have_two_names(work):
    """Else the second could not be asked for."""
    entry = "  - {links: [West, East], protocol: chip-mdi-2020}\n"
    names = [pair.name for pair in paired(work, ENTRY + entry).load().together_links]

    assert names == ["West + East, twin-field-2025", "West + East, chip-mdi-2020"]


def test_entangled_pairs_need_not_be_of_one_colour(work):
    """They do not interfere."""
    entry = "  - {links: [West, East], protocol: micius-entanglement-2020}\n"
    work = paired(work, entry).replace("60 km, wavelength: 1550 nm", "60 km, wavelength: 1310 nm")

    assert len(work.load().together_links) == 1


def test_one_link_twice_is_refused(work):
    """Two equal links have two names; what is left without a pair has no source."""
    found = paired(work).replace("[West, East]", "[West, West]").findings()

    assert {one.where: one.message for one in found} == {
        "together[0].links": "names one link twice",
        "links[1].source": "is missing",
    }


def test_the_length_of_a_block_is_no_matter_of_stations(work):
    """Their windows are the blocks."""
    entry = "  - {stations: [Xinglong, Nanshan], protocol: micius-entanglement-2020, name: A}\n"
    finding = paired(work, ENTRY + entry).finding()

    assert finding.where == "together[1].name"
    assert finding.message == "means nothing beside stations"
    assert finding.fix == "remove it"


def test_a_link_without_a_source_has_to_be_one_of_two(work):
    """Else it gives nothing."""
    finding = work.replace("demands:\n", f"{LINKS}demands:\n").findings()[0]

    assert finding.where == "links[0].source"
    assert finding.message == "is missing"
    assert "name the link under 'together'" in finding.fix
