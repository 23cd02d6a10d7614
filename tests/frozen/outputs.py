"""Run a command as a user does and keep what it prints and writes, table by table."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cases import MISSIONS, Case

_VERSIONS = ("satqkd", "python", "libraries")
"""Keys of plan.json that say what is installed."""


def outputs(case: Case, *, package: Path, folder: Path) -> dict[str, str]:
    """Return standard output and every table written, by name; exit code under ``exit``.

    Parameters
    ----------
    case
        The command and its mission.
    package
        Folder that holds the ``satqkd`` to run.
    folder
        An empty folder to run it in.
    """
    source = MISSIONS[case.mission]
    for one in source.iterdir():
        if one.suffix == ".yaml":
            shutil.copy(one, folder)
    if (source / "data").is_dir():
        shutil.copytree(source / "data", folder / "data")
    done = subprocess.run(
        [sys.executable, "-m", "satqkd", *(word.replace("OUT", "out") for word in case.words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package), "COLUMNS": "200", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
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
