"""Processes of a cluster give the bytes of one process, die, and are replaced."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import cloudpickle
import pytest
from distributed import Client, LocalCluster, WorkerPlugin
from distributed.security import Security

from satqkd.errors import SatqkdError
from satqkd.study import cluster, units
from satqkd.study.cluster import Workers
from satqkd.study.engine import run_study
from satqkd.study.read_study import load_study
from satqkd.study.results import Results
from satqkd.study.runner import KILLED, InProcess
from satqkd.study.store import Asked

from .conftest import MISSION, STATIONS, STUDY

ROWS = 12


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Asked:
    """Twelve points, a few hundredths of a second each."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "mission.yaml").write_text(MISSION.replace("1 d", "4 h"), encoding="utf-8")
    (folder / "stations.yaml").write_text(STATIONS, encoding="utf-8")
    text = STUDY.replace("[200 mm, 25 cm]", str([f"{200 + one} mm" for one in range(ROWS // 2)]))
    (folder / "study.yaml").write_text(text.replace("'", ""), encoding="utf-8")
    return Asked.of(load_study(folder / "study.yaml"))


@pytest.fixture(scope="module")
def workers():
    """Two processes for all tests of this file."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers know no tests
    found = Workers.of_this_machine(2)
    yield found
    found.close()


class Kept:
    """Workers that outlive a run."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.workers, self.results = 2, workers.results

    def close(self) -> None:
        """Leave them to the next test."""


def tables(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in [*folder.glob("*.csv"), folder / "study.json", *folder.glob("points/*")]
    }


@pytest.fixture(scope="module")
def alone(asked, tmp_path_factory) -> dict[str, bytes]:
    """What one process writes."""
    folder = tmp_path_factory.mktemp("alone") / "one"
    run_study(asked, folder, InProcess)
    assert len(list(folder.glob("points/*"))) == ROWS
    return tables(folder)


def test_two_processes_write_the_bytes_of_one(asked, alone, workers, tmp_path):
    assert run_study(asked, tmp_path / "two", lambda: Kept(workers)) == ()
    assert tables(tmp_path / "two") == alone


def test_units_of_large_points_are_put_together(asked, alone, workers, tmp_path, monkeypatch):
    monkeypatch.setattr(units, "DAYS_AT_ONCE", 0.6)  # here alone: what is a unit says the client
    run_study(asked, tmp_path / "parts", lambda: Kept(workers))
    assert tables(tmp_path / "parts") == alone


def test_workers_of_a_scheduler_write_the_same(asked, alone, tmp_path):
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1",
        dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
    ) as far:  # fmt: skip
        run_study(asked, tmp_path / "far", lambda: Workers.of_scheduler(far.scheduler_address))
        assert tables(tmp_path / "far") == alone
        assert len(far.scheduler.workers) == 1  # they are left to others


def test_workers_of_this_machine_take_work_from_nobody_else(workers, monkeypatch):
    """Every user of the machine reaches their port; without the key of the run it is silent."""
    address = workers._client.scheduler.address
    assert address.startswith("tls://127.0.0.1:")

    monkeypatch.setattr(cluster, "CONNECT_S", 3.0)
    stranger = Security.temporary()
    with pytest.raises(OSError):  # noqa: PT011 -- of whatever kind Dask says it
        Client(address, security=stranger, timeout=3.0)
    with pytest.raises(SatqkdError, match="no scheduler answers"):
        Workers.of_scheduler(address.replace("tls", "tcp"))
    with pytest.raises(SatqkdError, match="it wants certificates\n  fix: name them to Dask"):
        Workers.of_scheduler(address)


def test_a_terminal_s_ctrl_c_does_not_reach_workers(workers):
    """It goes to every process; those of workers would each print where they were."""
    blocked = workers._client.run(signal.pthread_sigmask, signal.SIG_BLOCK, [])

    assert blocked
    assert all(signal.SIGINT in one for one in blocked.values())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_worker_that_dies_is_replaced(asked, alone, workers, tmp_path):
    (first, *_) = workers._client.run(os.getpid).values()

    killed = []

    def kill_once(_):
        if not killed:
            killed.append(first)
            os.kill(first, signal.SIGKILL)

    run_study(asked, tmp_path / "killed", lambda: Kept(workers), tell=kill_once)
    assert killed
    assert tables(tmp_path / "killed") == alone


class Deadly(WorkerPlugin):
    """Lets points of two satellites kill the process that works them out, and others fail."""

    name = "deadly"

    def setup(self, worker):
        from satqkd.study import work  # noqa: PLC0415 -- in the process of the worker

        def fatal(mission, *_):
            if len(mission.spacecraft) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            raise RuntimeError("odd")

        worker.satqkd_before = work.forecast_figures
        work.forecast_figures = fatal

    def teardown(self, worker):
        from satqkd.study import work  # noqa: PLC0415 -- in the process of the worker

        work.forecast_figures = worker.satqkd_before


def test_a_point_that_kills_three_workers_is_named(asked, workers, tmp_path):
    """One that raises is a row as well."""
    workers._client.register_plugin(Deadly())
    try:
        for number, reason in ((0, "a defect of satqkd: RuntimeError: odd ("), (1, KILLED)):
            one = replace(asked, jobs=asked.jobs[number : number + 1])
            run_study(one, tmp_path / str(number), lambda: Kept(workers))
            found = Results.read(tmp_path / str(number))
            assert found.status == ("failed",)
            assert found.reason[0].startswith(reason)
    finally:
        workers._client.unregister_worker_plugin("deadly")


def test_no_scheduler_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with pytest.raises(SatqkdError, match="1:1: no scheduler answers\n  fix: start"):
        Workers.of_scheduler("tcp://127.0.0.1:1")
