"""``satqkd link`` for two links that stand still with a node between them."""

from __future__ import annotations

import json
import re

import pytest

from satqkd.config.preset import copy_preset


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A copy of the packaged mission."""
    folder = tmp_path_factory.mktemp("ground")
    copy_preset("ground-links", folder)
    return folder


def test_pairs_stand_below_the_links(satqkd, ground):
    """One table of links that make key alone, one of pairs; as JSON one list of both."""
    answer = satqkd("link", cwd=ground)
    rows = json.loads(satqkd("link", "--json", cwd=ground).stdout)

    assert answer.returncode == 0, answer.stderr
    shown = answer.stdout
    assert shown.index("Quantum dot") < shown.index("Twin-field") < shown.index("Chip MDI")
    assert not re.search(r"^ +City west", shown, re.MULTILINE)
    assert re.search(r"Quantum dot .* 0\.00108$", shown, re.MULTILINE)
    assert re.search(r"Twin-field .* 6\.92e-07$", shown, re.MULTILINE)
    assert [row.get("link") or row["pair"] for row in rows] == [
        "Quantum dot", "Twin-field", "MDI through air", "Chip MDI",
    ]  # fmt: skip
    assert rows[0]["bits_per_pulse"] == pytest.approx(1.08e-3, rel=0.02)
    assert rows[1]["over_plob"] > 1.0 > rows[2]["over_plob"]


def test_a_pair_has_both_waterfalls_and_its_key(satqkd, ground):
    """Lines of each link add up to its total; the key below."""
    answer = satqkd("link", "twin-field", "--out", "there", cwd=ground)

    assert answer.returncode == 0, answer.stderr
    assert "key of 49,359 s as one block: " in answer.stdout
    assert "bit per use" in answer.stdout
    assert "phase errors at most" in answer.stdout
    header, *rows = (ground / "there" / "waterfall.csv").read_text().splitlines()
    assert header == "term,city_west_db,city_east_db"
    losses = [float(row.split(",")[1]) for row in rows]
    assert sum(losses[:-1]) == pytest.approx(losses[-1], abs=0.005 * len(losses))
    header, row = (ground / "there" / "pair.csv").read_text().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["loss_a_db"] == "33.500"


def test_one_of_two_links_shows_its_losses_only(satqkd, ground):
    """And names the pair."""
    answer = satqkd("link", "Fibre west", cwd=ground)

    assert answer.returncode == 0, answer.stderr
    assert "12.00" in answer.stdout
    assert "satqkd link 'Chip MDI'" in answer.stdout
    rows = json.loads(satqkd("link", "Fibre west", "--json", cwd=ground).stdout)
    assert rows[-1] == {"term": "total to the detectors", "loss_db": 12.0}


def test_key_of_a_dot_is_told_per_pulse(satqkd, ground):
    """As the paper prints it."""
    answer = satqkd("link", "Quantum dot", cwd=ground)

    assert "0.001073 bit per pulse" in answer.stdout


def test_all_are_written_into_a_folder(satqkd, ground):
    """Links and pairs apart."""
    answer = satqkd("link", "--out", "all", cwd=ground)

    assert answer.returncode == 0, answer.stderr
    assert len((ground / "all" / "links.csv").read_text().splitlines()) == 2
    assert len((ground / "all" / "pairs.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check"], 0),
        (["plan", "--out", "planned"], 1),
        (["passes"], 1),
    ],
)
def test_other_commands_point_to_link(satqkd, ground, words, code):
    """None of them crashes for want of satellites."""
    answer = satqkd(*words, cwd=ground)
    said = answer.stdout + answer.stderr

    assert answer.returncode == code
    assert "Traceback" not in said
    assert "satqkd link" in said or "Twin-field: City west and City east" in said
