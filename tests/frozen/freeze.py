"""Freeze every table of every shipped mission, or say which differ from the frozen ones.

python tests/frozen/freeze.py                      compare this checkout with frozen.json
python tests/frozen/freeze.py --against 8747a04    show the lines that differ from a commit's
python tests/frozen/freeze.py --write [--commit C] write frozen.json (of a commit)
... [--only TEXT]                                  cases whose name holds a text
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cases import ROOT, Case, cases
from outputs import digest, outputs, started

FROZEN = Path(__file__).parent / "frozen.json"
MOST_LINES = 12


def run(case: Case, package: Path) -> tuple[dict[str, str], float]:
    """Return what a case gives, and the seconds it took."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        own = partial(started, package=package)
        return outputs(case, run=own, folder=Path(folder)), time.monotonic() - begin


def _both(
    case: Case, package: Path, old: Path | None
) -> tuple[dict[str, str], float, dict[str, str] | None]:
    found, seconds = run(case, package)
    return found, seconds, None if old is None else run(case, old)[0]


def difference(old: str, new: str) -> str:
    """Return the first lines that differ."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return "\n".join(line[:300] for line in islice(lines, MOST_LINES))


def main() -> int:
    """Do what the docstring of the file says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--commit")
    parser.add_argument("--against")
    parser.add_argument("--only", default="")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    chosen = [case for case in cases() if asked.only in case.name]
    if not asked.write:
        kept = json.loads(FROZEN.read_text(encoding="utf-8"))
        chosen = [case for case in chosen if case.name in kept]
    with tempfile.TemporaryDirectory() as scratch:
        package, old = ROOT, None
        commit = asked.commit or asked.against
        if commit:
            old = Path(scratch) / "old"
            subprocess.run(
                ["git", "worktree", "add", "--quiet", "--detach", str(old), commit],
                cwd=ROOT, check=True,
            )  # fmt: skip
        try:
            if asked.write:
                package = old or ROOT
            return _compare(chosen, package, old if asked.against else None, asked)
        finally:
            if old is not None:
                subprocess.run(
                    ["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=False
                )


def _compare(chosen: list[Case], package: Path, old: Path | None, asked) -> int:
    frozen = json.loads(FROZEN.read_text(encoding="utf-8")) if FROZEN.exists() else {}
    bad = 0
    with ThreadPoolExecutor(asked.workers) as pool:
        results = pool.map(lambda case: _both(case, package, old), chosen)
        for case, (found, seconds, before) in zip(chosen, results, strict=True):
            hashes = {name: digest(text) for name, text in found.items()}
            if asked.write:
                frozen.pop(case.name, None)
                if found["exit"] != "2":  # the mission has nothing of the kind
                    frozen[case.name] = hashes
                print(f"{seconds:6.1f} s  exit {found['exit']}  {case.name}", flush=True)
                continue
            want = (
                frozen.get(case.name, {})
                if before is None
                else {name: digest(text) for name, text in before.items()}
            )
            wrong = sorted(n for n in {*want, *hashes} if want.get(n) != hashes.get(n))
            if wrong:
                bad += 1
                print(f"DIFFERS {case.name}: {', '.join(wrong)}", flush=True)
                for name in wrong if before is not None else ():
                    print(difference(before.get(name, ""), found.get(name, "")), flush=True)
    if asked.write:
        kept = {case.name: frozen[case.name] for case in cases() if case.name in frozen}
        FROZEN.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    else:
        print(f"{len(chosen) - bad} of {len(chosen)} cases equal", flush=True)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
