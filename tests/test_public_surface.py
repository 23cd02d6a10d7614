"""What each package offers to the others is complete and in order."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import satqkd

PACKAGE = Path(satqkd.__file__).parent
PACKAGES = sorted(
    ".".join(("satqkd", *path.parent.relative_to(PACKAGE).parts))
    for path in PACKAGE.rglob("__init__.py")
)


def source(package: str) -> Path:
    """The ``__init__.py`` of a package."""
    return PACKAGE.joinpath(*package.split(".")[1:], "__init__.py")


def offered(package: str) -> set[str]:
    """Names without underscore that a package takes from satqkd or makes itself.

    Where names are imported at their first use, those that type checkers are told.
    """
    names: set[str] = set()
    body = ast.parse(source(package).read_text(encoding="utf-8")).body
    if any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in body):
        body = [
            inner for node in body for inner in (node.body if isinstance(node, ast.If) else [node])
        ]
    for node in body:
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "satqkd":
                names |= {alias.asname or alias.name for alias in node.names}
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Assign():
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def reading_order(name: str) -> tuple[int, str]:
    """Constants, then types, then functions: the order ruff's RUF022 keeps."""
    if name.isupper():
        return 0, name
    return (1 if name[0].isupper() else 2), name


with_all = pytest.mark.parametrize(
    "package", [name for name in PACKAGES if hasattr(importlib.import_module(name), "__all__")]
)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_in_a_sentence_what_it_is(package: str) -> None:
    """The docstring of an ``__init__`` is the first thing a reader sees."""
    assert ast.get_docstring(ast.parse(source(package).read_text(encoding="utf-8")))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_that_offers_names_lists_them(package: str) -> None:
    """A name imported into an ``__init__`` without ``__all__`` is public by accident."""
    assert not offered(package) or hasattr(importlib.import_module(package), "__all__")


@with_all
def test_the_list_of_public_names_is_complete(package: str) -> None:
    """What an ``__init__`` brings in, it also lists; what it lists, exists."""
    module = importlib.import_module(package)
    listed = {name for name in module.__all__ if not name.startswith("_")}
    assert offered(package) == listed
    assert all(hasattr(module, name) for name in module.__all__)


@with_all
def test_the_list_of_public_names_is_sorted_without_repeats(package: str) -> None:
    """Constants, types, functions; each in the order of the alphabet, each once."""
    names = importlib.import_module(package).__all__
    assert list(names) == sorted(set(names), key=reading_order)
