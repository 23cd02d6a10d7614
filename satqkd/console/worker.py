"""The process that does long work of the desk: one task, read from standard input.

It says how far it is on standard output, one JSON object a line: ``{"at": words, "done": x, "of":
y}`` while it works, then ``{"result": …}`` or ``{"refused": words, "conflict": true | false}``. It
ends when standard input does: then the desk has ended, however that happened.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TextIO

from satqkd.console.draft import ConflictError
from satqkd.console.workplace import workplace_of
from satqkd.errors import SatqkdError

EVERY_S: Final = 0.2
"""How often at most a task says how far it is. [s]"""
DESK_GONE: Final = 75
"""Exit code of a worker whose desk has ended."""

Task = Mapping[str, Any]
Tell = Callable[[str, float | None, float | None], None]


def main() -> None:
    """Do one task."""
    out = _own_output()
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_desk, daemon=True).start()
    tell = Teller(out)
    said: dict[str, Any]
    try:
        said = {"result": ACTS[task["act"]](task, tell)}
    except SatqkdError as error:
        said = {"refused": str(error), "conflict": isinstance(error, ConflictError)}
    out.write(json.dumps(said) + "\n")
    out.flush()
    os._exit(0)  # whatever threads of libraries are left


def _own_output() -> TextIO:
    """Keep standard output for what the desk reads: what libraries print goes to the terminal."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def _end_with_the_desk() -> None:
    while sys.stdin.readline():
        pass
    os._exit(DESK_GONE)


class Teller:
    """Says how far a task is; not more often than somebody can read."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._last, self._words = out, 0.0, ""

    def __call__(self, words: str, done: float | None, of: float | None) -> None:
        """Say it; a new step at once."""
        now = time.monotonic()
        if words == self._words and now - self._last < EVERY_S:
            return
        self._last, self._words = now, words
        self._out.write(json.dumps({"at": words, "done": done, "of": of}) + "\n")
        self._out.flush()


def _replan(task: Task, tell: Tell) -> dict[str, Any]:
    from satqkd.console.replanning import replan  # noqa: PLC0415 - each task loads its own

    made = replan(workplace_of(task["work"]), task["version"], tell=tell)
    return {"plan_id": made.answer.plan_id, "notes": list(made.answer.notes)}


def _export(task: Task, tell: Tell) -> dict[str, Any]:
    from satqkd.console.exporting import export  # noqa: PLC0415

    work = workplace_of(task["work"])
    return export(work, task["forms"], task["stations"], tell=tell).to_plain()


def _log(task: Task, tell: Tell) -> dict[str, Any]:
    from satqkd.console.uploads import Upload, preview  # noqa: PLC0415

    upload = Upload(**{name: task[name] for name in ("name", "text", "kind", "sha256")})
    return preview(workplace_of(task["work"]), upload, tell=tell).to_plain()


def _ahead(task: Task, tell: Tell) -> dict[str, Any]:
    from satqkd.console.ahead import look_ahead  # noqa: PLC0415

    return look_ahead(workplace_of(task["work"]), tell=tell).to_plain()


ACTS: Final[Mapping[str, Callable[[Task, Tell], dict[str, Any]]]] = {
    "replan": _replan,
    "export": _export,
    "log": _log,
    "ahead": _ahead,
}

if __name__ == "__main__":
    main()
