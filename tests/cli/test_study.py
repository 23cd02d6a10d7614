"""``satqkd study`` as people run it, with the command's own process alone at work."""

from __future__ import annotations

import pytest

STUDY = """\
name: Elevations
question: How low is low enough?
set: {duration: 6 h}
vary:
  - {name: elevation, path: limits.min_elevation, values: [10 deg, 30 deg]}
measure: [key_day_clear, station_hours]
realisations: 0
"""


@pytest.fixture
def varied(campaign):
    (campaign / "study.yaml").write_text(STUDY, encoding="utf-8")
    return campaign


def test_a_study_is_explained_run_looked_at_and_printed(satqkd, varied):
    told = satqkd("study", "run", "--explain", "--workers", "1", cwd=varied)
    assert told.returncode == 0, told.stderr
    assert "2 points, 2 rows that differ" in told.stdout
    assert "s a row, measured on 2; with 1 worker about" in told.stdout
    assert not (varied / "study-results").exists()

    run = satqkd("study", "run", "--workers", "0", cwd=varied)
    assert (run.returncode, run.stdout) == (0, "2 rows in study-results/summary.csv\n"), run.stderr

    status = satqkd("study", "status", cwd=varied)
    assert status.stdout == ("Elevations: 2 rows: 2 done, 0 failed, 0 left\nno run is at work\n")

    for meant in ("study.yaml", "."):
        assert satqkd("study", "status", meant, cwd=varied).stdout == status.stdout
    other = satqkd("study", "run", "study-results", cwd=varied)
    assert (other.returncode, "go on with it: satqkd study resume" in other.stderr) == (2, True)

    table = satqkd("study", "table", cwd=varied, env={"COLUMNS": "80"})
    assert max(map(len, table.stdout.splitlines())) <= 80
    assert "[bit/d]" in table.stdout

    csv = satqkd("study", "table", "--csv", cwd=varied)
    assert csv.stdout == (varied / "study-results" / "summary.csv").read_text(encoding="utf-8")
    assert csv.stdout.splitlines()[0] == (
        "point,repeat,elevation_deg,key_day_clear_bit_d,station_hours_h,status,reason"
    )

    again = satqkd("study", "resume", "--workers", "0", cwd=varied)
    assert (again.returncode, again.stdout) == (0, run.stdout)


def test_mistakes_end_with_two_and_say_what_to_do(satqkd, varied):
    for words, said in (
        (("status",), "there is no study in this folder\n  fix: name the folder"),
        (("resume", "nowhere"), "there is no study in this folder\n  fix: start one"),
        (("run", "--workers", "-1"), "--workers: -1 is no number of them\n  fix: write"),
        (("run", "--workers", "1", "--scheduler", "tcp://x:1"), "leave out one of the two"),
        (("run", "none.yaml"), "none.yaml:1: does not exist"),
        (("run", "--to", "."), "holds something else than a study"),
        (("run", "--to", "study.yaml"), "study.yaml: is a file\n  fix: name a folder"),
        (("status", "study.yaml"), "study-results/study.json: does not exist"),
    ):
        answer = satqkd("study", *words, cwd=varied)
        assert answer.returncode == 2, answer.stderr
        assert said in answer.stderr
