"""Several processes: the same results in the same order, told as by one, and none left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from satqkd.errors import Finding, InputError, NonPhysicalError, SatqkdError, SatqkdWarning
from satqkd.processes import in_order, one_thread_each

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

ITEMS = range(7)


def squares(item):
    """Several results an item, none of one; the last items are the quickest."""
    time.sleep(0.004 * (len(ITEMS) - item))
    return [item * item] * (item % 3)


@pytest.mark.parametrize("jobs", [1, 2, 3, 20])
def test_results_come_in_the_order_of_the_items(jobs):
    """Whichever is done first; and each item is told to be done once its results were taken."""
    done = []

    found = list(in_order(squares, ITEMS, jobs=jobs, done=done.append))

    assert found == [1, 4, 4, 16, 25, 25]
    assert done == [1, 2, 3, 4, 5, 6, 7]


def test_the_work_is_done_in_other_processes_of_one_thread(monkeypatch):
    """As many as are asked for, and not in this one."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    one_thread_each()

    def where(_item):
        time.sleep(0.05)
        return [(os.getpid(), os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"])]

    found = set(in_order(where, ITEMS, jobs=2))

    assert len(found) == 2
    assert os.getpid() not in {pid for pid, *_ in found}
    assert {told for _, *told in map(list, found) for told in [tuple(told)]} == {("1", "3")}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_shared_comes_back_as_itself(jobs):
    """Also where it could not be sent at all."""
    whole = threading.Lock()

    found = list(in_order(lambda item: [(item, whole)], ITEMS, jobs=jobs, shared=[whole]))

    assert all(one is whole for _, one in found)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_warnings_are_told_in_order(jobs):
    """Those of an item before its results."""
    told = []

    def warned(item):
        warnings.warn(f"of {item}", SatqkdWarning, stacklevel=1)
        return [item]

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkey = warnings.showwarning
        warnings.showwarning = lambda message, *_, **__: told.append(str(message))
        told.extend(in_order(warned, ITEMS, jobs=jobs))
        warnings.showwarning = monkey

    assert told == [one for item in ITEMS for one in (f"of {item}", item)]


ERRORS = (
    SatqkdError("plain\n  fix: mend it"),
    NonPhysicalError("aperture", "must be above 0"),
    InputError([Finding(file="a.yaml", line=3, message="is wrong", fix="mend it")]),
    ZeroDivisionError("a defect"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_as_plain_as_in_one_process(error, jobs):
    """The results of the items before it are there, and no process is left."""
    found = []

    def failing(item):
        if item == 4:
            raise error
        return [item]

    with pytest.raises(type(error)) as raised:
        found.extend(in_order(failing, ITEMS, jobs=jobs))

    assert str(raised.value) == str(error)
    assert found == [0, 1, 2, 3]
    assert multiprocessing.active_children() == []


def test_a_defect_says_where_it_was():
    """The lines of the process that it happened in."""

    def failing(_item):
        return [1 // 0]

    with pytest.raises(ZeroDivisionError) as raised:
        list(in_order(failing, ITEMS, jobs=2))

    assert "return [1 // 0]" in "".join(raised.value.__notes__)


def test_a_process_that_is_killed_is_told():
    """As the system does that has no memory left."""

    def killed(item):
        if item == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return [item]

    with pytest.raises(SatqkdError, match=r"has ended before it was done.*\n  fix: give --jobs"):
        list(in_order(killed, ITEMS, jobs=2))
    assert multiprocessing.active_children() == []


def test_whoever_stops_early_leaves_no_process():
    """Even if it would go on for a minute."""

    def slow(item):
        time.sleep(60.0 if item else 0.0)
        return [item]

    begin_s = time.monotonic()
    results = in_order(slow, ITEMS, jobs=2)
    assert next(results) == 0
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt)

    assert multiprocessing.active_children() == []
    assert time.monotonic() - begin_s < 30.0  # of sixty


def test_processes_end_with_the_one_that_forked_them():
    """When it is killed, which it cannot answer."""
    script = (
        "import os, time\n"
        "from satqkd.processes import in_order\n"
        "def work(item):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(60)\n"
        "    return []\n"
        "list(in_order(work, range(2), jobs=2))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as parent:
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
        parent.wait()
        for _ in range(200):
            if not any(alive(pid) for pid in pids):
                break
            time.sleep(0.05)

    assert not any(alive(pid) for pid in pids)


def alive(pid):
    """Whether a process runs; one that has ended and that nobody asked about does not."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


def test_where_nothing_can_be_forked_it_is_said(monkeypatch):
    """And one process works all the same."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])

    assert list(in_order(squares, ITEMS)) == [1, 4, 4, 16, 25, 25]
    with pytest.raises(SatqkdError, match="cannot fork"):
        list(in_order(squares, ITEMS, jobs=2))
