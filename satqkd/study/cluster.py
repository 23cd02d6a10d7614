"""Workers of a Dask cluster: one of this machine's own, or one that is there already."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from os import cpu_count
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final

import dask
from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker
from distributed.security import Security

from satqkd.errors import SatqkdError
from satqkd.study import in_worker
from satqkd.study.fingerprint import code_version
from satqkd.study.held_back import ctrl_c_held_back
from satqkd.study.runner import KILLED, KILLS
from satqkd.study.units import Division, batch_size
from satqkd.study.work import Job, Shared, Told, failed_row

CONNECT_S: Final = 10.0
"""How long a scheduler may take to answer. [s]"""
WAIT_S: Final = 60.0
"""How long a worker may take to come. [s]"""
LOOK_S: Final = 1.0
"""How often the connection is looked at while nothing comes. [s]"""
NEVER: Final = "365d"
"""After how long the cluster gives up a worker whose process its nanny is starting again: 15 s, if
not said, after which one that just died once more is left out for good."""
DEAD_S: Final = 20.0
"""How long a worker may be without a process before another takes its place. [s]"""
AHEAD: Final = 2
"""Batches handed to each worker: one that it does, and one that waits."""
LARGE_AT_ONCE: Final = 2
"""Divided points that are begun at once: their contacts are held by the workers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """Jobs that were handed over together."""

    jobs: tuple[Job, ...]
    units: tuple[range, ...] = ()
    alone: bool = False
    """Whether nothing else was at work beside it: then it is what killed a worker."""


class Workers:
    """A cluster that does jobs."""

    def __init__(self, client: Client, cluster: LocalCluster | None, *, where: str) -> None:
        self._client, self._cluster, self._where = client, cluster, where
        self._came: SimpleQueue[Future[Any]] = SimpleQueue()
        self._tasks: dict[str, tuple[_Task, Future[Any]]] = {}
        self._suspects: list[_Task] = []
        self._number = 0
        self.at_end = ExitStack()
        """What is undone when the work ends."""
        self._dead: dict[Any, float] = {}
        """Workers of this machine without a process, and since when. [s]"""

    @staticmethod
    def of_this_machine(count: int | None = None) -> Workers:
        """Start processes of this machine, as many as it has processors if not said.

        Each has one thread, also those of numerical libraries. Nothing listens but on this
        machine's own address, and there it speaks to nobody without a key that is made for the
        run and never written: another user of the machine can hand them no work.
        """
        _quiet()
        patience = dask.config.set({"distributed.deploy.lost-worker-timeout": NEVER})
        with ctrl_c_held_back():
            cluster = LocalCluster(
                n_workers=count or cpu_count() or 1,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                protocol="tls",
                security=Security.temporary(),
                dashboard_address="127.0.0.1:0",  # or it takes port 8787, whoever has that
                silence_logs=logging.CRITICAL,
                scheduler_kwargs={"allowed_failures": KILLS - 1, "dashboard": False},
            )
        client = Client(cluster, set_as_default=False)
        found = Workers(client, cluster, where="this machine")
        found.at_end.callback(patience.__exit__, None, None, None)
        return found

    @staticmethod
    def of_scheduler(address: str) -> Workers:
        """Take the workers of a scheduler that is there.

        Raises
        ------
        SatqkdError
            If nothing answers, no worker comes, or the workers have another version of satqkd.
        """
        _quiet()
        try:
            client = Client(address, set_as_default=False, timeout=CONNECT_S)
        except TypeError as error:  # so Dask says that no certificate was named to it
            raise SatqkdError(
                f"--scheduler {address}: it wants certificates\n"
                "  fix: name them to Dask, for example in DASK_DISTRIBUTED__COMM__TLS__CA_FILE, "
                "…__CLIENT__CERT and …__CLIENT__KEY"
            ) from error
        except (OSError, ValueError) as error:
            raise SatqkdError(
                f"--scheduler {address}: no scheduler answers\n"
                "  fix: start one ('dask scheduler') and name its address, such as "
                "tcp://10.0.0.5:8786"
            ) from error
        found = Workers(client, None, where=address)
        try:
            client.wait_for_workers(1, timeout=WAIT_S)
            versions = client.run(code_version)
        except TimeoutError as error:
            found.close()
            raise SatqkdError(
                f"--scheduler {address}: no worker came within {WAIT_S:g} s\n"
                f"  fix: start some: dask worker {address} --nthreads 1"
            ) from error
        except Exception as error:
            found.close()
            raise SatqkdError(
                f"--scheduler {address}: its workers have no such satqkd: {error}\n"
                f"  fix: install satqkd {code_version()} with the extra 'study' there too"
            ) from error
        others = sorted({one for one in versions.values() if one != code_version()})
        if others:
            found.close()
            raise SatqkdError(
                f"--scheduler {address}: workers have satqkd {', '.join(others)}, this is "
                f"{code_version()}\n  fix: install the same everywhere"
            )
        return found

    @property
    def workers(self) -> int:
        """How many threads there are now."""
        threads: dict[str, int] = self._client.nthreads()
        return sum(threads.values())

    def results(
        self, shared: Shared, division: Division, jobs: Sequence[Job]
    ) -> Iterator[tuple[Told, ...]]:
        """Yield what came of the jobs, some at a time, as it comes.

        Raises
        ------
        SatqkdError
            If the scheduler is lost.
        """
        if not jobs:
            return
        key = f"{jobs[0].key}-{len(jobs)}"
        give = in_worker.Give(key, shared)
        self._client.register_plugin(give)
        left = list(reversed(jobs))
        pace = _Pace()
        while left or self._tasks or self._suspects:
            self._hand_over(key, left, division, pace)
            came = False
            for told in self._come():
                pace.add(told)
                came = True
                yield told
            if not came:
                self._replace_dead()
                yield ()
        with suppress(Exception):  # of a worker that just died nothing is to be taken back
            self._client.unregister_worker_plugin(give.name)

    def close(self) -> None:
        """End the workers, or leave those of a scheduler to others."""
        with suppress(Exception):
            self._client.cancel([future for _, future in self._tasks.values()], force=True)
        with suppress(Exception):
            self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)
        self.at_end.close()

    def _hand_over(self, key: str, left: list[Job], division: Division, pace: _Pace) -> None:
        """Hand over as much as keeps the workers busy; suspects one by one, when all is done."""
        workers = max(1, self.workers)
        while left and len(self._tasks) < AHEAD * workers:
            units = division.units(left[-1])
            if units:
                if sum(bool(task.units) for task, _ in self._tasks.values()) >= LARGE_AT_ONCE:
                    return
                self._submit(key, _Task(jobs=(left.pop(),), units=units))
                continue
            size = batch_size(pace.seconds, len(left), workers) if pace.seconds is not None else 1
            batch = [left.pop()]
            while left and len(batch) < size and not division.units(left[-1]):
                batch.append(left.pop())
            last = len(batch) == 1 and not left and not self._tasks and not self._suspects
            self._submit(key, _Task(jobs=tuple(batch), alone=last))
        if not left and not self._tasks and self._suspects:
            self._submit(key, self._suspects.pop(0))

    def _submit(self, key: str, task: _Task) -> None:
        self._number += 1
        name = f"satqkd-{key}-{self._number}"
        client = self._client
        if task.units:
            (job,) = task.jobs
            parts = [
                client.submit(in_worker.unit, key, job, one, key=f"{name}-{place}", pure=False)
                for place, one in enumerate(task.units)
            ]
            future = client.submit(in_worker.whole, key, job, parts, key=name, pure=False)
        else:
            future = client.submit(in_worker.batch, key, task.jobs, key=name, pure=False)
        self._tasks[name] = task, future
        future.add_done_callback(self._came.put)

    def _come(self) -> Iterator[tuple[Told, ...]]:
        """Yield what has come; looks after the connection while nothing does."""
        try:
            future = self._came.get(timeout=LOOK_S)
        except Empty:
            self._require_connection()
            return
        task, _ = self._tasks.pop(str(future.key))
        try:
            told = future.result(timeout=WAIT_S)
        except KilledWorker:
            yield from self._killed(task)
            return
        except Exception as error:
            self._require_connection()
            if future.status in {"cancelled", "lost"}:
                raise self._lost() from error
            told = tuple(_failed(job, f"{type(error).__name__}: {error}") for job in task.jobs)
        finally:
            future.release()
        yield self._of_same_code(told)

    def _killed(self, task: _Task) -> Iterator[tuple[Told, ...]]:
        """Name what killed its workers, once it did so alone; else try each of its jobs alone."""
        if task.alone:
            yield tuple(_failed(job, KILLED) for job in task.jobs)
            return
        self._suspects += [_Task(jobs=(job,), units=task.units, alone=True) for job in task.jobs]

    def _replace_dead(self) -> None:
        """Start others in place of workers of this machine that stay without a process.

        A worker that dies is started again by its nanny, but not one that dies as it starts.
        """
        if self._cluster is None:
            return
        now_s, nannies = monotonic(), self._cluster.workers
        without = [
            name
            for name in self._cluster.worker_spec
            if name not in nannies or not nannies[name].is_alive()
        ]
        self._dead = {name: self._dead.get(name, now_s) for name in without}
        gone = [name for name, since_s in self._dead.items() if now_s - since_s > DEAD_S]
        if gone:
            count = len(self._cluster.worker_spec)
            self._cluster.sync(self._cluster.scale_down, gone)
            self._cluster.scale(count)

    def _of_same_code(self, told: tuple[Told, ...]) -> tuple[Told, ...]:
        for one in told:
            if one.code != code_version():
                raise SatqkdError(
                    f"a worker at {self._where} has satqkd {one.code}, this is {code_version()}\n"
                    "  fix: install the same everywhere, then go on: satqkd study resume"
                )
        return told

    def _require_connection(self) -> None:
        if self._client.status != "running":
            raise self._lost()

    def _lost(self) -> SatqkdError:
        return SatqkdError(
            f"the scheduler at {self._where} is gone; what was done is kept\n"
            "  fix: start it again, then go on: satqkd study resume"
        )


class _Pace:
    """How long a small point takes."""

    def __init__(self) -> None:
        self.seconds: float | None = None
        """Mean so far; None before the first. [s]"""
        self._count = 0
        self._sum_s = 0.0

    def add(self, told: Sequence[Told]) -> None:
        """Take in what came."""
        self._count += len(told)
        self._sum_s += sum(one.seconds for one in told)
        self.seconds = self._sum_s / self._count if self._count else None


def _failed(job: Job, reason: str) -> Told:
    return Told(row=failed_row(job, reason), seconds=0.0, warned=(), code=code_version())


def _quiet() -> None:
    """Leave it to satqkd to say what happens."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    for name in (*names, "distributed", "tornado", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
