"""The calibration a mission names is read, checked and told."""

from __future__ import annotations

import pytest

from satqkd.mission.calibration import Correction

OVERLAY = """\
log: "flown.csv"
log_sha256: 0123
corrections:
  - satellite: "Micius"
    station: "Xinglong"
    zenith_transmittance: 0.6
    zenith_transmittance_range: [0.55, 0.65]
    pointing_loss: 2.5 dB
    pointing_loss_range: [2 dB, 3 dB]
    receiver_efficiency: 12 %
    intrinsic_error: 1.2 %
    night_radiance: 3e-5 W m-2 sr-1 um-1
"""


@pytest.fixture
def calibrated(work):
    """Name an overlay and write it."""

    def write(text: str = OVERLAY):
        work.replace("elements: micius.tle", "elements: micius.tle\ncalibration: calibration.yaml")
        (work.mission.parent / "calibration.yaml").write_text(text, encoding="utf-8")
        return work

    return write


def test_it_takes_the_place_of_the_stated_constants(calibrated):
    """With its ranges, and for its pair only."""
    mission = calibrated().load()
    here, there = mission.ends(0, 0), mission.ends(0, 1)

    assert here.link.atmosphere.zenith_transmittance == 0.6
    assert here.link.worst().atmosphere.zenith_transmittance == 0.55
    assert here.link.transmitter.pointing.loss_range_db == (2.0, 3.0)
    assert here.link.receiver.efficiency == 0.12
    assert here.source.intrinsic_error == 0.012
    assert here.sky.night_radiance_w_m2_sr_m == pytest.approx(30.0)
    assert there.link.transmitter.pointing.loss_db == 1.5
    assert there.link.receiver.efficiency == 0.16


def test_its_file_is_among_the_inputs(calibrated):
    """So that a plan says which calibration it rests on."""
    mission = calibrated().load()

    assert any(file.path.endswith("calibration.yaml") for file in mission.inputs)
    assert mission.calibration.log_sha256 == "0123"


def test_without_it_nothing_changes(work):
    """No key, no correction."""
    assert work.load().calibration is None


@pytest.mark.parametrize(
    ("old", "new", "word", "line"),
    [
        ('satellite: "Micius"', "satellite: Mozi", "no satellite 'Mozi'", 4),
        ('station: "Xinglong"', "station: Xinlong", "no station 'Xinlong'", 5),
        ("pointing_loss: 2.5 dB", "pointing_loss: 2.5", "has no unit", 8),
        ("intrinsic_error: 1.2 %", "intrinsic_err: 1.2 %", "no such key", 11),
        ("receiver_efficiency: 12 %", "receiver_efficiency: 12", "outside", 10),
        ("pointing_loss: 2.5 dB", "pointing_loss: 5 dB", "[low, high]", 8),
        ("    pointing_loss: 2.5 dB\n", "", "around a value not given", 8),
        ("    pointing_loss: 2.5 dB\n    pointing_loss_range: [2 dB, 3 dB]\n",
         "    pointing_jitter: 1 urad\n", "does not fit", 8),
        ("    zenith_transmittance: 0.6\n    zenith_transmittance_range: [0.55, 0.65]\n",
         "    visibility: 20 km\n", "not what describes the air", 6),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(calibrated, old, new, word, line):
    """Names, units, keys, and constants the models there do not have."""
    assert old in OVERLAY
    finding = calibrated(OVERLAY.replace(old, new)).finding()

    assert finding.file.endswith("calibration.yaml")
    assert word in finding.message
    assert abs(finding.line - line) <= 1


def test_a_pair_is_corrected_once(calibrated):
    """The second would be ignored."""
    twice = OVERLAY + OVERLAY.partition("corrections:\n")[2]

    assert "second time" in calibrated(twice).finding().message


def test_a_file_that_is_not_there_is_told(work):
    """With how to make it."""
    work.replace("elements: micius.tle", "elements: micius.tle\ncalibration: calibration.yaml")

    finding = work.finding()

    assert "does not exist" in finding.message
    assert "satqkd calibrate" in finding.fix


def test_a_correction_says_what_it_gives():
    """Ranges and names are none of it."""
    correction = Correction(
        satellite="a", station="b", pointing_loss_db=1.0, pointing_loss_range_db=(0.5, 2.0)
    )

    assert correction.given == {"pointing_loss_db": 1.0}
