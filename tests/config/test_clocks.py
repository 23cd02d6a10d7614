"""Clocks of a mission: presets, files of one's own, written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import show_preset
from satqkd.errors import InputError
from satqkd.timing.linear_optical_sampling import CombTransfer
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming

ROOT = Path(__file__).parents[2]
FLEET = """\
  - name: Fleet
    payload: micius-2017-flown
    orbit: {model: walker, pattern: "53:4/2/1", altitude: 500 km}
"""
WRITTEN = (
    "{system: {model: linear-optical-sampling, tx_power: 500 mW, wavelength: 1550 nm, "
    "pulse_width: 300 fs, repetition_rate: 200 MHz, update_rate: 2 kHz}}"
)


@pytest.fixture
def mission(tmp_path):
    """Load the campaign with some lines put into it."""

    def load(*entries, satellites=""):
        text = (ROOT / "mission.yaml").read_text(encoding="utf-8")
        text = text.replace("data/tle ", f"{ROOT / 'data' / 'tle'} ")
        lines = "".join(f"  - {entry}\n" for entry in entries)
        text = text.replace("limits:\n", f"{satellites}clocks:\n{lines}limits:\n", 1)
        path = tmp_path / "mission.yaml"
        path.write_text(text, encoding="utf-8")
        return load_mission(path, ROOT / "stations.yaml")

    return load


def test_a_preset_is_everywhere_under_its_own_name(mission):
    """Unless something else is written."""
    (use,) = mission("clock: qstt-micius-2020").clocks

    assert (use.name, use.clock_name) == ("qstt-micius-2020", "qstt-micius-2020")
    assert isinstance(use.clock.system, SinglePhotonTiming)
    assert use.clock.system.jitter.sigma_s == pytest.approx(0.498e-9, abs=1e-12)
    assert use.spacecraft == (0,)
    assert use.stations == tuple(range(6))


def test_the_same_clocks_twice_are_refused(mission):
    """Each row of the answer would be there twice; with a station of their own they may be."""
    with pytest.raises(InputError, match=r"says the same as the one in line \d+"):
        mission("clock: qstt-micius-2020", "clock: qstt-micius-2020")

    assert len(mission("clock: qstt-micius-2020", f"clock: {WRITTEN}").clocks) == 2


def test_clocks_written_out_are_read_with_their_units(mission):
    """Watts and femtoseconds; what is left out is told as a default."""
    value = mission(f"clock: {WRITTEN}", f"{{name: B, station: Ngari, clock: {WRITTEN}}}")
    first, second = value.clocks

    assert isinstance(first.clock.system, CombTransfer)
    assert first.clock.system.tx_power_w == 0.5
    assert first.clock.system.pulse_width_s == 300e-15
    assert (first.name, second.name) == ("clock 1", "B")
    assert second.stations == (4,)
    assert "mission.yaml: clocks[0].clock.system.least_photons" in {
        assumption.where for assumption in value.assumptions
    }


def test_a_constellation_carries_them_all(mission):
    """By the name of its entry."""
    value = mission("{clock: qstt-micius-2020, satellite: Fleet}", satellites=FLEET)

    assert value.clocks[0].spacecraft == (1, 2, 3, 4)


def test_a_file_of_ones_own_is_a_preset(mission, tmp_path):
    """A copy, named by its path; its hash is among the inputs, its assumptions are told."""
    text = show_preset("combs-113km-2022").replace("tx_power: 1 W", "tx_power: 2 W")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    value = mission("clock: mine.yaml")

    assert value.clocks[0].clock.system.tx_power_w == 2.0
    assert any(one.path.endswith("mine.yaml") for one in value.inputs)
    assert "mine.yaml: system.tx_power" in {one.where for one in value.assumptions}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("name: nothing", "add 'clock: …'"),
        ("clock: xinglong-1m", "is a terminal, not a clock"),
        ("clock: {system: qstt-micius-2020}", "must be a mapping"),
        ("clock: {system: {model: atomic}}", "'atomic' is not known here"),
        (
            f"clock: {WRITTEN[:-1]}, stated: {{length: 113 km, contact: 1 h}}}}",
            "is missing, which this system needs",
        ),
    ],
)
def test_mistakes_say_what_is_wrong(mission, entry, says):
    """And where."""
    with pytest.raises(InputError) as refused:
        mission(entry)

    assert says in str(refused.value)


def test_two_of_one_name_are_refused(mission):
    """A table could not tell them apart."""
    twice = "{name: A, clock: qstt-micius-2020}"

    with pytest.raises(InputError, match="used twice"):
        mission(twice, twice)
