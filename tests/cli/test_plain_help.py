"""Help is whole paragraphs, and flags bear no type."""

from __future__ import annotations

import itertools
import re

import pytest
from typer.main import get_command

from satqkd.cli.app import app, asked_alone
from satqkd.cli.plain_help import plain_command


@pytest.fixture
def help_of(monkeypatch, capsys):
    """Return the help of a subcommand on 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: str) -> str:
        with pytest.raises(SystemExit):
            plain_command(app)([*words, "--help"])
        return str(capsys.readouterr().out)

    return run


@pytest.mark.parametrize("words", [(), ("plan",), ("passes",), ("validate",), ("elements", "list")])
def test_flags_and_lists_bear_no_type_of_python(help_of, words):
    """Nobody types ``--json true``."""
    said = help_of(*words)

    assert "bool" not in said
    assert "list[" not in said
    assert "<str>" not in said


def test_paragraphs_are_wrapped_once(help_of):
    """The lines of the source do not show."""
    lines = help_of("plan").partition("─ Options")[0].splitlines()
    first = next(number for number, line in enumerate(lines) if "Prints the" in line)
    paragraph = [line.strip() for line in lines[first:] if line.strip(" ╭")]

    assert all(
        len(line) + 1 + len(after.split()[0]) > 78 for line, after in itertools.pairwise(paragraph)
    )


def test_arguments_stand_without_braces(help_of):
    """As people write them."""
    assert " link [OPTIONS] [PASS]" in help_of("link")


def test_no_word_of_a_help_text_is_taken_for_markup():
    """Rich swallows what stands in square brackets."""
    commands = [get_command(app)]
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        texts = [command.help, *(getattr(param, "help", None) for param in command.params)]
        assert not [text for text in texts if text and re.search(r"\[[a-z/]", text)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "--export", "--series", "none"), "'--series' is another option"),
        (("tonight", "--now", "--json"), "'--json' is another option"),
        (("ledger", "note", "--contact", "-m", "x"), "'-m' is another option"),
    ],
)
def test_an_option_that_takes_the_next_one_is_named(monkeypatch, capsys, words, told):
    """In place of a word further on that is too many."""
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as ended:
        plain_command(app)([*words])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"Invalid value for '{words[-3] if len(words) > 3 else words[1]}" in said
    assert told in said


@pytest.mark.parametrize("words", [("plan",), ("ledger", "show"), ("new",), ("forcast",), ()])
def test_what_is_asked_for_is_built_alone_and_says_the_same(words, monkeypatch, capsys):
    """A group with its own commands; where no command is meant all are there to be told of."""
    monkeypatch.setenv("COLUMNS", "80")
    said = []
    for one in (app, asked_alone(words)):
        with pytest.raises(SystemExit):
            plain_command(one)([*words, "--help"], prog_name="satqkd")
        said.append(capsys.readouterr())
    built = len(asked_alone(words).registered_commands + asked_alone(words).registered_groups)

    assert said[0] == said[1]
    assert (built == 1) == (words[:1] not in {("forcast",), ()})
