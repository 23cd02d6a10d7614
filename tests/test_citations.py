"""A formula names its source, or says what it follows from, in the docstring that stands above it.

Counted are the public functions, and the public methods of public classes, of the rooms of physics
that hold a formula: whose body (or a private function of the same file that it calls) multiplies,
divides, raises to a power, multiplies matrices, or calls one of ``MATHS``. What only hands on,
selects, joins, counts up or adds holds none, and neither does a stub of a protocol. A method may
lean on the docstring of its class.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import satqkd

PACKAGE = Path(satqkd.__file__).parent
ROOMS = ("link", "clicks", "key", "timing", "passes")
LEAST_SHARE = 0.75

OPERATORS = (ast.Mult, ast.Div, ast.Pow, ast.MatMult)
MATHS = frozenset({
    "sqrt", "square", "hypot", "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan",
    "arcsin", "arccos", "arctan", "arctan2", "degrees", "radians", "norm", "cross", "dot", "einsum",
    "matmul", "erf", "erfc", "erfinv", "ndtr", "ndtri", "gamma", "gammaln", "i0", "i0e", "j0", "j1",
    "jv", "trapezoid",
})  # fmt: skip

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SOURCES = (
    r"References -{3,}",
    r"\barXiv:\d{4}\.\d{4,5}|\bdoi:\s?10\.",
    r"\bITU-[RT] [A-Z]+\.\d+|\bIERS Conventions|\bIAU (?:19|20)\d\d",
    # a journal or book, then its year
    r"\*[A-Z][^*]+\*,? [^*]{0,60}?\b(?:19|20)\d\d\b",
    # an author, or two, or several, then the year
    (
        rf"\b(?!(?:{MONTHS})\b)[A-Z][\w'’–-]+(?: and [A-Z][\w'’–-]+| et al\.)?,? "
        r"\(?(?:19|20)\d\d\b(?!-)"
    ),
    r"\b[Bb]y definition\b|\b[Dd]erived here\b",
)
SOURCE = re.compile("|".join(SOURCES))

Functions = Mapping[str, ast.FunctionDef]


def formulas(room: str) -> Iterator[tuple[str, bool]]:
    """``file:line name`` of each formula of a room, and whether it names its source."""
    for file in sorted((PACKAGE / room).rglob("*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        helpers = {f.name: f for f in functions(module) if f.name.startswith("_")}
        classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
        owners: list[ast.Module | ast.ClassDef] = [module]
        owners += [node for node in classes if not node.name.startswith("_")]
        for owner in owners:
            about = ast.get_docstring(owner) if isinstance(owner, ast.ClassDef) else None
            for function in functions(owner):
                if not function.name.startswith("_") and calculates(function, helpers):
                    docstrings = f"{ast.get_docstring(function)}\n{about}"
                    place = f"{file.relative_to(PACKAGE)}:{function.lineno} {function.name}"
                    yield place, names_source(docstrings)


def functions(owner: ast.Module | ast.ClassDef) -> list[ast.FunctionDef]:
    return [node for node in owner.body if isinstance(node, ast.FunctionDef)]


def calculates(
    function: ast.FunctionDef, helpers: Functions, seen: frozenset[str] = frozenset()
) -> bool:
    inside = [node for line in function.body for node in ast.walk(line)]
    if any(isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS) for node in inside):
        return True
    called = {called_name(node.func) for node in inside if isinstance(node, ast.Call)}
    further = (called & helpers.keys()) - seen
    return bool(called & MATHS) or any(
        calculates(helpers[name], helpers, seen | further) for name in further
    )


def called_name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def names_source(docstrings: str) -> bool:
    return SOURCE.search(" ".join(docstrings.split())) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_three_of_four_formulas_of_a_room_name_their_source(room: str) -> None:
    found = dict(formulas(room))
    assert found
    missing = [place for place, named in found.items() if not named]
    share = 1.0 - len(missing) / len(found)
    assert share >= LEAST_SHARE, "\n".join(["no source is named in", *missing])


@pytest.mark.parametrize(
    "docstring",
    [
        "Loss.\n\nReferences\n----------\n.. [1] D. L. Fried.",
        "Loss, by\ndefinition.",
        "Loss. Derived here: it adds.",
        "Loss of Andrews and Phillips (2005).",
        "Loss of Ma et al. 2005.",
        "Loss (Patat, *A&A* 400, 1183 (2003)).",
        "Loss of ITU-R P.1621.",
    ],
)
def test_a_source_is_recognised(docstring: str) -> None:
    assert names_source(docstring)


@pytest.mark.parametrize(
    "docstring",
    ["Loss in dB.", "Loss on 2016-12-19.", "Loss in December 2016.", "Loss at 1550 nm."],
)
def test_a_date_is_no_source(docstring: str) -> None:
    assert not names_source(docstring)


def test_what_multiplies_is_a_formula_and_what_hands_on_is_none() -> None:
    module = ast.parse(
        "def _area(r): return math.pi * r\n"
        "def by_helper(r): return _area(r)\n"
        "def handed_on(r): return other(r) + 1\n"
    )
    helpers = {f.name: f for f in functions(module)}
    verdict = {name: calculates(f, helpers) for name, f in helpers.items()}
    assert verdict == {"_area": True, "by_helper": True, "handed_on": False}
