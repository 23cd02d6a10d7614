"""Blocks, settings and availability on the command line, in copies of the packaged missions."""

from __future__ import annotations

import csv
import io
import json

import pytest

MISSIONS = ("jinan-1-constellation", "micius-portable-campaign")


@pytest.fixture(params=MISSIONS)
def copied(request, satqkd, tmp_path):
    """Copy a packaged mission into an empty folder."""
    assert satqkd("preset", "copy", request.param, ".", cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.fixture
def constellation(satqkd, tmp_path):
    assert satqkd("preset", "copy", MISSIONS[0], ".", cwd=tmp_path).returncode == 0
    return tmp_path


def table(answer):
    assert answer.returncode == 0, answer.stderr
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def test_a_copy_forecasts_blocks_and_when_key_is_there(satqkd, copied):
    """Checked, forecast, pooled and timed."""
    assert "no mistake found" in satqkd("check", cwd=copied).stdout
    passes = table(satqkd("forecast", "--days", "2", "--samples", "0", "--csv", cwd=copied))
    pooled = table(satqkd("forecast", "--days", "2", "--block", "week", "--csv", cwd=copied))
    timed = table(satqkd("forecast", "--days", "2", "--availability", "--csv", cwd=copied))

    total = sum(int(row["secure_bits"]) for row in passes)
    assert total > 0
    assert sum(int(row["separate_bits"]) for row in pooled) == total
    during = [int(row["usable_during_pass_bits"]) for row in timed]
    real_time = (copied / "data").exists() is False
    assert (sum(during) > 0) == real_time


def test_settings_of_one_satellite_over_one_station(satqkd, constellation):
    """Only the passes asked for, as JSON too."""
    answer = satqkd(
        "forecast", "--days", "2", "--optimise", "satellite", "--json",
        "--satellite", "Jinan-1 B", "--station", "Stellenbosch", cwd=constellation,
    )  # fmt: skip
    found = json.loads(answer.stdout)

    assert answer.returncode == 0
    assert {row["pass_id"][:36] for row in found} == {"jinan-1-b-synthetic-stellenbosch-202"}
    assert len({row["signal"] for row in found}) == 1


def test_link_draws_the_key_along_the_pass(satqkd, constellation):
    """Where somebody says how clicks become key."""
    answer = satqkd(
        "link", "jinan-1-b-synthetic-stellenbosch-20230301T2127", "--days", "1", "--out", "there",
        cwd=constellation,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    names = {path.name for path in (constellation / "there").iterdir()}
    assert {"key_over_time.csv", "key_over_time.png", "loss.png", "series.csv"} <= names


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--block", "month"], "'month' is no block"),
        (["--block", "nan"], "'nan' is no block"),
        (["--block", "1.5"], "a whole number of sifted bits from 1 on"),
        (["--block", "0"], "'0' is no block"),
        (["--block", "inf"], "'inf' is no block"),
        (["--optimise", "week"], "write pass or satellite"),
        (["--block", "week", "--availability"], "do not go together"),
        (["--availability", "--station", "Nowhere"], "no station is called 'Nowhere'"),
    ],
)
def test_what_makes_no_sense_is_refused(satqkd, constellation, words, told):
    """One line that says what to do."""
    answer = satqkd("forecast", *words, cwd=constellation)

    assert answer.returncode == 2
    assert told in answer.stderr
    assert "fix: " in answer.stderr


def test_a_mission_that_says_nothing_of_distillation_is_told_how(satqkd, campaign):
    """With a line to add."""
    answer = satqkd("forecast", "--availability", cwd=campaign)

    assert answer.returncode == 2
    assert "add 'distillation:" in answer.stderr


def test_no_key_is_exit_code_1(satqkd, constellation):
    """A size nobody reaches."""
    answer = satqkd("forecast", "--days", "1", "--block", "1e15", cwd=constellation)

    assert answer.returncode == 1
    assert "no key from any of these" in answer.stderr


def test_mistakes_in_distillation_are_found_by_check(satqkd, constellation):
    """With their place."""
    file = constellation / "mission.yaml"
    more = "distillation: {after_contact: 6, uplink_rate: 1 MHz}\n"
    file.write_text(file.read_text() + more)

    answer = satqkd("check", cwd=constellation)

    assert answer.returncode == 2
    assert "distillation.after_contact" in answer.stderr + answer.stdout
    assert "1 Mbit/s" in answer.stderr + answer.stdout
