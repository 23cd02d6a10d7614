"""The tree stays as small and as documented as CONTRIBUTING says; reads files, imports nothing."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "satqkd"

MOST_MODULES = 20
"""Of ``satqkd/forecast``; 20 when this was written."""
MOST_LINES = 300
"""Nine modules in ten are no longer; 285 over 59 modules when this was
written (forecast 315, network 285, passes 270)."""


def modules(*packages: str) -> list[Path]:
    """Modules of some packages, ``__init__`` left out."""
    found = [path for name in packages for path in sorted((PACKAGE / name).rglob("*.py"))]
    return [path for path in found if path.name != "__init__.py"]


def lines_of_nine_in_ten(paths: list[Path]) -> int:
    """90th percentile of lines: the least that nine modules in ten do not exceed."""
    lines = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
    return lines[math.ceil(0.9 * len(lines)) - 1]


def test_the_forecast_stays_one_flow_of_few_modules() -> None:
    """A further kind of link is data or a class in them, not another flow beside them."""
    names = [path.stem for path in modules("forecast")]
    assert len(names) <= MOST_MODULES, f"{len(names)} modules: {', '.join(names)}"


def test_nine_modules_in_ten_fit_a_sitting() -> None:
    """Over forecast, network and passes together."""
    lines = lines_of_nine_in_ten(modules("forecast", "network", "passes"))
    assert lines <= MOST_LINES, f"90th percentile of {lines} lines"


def test_the_percentile_is_the_nearest_rank(tmp_path: Path) -> None:
    """Of ten modules the ninth counts, not the longest."""
    for number in range(1, 11):
        (tmp_path / f"m{number}.py").write_text("x\n" * number, encoding="utf-8")
    assert lines_of_nine_in_ten(sorted(tmp_path.glob("*.py"))) == 9


@pytest.mark.parametrize("name", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_every_package_has_its_layer_and_its_place_in_contributing(name: str) -> None:
    """The layers of ``pyproject.toml``; the picture, the layers or the table of CONTRIBUTING."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    assert name in {room.strip() for layer in layers for room in layer.split("|")}
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Conventions")[0]
    assert re.search(rf"(?<![\w.]){name}(?![\w.])", text)
