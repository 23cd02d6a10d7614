"""Run ``satqkd`` as a user does, without loading its libraries anew for each command.

A server loads everything once and forks a process for each command: what the command does to its
memory, streams and exit code is its own, as if it had been started by itself. What concerns the
start of a command (streams that are closed, signals, what is loaded) has real starts in its tests.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LIMIT_S = 240
"""A command that takes longer hangs."""


class Server:
    """One process that forks commands, one at a time."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="satqkd-commands-")
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("as_user_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )
        atexit.register(self.close)

    def run(
        self, *words: str, cwd: Path, env: dict[str, str] | None = None, typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder, with some variables of its own."""
        folder = Path(self._folder.name)
        (folder / "in").write_text(typed, encoding="utf-8")
        asked = {
            "words": words,
            "cwd": str(cwd),
            "env": {"COLUMNS": "200", **(env or {})},
            "streams": [str(folder / name) for name in ("in", "out", "err")],
            "limit_s": LIMIT_S,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the server of commands has ended"
        out, err = ((folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
        args = ["satqkd", *words]
        return subprocess.CompletedProcess(args, int(answer), stdout=out, stderr=err)

    def close(self) -> None:
        """End the server."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._folder.cleanup()


@cache
def _server() -> Server:
    return Server()


def run(
    *words: str, cwd: Path, env: dict[str, str] | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``satqkd`` with some words in a folder, 200 columns wide unless ``env`` says else."""
    return _server().run(*words, cwd=cwd, env=env, typed=typed)
