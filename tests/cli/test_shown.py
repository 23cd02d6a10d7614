"""What is told on standard error, and how wide tables are."""

from __future__ import annotations

import pytest

from satqkd.cli.exit_codes import SIGNALLED
from satqkd.cli.shown import terminal_width, told_if_stopped


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
