"""``satqkd score`` from logs to tables and picture."""

from __future__ import annotations

import csv
import io
import json

import pytest

HEAD = "utc,satellite,station,key_bits,qber\n"
ONE = "2016-12-19T16:52:14Z,Micius,Xinglong,300000,0.012\n"
OTHER = "2016-12-22T17:25:00Z,Micius,Lijiang,0,\n"


@pytest.fixture
def folder(edited):
    """The campaign with two logs."""
    place = edited("mission.yaml", "payload: micius-2017-flown", "payload: micius-2017-flown")
    (place / "a.csv").write_text(HEAD + ONE, encoding="utf-8")
    (place / "b.csv").write_text(HEAD + OTHER, encoding="utf-8")
    return place


class TestScore:
    def test_the_answer_comes_first(self, satqkd, folder):
        """What was made beside what was forecast; then contacts, biases, share and CRPS."""
        done = satqkd("score", "a.csv", "b.csv", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("1 of 2 contacts gave key, 300,000 bit: ")
        assert "keys from P10 to P90" in done.stdout
        assert "1 contact without key" in done.stdout

    def test_tables_and_picture_are_written(self, satqkd, folder):
        """CSV and JSON hold the same contacts; the same bytes every time."""
        for name in ("first", "again"):
            done = satqkd("score", "a.csv", "b.csv", "--out", name, "--csv", cwd=folder)
            assert done.returncode == 0, done.stderr
        out = folder / "first"
        assert {"score.csv", "scored.csv", "score.png"} <= {path.name for path in out.iterdir()}
        for name in ("score.csv", "scored.csv", "score.png"):
            assert (out / name).read_bytes() == (folder / "again" / name).read_bytes()
        rows = list(csv.DictReader(io.StringIO((out / "scored.csv").read_text(encoding="utf-8"))))
        assert done.stdout == (out / "scored.csv").read_text(encoding="utf-8")
        told = json.loads(satqkd("score", "a.csv", "b.csv", "--json", cwd=folder).stdout)
        assert [row["contact_key"] for row in rows] == [
            row["contact_key"] for row in told["contacts"]
        ]
        assert rows[1]["key_difference_db"] == ""
        assert told["score"][0]["quantity"] == "key"

    def test_a_mistake_is_told_with_its_line(self, satqkd, folder):
        """Nothing is written then."""
        (folder / "b.csv").write_text(
            HEAD + "2016-12-22T12:00:00Z,Micius,Lijiang,0,\n", encoding="utf-8"
        )
        done = satqkd("score", "a.csv", "b.csv", "--out", "out", cwd=folder)
        assert done.returncode == 2
        assert "b.csv:2: utc: 2016-12-22T12:00:00Z lies in no pass of Micius over Lijiang" in (
            done.stderr
        )
        assert not (folder / "out").exists()

    def test_what_cannot_be_compared_is_a_no(self, satqkd, folder):
        """One contact without key: no decibels, exit code 1."""
        done = satqkd("score", "b.csv", cwd=folder)
        assert done.returncode == 1
        assert "no contact has both" in done.stderr
