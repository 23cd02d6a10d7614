"""What is committed can be installed anywhere, and what is built holds everything."""

from __future__ import annotations

import importlib.resources
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import satqkd

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

NUMPY_LOCKS = {
    end: (ROOT / "compat" / f"numpy-{end}.lock").read_text(encoding="utf-8")
    for end in ("oldest", "newest")
}
"""The two numpys whose stubs types are checked against."""

each_lock = pytest.mark.parametrize(
    "lock", [LOCK, *NUMPY_LOCKS.values()], ids=["all", *NUMPY_LOCKS]
)

MACHINE = re.compile(
    r"(?<![\w.~*{}-])/(?:home|root|work|tmp|Users|mnt)/\w"
    r"|(?:pypi[.]org|pythonhosted[.]org|registry[.]npmjs|anaconda[.]org|deb[.]debian)"
)
"""Paths of one machine and hosts of package indexes; neither means anything elsewhere."""

DATA = ("satqkd/presets/", "satqkd/validation/cases/")
"""Folders of the package that hold data."""


def committed() -> list[Path]:
    """Files under version control; an sdist has none, so there the test is skipped."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode or not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def locked(lock: str = LOCK) -> list[Requirement]:
    """The lines of a lock without their hashes."""
    lines = lock.replace("\\\n", " ").splitlines()
    return [Requirement(line.split(" --hash=")[0].strip()) for line in lines if line.strip()]


def numpy_versions(lock: str) -> list[Version]:
    """The versions of numpy in a lock: one for each range of Pythons."""
    return [
        Version(s.version) for pin in locked(lock) if pin.name == "numpy" for s in pin.specifier
    ]


def names(paths: list[Path]) -> set[str]:
    """Paths as archives write them."""
    return {path.relative_to(ROOT).as_posix() for path in paths}


class Built(NamedTuple):
    """Names of the files in a wheel and in an sdist."""

    wheel: set[str]
    sdist: set[str]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the sdist from a copy of the checkout, and the wheel from that sdist."""
    copy, out = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for path in committed():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    return Built(wheel=in_wheel, sdist=in_sdist)


@each_lock
def test_a_lock_names_no_address(lock: str) -> None:
    """Whoever installs decides where files come from; the hash says whether they are right."""
    assert "://" not in lock
    assert not re.search(
        r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links)", lock, re.MULTILINE
    )


@each_lock
def test_every_locked_package_has_one_version_and_a_hash(lock: str) -> None:
    """Pip refuses the whole lock when a single line lacks either."""
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert all(re.match(r"[a-z0-9._-]+==[^\s;]+", block) for block in blocks)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", block) for block in blocks)


def test_the_lock_holds_every_declared_dependency_in_its_range() -> None:
    """``pyproject.toml`` was not changed without ``make lock``."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    declared = [*project["dependencies"], *extras["dev"], *extras["desk"], *extras["study"]]
    for wanted in map(Requirement, declared):
        versions = [
            specifier.version
            for pin in locked()
            if canonicalize_name(pin.name) == canonicalize_name(wanted.name)
            for specifier in pin.specifier
        ]
        assert versions, f"{wanted} is not locked: make lock"
        assert all(wanted.specifier.contains(v) for v in versions), f"{wanted}: make lock"


def test_types_are_checked_against_both_ends_of_what_numpy_may_be() -> None:
    """From the lowest that ``pyproject.toml`` takes to none older than any in the lock."""
    (oldest,), (newest,) = map(numpy_versions, NUMPY_LOCKS.values())

    assert f"numpy>={oldest}" in PROJECT["project"]["dependencies"], "make lock"
    assert oldest <= min(numpy_versions(LOCK)), "make lock"
    assert newest >= max(numpy_versions(LOCK)), "make lock"


def test_the_build_backend_is_pinned_and_locked() -> None:
    """The package is built by the locked backend, so nothing is fetched without a hash."""
    assert set(PROJECT["build-system"]["requires"]) <= {str(pin) for pin in locked()}


def test_no_committed_file_names_a_machine_or_a_package_index() -> None:
    """A path of one machine or a host of one network misleads everybody else."""
    found = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", errors="replace")
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if MACHINE.search(line)
        ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [f"see /{'work'}/notes.md", f"open('/{'tmp'}/x')", f"https://{'pypi'}.org/simple"],
)
def test_a_machine_path_or_index_host_is_recognised(text: str) -> None:
    """The search above finds what it is there to find."""
    assert MACHINE.search(text)


@pytest.mark.parametrize(
    "text", ["{tmp_path}/tmp/x", "docs/work/x", "https://example.org/work/x", "plan/tmp"]
)
def test_a_relative_path_is_no_machine_path(text: str) -> None:
    """Ordinary paths and addresses are left alone."""
    assert not MACHINE.search(text)


def test_the_citation_and_the_changelog_name_a_version_that_is_released() -> None:
    """The version stands in ``satqkd/__init__.py``; what people cite is that one."""
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    cited = re.findall(r"^version: (.+)\ndate-released: (.+)$", citation, re.MULTILINE)

    assert cited == re.findall(r"^## \[(\d.*)\] - (.+)$", changelog, re.MULTILINE)[:1]
    assert cited[0][0] == satqkd.__version__


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in a document names a file or folder that is there."""
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in committed()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not dead, "\n".join(dead)


def test_presets_and_cases_lie_inside_the_package() -> None:
    """An installed satqkd finds them where it finds its modules."""
    package = importlib.resources.files("satqkd")
    assert package.joinpath("presets", "micius-2017.yaml").is_file()
    assert package.joinpath("presets", "micius-2016-campaign", "mission.yaml").is_file()
    assert any(
        entry.name.endswith(".yaml") for entry in package.joinpath("validation", "cases").iterdir()
    )


def test_the_wheel_holds_every_preset_and_case(built: Built) -> None:
    """Also in nested folders, whatever their ending."""
    data = {name for name in names(committed()) if name.startswith(DATA)}
    assert data
    assert data <= built.wheel


def test_the_wheel_holds_every_module_and_the_marker_of_types(built: Built) -> None:
    """Nothing of the package is left out, pages too, and nothing beside it is installed."""
    modules = {
        name for name in names(committed()) if re.match(r"satqkd/.*[.](py|typed|css|html)$", name)
    }
    assert "satqkd/py.typed" in modules
    assert modules <= built.wheel
    assert {name.split("/")[0] for name in built.wheel} <= {
        "satqkd",
        f"satqkd-{satqkd.__version__}.dist-info",
    }
    assert not [name for name in built.wheel if name.endswith(".pyc")]


def test_the_sdist_holds_every_committed_file(built: Built) -> None:
    """From the sdist one can plan, test, document and build again."""
    assert names(committed()) <= built.sdist
