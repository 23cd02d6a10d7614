"""What the documents name is there: paths, modules, classes, commands with their options."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import typer.main

from satqkd.cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
FOLDERS = ("satqkd", "tests", "docs", "data", "benchmarks", "compat")
PACKAGES = tuple(path.parent.name for path in (ROOT / "satqkd").glob("*/__init__.py"))

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def code(page: Path) -> list[str]:
    """What stands between backticks, and the lines of fenced shell."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)] + lines


def missing_path(span: str) -> bool:
    """Whether a span names a file or folder of the checkout that is not there."""
    first, _, rest = span.partition("/")
    if not re.fullmatch(r"[\w./-]+", span) or not (rest or span.endswith(".py")):
        return False
    if not rest:
        return not any(next((ROOT / folder).rglob(span), None) for folder in FOLDERS)
    if first in FOLDERS:
        return not (ROOT / span).exists()
    if first in PACKAGES and "." in rest:
        module, _, name = span.removesuffix(".py").partition(".")
        file = ROOT / "satqkd" / f"{module}.py"
        return not (file.is_file() and name in file.read_text(encoding="utf-8"))
    return False


def missing_name(span: str) -> bool:
    """Whether a span is a dotted name below ``satqkd`` that cannot be reached."""
    if not re.fullmatch(r"satqkd([.]\w+)+", span):
        return False
    parts = span.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return True
            found = getattr(found, name)
        return False
    return True


def wrong_command(line: str) -> str | None:
    """What is wrong with a line that calls ``satqkd``; None if nothing is."""
    words = line.split("#", maxsplit=1)[0].split()
    if words[:1] != ["satqkd"] or len(words) < 2:
        return None
    here = typer.main.get_command(app)
    rest = words[1:]
    while rest and hasattr(here, "commands") and re.fullmatch(r"[a-z]+", rest[0]):
        if rest[0] not in here.commands:
            return f"no command {rest[0]}"
        here, rest = here.commands[rest[0]], rest[1:]
    below = [here, *getattr(here, "commands", {}).values()]
    known = {"--help"} | {opt for one in below for param in one.params
                          for opt in (*param.opts, *param.secondary_opts)}  # fmt: skip
    unknown = [
        word for word in re.findall(r"(?<!\S)--[a-z-]+", " ".join(rest)) if word not in known
    ]
    return f"no option {unknown[0]}" if unknown else None


@each_page
def test_paths_in_documents_exist(page: Path) -> None:
    """Files and folders of the checkout, modules by the path below ``satqkd`` or by name."""
    assert [span for span in code(page) if missing_path(span)] == []


@each_page
def test_dotted_names_in_documents_exist(page: Path) -> None:
    """Modules, and what they hold."""
    assert [span for span in code(page) if missing_name(span)] == []


@each_page
def test_commands_in_documents_exist(page: Path) -> None:
    """With the options that are named."""
    assert [(line, wrong) for line in code(page) if (wrong := wrong_command(line))] == []


@each_page
def test_make_targets_in_documents_exist(page: Path) -> None:
    """Every ``make`` line names a target."""
    targets = re.findall(
        r"^([a-z][\w-]*)(?=[ :][^=]*$)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    named = [match[1] for span in code(page) if (match := re.match(r"make ([a-z]+)\b", span))]
    assert [name for name in named if name not in targets] == []


def test_classes_and_registries_in_contributing_exist() -> None:
    """Each is defined somewhere in the package."""
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "satqkd").rglob("*.py"))
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([A-Z][A-Za-z_]{2,})`", text))
    assert names
    lost = [
        n for n in sorted(names) if not re.search(rf"^(class )?{n}\b *[(:=]", source, re.MULTILINE)
    ]
    assert lost == []


@pytest.mark.parametrize(
    "span",
    ["satqkd/nothing.py", "no_such_module.py", "key/node/nothing.py", "forecast/yields.absent"],
)
def test_a_path_that_is_not_there_is_found(span: str) -> None:
    """The search finds what it is there to find."""
    assert missing_path(span)


def test_a_command_that_is_not_there_is_found() -> None:
    """Commands, subcommands and options."""
    assert wrong_command("satqkd plam") == "no command plam"
    assert wrong_command("satqkd preset make x") == "no command make"
    assert wrong_command("satqkd plan --oops") == "no option --oops"
    assert missing_name("satqkd.forecast.together")
