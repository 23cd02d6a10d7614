"""A study under fire: killed at random instants, its workers too. What is done is done once.

Run by hand for the whole of it, some minutes::

    python tests/fire/study_fire.py --kills 10 --workers 2

The suite runs a sample (tests/study/test_fire.py). Exit code 1 when anything was lost, done
twice or left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MISSION = ROOT / "satqkd" / "presets" / "jinan-1-constellation"
STUDY = """\
name: Under fire
set: {duration: 4 h}
vary:
  - {name: elevation, path: limits.min_elevation, range: {from: 15 deg, to: 40 deg, steps: ROWS}}
measure: [key_day_clear, station_hours]
realisations: 0
"""


def prepared(folder: Path, rows: int) -> Path:
    """Write the mission and the study."""
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(MISSION / name, folder)
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("ROWS", str(rows)), encoding="utf-8")
    return path


def started(study: Path, to: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start a run as people do, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "satqkd", "study", "run", study, "--to", to,
         "--workers", str(workers)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def made(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return what is done, and when it was written. [ns]"""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.glob("points/*.parquet")
    }


def left_behind(session: int) -> list[int]:
    """Return processes of a session that are still there a while after its first was killed."""
    for _ in range(100):
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(stat.parent.name))
        if not found:
            return []
        time.sleep(0.1)
    return found


def killed(study: Path, to: Path, *, workers: int, after_s: float) -> list[str]:
    """Kill a run after some time and return what is wrong then."""
    before = made(to)
    run = started(study, to, workers)
    try:
        run.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    wrong = [f"process {one} is left behind" for one in left_behind(run.pid)]
    for one in left_behind(run.pid):
        os.kill(one, signal.SIGKILL)
    after = made(to)
    wrong += [f"{name} was written again" for name in before if after.get(name) != before[name]]
    return wrong


def fire(*, kills: int, workers: int, rows: int, most_s: float, seed: int) -> list[str]:
    """Kill a study at random instants, finish it, and return all that is wrong."""
    rng = random.Random(seed)  # noqa: S311 -- instants, no secrets
    at = []
    with tempfile.TemporaryDirectory(prefix="satqkd-fire-") as name:
        folder = Path(name)
        study = prepared(folder, rows)
        wrong = []
        for _ in range(kills):
            wrong += killed(
                study, folder / "fire", workers=workers, after_s=rng.uniform(0.5, most_s)
            )
            at.append(len(made(folder / "fire")))
        for to in ("fire", "whole"):
            if started(study, folder / to, workers).wait() != 0:
                wrong.append(f"the last run into {to} did not end well")
        for table in ("summary.csv", "months.csv", "study.json"):
            if (folder / "fire" / table).read_bytes() != (folder / "whole" / table).read_bytes():
                wrong.append(f"{table} differs from that of a run that nothing killed")
        fire_rows, whole_rows = made(folder / "fire"), made(folder / "whole")
        wrong += [
            f"{row} differs"
            for row in whole_rows
            if fire_rows.get(row, (b"",))[0] != whole_rows[row][0]
        ]
        lines = (folder / "fire" / "log.jsonl").read_text(encoding="utf-8").splitlines()
        notes = [json.loads(line) for line in lines if line.endswith("}")]
        twice = Counter(note["key"] for note in notes if note["what"] == "row")
        wrong += [
            f"{key} was worked out {count} times" for key, count in twice.items() if count > 1
        ]
        runs = sum(note["what"] == "begin" for note in notes)
        print(
            f"killed at {', '.join(map(str, at))} of {rows} rows; {runs} runs began, "
            f"{len(fire_rows)} rows in the end"
        )
        return wrong


def main() -> None:
    """Set fire as told, and say what is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=10)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--rows", type=int, default=120)
    asked.add_argument("--most", type=float, default=20.0, help="longest run before a kill [s]")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    wrong = fire(
        kills=told.kills, workers=told.workers, rows=told.rows, most_s=told.most, seed=told.seed
    )
    for line in wrong:
        print(line)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
