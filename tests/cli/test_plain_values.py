"""Values of options are read as their types say, and refused as typer refuses them."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.main import get_command

from satqkd.cli.plain_help import plain_command


class Form(enum.StrEnum):
    CSV = "csv"


taken: dict[str, object] = {}
app = typer.Typer()


@app.command()
def command(  # noqa: PLR0917
    names: Annotated[list[str] | None, typer.Argument()] = None,
    days: float | None = None,
    seed: int = 1,
    out: Path = Path("plan"),
    numbers: Annotated[list[int] | None, typer.Option("--number")] = None,
    form: Form = Form.CSV,
    port: Annotated[int | None, typer.Option(min=1, max=9)] = None,
    wait: Annotated[float, typer.Option(min=0.1)] = 1.0,
    quiet: bool = False,  # noqa: FBT001, FBT002
) -> None:
    taken.update(locals())


ACCEPTED = [
    (),
    ("a", "b", "--days", "1.5", "--seed", "7", "--out", "x/y"),
    ("--number", "1", "--number", "2", "--form", "csv", "--quiet"),
    ("--days", "inf", "--seed", " 3 ", "--out", ""),
    ("--seed", "4.0"),
    ("--port", "9", "--wait", "0.1"),
]
REFUSED = [
    ("--days", "long"),
    ("--seed", "1.5"),
    ("--number", "x"),
    ("--form", "xml"),
    ("--days",),
    ("--out", "locked"),
    ("--port", "10"),
    ("--port", "0"),
    ("--wait", "-1"),
]


@pytest.fixture
def answers(capsys):
    """What a command says and takes, plainly and by typer alone."""

    def run(made, words):
        taken.clear()
        with pytest.raises(SystemExit) as ended:
            made(list(words))
        return ended.value.code, capsys.readouterr(), dict(taken)

    return lambda words, of=app: [run(made(of), words) for made in (plain_command, get_command)]


@pytest.mark.parametrize("words", ACCEPTED, ids=" ".join)
def test_a_value_is_the_same_as_typers(words, answers):
    plain, typers = answers(words)

    assert plain == typers
    assert plain[0] == 0
    assert plain[2]


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_a_refusal_is_typers(words, answers, tmp_path, monkeypatch):
    """So it also is for a file that is there and may not be read."""
    (tmp_path / "locked").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.access", lambda path, mode: str(path) != "locked" or mode == os.F_OK)

    plain, typers = answers(words)

    assert plain == typers
    assert plain[0] == 2


@pytest.mark.parametrize("words", [(), ("--name", "x")])
def test_a_required_option_is_missed(words, answers):
    needy = typer.Typer()

    @needy.command()
    def command(name: Annotated[str, typer.Option()]) -> None:
        taken["name"] = name

    plain, typers = answers(words, needy)

    assert plain == typers
    assert plain[2] == ({"name": "x"} if words else {})
