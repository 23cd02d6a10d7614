"""The page about distillation: its example is printed, its table measured, its reasons coded."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
from pathlib import Path

import pytest
from as_user import run

from satqkd.distil.reconcile.engines import ENGINES, engine

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "distil.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SOURCE = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "satqkd" / "distil").rglob("*.py"))
)
TIMED = {"sift", "estimate", "reconcile", "verify", "amplify", "authenticate"}
"""Rows that end in a time of this machine."""


def _untimed(text: str) -> list[list[str]]:
    """Words of each line, without times of a machine."""
    names = {each.name for each in ENGINES}
    lines = [line.split() for line in text.splitlines() if line.strip()]
    return [
        words[:-1] if words[0] in TIMED
        else words[:5] + words[6:] if words[0] in names
        else words
        for words in lines
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The example, run in a copy of the shipped campaign: what it printed, and its folder."""
    folder = tmp_path_factory.mktemp("campaign")
    for name in ("mission.yaml", "stations.yaml", "data"):
        (folder / name).symlink_to(ROOT / name)
    (line,) = re.findall(r"```sh\n(satqkd distil .*)\n```", PAGE)
    done = run(*line.split()[1:], cwd=folder, env={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    return done.stdout, folder / "made"


@pytest.fixture(scope="module")
def script():
    """What measures the table and draws the picture."""
    spec = importlib.util.spec_from_file_location(
        "distil_picture", ROOT / "docs/pictures/distil.py"
    )
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found  # dataclasses look their module up
    spec.loader.exec_module(found)
    yield found
    del sys.modules[spec.name]


def test_the_example_is_what_the_command_prints(made):
    """Word by word but for times."""
    (printed,) = re.findall(r"```text\n(micius-.*?)```", PAGE, re.DOTALL)
    assert _untimed(printed) == _untimed(made[0])


def test_the_key_file_begins_as_it_is_shown(made):
    (shown,) = re.findall(r"```text\n(SIMULATED.*?)```", PAGE, re.DOTALL)
    assert (made[1] / "alice.key").read_text("ascii").startswith(shown)


def test_what_both_said_on_the_page_of_security_is_what_they_said(made):
    """The row of the engine that the example took."""
    (said,) = (
        row
        for row in csv.DictReader(io.StringIO((made[1] / "said.csv").read_text("utf-8")))
        if row["stage"] == "reconcile"
    )
    (block,) = csv.DictReader(io.StringIO((made[1] / "distilled.csv").read_text("utf-8")))
    alice, bob, key = (
        int(text)
        for text in (said["alice_said_bits"], said["bob_said_bits"], block["distilled_bits"])
    )
    row = f"| cascade | {alice:,} | {bob:,} | {key:,} | {key - bob:,} |"
    assert row in SECURITY


@pytest.mark.parametrize(
    ("name", "qber"),
    [(name, qber) for name in ("cascade", "cascade-fast") for qber in (0.01, 0.05)]
    + [("ldpc", 0.05)],
)
def test_the_table_of_engines_is_what_is_measured(script, name, qber):
    """With the script of the page, digit by digit: the rows that take least time."""
    assert script.row(script.point(engine(name), qber)) in PAGE.splitlines()


@pytest.mark.parametrize("each", ENGINES, ids=lambda each: each.name)
def test_the_table_has_every_engine_at_every_error_fraction(script, each):
    for qber in script.QBERS:
        assert f"\n| {100 * qber:.0f} % | `{each.name}` | " in PAGE


def test_reasons_are_those_of_the_code():
    """Each stands in a message of ``satqkd/distil``."""
    table = PAGE.split("## When there is no key")[1].split("\n## ")[0]
    reasons = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(reasons) == 9
    assert [each for each in reasons if each not in SOURCE] == []
