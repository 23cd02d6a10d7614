"""Ctrl-C while a plan is made: a real signal to the command, as a terminal sends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from satqkd.config.preset import copy_preset

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

ENDLESS = ("--blocks", "week", "--work", "100000000", "--gap", "0", "--samples", "0")
"""A search of many minutes."""


@pytest.fixture
def folder(tmp_path):
    copy_preset("jinan-1-constellation", tmp_path)
    return tmp_path


class Running:
    """The command in a folder; its standard error is a terminal, which tells of the search."""

    def __init__(self, folder, *words):
        self.terminal, end = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "satqkd", "plan", "-o", "pc", "--pictures", "none", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=end,
        )
        os.close(end)
        self.told = ""

    def signalled(self, word, number):
        """Send a signal once a word is told."""
        while word not in self.told:
            self.told += os.read(self.terminal, 4096).decode()
        self.process.send_signal(number)
        return self

    def ended(self):
        """Return its exit code and what it told and printed."""
        printed = self.process.communicate(timeout=60)[0].decode()
        try:
            while more := os.read(self.terminal, 4096):
                self.told += more.decode()
        except OSError:  # Linux says so that nobody has the other end
            pass
        os.close(self.terminal)
        return self.process.returncode, self.told, printed


def test_ctrl_c_keeps_the_best_plan_so_far(folder):
    """It is written, marked, and no failure."""
    run = Running(folder, *ENDLESS).signalled("planning: worth", signal.SIGINT)
    code, told, printed = run.ended()

    assert code == 0, told
    assert "schedule stopped by Ctrl-C: the best plan so far, gap" in printed
    solver = json.loads((folder / "pc" / "plan.json").read_text(encoding="utf-8"))["solver"]
    assert solver["status"] == "stopped"
    assert 0.0 < solver["objective_bits"] < solver["bound_bits"]


def test_a_second_ctrl_c_ends_at_once(folder):
    """Nothing is written, and what is said of a folder that never was is true."""
    run = Running(folder, *ENDLESS).signalled("planning: worth", signal.SIGINT)
    code, told, printed = run.signalled("again ends at once", signal.SIGINT).ended()

    assert code == 128 + signal.SIGINT, told
    assert "nothing is written" in told
    assert "terminate" not in told
    assert printed == ""
    assert not (folder / "pc").exists()


def test_an_end_by_force_cancels_the_solver_too(folder):
    """A thread of the solver that outlives it would abort the process."""
    (folder / "pc").mkdir()
    run = Running(folder, *ENDLESS).signalled("planning: worth", signal.SIGTERM)
    code, told, _ = run.ended()

    assert code == 128 + signal.SIGTERM, told
    assert "stopped" in told
    assert "pc/ is as it was before" in told
    assert list((folder / "pc").iterdir()) == []


def test_ctrl_c_before_there_is_a_plan_ends(folder):
    """While passes are searched there is nothing to keep."""
    run = Running(folder, *ENDLESS, "--days", "200").signalled("searching passes", signal.SIGINT)
    code, told, _ = run.ended()

    assert code == 128 + signal.SIGINT, told
    assert "stopped before there was a plan" in told
    assert "nothing is written" in told
