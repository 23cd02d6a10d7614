"""Peak memory of whole commands: the largest resident set of each process, one at a time.

    python benchmarks/memory.py [--scale 1] [--only TEXT] [--commit C] [--kill-gib 3]

Wanted: plan of 20 satellites × 50 stations × 7 days within 0.7 GiB, of 100 × 50 × 7 within
1 GiB; forecast --block week of 12 × 3 × 365 days within 1 GiB. The last rows say what a longer
mission adds for each pass of it. ``--scale 0.1`` takes a tenth of the satellites and of the days
where there are many: a short run, held to no goal. ``--commit 8747a04`` measures version 0.1.0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from against_tag import ROOT, environment, machine, require_own, unpacked
from side_by_side import versions
from walker import write_mission

GIB = 1 << 30
KIB = 1 << 10
LOOK_EVERY_S = 0.2
PLAN = ("plan", "--series", "none")
FORECAST = ("forecast", "--csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command over a Walker constellation."""

    command: tuple[str, ...]
    satellites: int
    stations: int
    days: int
    demands: int = 0
    most_gib: float | None = None

    @property
    def name(self) -> str:
        """The command and its size, as the table calls it."""
        size = f"{self.satellites} × {self.stations} × {self.days} d"
        return f"{' '.join(w for w in self.command if w != '--csv')}, {size}"

    def scaled(self, share: float) -> Case:
        """The same command over less, held to no goal."""
        return Case(
            command=self.command,
            satellites=max(2, round(self.satellites * share)),
            stations=self.stations,
            days=max(1, round(self.days * (share if self.days > 7 else 1.0))),
            demands=self.demands,
        )


CASES = (
    Case(command=PLAN, satellites=20, stations=50, days=7, demands=40, most_gib=0.7),
    Case(command=PLAN, satellites=100, stations=50, days=7, demands=40, most_gib=1.0),
    Case(command=(*FORECAST, "--block", "week"), satellites=12, stations=3, days=365, most_gib=1.0),
    Case(command=FORECAST, satellites=20, stations=20, days=7),
    Case(command=FORECAST, satellites=20, stations=20, days=28),
    Case(command=PLAN, satellites=20, stations=20, days=7, demands=40),
    Case(command=PLAN, satellites=20, stations=20, days=28, demands=40),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """What one run took."""

    resident_bytes: int
    cpu_s: float
    rows: int
    """Lines of its table."""
    killed: bool


def run(case: Case, source: Path, kill_bytes: int) -> Peak:
    """Run a command to its end, or until it holds more than it may."""
    known = [word for word in case.command if source == ROOT or word not in {"--series", "none"}]
    with tempfile.TemporaryDirectory() as folder:
        work = write_mission(
            Path(folder),
            satellites=case.satellites,
            stations=case.stations,
            days=case.days,
            demands=case.demands,
        )
        require_own(source, work)
        out, said = work / "out", work / "said"
        with out.open("wb") as table, said.open("wb") as complaints:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "satqkd", *known],
                cwd=work,
                env=environment(source),
                stdout=table,
                stderr=complaints,
            )
        killed = False
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            if not killed and resident_bytes(process.pid) > kill_bytes:
                process.kill()
                killed = True
            time.sleep(LOOK_EVERY_S)
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1} and not killed:
            raise SystemExit(f"{case.name} failed:\n{said.read_text(encoding='utf-8')}")
        table_file = work / "plan" / "passes.csv" if "plan" in case.command else out
        rows = 0
        if not killed:
            with table_file.open("rb") as lines:
                rows = sum(1 for _ in lines) - 1
    return Peak(
        resident_bytes=usage.ru_maxrss * KIB,
        cpu_s=usage.ru_utime + usage.ru_stime,
        rows=rows,
        killed=killed,
    )


def resident_bytes(pid: int) -> int:
    """Memory that a process holds now; 0 where the system does not say. [B]"""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def growth(peaks: dict[Case, Peak]) -> None:
    """Print what each further pass adds, where a command ran over two lengths."""
    for short, small in peaks.items():
        for long, large in peaks.items():
            same = (short.command, short.satellites, short.stations, short.demands) == (
                long.command,
                long.satellites,
                long.stations,
                long.demands,
            )
            if same and short.days < long.days and small.rows < large.rows:
                added = large.resident_bytes - small.resident_bytes
                each = added / (large.rows - small.rows) / KIB
                print(f"  {long.name} against {short.days} d: {each:.1f} KiB a further pass")


def main() -> None:
    """Print the largest memory of every command, and what a further pass takes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--commit")
    parser.add_argument("--kill-gib", type=float, default=3.0)
    asked = parser.parse_args()
    cases = CASES if asked.scale == 1.0 else tuple(case.scaled(asked.scale) for case in CASES)
    print(versions("numpy", "highspy", "matplotlib"))
    print(f"{machine()}; {asked.commit or 'this checkout'}; largest resident set of the process")
    peaks: dict[Case, Peak] = {}
    with nullcontext(ROOT) if asked.commit is None else unpacked(asked.commit) as source:
        for case in cases:
            if asked.only not in case.name:
                continue
            peaks[case] = peak = run(case, source, int(asked.kill_gib * GIB))
            goal = "" if case.most_gib is None else f"  (wanted: at most {case.most_gib})"
            told = f"killed beyond {asked.kill_gib} GiB" if peak.killed else f"{peak.rows} rows"
            print(
                f"  {case.name:48} {peak.resident_bytes / GIB:5.2f} GiB {peak.cpu_s:7.1f} s CPU, "
                f"{told}{goal}",
                flush=True,
            )
    growth({case: peak for case, peak in peaks.items() if not peak.killed})


if __name__ == "__main__":
    main()
