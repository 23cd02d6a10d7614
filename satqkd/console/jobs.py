"""Long work of the desk: one process at a time, which can be watched and stopped."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from satqkd.errors import SatqkdError

Status = Literal["running", "done", "refused", "stopped", "failed"]
"""``refused`` for what satqkd says no to, ``stopped`` by somebody, ``failed`` for a crash."""
STOP_S: Final = 2.0
"""How long a process has to end by itself before it is killed. [s]"""
MOST_JOBS: Final = 20
"""So many are remembered."""
COMMAND: Final = (sys.executable, "-m", "satqkd.console.worker")
MOST_ERROR: Final = 20_000
"""So much of what a process said last is kept. [characters]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work, as it stands."""

    id: str
    act: str
    """What is done, such as ``replan``."""
    status: Status = "running"
    at: str = "starting"
    """What is done now, in words."""
    done: float | None = None
    """How far it is; of a plan its worth so far. None where that cannot be said."""
    of: float | None = None
    """Of how much; of a plan the bound that none exceeds."""
    result: Mapping[str, Any] | None = None
    """None until it is done."""
    message: str = ""
    """Why there is no result."""
    conflict: bool = False
    """Whether that is because somebody else changed something first."""

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.status == "running"

    def to_plain(self) -> dict[str, Any]:
        """Return what a page may know of it."""
        own = ("id", "act", "status", "at", "done", "of", "message")
        return {name: getattr(self, name) for name in own}


class BusyError(SatqkdError):
    """Something else is being done."""


@dataclass(slots=True, kw_only=True)
class Jobs:
    """The work of a desk."""

    command: Sequence[str] = COMMAND
    _jobs: dict[str, Job] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _reader: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, act: str, task: Mapping[str, Any]) -> Job:
        """Start a task in a process of its own.

        Parameters
        ----------
        act
            Which, of those that :mod:`satqkd.console.worker` does.
        task
            What it needs, as plain values.

        Raises
        ------
        BusyError
            If another one runs.
        SatqkdError
            If no process can be started.
        """
        with self._lock:
            running = self.running()
            if running is not None:
                raise BusyError(
                    f"the desk is at work already: {running.act}, {running.at}\n"
                    "  fix: wait for it, or stop it"
                )
            if self._process is not None and self._process.poll() is None:
                _end(self._process)  # it was stopped, and takes its time
            job = Job(id=secrets.token_hex(8), act=act)
            process = self._started({**task, "act": act})
            self._jobs[job.id] = job
            while len(self._jobs) > MOST_JOBS:
                del self._jobs[next(iter(self._jobs))]
            self._process = process
            self._reader = threading.Thread(
                target=self._follow, args=(job.id, process), daemon=True
            )
            self._reader.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """Return how a job stands; None where there is none of this id."""
        return self._jobs.get(job_id)

    def running(self) -> Job | None:
        """Return the job that runs; None for none."""
        return next((one for one in self._jobs.values() if one.running), None)

    def latest(self) -> Job | None:
        """Return the job that was started last; None before the first."""
        return next(reversed(self._jobs.values()), None)

    def done(self, act: str) -> Job | None:
        """Return the last job of an act that came to a result; None for none that is remembered."""
        found = (one for one in reversed(self._jobs.values()) if one.status == "done")
        return next((one for one in found if one.act == act), None)

    def cancel(self, job_id: str) -> Job | None:
        """Stop a job; what it had found so far is given up. One that has ended stays as it is."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or not job.running:
                return job
            self._jobs[job_id] = replace(job, status="stopped", message="it was stopped")
            process, reader = self._process, self._reader
        if process is not None:
            _end(process)
        if reader is not None:
            reader.join(STOP_S)
        return self._jobs[job_id]

    def close(self) -> None:
        """Stop what runs: nothing is left when the desk ends."""
        running = self.running()
        if running is not None:
            self.cancel(running.id)

    def wait(self, job_id: str, seconds: float) -> Job | None:
        """Wait until a job has ended, or for so long."""
        reader = self._reader
        if reader is not None and (job := self.get(job_id)) is not None and job.running:
            reader.join(seconds)
        return self.get(job_id)

    def _started(self, task: Mapping[str, Any]) -> subprocess.Popen[str]:
        try:
            process = subprocess.Popen(  # noqa: S603 -- our own module, by this interpreter
                list(self.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise SatqkdError(
                f"no process could be started ({error.strerror or error})\n  fix: free memory"
            ) from error
        if process.stdin is not None:
            with suppress(OSError):  # it ended at once: its exit code says so
                process.stdin.write(json.dumps(task) + "\n")
                process.stdin.flush()
        return process

    def _follow(self, job_id: str, process: subprocess.Popen[str]) -> None:
        """Read what a process says until it ends."""
        last: list[str] = []
        errors = threading.Thread(target=_drained, args=(process, last), daemon=True)
        errors.start()
        for line in process.stdout or ():
            with suppress(ValueError):
                self._heard(job_id, json.loads(line))
        code = process.wait()
        errors.join(STOP_S)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        job = self._jobs.get(job_id)
        if job is not None and job.running:
            self._jobs[job_id] = replace(
                job,
                status="failed",
                message=(
                    f"satqkd itself failed at '{job.at}' (exit code {code}); the draft is as it "
                    "was, and the terminal of the desk says more"
                ),
            )
            sys.stderr.write("".join(last)[-MOST_ERROR:])
            sys.stderr.flush()

    def _heard(self, job_id: str, said: Mapping[str, Any]) -> None:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or not job.running:
                return
            if "result" in said:
                new = replace(job, status="done", result=said["result"])
            elif "refused" in said:
                new = replace(
                    job,
                    status="refused",
                    message=str(said["refused"]),
                    conflict=bool(said.get("conflict")),
                )
            else:
                new = replace(job, at=str(said["at"]), done=said["done"], of=said["of"])
            self._jobs[job_id] = new


def _drained(process: subprocess.Popen[str], last: list[str]) -> None:
    """Keep the end of what a process says on its standard error."""
    for line in process.stderr or ():
        last.append(line)
        del last[:-200]


def _end(process: subprocess.Popen[str]) -> None:
    """End a process: politely, then not."""
    with suppress(OSError):
        process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            process.kill()
        process.wait(STOP_S)
