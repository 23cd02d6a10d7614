"""``satqkd forecast`` of terrestrial links, in missions with satellites and without."""

from __future__ import annotations

import json

import pytest

from satqkd.config.preset import copy_preset

LINK = """\
links:
  - name: Backbone
    direction: fibre
    length: 10 km
    wavelength: 1550 nm
    source: {pulse_rate: 100 MHz, intensities: [0.5, 0.1, 0], probabilities: [0.5, 0.25, 0.25],
             p_key_basis: 0.5, intrinsic_error: 1 %}
    detector: {efficiency: 20 %, dark_rate: 500 Hz, gate: 1 ns}

"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A copy of the packaged mission without satellites."""
    folder = tmp_path_factory.mktemp("ground")
    copy_preset("ground-links", folder)
    return folder


@pytest.mark.parametrize(
    ("words", "rows", "said"),
    [
        ([], 53, "Twin-field: key in 2 of 2 sessions, "),
        (["--block", "week"], 4, "Chip MDI: 1 block of 24 sessions, 1 with key: pooled "),
        (["--block", "night"], 8, "Twin-field: 2 blocks of 2 sessions"),
        (["--together", "--block", "pass"], 29, "Twin-field: 2 blocks of 2 sessions"),
        (["--links", "--optimise", "satellite"], 53, "53 sessions: settings as stated "),
        (["--availability"], 53, "the last of a session usable 0.3 s after it ends"),
    ],
)
def test_a_mission_of_links_has_every_table(satqkd, ground, words, rows, said):
    """On the terminal with a line that adds up, as JSON row by row."""
    shown = satqkd("forecast", *words, cwd=ground)
    told = json.loads(satqkd("forecast", *words, "--json", cwd=ground).stdout)

    assert shown.returncode == 0, shown.stderr
    assert said in " ".join(shown.stdout.split())
    assert len(told) == rows
    assert {row["link"] for row in told} >= {"Twin-field", "MDI through air", "Chip MDI"}


def test_columns_can_be_chosen(satqkd, ground):
    """By the option of all listings."""
    answer = satqkd("forecast", "--columns", "link,secure_bits", "--csv", cwd=ground)

    assert answer.stdout.splitlines()[:2] == ["link,secure_bits", "Quantum dot,293936466"]


def test_a_mixed_mission_keeps_its_passes_and_lists_links_on_request(satqkd, edited):
    """--links and nothing else says which."""
    mixed = edited("mission.yaml", "limits:\n", f"{LINK}limits:\n")
    passes = json.loads(satqkd("forecast", "--samples", "0", "--json", cwd=mixed).stdout)
    links = json.loads(
        satqkd("forecast", "--links", "--block", "night", "--json", cwd=mixed).stdout
    )

    assert {"pass_id", "station"} <= passes[0].keys()
    assert {row["link"] for row in links} == {"Backbone"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--links"], "no terrestrial link of the mission makes key"),
        (["--links", "--station", "Xinglong"], "--links and --station do not go together"),
        (["--links", "--satellite", "Micius"], "--links and --satellite do not go together"),
    ],
)
def test_what_makes_no_sense_is_refused(satqkd, campaign, words, told):
    """In a mission of satellites only."""
    answer = satqkd("forecast", *words, cwd=campaign)

    assert answer.returncode == 2
    assert told in answer.stderr
    assert "fix:" in answer.stderr


@pytest.mark.parametrize("words", [["--block", "week"], ["--optimise", "pass"], ["--availability"]])
def test_link_names_the_command_that_lists(satqkd, ground, words):
    """It shows light, not what is made of it."""
    answer = satqkd("link", "Twin-field", *words, cwd=ground)

    assert answer.returncode == 2
    assert f"fix: run 'satqkd forecast {' '.join(words)}'" in answer.stderr
