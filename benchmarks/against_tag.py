"""Time commands of this checkout against those of another commit, in one run, by CPU time.

    from against_tag import against_tag, told
    told(against_tag({"help": ["-m", "satqkd", "--help"]}))

The commit is unpacked into a temporary folder; both run with this interpreter and what is
installed for it, one after the other, so that what else the machine does meets both alike. The
first run of each compiles what it imports, into a folder of this script's own: the runs that count
find it compiled, as whoever has installed it does, whatever PYTHONDONTWRITEBYTECODE says.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST_VERSION = "8747a04"
"""What 0.1.0 was released from."""
CAMPAIGN = ("mission.yaml", "stations.yaml", "data")
"""What a run of the shipped campaign reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """CPU seconds, user and system, of each run of one command."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Median of ours over the median of theirs."""
        return statistics.median(self.ours) / statistics.median(self.theirs)


def against_tag(
    commands: Mapping[str, Sequence[str]],
    *,
    commit: str = FIRST_VERSION,
    repeats: int = 5,
    campaign: Path | None = None,
) -> dict[str, Times]:
    """Run each command here and at the commit, interleaved, after one run of each to warm up.

    Parameters
    ----------
    commands
        What to call each, and what to give the interpreter: ``["-m", "satqkd", "--help"]``.
    commit
        Commit or tag to compare with.
    repeats
        Runs of each that count.
    campaign
        Folder both work in; a copy of the campaign that the commit ships by default.
    """
    with unpacked(commit) as other, tempfile.TemporaryDirectory() as folder:
        work, compiled = Path(folder) / "work", Path(folder) / "compiled"
        work.mkdir()
        for name in CAMPAIGN if campaign is None else ():
            copy = shutil.copytree if (other / name).is_dir() else shutil.copy
            copy(other / name, work / name)
        work = work if campaign is None else campaign
        for source in (ROOT, other):
            require_own(source, work)
        taken: dict[str, tuple[list[float], list[float]]] = {}
        for name, words in commands.items():
            taken[name] = [], []
            for repeat in range(repeats + 1):
                for source, times in zip((ROOT, other), taken[name], strict=True):
                    seconds = cpu_s(words, source=source, cwd=work, compiled=compiled)
                    if repeat:
                        times.append(seconds)
    return {
        name: Times(ours=tuple(ours), theirs=tuple(theirs))
        for name, (ours, theirs) in taken.items()
    }


def told(times: Mapping[str, Times], *, most: Mapping[str, float] | None = None) -> None:
    """Print the medians and their ratio, beside the largest ratio wanted where one is given."""
    for name, one in times.items():
        wanted = (most or {}).get(name)
        goal = "" if wanted is None else f"  (wanted: at most {wanted})"
        print(
            f"  {name:34} {statistics.median(one.ours):6.3f} s against "
            f"{statistics.median(one.theirs):6.3f} s: {one.ratio:.2f}{goal}"
        )


def machine() -> str:
    """Name the processor and how many of its cores there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores"


@contextmanager
def unpacked(commit: str) -> Iterator[Path]:
    """Unpack a commit of this repository into a folder that is gone afterwards."""
    packed = subprocess.run(  # noqa: S603
        ["git", "archive", commit],  # noqa: S607
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def cpu_s(words: Sequence[str], *, source: Path, cwd: Path, compiled: Path | None = None) -> float:
    """User and system time of one run with the code in ``source``. [s]"""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", *words],
        cwd=cwd,
        env=environment(source, compiled),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None  # noqa: S101
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{source}: {' '.join(words)} failed:\n{said.decode()}")
    return usage.ru_utime + usage.ru_stime


def require_own(source: Path, cwd: Path) -> None:
    """Make sure that each runs its own code, whatever is installed."""
    code = "import satqkd; print(satqkd.__file__)"
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-c", code],
        cwd=cwd,
        env=environment(source),
        check=True,
        capture_output=True,
        text=True,
    )
    if not Path(found.stdout.strip()).resolve().is_relative_to(source.resolve()):
        raise SystemExit(f"{source}: ran {found.stdout.strip()} instead")


def environment(source: Path, compiled: Path | None = None) -> dict[str, str]:
    """What to run the code in ``source`` with, and where it keeps what it compiles."""
    own = {**os.environ, "PYTHONPATH": str(source)}
    if compiled is not None:
        own.pop("PYTHONDONTWRITEBYTECODE", None)
        own["PYTHONPYCACHEPREFIX"] = str(compiled)
    return own
