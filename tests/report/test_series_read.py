"""Samples of a pass are read where they stand in series.csv, and are all of its own."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

from satqkd.errors import SatqkdError
from satqkd.report.plan_folder import PlanFolder, plan_of_files

PASSES = "pass_id,station\n"


def table(names: list[str]) -> str:
    """Write a series of passes in some order; cells may hold commas and quotes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["pass_id", "utc", "note"])
    for number, name in enumerate(names):
        writer.writerow([name, str(number), 'a, "b"' if number % 3 == 0 else ""])
    return out.getvalue()


def plan_of(text: str) -> PlanFolder:
    return plan_of_files(Path("plan"), {"passes.csv": PASSES, "series.csv": text.encode()}, {})


@pytest.mark.parametrize("seed", range(6))
def test_they_are_those_that_a_reader_of_all_finds(seed):
    """Also where passes are not one after the other, and one's name begins as another's."""
    dice = np.random.default_rng(seed)
    names = dice.choice(["a", "a-1", "b", "b-22"], size=dice.integers(1, 40)).tolist()
    if seed % 2:
        names.sort()
    text = table(names)
    plan, every = plan_of(text), list(csv.DictReader(io.StringIO(text)))

    for name in ("a", "a-1", "b", "b-22", "c", ""):
        wanted = [row for row in every if row["pass_id"] == name]
        assert list(plan.series(name) or ()) == wanted
    found = plan.samples({"a", "b-22"}, ["utc"])
    assert found == {
        name: tuple({"utc": row["utc"]} for row in every if row["pass_id"] == name)
        for name in ("a", "b-22")
        if name in names
    }


@pytest.mark.parametrize("text", ["", "pass_id,utc,note\n", "pass_id,utc,note"])
def test_a_series_without_samples_has_none(text):
    plan = plan_of(text)
    assert plan.series("a") is None
    assert plan.samples({"a"}, ["utc"]) == {}


def test_without_a_series_there_is_none(tmp_path):
    plan = plan_of_files(tmp_path, {"passes.csv": PASSES}, {})
    assert plan.series("a") is None
    assert plan.samples({"a"}, ["utc"]) == {}


def test_a_series_that_was_changed_is_refused(tmp_path):
    """What it says would not be the plan's."""
    text = table(["a", "b"])
    (tmp_path / "series.csv").write_text(text.replace("1", "2"), encoding="utf-8")
    files = {"series.csv": hashlib.sha256(text.encode()).hexdigest()}
    plan = PlanFolder(path=tmp_path, manifest={"files": files}, tables={})
    with pytest.raises(SatqkdError, match=r"series\.csv is not what"):
        plan.series("a")
