"""``--jobs``: the same bytes and words for any number of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings

import pytest
from typer.testing import CliRunner

from satqkd.cli.app import app
from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.network import rehearsal
from satqkd.passes import chunks

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

MISSION = """\
name: a night
start: 2026-11-01T00:00:00Z
duration: 1 d
satellites:
  - {name: W, payload: jinan-1, orbit: {model: walker, altitude: 500 km, pattern: "97.4:3/3/1"}}
limits: {min_elevation: 15 deg, max_sun_elevation: -12 deg}
protocol: {model: decoy-bb84, epsilon_sec: 1e-9, key_bases: both}
demands:
  - {between: [North, South]}
"""
STATIONS = """\
- name: North
  latitude: 61 deg
  longitude: 20 deg
  height: 100 m
  min_elevation: 15 deg
  terminal: jinan-1-portable
  climate: {clear_fraction: [60 %], source: a test}
- name: South
  latitude: 40 deg
  longitude: 15 deg
  height: 100 m
  min_elevation: 15 deg
  terminal: jinan-1-portable
  clouds: clouds.csv
"""
CLOUDS = "time,cover\n2026-11-01T00:00Z,20 %\n2026-11-01T06:00Z,40 %\n"
"""Ends within the window: passes beyond are warned of, satellite by satellite."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A mission whose satellites are searched one by one."""
    for name, text in (("mission", MISSION), ("stations", STATIONS)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "clouds.csv").write_text(CLOUDS, encoding="utf-8")
    monkeypatch.setattr(chunks, "SATELLITE_DAYS_AT_ONCE", 1.0)
    monkeypatch.setattr(rehearsal, "PLAYED_AT_ONCE", 2)
    monkeypatch.chdir(tmp_path)
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def told(*words):
    """Exit code, standard output and standard error of a command in this process."""
    with warnings.catch_warnings():
        found = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout, found.stderr


COMMANDS = {
    "csv": ("forecast", "--csv", "--samples", "20"),
    "json": ("forecast", "--json", "--samples", "20"),
    "terminal": ("forecast", "--samples", "20", "--local"),
    "blocks": ("forecast", "--block", "night"),
    "settings": ("forecast", "--optimise", "pass"),
    "counts": ("forecast", "--counts", "--csv"),
    "passes": ("passes", "--csv"),
    "rehearse": ("rehearse", "--realisations", "3", "--csv"),
    "rate": ("rate", "bbm92", "mdi", "single-photon", "--to", "20", "--step", "5", "--csv"),
    "validate": ("validate", "O-1", "O-2", "--json"),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("folder")
def test_the_same_bytes_for_any_number_of_processes(name):
    """Rows, sums below them, warnings, and the exit code."""
    alone = told(*COMMANDS[name])

    assert alone[0] == 0
    assert len(alone[1].splitlines()) > 3
    for jobs in ("2", "3") if name == "csv" else ("3",):
        assert told(*COMMANDS[name], "--jobs", jobs) == alone


@pytest.mark.usefixtures("folder")
def test_warnings_are_told_once():
    """Each satellite's, in the order of the satellites."""
    _, _, said = told("forecast", "--csv", "--samples", "0", "--jobs", "3")

    lines = [line for line in said.splitlines() if "cloud" in line]
    assert lines
    assert len(lines) == len(set(lines))


def test_a_plan_is_the_same_folder(folder):
    """Files, bytes and manifest."""
    words = ("plan", "--samples", "20", "--pictures", "none", "--work", "100")

    for jobs in ("1", "3"):
        assert told(*words, "--out", f"plan-{jobs}", "--jobs", jobs)[0] == 0

    one, three = (
        {path.name: path.read_bytes() for path in (folder / f"plan-{jobs}").iterdir()}
        for jobs in "13"
    )
    assert len(one) > 4
    assert one == three


@pytest.mark.usefixtures("folder")
def test_an_error_is_as_plain(monkeypatch):
    """A table that needs what the mission does not say ends with the same sentence."""

    def failing(*_, **__):
        raise NonPhysicalError("aperture", "is none")

    monkeypatch.setattr("satqkd.forecast.key_blocks.key_blocks", failing)
    with pytest.raises(SatqkdError, match=r"aperture is none\n  fix: docs/keys.md") as alone:
        told("forecast", "--block", "night")
    with pytest.raises(type(alone.value)) as shared:
        told("forecast", "--block", "night", "--jobs", "2")

    assert str(shared.value) == str(alone.value)


@pytest.mark.parametrize("jobs", ["0", "-1", "257"])
@pytest.mark.usefixtures("folder")
def test_a_number_that_is_none_is_refused(jobs):
    """By its name."""
    with pytest.raises(SatqkdError, match=rf"--jobs: {jobs} is no number of processes\n  fix: "):
        told("forecast", "--jobs", jobs)


@pytest.mark.usefixtures("folder")
def test_tables_of_one_process_take_no_other():
    """What is not divided is not said to be."""
    for other in (("--geometry",), ("--between-satellites",), ("--together", "North,South")):
        with pytest.raises(SatqkdError, match=rf"--jobs and {other[0]} do not go together"):
            told("passes", *other, "--jobs", "2")


def test_ctrl_c_leaves_no_process(folder):
    """A signal to the whole group, as a terminal sends it, in the middle of the work."""
    start = (
        "from satqkd import processes\n"
        "from satqkd.passes import chunks\n"
        "import time\n"
        "chunks.SATELLITE_DAYS_AT_ONCE = 1.0\n"
        "worked = processes._worked\n"
        "def slow(number):\n"
        "    print('working', flush=True)\n"
        "    time.sleep(60)\n"
        "    return worked(number)\n"
        "processes._worked = slow\n"
        "from satqkd.cli import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", start, "forecast", "--csv", "--samples", "0", "--jobs", "2"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for _ in range(2):
        while "working" not in process.stdout.readline():
            pass
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said == "stopped\n"
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
