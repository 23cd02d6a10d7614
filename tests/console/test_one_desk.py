"""One desk acts; a second one reads."""

from __future__ import annotations

import os

from typer.testing import CliRunner

from satqkd.cli.app import app as command_line
from satqkd.console.one_desk import LOCK, take_seat


def test_the_second_desk_reads_and_names_the_first(tmp_path):
    first = take_seat(tmp_path)
    assert first.read_only == ""
    second = take_seat(tmp_path)
    assert second.read_only == f"another desk of this mission is open (process {os.getpid()})"
    first.leave()
    third = take_seat(tmp_path)
    assert third.read_only == ""
    third.leave()
    second.leave()


def test_where_nothing_can_be_written_a_desk_reads(tmp_path):
    assert "nothing can be written here" in take_seat(tmp_path / "absent").read_only


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path):
    """Whoever may write beside the ledger cannot make the desk empty a file elsewhere."""
    other = tmp_path / "precious"
    other.write_text("kept")
    (tmp_path / LOCK).symlink_to(other)
    assert take_seat(tmp_path).read_only
    assert other.read_text() == "kept"


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("satqkd.cli.desk.NEEDED", ("no_such_package",))
    answer = CliRunner().invoke(command_line, ["desk", "--no-open"])
    assert "pip install 'satqkd[desk]'" in str(answer.exception)
