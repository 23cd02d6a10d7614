"""Each of the ten papers has its presets, its commands and its figures."""

from __future__ import annotations

import pytest
import typer.main

from satqkd.cli.app import app
from satqkd.config.preset import list_presets
from satqkd.errors import SatqkdError
from satqkd.validation.papers import PAPERS, paper_of
from satqkd.validation.read import read_cases

FAMILIES = {
    1: ["T-1", "T-6", "T-7", "T-8", "T-9"],
    2: ["K-7", "K-7b", "K-7c"],
    3: ["S-3", "S-4"],
    4: ["K-8", "K-10"],
    5: ["K-6"],
    6: ["D-5", "D-6"],
    7: ["M-1", "M-3"],
    8: ["M-2", "M-4"],
    9: ["D-1", "D-2", "D-2b", "D-3"],
    10: ["D-7", "D-8"],
}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.number))
def test_a_paper_has_its_cases(paper):
    """Those that are no mere identities."""
    own = [case for case in read_cases() if case.paper == paper.number]

    assert [case.id for case in own] == FAMILIES[paper.number]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.number))
def test_its_presets_and_commands_are_there(paper):
    """Every preset, every command with its options and arguments that are presets."""
    presets = {preset.name for preset in list_presets()}
    commands = typer.main.get_command(app).commands

    assert set(paper.presets) <= presets
    for line in paper.commands:
        name, *words = line.split()
        options = {option for each in commands[name].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= options
        if name == "clock":
            assert words[0] in presets


def test_a_number_beyond_the_papers_is_refused():
    """With what can be written."""
    assert paper_of(10).arxiv == "2003.08322"
    for number in (0, 11):
        with pytest.raises(SatqkdError, match="fix: write a number from 1 to 10"):
            paper_of(number)
