"""``satqkd link`` and ``check`` for links that stand still, and for two links at once."""

from __future__ import annotations

import json
import re

import pytest

SOURCE = (
    "{pulse_rate: 100 MHz, intensities: [0.5, 0.1, 0], probabilities: [0.5, 0.25, 0.25], "
    "p_key_basis: 0.5, intrinsic_error: 1 %}"
)
LINKS = f"""\
links:
  - name: Roof to roof
    direction: horizontal
    length: 7.1 km
    transmitter:
      aperture: 80 mm
      wavelength: 1550 nm
      beam: {{model: gaussian, divergence: 30 urad}}
      pointing: {{model: jitter, jitter: 3 urad, jitter_range: [2 urad, 5 urad]}}
    source: {SOURCE}
    receiver: {{aperture: 100 mm, efficiency: 40 %, field_of_view: 50 urad, bandwidth: 1 nm}}
    detector: {{efficiency: 60 %, dark_rate: 100 Hz, gate: 1 ns}}
  - name: Backbone
    direction: fibre
    length: 10 km
    attenuation: 0.22 dB/km
    wavelength: 1550 nm
    source: {SOURCE}
    detector: {{efficiency: 20 %, dark_rate: 500 Hz, gate: 1 ns}}
  - name: Too far
    direction: fibre
    length: 400 km
    wavelength: 1550 nm
    source: {SOURCE}
    detector: {{efficiency: 20 %, dark_rate: 500 Hz, gate: 1 ns}}

"""
SHARED = "micius-delingha-20161219T1653"


@pytest.fixture
def linked(edited):
    """The campaign with a horizontal link and two fibres."""
    return edited("mission.yaml", "limits:\n", f"{LINKS}limits:\n")


def test_check_lists_them(satqkd, linked):
    """One line each, what it is and how long."""
    answer = satqkd("check", cwd=linked)

    assert answer.returncode == 0, answer.stderr
    assert "Roof to roof: horizontal over 7.1 km at 1550 nm, on a moonless night" in answer.stdout
    assert "Backbone: fibre of 10 km at 1550 nm" in answer.stdout


def test_a_horizontal_link_has_its_waterfall(satqkd, linked):
    """One column whose lines add up, clicks, flicker and the key of an hour with its range."""
    answer = satqkd("link", "roof to roof", cwd=linked)

    assert answer.returncode == 0, answer.stderr
    rows = dict(re.findall(r"^ {2}(\S.*?) {2,}([\d.]+) {3}dB$", answer.stdout, re.MULTILINE))
    values = [float(value) for value in rows.values()]
    total = list(rows).index("total to the detectors")
    assert sum(values[:total]) == pytest.approx(values[total], abs=0.005 * (total + 1))
    for word in ("flicker", "signal clicks", "background clicks", "QBER", "night sky"):
        assert word in answer.stdout
    assert re.search(r"key of an hour as one block: [\d,]+ bits \(low [\d,]+, high", answer.stdout)


def test_a_fibre_as_json(satqkd, linked):
    """The numbers of the table in one record; 2.2 dB are 2.2 dB."""
    (record,) = json.loads(satqkd("link", "Backbone", "--json", cwd=linked).stdout)

    assert record["fibre_loss_db"] == 2.2
    assert record["total_loss_db"] == 2.7
    assert record["flicker_variance"] == 0.0
    assert record["hour_secure_bits"] > 10**9
    assert record["why_zero"] is None


def test_no_key_says_why(satqkd, linked):
    """Below the table, in words."""
    answer = satqkd("link", "Too far", cwd=linked)

    assert answer.returncode == 0, answer.stderr
    assert re.search(r"no key in an hour: \w+", answer.stdout)


def test_two_links_side_by_side(satqkd, campaign):
    """Both arms at begin, best and end of the common window; as JSON the same rows."""
    words = ("link", SHARED, "--days", "1", "--together", "lijiang")
    shown, told = satqkd(*words, cwd=campaign), satqkd(*words, "--json", cwd=campaign)

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"{SHARED} with micius-lijiang-20161219T1656: begin 2016-12-19T")
    rows = {row["term"]: row for row in json.loads(told.stdout)}
    total = rows["total to the detectors"]
    assert rows["sum over the links"]["delingha_best"] == pytest.approx(
        total["delingha_best"] + total["lijiang_best"], abs=0.011
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Backbone", "--together", "Lijiang"], "sees no satellite"),
        (["Backbone", "--out", "there"], "no files of a link that stands still"),
        ([SHARED, "--together", "Lijiang", "--out", "there"], "no files of --together"),
        ([SHARED, "--together", "Nowhere"], "no station is called 'Nowhere'"),
        ([SHARED, "--together", "Delingha"], "over Delingha itself"),
        (
            ["micius-delingha-20161219T1827", "--together", "Jinan"],
            "Jinan does not see the satellite during",
        ),
        (["Backbon"], "no pass of the window is called 'Backbon'"),
    ],
)
def test_what_makes_no_sense_is_refused(satqkd, linked, words, told):
    """One line that says what to do; nothing is printed or written."""
    answer = satqkd("link", *words, "--days", "1", cwd=linked)

    assert answer.returncode == 2
    assert told in answer.stderr
    assert "fix:" in answer.stderr
    assert answer.stdout == ""
    assert not (linked / "there").exists()
