"""``--set`` puts a value in place of what the files say, in every command that reads a mission."""

from __future__ import annotations

import json

import pytest
from typer.main import get_command

from satqkd.cli.app import app

LOG = ["data/flown/micius-2016-12-19.csv"]
ARGUMENTS = {"calibrate": LOG, "score": LOG, "flown": LOG, "clock": [], "export": ["--ics"],
             "distil": ["micius"]}  # fmt: skip
ONLY_NAMES = {"pin", "ban", "out", "undo", "desk"}
"""For these the mission only says which contacts and stations there are, and which ledger; what the
desk plans again is changed on its pages."""


def reading() -> list[str]:
    """Commands that read a mission."""
    commands = getattr(get_command(app), "commands")  # noqa: B009 -- a group's
    return [
        name
        for name, command in commands.items()
        if name not in ONLY_NAMES and any("--mission" in param.opts for param in command.params)
    ]


def test_there_are_commands_that_read_a_mission():
    """The list below is not empty by accident."""
    assert {"check", "passes", "link", "forecast", "plan", "clock", "calibrate"} <= set(reading())


@pytest.mark.parametrize("command", reading())
def test_every_one_heeds_it(satqkd, campaign, command):
    """A misspelt path is refused with the nearest right name, and nothing is written."""
    words = [command, *ARGUMENTS.get(command, []), "--set", "limits.min_elevaton=15 deg"]
    done = satqkd(*words, cwd=campaign)

    assert done.returncode == 2
    assert done.stderr == (
        "--set: limits.min_elevaton: no such key here\n  fix: write 'min_elevation'\n"
    )
    assert not done.stdout


@pytest.mark.parametrize("more", [["--geometry"], ["--between-satellites"], ["--together", "A,B"]])
def test_every_table_of_passes_heeds_it(satqkd, campaign, more):
    """Not only the first."""
    done = satqkd("passes", *more, "--set", "step=1", cwd=campaign)
    assert "--set: step: '1' has no unit" in done.stderr


def test_plan_json_tells_what_was_set_and_only_then(satqkd, campaign):
    """Provenance stays honest."""
    plan = ["plan", "--days", "1", "--samples", "0", "--pictures", "none"]
    changes = {
        "satellites[0].payload.transmitter.pointing": "{model: stated, loss: 6 dB}",
        "stations.Xinglong.terminal.setup": "5 min",
    }
    words = [word for path, value in changes.items() for word in ("--set", f"{path}={value}")]

    assert satqkd(*plan, "--out", "a", cwd=campaign).returncode == 0
    assert satqkd(*plan, "--out", "b", *words, cwd=campaign).returncode == 0

    before, after = (
        json.loads((campaign / name / "plan.json").read_text("utf-8")) for name in "ab"
    )
    assert "set" not in before
    assert after["set"] == changes
    assert after["solver"]["objective_bits"] < before["solver"]["objective_bits"]
    assert after["models"]["satellites"][0]["payload"] == "micius-2017-flown"


def test_check_says_what_was_set(satqkd, campaign):
    """So that one sees it was heeded."""
    done = satqkd("check", "--set", "limits.min_elevation=15 deg", cwd=campaign)
    assert "  set beside the files: limits.min_elevation=15 deg\n" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--set", "step"], "--set: 'step' is no change of a value"),
        (["check", "--set", "=1"], "--set: '=1' is no change of a value"),
        (["plan", "--days", "1", "--set", "duration=2 d"], "--days and --set duration do not go"),
        (
            ["plan", "--start", "2016-12-19T00:00:00Z", "--set", "start=2016-12-20T00:00:00Z"],
            "--start and --set start do not go together",
        ),
        (["clock", "qstt-micius-2020", "--set", "step=2 s"], "--set: no mission is read here"),
    ],
)
def test_what_would_be_passed_over_is_refused(satqkd, campaign, words, said):
    """Nothing is ignored."""
    done = satqkd(*words, cwd=campaign)

    assert done.returncode == 2
    assert said in done.stderr
