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
    """One column whose lines add up, clicks, fading and the key of an hour with its range."""
    answer = satqkd("link", "roof to roof", cwd=linked)

    assert answer.returncode == 0, answer.stderr
    rows = dict(re.findall(r"^ {2}(\S.*?) {2,}([\d.]+) {3}dB$", answer.stdout, re.MULTILINE))
    values = [float(value) for value in rows.values()]
    total = list(rows).index("total to the detectors")
    assert sum(values[:total]) == pytest.approx(values[total], abs=0.005 * (total + 1))
    for word in ("scintillation", "signal clicks", "background clicks", "QBER", "night sky"):
        assert word in answer.stdout
    assert re.search(r"key of an hour as one block: [\d,]+ bits \(low [\d,]+, high", answer.stdout)


def test_a_fibre_as_json(satqkd, linked):
    """The numbers of the table in one record; 2.2 dB are 2.2 dB."""
    (record,) = json.loads(satqkd("link", "Backbone", "--json", cwd=linked).stdout)

    assert record["fibre_loss_db"] == 2.2
    assert record["total_loss_db"] == 2.7
    assert record["scintillation_index"] == 0.0
    assert record["hour_secure_bits"] > 10**9
    assert record["reason"] is None


def test_no_key_says_why(satqkd, linked):
    """Below the table, in words."""
    answer = satqkd("link", "Too far", cwd=linked)

    assert answer.returncode == 0, answer.stderr
    assert re.search(r"no key in an hour: \w+", answer.stdout)


def test_all_links_that_stand_still_are_one_table(satqkd, linked):
    """A row each; those without key say why; as JSON the same."""
    answer = satqkd("link", cwd=linked)
    rows = json.loads(satqkd("link", "--json", cwd=linked).stdout)

    assert answer.returncode == 0, answer.stderr
    names = ["Roof to roof", "Backbone", "Too far"]
    assert [row["link"] for row in rows] == names
    assert all(re.search(rf"^ +{name} ", answer.stdout, re.MULTILINE) for name in names)
    assert rows[2]["reason"] in " ".join(answer.stdout.split())
    assert "published" not in answer.stdout


def test_the_packaged_fibre_stands_beside_what_was_published(satqkd, tmp_path):
    """Four lengths, of which two have a rate in print."""
    assert satqkd("preset", "copy", "fibre-115mb-2023", cwd=tmp_path).returncode == 0
    answer = satqkd("link", cwd=tmp_path)
    rows = {line.split()[0]: line for line in answer.stdout.splitlines() if " km " in line}

    assert rows.keys() == {"10", "50", "100", "328"}
    assert rows["10"].endswith("115,800,000")
    assert rows["328"].endswith("233")
    assert rows["50"].endswith("–")
    assert "'satqkd link' lists its links" in satqkd("passes", cwd=tmp_path).stderr


def test_links_are_written_into_a_folder(satqkd, linked):
    """One with its waterfall, or all."""
    one = satqkd("link", "Backbone", "--out", "one", cwd=linked)
    every = satqkd("link", "--out", "all", cwd=linked)

    assert (one.returncode, every.returncode) == (0, 0), one.stderr + every.stderr
    assert "written: one" in one.stderr
    assert (linked / "one" / "waterfall.csv").read_text().splitlines()[2] == "fibre,2.20,dB"
    header, row = (linked / "one" / "link.csv").read_text().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["link"] == "Backbone"
    assert len((linked / "all" / "links.csv").read_text().splitlines()) == 4


def test_without_a_name_a_mission_of_satellites_says_what_to_do(satqkd, campaign):
    """It has passes only."""
    answer = satqkd("link", cwd=campaign)

    assert answer.returncode == 2
    assert "fix: copy the id of a pass from 'satqkd passes --columns pass_id'" in answer.stderr


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
        (["--together", "Lijiang"], "sees no satellite"),
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
