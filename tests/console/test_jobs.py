"""One process at a time: its words, its end, and how it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from satqkd.console.jobs import BusyError, Jobs

HEARD = """
import json, sys, time
task = json.loads(sys.stdin.readline())
def say(**what):
    print(json.dumps(what), flush=True)
say(at="counting", done=1.0, of=4.0)
"""
DONE = HEARD + "print('noise of a library', flush=True)\nsay(result={'got': task['given']})"
WAITS = HEARD + "sys.stdin.readline()"
"""Ends with its desk."""
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + HEARD + "time.sleep(60)"
SAYS_NO = HEARD + "say(refused='two pins clash', conflict=True)"
CRASHES = HEARD + "sys.stderr.write('Traceback: deep inside\\n'); sys.exit(3)"


def jobs_of(code: str) -> Jobs:
    return Jobs(command=(sys.executable, "-c", code))


def until(holds, seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def closing():
    """Close what a test opened."""
    made: list[Jobs] = []

    def new(code: str) -> Jobs:
        made.append(jobs_of(code))
        return made[-1]

    yield new
    for one in made:
        one.close()


def test_a_job_says_how_far_it_is_and_what_came_of_it(closing):
    jobs = closing(DONE)
    job = jobs.start("count", {"given": 7})
    ended = jobs.wait(job.id, 20.0)

    assert (ended.status, ended.result) == ("done", {"got": 7})
    assert (ended.at, ended.done, ended.of) == ("counting", 1.0, 4.0)
    assert "result" not in ended.to_plain()
    assert jobs.get("0" * 16) is None


def test_there_is_one_at_a_time(closing):
    jobs = closing(WAITS)
    first = jobs.start("count", {})
    with pytest.raises(BusyError, match="at work already: count"):
        jobs.start("count", {})
    jobs.cancel(first.id)
    assert jobs.running() is None
    second = jobs.start("count", {})
    assert jobs.running().id == second.id
    assert jobs.latest().id == second.id


@pytest.mark.parametrize("code", [WAITS, DEAF])
def test_a_stopped_job_is_gone(closing, code, monkeypatch):
    """Also one that does not listen."""
    monkeypatch.setattr("satqkd.console.jobs.STOP_S", 0.3)
    jobs = closing(code)
    job = jobs.start("count", {})
    until(lambda: jobs.get(job.id).at == "counting")
    process = jobs._process
    stopped = jobs.cancel(job.id)

    assert (stopped.status, stopped.message) == ("stopped", "it was stopped")
    assert process.poll() is not None
    assert jobs.cancel(job.id) == stopped
    assert jobs.cancel("none") is None


def test_what_satqkd_says_no_to_is_told(closing):
    jobs = closing(SAYS_NO)
    ended = jobs.wait(jobs.start("count", {}).id, 20.0)
    assert (ended.status, ended.message, ended.conflict) == ("refused", "two pins clash", True)


@pytest.mark.parametrize("how", ["exit", "kill"])
def test_a_crash_is_told_without_its_traceback(closing, capfd, how):
    """Which stands on the terminal of the desk."""
    jobs = closing(CRASHES if how == "exit" else WAITS)
    job = jobs.start("count", {})
    if how == "kill":
        until(lambda: jobs.get(job.id).at == "counting")
        os.kill(jobs._process.pid, signal.SIGKILL)
    ended = jobs.wait(job.id, 20.0)

    assert ended.status == "failed"
    assert "failed at 'counting'" in ended.message
    assert ("exit code 3" if how == "exit" else "exit code -9") in ended.message
    assert "Traceback" not in ended.message
    if how == "exit":
        assert "deep inside" in capfd.readouterr().err
    assert jobs.running() is None


def test_closing_leaves_nothing_running():
    jobs = jobs_of(WAITS)
    jobs.start("count", {})
    process = jobs._process
    jobs.close()
    assert process.poll() is not None


WORKER = """
import time
from satqkd.console import worker
def forever(task, tell):
    tell("waiting", None, None)
    time.sleep(60)
worker.ACTS = {"wait": forever}
worker.main()
"""
DESK = """
import sys, time
from satqkd.console.jobs import Jobs
jobs = Jobs(command=(sys.executable, "-c", sys.argv[1]))
job = jobs.start("wait", {})
while jobs.get(job.id).at != "waiting":
    time.sleep(0.01)
print(jobs._process.pid, flush=True)
time.sleep(60)
"""


def test_a_worker_ends_with_a_desk_that_was_killed():
    """It reads standard input, which ends then, whatever it is doing."""
    desk = subprocess.Popen([sys.executable, "-c", DESK, WORKER], stdout=subprocess.PIPE, text=True)
    number = int(desk.stdout.readline())
    assert alive(number)
    desk.kill()
    desk.wait()
    desk.stdout.close()
    until(lambda: not alive(number))


def alive(number: int) -> bool:
    """Whether a process runs; one that nobody waited for has ended too."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
