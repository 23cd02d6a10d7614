"""What compiled code prints does not mix with the answer on standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

NOISY_SOLVER = """
import ctypes, os, sys
import highspy

c = ctypes.CDLL(None)

class Noisy(highspy.Highs):
    def __init__(self):
        os.write(1, b"written\\n")
        c.puts(b"left in the buffer of C")
        super().__init__()

    def startSolve(self):
        c.puts(b"solving")
        super().startSolve()

highspy.Highs = Noisy
"""
"""A HiGHS that talks at once and through the buffer of C."""

SOLVE = """
import numpy as np
from satqkd.schedule.highs import Model, maximise

def solve():
    one = np.ones(1)
    here = np.zeros(1, dtype=np.int64)
    return maximise(Model(worth=one, upper=one, integer=one > 0, limit=one, row=here, column=here,
                          value=one)).columns
"""

AT_ONE = """
def at_one():
    try:
        return os.fstat(1).st_dev, os.fstat(1).st_ino
    except OSError:
        return None
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the C library has another name")


def run(code, *, cwd=None, by=()):
    """Run Python in a process of its own, whose standard output is a pipe that C buffers."""
    buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [*by, sys.executable, "-c", code],
        env=buffered,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def test_a_solver_that_prints_leaves_standard_output_alone():
    """Neither what it writes at once nor what C keeps for later comes through."""
    answer = run(NOISY_SOLVER + SOLVE + "print('before', solve(), 'after')")

    assert (answer.returncode, answer.stdout) == (0, "before [1.] after\n"), answer.stderr


def test_what_was_printed_before_the_solver_comes_through():
    """Also when C still had it in its buffer, and what is printed after it."""
    answer = run(NOISY_SOLVER + SOLVE + "c.puts(b'before'); solve(); c.puts(b'after')")

    assert answer.stdout == "before\nafter\n"


def test_a_solver_that_fails_gives_standard_output_back():
    """An error is told, and what follows it is printed."""
    answer = run(
        NOISY_SOLVER
        + SOLVE
        + "highspy.Highs.startSolve = lambda self: 1 / 0\n"
        + "try:\n    solve()\nexcept ZeroDivisionError:\n    print('told', flush=True)\n"
    )

    assert answer.stdout == "told\n", answer.stderr


def test_standard_output_may_be_closed():
    """The model is solved all the same; whatever has the number since then, if any, keeps it."""
    answer = run(
        NOISY_SOLVER + SOLVE + AT_ONE + "before = at_one(); columns = solve()\n"
        "sys.stderr.write(f'{columns} {sys.stdout} {at_one() == before}')",
        by=("sh", "-c", 'exec "$0" "$@" >&-'),
    )

    assert answer.stderr == "[1.] None True"


def test_a_plan_in_json_is_json_whatever_the_solver_prints(tmp_path):
    """From the first byte to the last."""
    answer = run(
        NOISY_SOLVER
        + f"sys.argv[1:] = ['plan', '--days', '1', '--json', '--out', {str(tmp_path / 'plan')!r}]\n"
        "from satqkd.cli import main\nmain()",
        cwd=ROOT,
    )

    assert json.loads(answer.stdout)["keys"], answer.stderr
