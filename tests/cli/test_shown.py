"""What is told on standard error, and how wide tables are."""

from __future__ import annotations

import warnings

import pytest

from satqkd.cli.exit_codes import SIGNALLED
from satqkd.cli.shown import terminal_width, told_if_stopped, warnings_told, wrapped
from satqkd.errors import SatqkdError, SatqkdWarning


def test_columns_set_the_width(monkeypatch):
    """Also without a terminal."""
    monkeypatch.setenv("COLUMNS", "72")

    assert terminal_width() == 72


def test_a_stop_says_what_it_left(capsys):
    """A signal ends a run in the middle."""
    with pytest.raises(SystemExit), told_if_stopped("plan/ is as it was before"):
        raise SystemExit(SIGNALLED + 15)

    assert capsys.readouterr().err == "plan/ is as it was before\n"


def test_an_ordinary_end_says_nothing(capsys):
    """Neither an error nor the end of the block."""
    with told_if_stopped("never"):
        pass
    with pytest.raises(SystemExit), told_if_stopped("never"):
        raise SystemExit(2)

    assert capsys.readouterr().err == ""


def test_a_sentence_shows_what_would_act(monkeypatch):
    """Names come from files: marks of direction and escapes are written out, lines joined."""
    monkeypatch.setenv("COLUMNS", "80")
    assert wrapped("  over \u202eLi\x1b[2J\nnext") == r"  over \u202eLi\x1b[2J next"


def test_own_warnings_are_told_once_and_others_go_on(capsys):
    """Also where the block fails: what was warned of explains it."""
    kept = []

    def fails():
        with warnings_told() as told:
            kept.append(told)
            warnings.warn("elements are old", SatqkdWarning, stacklevel=1)
            warnings.warn("of another library", DeprecationWarning, stacklevel=1)
            warnings.warn("elements are old", SatqkdWarning, stacklevel=1)
            raise SatqkdError("no plan")

    with pytest.warns(DeprecationWarning, match="of another"), pytest.raises(SatqkdError):
        fails()

    assert kept == [["elements are old"]]
    assert capsys.readouterr().err == "warning: elements are old\n"
