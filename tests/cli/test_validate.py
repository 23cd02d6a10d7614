"""``satqkd validate`` as a user runs it."""

from __future__ import annotations

import json

import typer
from typer.testing import CliRunner

from satqkd.cli import validate
from satqkd.validation.checks import link as link_checks

APP = typer.Typer()
APP.command()(validate.command)


def test_prints_a_table_in_an_empty_folder(satqkd, tmp_path):
    """Cases come with the package."""
    answer = satqkd("validate", "L-1", "K-3", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    for word in ("point", "published", "ours", "deviation", "claimed", "within", "L-1", "21.798"):
        assert word in answer.stdout
    assert "4 figures, all within what is claimed" in answer.stderr


def test_json_holds_what_the_table_leaves_out(satqkd, tmp_path):
    """Citation, assumptions, reason, and numbers as numbers."""
    answer = satqkd("validate", "O-1", "P-1", "--json", cwd=tmp_path)

    rows = {row["point"]: row for row in json.loads(answer.stdout)}
    near = rows["O-1 min range"]
    assert isinstance(near["ours_value"], float)
    assert near["within"] is True
    assert "Nature 549, 43" in near["cite"]
    assert near["why"]
    interval = rows["P-1 signal clicks, interval"]
    assert interval["ours_value"] < 3_551_136 < interval["ours_high"]


def test_an_unknown_case_is_refused(satqkd, tmp_path):
    """Exit code 2 and a guess."""
    answer = satqkd("validate", "L-111", cwd=tmp_path)

    assert answer.returncode == 2
    assert "fix: write 'L-1" in answer.stderr


def test_a_figure_outside_is_named_and_gives_exit_code_1(monkeypatch):
    """The answer is no."""
    monkeypatch.setattr(link_checks, "loss_db", lambda efficiency: 26.0 + 0.0 * efficiency)

    answer = CliRunner().invoke(APP, ["L-7"])

    assert answer.exit_code == 1
    assert "outside what is claimed: L-7 at zenith: loss, L-7 at 10 deg: loss" in answer.stderr
