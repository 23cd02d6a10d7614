"""Check satqkd on bare machines: every Python with the oldest, locked and newest libraries.

    make compat                                    # Debian 12, 13 and testing, as root
    make compat COMPAT='--python python3.12'       # a Python of this machine instead
    make compat COMPAT='--suite bookworm --libraries lowest --tests all'

A bare machine is a folder that debootstrap fills with Debian's Python, pip, make and git. The last
commit is cloned into it, and the Makefile sets it up from wheels that were fetched before: from
then on nothing is downloaded, and pip is told ``PIP_USER=1``, as some machines tell it. Packages
come from where apt, pip and uv of this machine get them.

Each cell of the table is one Python with one set of libraries, satqkd's and its tools' alike:

lowest
    the lowest versions that pyproject.toml allows for what it names
locked
    requirements.lock
newest
    what there is today

and goes through the set-up, ``make lint``, ``make types``, a part of the tests (``PART``;
``--tests all`` for every one, ``--tests 'tests/key tests/mission'`` for those that are named) and
``satqkd plan --json``, whose standard output must be JSON and nothing else. The last column begins
a hash over the tables of that plan: same digits, same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = Path(
    os.environ.get("SATQKD_COMPAT")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "satqkd-compat"
)
WHEELS = CACHE / "wheels"
LOGS = CACHE / "logs"
SUITES = ("bookworm", "trixie", "testing")
"""Debian 12 has Python 3.11, Debian 13 has 3.13, the next one a newer."""
LIBRARIES = ("lowest", "locked", "newest")
PART = (
    "tests/config tests/elements tests/report tests/schedule tests/cli/test_commands.py"
    " tests/test_readme.py tests/test_repository.py"
)
"""What touches other libraries most: files, tables, pictures, solver, each command, packaging."""
PACKAGES = "python3,python3-pip,make,git,ca-certificates"
TABLES = ("passes.csv", "series.csv", "keys.csv")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A Python, and the folder that is its whole file system; None for this machine's own."""

    name: str
    root: Path | None = None
    python: str = "python3"

    def place(self, libraries: str) -> tuple[Path, str]:
        """Return the checkout of a cell: where it lies, and its path as the machine sees it."""
        if self.root is None:
            here = CACHE / self.name / libraries
            return here, str(here)
        return self.root / "satqkd" / libraries, f"/satqkd/{libraries}"

    def command(self, words: str, *, folder: str = "/") -> list[str]:
        """Return what runs a line of shell on this machine, in an environment of its own."""
        kept = {name: text for name, text in os.environ.items() if name.startswith("OPENBLAS_")}
        wheels = WHEELS if self.root is None else "/wheels"
        path = os.environ["PATH"] if self.root is None else "/usr/sbin:/usr/bin:/sbin:/bin"
        env = {
            **kept,
            "PATH": path,
            "HOME": str(Path.home()),
            "LANG": "C.UTF-8",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_USER": "1",
        }
        inner = f"cd {shlex.quote(folder)} && {words}"
        plain = ["env", "-i", *(f"{name}={text}" for name, text in env.items()), "sh", "-c", inner]
        if self.root is None:
            return plain
        root = shlex.quote(str(self.root))
        mounts = (
            f"mkdir -p {root}/wheels && mount --bind {shlex.quote(str(WHEELS))} {root}/wheels"
            f" && mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev"
            f' && exec chroot {root} "$@"'
        )
        return ["unshare", "--mount", "sh", "-c", mounts, "sh", *plain]

    def version(self) -> str:
        """Return the Python's version, as in 3.11."""
        ask = f"{self.python} -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'"
        return output(self.command(ask)).strip()


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What became of one Python with one set of libraries."""

    python: str
    libraries: str
    steps: dict[str, str]
    minutes: float

    @property
    def green(self) -> bool:
        """Whether no step is red."""
        return "RED" not in self.steps.values()


def main() -> None:
    """Run the cells that were asked for and print the table."""
    wanted = _arguments()
    for folder in (WHEELS, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    machines = [debian(suite) for suite in wanted.suite]
    machines += [Machine(name=Path(p).name, python=p) for p in wanted.python]
    uv = tool_uv()
    cells = []
    for machine in machines:
        version = machine.version()
        for libraries in wanted.libraries:
            print(f"\n{machine.name}, Python {version}, {libraries} libraries", flush=True)
            prepare(machine, version, libraries, uv=uv)
            cells.append(run(machine, version, libraries, tests=wanted.tests))
    print(f"\n{table(cells)}\n\nlogs: {LOGS}")
    sys.exit(not all(cell.green for cell in cells))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", action="append", choices=SUITES, help="one of Debian's")
    parser.add_argument("--python", action="append", default=[], help="of this machine")
    parser.add_argument("--libraries", action="append", choices=LIBRARIES)
    parser.add_argument("--tests", default="part", help="part, all, or the paths of some")
    wanted = parser.parse_args()
    wanted.tests = {"part": PART, "all": ""}.get(wanted.tests, wanted.tests)
    wanted.suite = wanted.suite or ([] if wanted.python else list(SUITES))
    wanted.libraries = wanted.libraries or list(LIBRARIES)
    return wanted


def debian(suite: str) -> Machine:
    """Return a bare Debian, made when it is not there yet."""
    root = CACHE / suite
    made = CACHE / f"{suite}-made"
    if made.exists():
        return Machine(name=suite, root=root)
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        sys.exit("satqkd: make compat needs root and debootstrap (apt-get install debootstrap)")
    print(f"satqkd: making a bare Debian {suite} in {root}; this takes minutes", flush=True)
    shutil.rmtree(root, ignore_errors=True)
    words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite]
    if not logged([*words, str(root), mirror()], name=f"{suite}-debootstrap"):
        sys.exit("satqkd: there is no bare machine to check on")
    made.touch()
    return Machine(name=suite, root=root)


def mirror() -> str:
    """Return where this machine's apt gets Debian from; ``SATQKD_COMPAT_MIRROR`` overrules it."""
    named = os.environ.get("SATQKD_COMPAT_MIRROR")
    if named:
        return named
    layout = "$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)"
    lines = output(["apt-get", "indextargets", "--format", layout, "Created-By: Packages"])
    for line in lines.splitlines():
        origin, component, codename, address = line.split()
        if (origin, component) == ("Debian", "main") and "-" not in codename:
            return address
    sys.exit("satqkd: apt knows no Debian here; say where it is in SATQKD_COMPAT_MIRROR")


def tool_uv() -> str:
    """Return the path of uv, installed into the cache when this machine has none."""
    found = shutil.which("uv")
    if found is None:
        target = CACHE / "uv"
        found = str(target / "bin" / "uv")
        if not Path(found).exists():
            pip("install", "--target", str(target), "uv")
    return found


def prepare(machine: Machine, version: str, libraries: str, *, uv: str) -> None:
    """Clone the last commit, write the lock of this cell, and fetch every wheel that it names."""
    folder, _ = machine.place(libraries)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    output(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(folder)])
    lock = folder / "requirements.lock"
    compiled = [uv, "pip", "compile", "-q", "--generate-hashes", "--no-header", "--no-annotate"]
    compiled += ["--python-version", version, "--output-file", str(folder / "fetched.lock")]
    if libraries == "locked":
        output([*compiled, "--no-deps", str(lock)])
    else:
        how = {"lowest": "lowest-direct", "newest": "highest"}[libraries]
        project = str(folder / "pyproject.toml")
        extras = [f"--extra={name}" for name in ("dev", "desk", "study", "distil")]
        output([*compiled, "--resolution", how, *extras, project])
        shutil.copy(folder / "fetched.lock", lock)
    fetch(folder / "fetched.lock", version)
    (folder / "fetched.lock").unlink()
    fetch(folder / "compat" / "numpy-oldest.lock", "3.11")
    fetch(folder / "compat" / "numpy-newest.lock", "3.14")


def fetch(lock: Path, version: str) -> None:
    """Lay the wheels of a lock into the cache; its lines hold no marker."""
    words = ["download", "--no-deps", "--only-binary", ":all:", "--python-version", version]
    pip(*words, "--dest", str(WHEELS), "--find-links", str(WHEELS), "--requirement", str(lock))


def pip(*words: str) -> None:
    """Run pip with this machine's settings."""
    output([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *words])


def run(machine: Machine, version: str, libraries: str, *, tests: str) -> Cell:
    """Go through the steps; none after a failed set-up."""
    began = time.monotonic()
    folder, path = machine.place(libraries)
    steps = {
        "set-up": f"make .venv/ok PY={machine.python}",
        "lint": f"make lint PY={machine.python}",
        "types": f"make types PY={machine.python}",
        "tests": f".venv/bin/python -m pytest -q -n 2 {tests}",
        "plan": ".venv/bin/satqkd plan --json > plan.json",
    }
    said = dict.fromkeys([*steps, "tables"], "-")
    for step, words in steps.items():
        name = f"{machine.name}-{libraries}-{step}"
        green = logged(machine.command(words, folder=path), name=name)
        if step == "plan" and green:
            green, said["tables"] = plan_of(folder)
        said[step] = "ok" if green else "RED"
        print(f"  {step}: {said[step]}", flush=True)
        if step == "set-up" and not green:
            break
    minutes = (time.monotonic() - began) / 60
    return Cell(python=version, libraries=libraries, steps=said, minutes=minutes)


def plan_of(folder: Path) -> tuple[bool, str]:
    """Say whether a plan is JSON with keys in it, and give its tables a short name."""
    text = (folder / "plan.json").read_text(encoding="utf-8")
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, KeyError) as error:
        print(f"  no plan in JSON: {error!r}; it begins {text[:80]!r}")
        return False, "-"
    tables = b"".join((folder / "plan" / name).read_bytes() for name in TABLES)
    return bool(keys), hashlib.sha256(tables).hexdigest()[:8]


def logged(command: list[str], *, name: str) -> bool:
    """Run a command, keep what it says, and show the end of it when it fails."""
    log = LOGS / f"{name}.log"
    with log.open("wb") as file:
        code = subprocess.run(command, stdout=file, stderr=file, check=False).returncode
    if code:
        end = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        print("\n".join(f"  | {line}" for line in end))
    return code == 0


def output(command: list[str]) -> str:
    """Run a command that has to succeed and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"satqkd: {shlex.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def table(cells: list[Cell]) -> str:
    """Write one line a cell."""
    lines = [["Python", "libraries", *cells[0].steps, "minutes"]]
    lines += [[c.python, c.libraries, *c.steps.values(), f"{c.minutes:.1f}"] for c in cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    main()
