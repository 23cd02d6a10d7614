"""Plan and forecast of a constellation, side by side with version 0.1.0, by CPU time in one run.

    python benchmarks/plan_scale.py [--repeats 5] [--size 20 20 7]

Both sides plan with the greedy planner, whose time is left out, so that what is compared is the
way from elements to tables and pictures; that both chose the same contacts with the same keys is
checked. Version 0.1.0 always wrote series.csv: where the series is left out, it is told not to.
Wanted: plan within half of 0.1.0's time, with series.csv and without.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from against_tag import FIRST_VERSION, ROOT, machine, require_own, unpacked
from side_by_side import versions
from walker import write_mission

GIB = 1 << 30
KIB = 1 << 10
MOST = 0.5
CASES = ("plan without series", "plan with series.csv", "forecast, 200 realisations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process took, the planner left out."""

    cpu_s: float
    resident_bytes: int
    same: str
    """Digest of the keys and of the choice, or of the number of rows."""


def inside(case: str) -> None:
    """Run one case in this process, whichever version it finds, and say what the planner took."""
    import hashlib
    import importlib.util
    import time

    if case == CASES[2]:
        words = ["forecast", "--csv"]
    else:
        from satqkd.schedule.greedy import solve_greedy

        told: dict[str, object] = {}

        def solve(problem, *_, **__):
            """The greedy planner, timed, with a hash of what it was given and chose."""
            begin = time.process_time()
            solution = solve_greedy(problem)
            told["planner_s"] = time.process_time() - begin
            told["same"] = hashlib.sha256(
                problem.key_bits.tobytes() + solution.chosen.tobytes()
            ).hexdigest()
            return solution

        series = case == CASES[1]
        first = importlib.util.find_spec("satqkd.report.plan_files") is not None
        if first:
            from satqkd.schedule import solvers

            solvers.SOLVERS["milp"] = solve
            words = ["plan"]
        else:
            from satqkd.network import plan

            plan.solve = solve
            words = ["plan", "--blocks", "pass", "--whole"]
            words += ["--series", "csv" if series else "none"]
        if first and not series:
            _without_series()
    from satqkd.cli import main as command

    sys.argv = ["satqkd", *words]
    try:
        command()
    finally:
        if words[0] == "plan":
            print(json.dumps(told), file=sys.stderr)


def _without_series() -> None:
    """Keep version 0.1.0 from following the scheduled passes again and writing them."""
    from satqkd.report import plan_files

    written = plan_files.to_csv
    plan_files.scheduled_series = lambda _: None
    plan_files.to_csv = lambda columns, rows: "" if rows is None else written(columns, rows)


def run(case: str, source: Path, work: Path) -> Run:
    """Run one case with the code in ``source``."""
    with tempfile.TemporaryFile() as table, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", __file__, "--inside", case],
            cwd=work,
            env={**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{Path(__file__).parent}"},
            stdout=table,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        last = said.read().decode()
        if process.returncode not in {0, 1}:
            raise SystemExit(f"{source}: {case} failed:\n{last}")
        told = {"planner_s": 0.0}
        if case.startswith("plan"):
            plans = [json.loads(line) for line in last.splitlines() if line.startswith("{")]
            if not plans:
                raise SystemExit(f"{source}: {case} planned nothing:\n{last}")
            told = plans[0]
        else:
            table.seek(0)
            told["same"] = str(sum(1 for _ in table))
    return Run(
        cpu_s=usage.ru_utime + usage.ru_stime - told["planner_s"],
        resident_bytes=usage.ru_maxrss * KIB,
        same=told["same"],
    )


def compare(case: str, sources: tuple[Path, Path], work: Path, repeats: int) -> None:
    """Run a case here and there in turn and print medians."""
    runs: dict[Path, list[Run]] = {source: [] for source in sources}
    for _ in range(repeats):
        for source, done in runs.items():
            done.append(run(case, source, work))
    if len({one.same for done in runs.values() for one in done}) > 1:
        raise SystemExit(f"{case}: the two did not do the same work")
    ours, theirs = (statistics.median(one.cpu_s for one in done) for done in runs.values())
    here, there = (max(one.resident_bytes for one in done) / GIB for done in runs.values())
    goal = f"  (wanted: at most {MOST})" if case.startswith("plan") else ""
    print(
        f"  {case:26} {ours:6.2f} s against {theirs:6.2f} s: {ours / theirs:.2f}{goal}; "
        f"{here:.2f} GiB against {there:.2f}",
        flush=True,
    )


def main() -> None:
    """Time this checkout and 0.1.0 side by side."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--size", type=int, nargs=3, default=(20, 20, 7))
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.inside)
        return
    satellites, stations, days = asked.size
    print(versions("numpy", "scipy", "matplotlib"))
    print(
        f"{machine()}; {satellites} satellites × {stations} stations × {days} days, 40 demands; "
        f"CPU time against {FIRST_VERSION} (0.1.0), medians of {asked.repeats}",
        flush=True,
    )
    with unpacked(FIRST_VERSION) as other, tempfile.TemporaryDirectory() as folder:
        small = write_mission(Path(folder) / "small", satellites=2, stations=2, days=1, demands=1)
        work = write_mission(
            Path(folder) / "work", satellites=satellites, stations=stations, days=days, demands=40
        )
        for source in (ROOT, other):
            require_own(source, small)
            for case in CASES:
                run(case, source, small)
        for case in CASES:
            compare(case, (ROOT, other), work, asked.repeats)


if __name__ == "__main__":
    main()
