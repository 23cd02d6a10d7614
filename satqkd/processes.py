"""Work in several processes at once, whose results come back in order and the same for any number.

A process is forked, so that it has what is already read and prepared, and the library of linear
algebra keeps to one thread in each where :func:`one_thread_each` was called in time.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, Final, TypeVar

from satqkd.errors import SatqkdError

Item = TypeVar("Item")
Result = TypeVar("Result")
Done = Callable[[int], None]
"""Told how many items are done."""

AHEAD: Final = 2
"""Items a process may be ahead of what was handed back: memory is bounded by as many results."""
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_HELD_BACK: Final = (signal.SIGINT, signal.SIGTERM)


def one_thread_each() -> None:
    """Let numerical libraries that are loaded from now on keep to one thread a process."""
    for name in _THREADS:
        os.environ.setdefault(name, "1")


def in_order(
    work: Callable[[Item], Iterable[Result]],
    items: Sequence[Item],
    *,
    jobs: int = 1,
    shared: Sequence[object] = (),
    done: Done | None = None,
) -> Iterator[Result]:
    """Work on items in so many processes, and yield what they give in the order of the items.

    Parameters
    ----------
    work
        Gives the results of an item. It must not depend on items before; what it changes beside is
        lost where there are several processes.
    items
        Independent of each other.
    jobs
        Processes that work; 1 works in this one, item by item as results are asked for.
    shared
        Objects that results may hold and that exist already: they come back as themselves.
    done
        Called after each item.

    Yields
    ------
    Result
        Warnings of an item are repeated before its results, and an error comes after the results
        of the items before, as in one process.

    Raises
    ------
    SatqkdError
        Where a process ended before its work, as one that the system kills for its memory, and
        where the system cannot fork.
    """
    if min(jobs, len(items)) <= 1:
        for number, item in enumerate(items):
            yield from work(item)
            if done is not None:
                done(number + 1)
        return
    with _processes(_Work(work=work, items=items, shared=shared), min(jobs, len(items))) as submit:
        waiting = deque(submit(number) for number in range(min(AHEAD * jobs, len(items))))
        for number in range(len(items)):
            answer = _answer(waiting.popleft(), shared)
            if (following := number + 1 + len(waiting)) < len(items):
                waiting.append(submit(following))
            for told in answer.warnings:
                warnings.warn_explicit(told.message, told.category, told.filename, told.line)
            if answer.error is not None:
                raise answer.error
            yield from answer.results
            if done is not None:
                done(number + 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Work:
    """What a process is forked for."""

    work: Callable[[Any], Iterable[Any]]
    items: Sequence[Any]
    shared: Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A warning of an item."""

    message: Warning | str
    category: type[Warning]
    filename: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Answer:
    """What an item came to."""

    results: Sequence[Any]
    warnings: Sequence[_Told]
    error: Exception | None


_here: list[_Work] = []
"""In a process that was forked for it, its work; empty elsewhere."""


@contextmanager
def _processes(work: _Work, count: int) -> Iterator[Callable[[int], Future[bytes]]]:
    """Fork processes, and leave none behind however it ends."""
    if "fork" not in multiprocessing.get_all_start_methods():
        raise SatqkdError("--jobs: this system cannot fork processes\n  fix: leave out --jobs")
    others = {child.pid for child in multiprocessing.active_children()}
    pool = ProcessPoolExecutor(
        max_workers=count,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_begin,
        initargs=(work,),
    )

    def submit(number: int) -> Future[bytes]:
        # a signal that comes while processes are forked is answered here, and by this one alone
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD_BACK)
        try:
            return pool.submit(_worked, number)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_BACK)

    try:
        yield submit
    except BaseException:
        for child in multiprocessing.active_children():
            if child.pid not in others:
                child.kill()
        pool.shutdown(cancel_futures=True)  # waits until they are gone
        raise
    pool.shutdown()


def _answer(future: Future[bytes], shared: Sequence[object]) -> _Answer:
    try:
        data = future.result()
    except BrokenProcessPool as error:
        raise SatqkdError(
            "a process that worked on a part has ended before it was done: killed, or out of "
            "memory\n  fix: give --jobs a smaller number, or free memory"
        ) from error
    answer: _Answer = _Unpickler(io.BytesIO(data), shared).load()
    return answer


def _begin(work: _Work) -> None:
    """Prepare a forked process: it is ended by the one that forked it, or with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD_BACK)
    _here.append(work)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _worked(number: int) -> bytes:
    """Work on one item in a forked process."""
    (own,) = _here
    error: Exception | None = None
    results: list[Any] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            results = list(own.work(own.items[number]))
        except Exception as raised:  # noqa: BLE001 -- told, and raised, where its result is awaited
            error = _whole(raised)
    told = [
        _Told(message=one.message, category=one.category, filename=one.filename, line=one.lineno)
        for one in caught
    ]
    data = io.BytesIO()
    _Pickler(data, own.shared).dump(
        _Answer(results=() if error else results, warnings=told, error=error)
    )
    return data.getvalue()


def _whole(error: Exception) -> Exception:
    """Return an error that gets through, with what a defect has to say of where it was."""
    if not isinstance(error, SatqkdError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes
    except Exception:  # noqa: BLE001 -- whatever an error of a library holds
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: Sequence[object]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._numbers = {id(one): number for number, one in enumerate(shared)}

    def persistent_id(self, obj: object) -> int | None:
        return self._numbers.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: Sequence[object]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, pid: Any) -> object:
        return self._shared[pid]
