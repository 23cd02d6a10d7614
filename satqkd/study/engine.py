"""A study from what is asked to what is done: whatever is not done yet, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from time import monotonic
from typing import Final

from satqkd.errors import OutputError
from satqkd.study.point import Point
from satqkd.study.read_study import load_study
from satqkd.study.results import DONE, MANIFEST, Results
from satqkd.study.rows_file import require_extra
from satqkd.study.runner import InProcess, Runner
from satqkd.study.store import Asked, Store
from satqkd.study.study import Study
from satqkd.study.units import Division
from satqkd.study.work import Shared, Told

TABLES_S: Final = 30.0
"""How often the summary is written while work goes on. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run has come."""

    rows: int
    """In all, equal ones once."""
    done: int
    """Worked out, by whichever run."""
    failed: int
    """That came to nothing."""
    seconds_left: float | None
    """What the rest takes at the pace of this run; None before its first row. [s]"""
    workers: int
    """How many are at work now."""


Tell = Callable[[Standing], None]


def run_study(
    asked: Asked,
    folder: Path,
    runner: Callable[[], Runner],
    *,
    extend: bool = False,
    again: bool = False,
    origin: Path | None = None,
    tell: Tell | None = None,
) -> tuple[str, ...]:
    """Work out what a study asks for and its folder has not yet.

    Parameters
    ----------
    asked
        What the study asks for.
    folder
        Where its rows and tables go.
    runner
        Starts what does the work; not called where nothing is left.
    extend
        Whether a folder of another study is taken over, with the points that both ask for.
    again
        Whether to try again what failed before.
    origin
        The file of the study; None for one made in code.
    tell
        Called as rows come.

    Returns
    -------
    tuple[str, ...]
        What satqkd warned about, each once.

    Raises
    ------
    SatqkdError
        If the folder is another's, or the scheduler is lost.
    OutputError
        If the folder takes no more. What was done before is kept, whatever happens.
    """
    require_extra()
    with Store.opened(folder, asked, extend=extend) as store:
        store.origin(origin)
        if again:
            store.forget([key for key, row in store.rows.items() if row.status != DONE])
        return _run(store, runner, tell)


def _run(store: Store, runner: Callable[[], Runner], tell: Tell | None) -> tuple[str, ...]:
    left = store.left
    if not left:
        return ()
    study = store.asked.study
    shared = Shared.of(study)
    division = Division(shared, study.variables)
    warned: dict[str, None] = {}
    course = _Course(store, tell)
    store.log("begin", left=len(left), host=gethostname())
    try:
        at_work = runner()
        try:
            store.log("workers", count=at_work.workers)
            course.workers = at_work
            for told in at_work.results(shared, division, left):
                warned.update(dict.fromkeys(text for one in told for text in one.warned))
                course.take(told)
        finally:
            at_work.close()
    finally:
        store.log("end", done=len(store.rows), left=len(store.left))
        with suppress(OutputError):  # where it is why the run ends it is told already
            store.write_tables()
            store.write_together()
    return tuple(sorted(warned))


class _Course:
    """Takes rows as they come: to the disk, then to whoever waits."""

    def __init__(self, store: Store, tell: Tell | None) -> None:
        self._store, self._tell = store, tell
        self._begin_s = self._written_s = monotonic()
        self._came = 0
        self._rows = len(store.asked.once)
        self.workers: Runner | None = None
        """What does the work, once it is there."""

    def take(self, told: Iterable[Told]) -> None:
        """Keep some rows."""
        for one in told:
            self._store.put(one.row)
            self._store.log(
                "row", key=one.row.key, status=one.row.status, seconds=round(one.seconds, 4)
            )
            self._came += 1
        now_s = monotonic()
        if now_s - self._written_s > TABLES_S:
            self._store.write_tables()
            self._written_s = now_s
        if self._tell is not None:
            self._tell(self._standing(now_s))

    def _standing(self, now_s: float) -> Standing:
        rows = self._store.rows.values()
        left = self._rows - len(rows)
        pace_s = (now_s - self._begin_s) / self._came if self._came else None
        return Standing(
            rows=self._rows,
            done=len(rows),
            failed=sum(1 for row in rows if row.status != DONE),
            seconds_left=None if pace_s is None else pace_s * left,
            workers=0 if self.workers is None else self.workers.workers,
        )


def study(
    what: Study | Path | str,
    *,
    to: Path | str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    points: Iterable[Point] | None = None,
    extend: bool = False,
) -> Results:
    """Work out a study, or go on with it, and return its results.

    Parameters
    ----------
    what
        A study, or the path of its file.
    to
        Folder of the results; None for ``NAME-results`` beside the file.
    workers
        Processes of this machine: None for as many as it has processors, 0 for none but this one.
    scheduler
        Address of a Dask scheduler whose workers do it instead.
    points
        Points in place of those of the study.
    extend
        Whether a folder of another study is taken over, with the points that both ask for.

    Raises
    ------
    InputError
        With every mistake in the files.
    SatqkdError
        If the folder is another's or the scheduler is lost.
    """
    path = None if isinstance(what, Study) else Path(what)
    asked = Asked.of(what if isinstance(what, Study) else load_study(what), points)
    folder = Path(to) if to is not None else results_folder(path or Path("study.yaml"))
    run_study(asked, folder, lambda: runner_of(workers, scheduler), extend=extend, origin=path)
    return Results.read(folder)


def results_folder(path: Path) -> Path:
    """Return where the results of a study go if nobody says.

    Examples
    --------
    >>> results_folder(Path("trade/study.yaml")).as_posix()
    'trade/study-results'
    """
    return path.with_name(f"{path.stem}-results")


def folder_of(path: Path) -> Path:
    """Return the folder of results that is meant: that of a study's file, or beside one.

    Examples
    --------
    >>> folder_of(Path("nowhere/results")).as_posix()
    'nowhere/results'
    """
    if path.is_file():
        return results_folder(path)
    beside = results_folder(path / "study.yaml")
    return beside if (beside / MANIFEST).exists() and not (path / MANIFEST).exists() else path


def runner_of(workers: int | None, scheduler: str | None) -> Runner:
    """Start what does the work, as :func:`study` is told."""
    if scheduler is None and workers == 0:
        return InProcess()
    from satqkd.study.cluster import Workers  # noqa: PLC0415 -- an extra

    if scheduler is not None:
        return Workers.of_scheduler(scheduler)
    return Workers.of_this_machine(workers)
