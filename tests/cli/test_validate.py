"""``satqkd validate`` as a user runs it."""

from __future__ import annotations

import json

import pytest
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
    for word in (
        "point",
        "published",
        "ours",
        "deviation",
        "claimed",
        "verdict",
        "within",
        "L-1",
        "21.798",
    ):
        assert word in answer.stdout
    assert "4 figures, all within what is claimed" in answer.stderr


def test_json_holds_what_the_table_leaves_out(satqkd, tmp_path):
    """Citation, assumptions, reason, and numbers as numbers."""
    answer = satqkd("validate", "O-1", "P-1", "--json", cwd=tmp_path)

    rows = {row["point"]: row for row in json.loads(answer.stdout)}
    near = rows["O-1 min range"]
    assert isinstance(near["ours_value"], float)
    assert near["verdict"] == "within"
    assert near["independent"] is True
    assert (near["origin"], near["seen"]) == ("measured", "read")
    assert near["counts_as"] == "O-1 min range"
    assert near["ratio"] == pytest.approx(1.0, abs=1e-3)
    assert "Nature 549, 43" in near["cite"]
    assert near["why"]
    interval = rows["P-1 signal clicks, interval"]
    assert interval["interval_width"] == pytest.approx(
        interval["ours_high"] / interval["ours_value"]
    )
    assert interval["ours_value"] < 3_551_136 < interval["ours_high"]


def test_an_interval_from_0_on_has_no_width(satqkd, tmp_path):
    """K-6: the pass may leave no key; JSON has no number for high over 0."""
    answer = satqkd("validate", "K-6", "--json", cwd=tmp_path)

    rows = {row["point"]: row for row in json.loads(answer.stdout)}
    interval = rows["K-6 mean key of passes with key, interval"]
    assert interval["ours_value"] == 0.0
    assert interval["interval_width"] is None


def test_an_unknown_case_is_refused(satqkd, tmp_path):
    """Exit code 2 and a guess."""
    answer = satqkd("validate", "L-111", cwd=tmp_path)

    assert answer.returncode == 2
    assert "fix: write 'L-1" in answer.stderr


def test_an_unknown_family_is_no_other_one(satqkd, tmp_path):
    """Without a guess."""
    answer = satqkd("validate", "X-9", cwd=tmp_path)

    assert answer.returncode == 2
    assert "fix: write" not in answer.stderr
    assert "their ids begin with O-, " in answer.stderr


def test_a_figure_outside_is_named_and_gives_exit_code_1(monkeypatch):
    """The answer is no."""
    monkeypatch.setattr(link_checks, "loss_db", lambda efficiency: 26.0 + 0.0 * efficiency)

    answer = CliRunner().invoke(APP, ["L-7"])

    assert answer.exit_code == 1
    assert "outside what is claimed: L-7 at zenith: loss, L-7 at 10 deg: loss" in answer.stderr


def test_what_is_told_beforehand_gives_exit_code_0(satqkd, tmp_path):
    """Not reproduced, with the reason below."""
    answer = satqkd("validate", "M-3", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert "1 figures, 1 not reproduced" in answer.stderr
    assert "not reproduced:\n    - M-3 key rate: three times the published rate" in answer.stdout


def test_all_of_it_ends_with_the_ten_papers(satqkd, tmp_path):
    """Many figures of one case are one row; each paper has one with the kinds of its figures."""
    answer = satqkd("validate", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert "O-4 55 figures" in answer.stdout
    assert "O-4 2016-09-22" not in answer.stdout
    assert " independent published figures" in answer.stdout.splitlines()[0]
    assert answer.stdout.index("not reproduced\n- ") < answer.stdout.index("orbits, links, clicks")
    assert "not reproduced, the others within what is claimed" in answer.stderr
    papers = answer.stdout[answer.stdout.index("the ten papers, one") :]
    assert papers.index("T-1 error") < papers.index("K-7b") < papers.index("D-8")
    assert "O-1" not in papers
    flat = " ".join(papers.split())
    for word in ("Twin-field key over free space", "qstt-micius-2020", "prediction", "fit"):
        assert word in flat


def test_one_paper_names_what_runs_it(satqkd, tmp_path):
    """Its presets and commands above its cases."""
    answer = satqkd("validate", "--paper", "2", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("paper 2: Microsatellite with key in real time")
    assert "'satqkd forecast --availability'" in answer.stdout
    for word in ("K-7 best", "K-7b key", "K-7c best"):
        assert word in answer.stdout
    assert "L-1" not in answer.stdout
    assert satqkd("validate", "--paper", "11", cwd=tmp_path).returncode == 2


def test_a_named_case_lists_every_input(satqkd, tmp_path):
    """Those published, those assumed with the reason, and why the claim is no nearer."""
    answer = satqkd("validate", "D-2", cwd=tmp_path)
    (first, *_) = json.loads(satqkd("validate", "D-2", "--json", cwd=tmp_path).stdout)

    assert "2 of 3" in answer.stdout
    assert "    - rate = 9 kHz: abstract: 9 kHz" in answer.stdout
    assert "    - time = 31 ms, 44 ms: not printed; chosen to meet the 30 ps" in answer.stdout
    assert "why the claim is no nearer:" in answer.stdout
    assert first["kind"] == "fit"
    assert first["paper"] == 9
    assert first["assumed_inputs"] == "2 of 3"
    assert first["inputs_published"] == "rate = 9 kHz: abstract: 9 kHz"
    assert "time = 31 ms, 44 ms" in first["inputs_assumed"]
