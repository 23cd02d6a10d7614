"""``satqkd forecast --counts``: what keys are made of, and what a plan reads of it."""

import csv
import io


def test_counts_are_written_for_a_plan_to_read(satqkd, tmp_path):
    """A row a pass and intensity; with it the rest of the week is planned."""
    assert satqkd("preset", "copy", "microsatellite-week", "week", cwd=tmp_path).returncode == 0
    week = tmp_path / "week"
    written = satqkd("forecast", "--counts", "--csv", "--days", "3", cwd=week)
    rows = list(csv.DictReader(io.StringIO(written.stdout)))

    assert written.returncode == 0
    assert {float(row["intensity"]) for row in rows} == {0.6, 0.15, 0.0}
    assert all(float(row["key_errors"]) <= float(row["key_clicks"]) for row in rows)
    (week / "flown.csv").write_text(written.stdout, encoding="utf-8")
    planned = satqkd(
        "plan", "--set", "opening_counts=flown.csv", "--start", "2026-12-03T00:00:00Z",
        "--days", "4", "--pictures", "none", "--series", "none", "--samples", "0", cwd=week,
    )  # fmt: skip
    flown = len({row["contact_key"] for row in rows})
    assert planned.returncode == 0
    assert f"counts of {flown} contacts flown before the window: " in planned.stdout
    assert "flown.csv" in (week / "plan" / "plan.json").read_text(encoding="utf-8")


def test_counts_go_with_no_other_table(satqkd, tmp_path):
    """Joint contacts collect light, links over the ground are in no plan."""
    for other in ("--together", "--links", "--availability"):
        answer = satqkd("forecast", "--counts", other, cwd=tmp_path)

        assert answer.returncode == 2
        assert "--counts" in answer.stderr
        assert other in answer.stderr
