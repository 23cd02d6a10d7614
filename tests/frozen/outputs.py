"""Run a command as a user does and keep what it prints and writes, table by table."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from cases import MISSIONS, Case

_VERSIONS = ("satqkd", "python", "libraries")
"""Keys of plan.json that say what is installed."""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def started(*words: str, cwd: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """Run the ``satqkd`` of a folder in another."""
    return subprocess.run(
        [sys.executable, "-m", "satqkd", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(package), "COLUMNS": "200", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(case: Case, *, run: Run, folder: Path) -> dict[str, str]:
    """Return standard output and every table written, by name; exit code under ``exit``.

    Parameters
    ----------
    case
        The command and its mission.
    run
        Runs ``satqkd`` with some words in a folder.
    folder
        An empty folder to run it in.
    """
    source = MISSIONS[case.mission]
    for one in source.iterdir():
        if one.suffix == ".yaml":
            shutil.copy(one, folder)
    if (source / "data").is_dir():
        shutil.copytree(source / "data", folder / "data")
    done = run(*(word.replace("OUT", "out") for word in case.words), cwd=folder)
    found = {"exit": str(done.returncode)}
    if not any(word in case.words for word in ("--csv", "--json")) and "--out" in case.words:
        found["stdout"] = ""
    else:
        found["stdout"] = done.stdout
    out = folder / "out"
    for path in sorted(out.iterdir()) if out.is_dir() else ():
        if path.suffix in {".csv", ".json", ".yaml"}:
            found[path.name] = path.read_text(encoding="utf-8")
    return {name: _steady(text) for name, text in found.items()}


def _steady(text: str) -> str:
    """Take versions of what is installed out of a record."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, dict) or "libraries" not in value:
        return text
    kept = {key: one for key, one in value.items() if key not in _VERSIONS}
    kept["files"] = {n: h for n, h in value["files"].items() if not n.endswith(".png")}
    return json.dumps(kept, indent=1, ensure_ascii=False)


def digest(text: str) -> str:
    """Return the hash a table is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
