"""The draft: what it holds; two tabs cannot overwrite each other, and kills harm nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from satqkd.console.draft import Answer, ConflictError, Draft, DraftFile
from satqkd.console.draft_changes import change_of
from satqkd.console.draft_values import Limit, Tried
from satqkd.console.draft_wishes import Ban, Free, Lift, Out, Pin
from satqkd.errors import OutputError, SatqkdError
from satqkd.network.ledger import Book, Pinned, StationOut
from satqkd.network.wished import wish_events, wished_of

BEGIN, END = datetime(2016, 12, 22, tzinfo=UTC), datetime(2016, 12, 24, 6, 30, tzinfo=UTC)
OUT = Out(station="Lijiang", start=BEGIN, end=END, why="dome sticks")
EVERY = (
    Pin(contact_key="micius-a-1", why="visitors"),
    Ban(contact_key="micius-b-2"),
    Free(contact_key="micius-a-1"),
    OUT,
    Lift(entry=4),
    Limit(path="limits.min_elevation", value="15 deg"),
    Tried(what="lowest", sets="limits.min_elevation=5 deg; stations[0].min_elevation=5 deg"),
)


@pytest.fixture
def file(tmp_path) -> DraftFile:
    return DraftFile(folder=tmp_path / "plans", author="test")


def nothing() -> object:
    return wished_of(Book())


def booked() -> Book:
    """Return a ledger's book with a pin and an outage."""
    book = Book()
    Pinned(contact_key="micius-a-1", why="before").post(book, 3)
    StationOut(station="Nanshan", start=BEGIN, end=END, why="road closed").post(book, 4)
    return book


@pytest.mark.parametrize("change", EVERY, ids=lambda one: one.name)
def test_every_change_is_read_as_it_was_written(change):
    assert change_of(json.loads(json.dumps(change.to_plain()))) == change
    assert change.in_words()


@pytest.mark.parametrize(
    "plain",
    [
        {"change": "sell"},
        {},
        {"change": "pin", "contact_key": 5},
        {"change": "pin"},
        {"change": "pin", "contact_key": "a", "more": "b"},
        {"change": "lift", "entry": True},
        {"change": "outage", "station": "A", "start": "soon", "end": "late", "why": "x"},
        {"change": "limit", "path": "elements", "value": "/etc/passwd"},
    ],
)
def test_what_is_no_change_is_refused(plain):
    with pytest.raises(SatqkdError):
        change_of(plain)


@pytest.mark.parametrize(
    "path", ["elements", "ledger", "limits.min_elevation\n", "stations[0].clouds", "limits", "a=b"]
)
def test_only_limits_can_be_set(path):
    """No value that names a file, nor a part of the mission."""
    with pytest.raises(SatqkdError, match="no limit that a draft can set"):
        Limit(path=path, value="1")


@pytest.mark.parametrize(
    "sets",
    [
        "", "limits.max_range", "limits.max_range=", "satellites[0].payload.slew=1 s",
        "limits.max_range=1440 km; elements=/etc/passwd", "ledger=x.sqlite", "blocks=pass\n",
        f"blocks={'x' * 61}", "; ".join(["limits.max_range=1 km"] * 200),
    ],
)  # fmt: skip
def test_of_what_was_tried_only_what_people_decide_can_be_set(sets):
    """Nothing that a telescope would have to be rebuilt for, and nothing that names a file."""
    with pytest.raises(SatqkdError, match="nothing that a draft can set"):
        Tried(what="largest range", sets=sets)


def test_what_was_tried_is_one_change_of_several_values():
    """Undone at once; a limit set after it holds."""
    draft = Draft(changes=(EVERY[-1], EVERY[-2]))
    limits = draft.wanted(nothing()).limits

    assert {path: one.value for path, one in limits.items()} == {
        "limits.min_elevation": "15 deg",
        "stations[0].min_elevation": "5 deg",
    }
    assert draft.undone().undone().wanted(nothing()).limits == {}


def test_a_draft_and_the_ledger_give_what_is_wanted():
    """A ban takes the place of a pin; what was booked is undone, what is new is booked."""
    wished = wished_of(booked())
    draft = Draft(changes=(Ban(contact_key="micius-a-1", why="rain"), Lift(entry=4), OUT))
    after = draft.wanted(wished).wished
    events = list(wish_events(wished, after, why="by the draft"))

    assert set(after.pins) == set()
    assert set(after.bans) == {"micius-a-1"}
    assert [one.in_words() for one in events] == [
        "entry 3 undone: by the draft",
        "entry 4 undone: by the draft",
        "micius-a-1 banned: rain",
        OUT.in_words(),
    ]
    book = booked()
    for number, event in enumerate(events, start=5):
        event.post(book, number)
    again = wished_of(book)
    assert set(again.bans) == {"micius-a-1"}
    assert not again.pins
    assert [one.station for _, one in again.outages] == ["Lijiang"]


@pytest.mark.parametrize(
    "changes",
    [
        (Pin(contact_key="micius-a-1"),),
        (Free(contact_key="micius-z-9"),),
        (Lift(entry=3),),
        (Ban(contact_key="x"), Ban(contact_key="x")),
    ],
)
def test_what_changes_nothing_is_refused(changes):
    with pytest.raises(SatqkdError):
        Draft(changes=changes).wanted(wished_of(booked()))


def test_undo_goes_back_change_by_change(file):
    draft = Draft()
    for change in EVERY[:3]:
        draft = file.change(draft.version, lambda held, one=change: held.with_change(one))
    assert file.read() == draft
    assert draft.changes == EVERY[:3]
    for left in (2, 1, 0):
        draft = file.change(draft.version, lambda held: held.undone())
        assert draft.changes == EVERY[:left]
    with pytest.raises(SatqkdError, match="no change to undo"):
        file.change(draft.version, lambda held: held.undone())
    assert file.read().version == 6


def test_the_second_of_two_tabs_is_told(file):
    """Also after the draft was emptied: its version never begins anew."""
    file.change(0, lambda held: held.with_change(EVERY[0]))
    with pytest.raises(ConflictError, match=r"another tab changed the draft: 1 change, the last"):
        file.change(0, lambda held: held.with_change(EVERY[1]))
    assert file.read().changes == EVERY[:1]
    file.change(1, lambda held: held.emptied())
    with pytest.raises(ConflictError, match="another tab"):
        file.change(1, lambda held: held.with_change(EVERY[1]))
    assert file.read().empty


def test_a_new_change_makes_an_answer_void(file):
    answer = Answer(plan_id="p", parent=None, heeds="h", notes=("one",))
    file.change(0, lambda held: held.with_change(EVERY[0]))
    file.change(1, lambda held: held.answered(answer))
    assert file.read().answer == answer
    assert file.change(2, lambda held: held.with_change(EVERY[1])).answer is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"layout": 2}', '{"layout": 1, "version": "x"}', "\x00", "[" * 9000]
)
def test_a_damaged_file_says_what_to_do(file, text):
    file.folder.mkdir()
    file.path.write_text(text)
    with pytest.raises(SatqkdError, match=r"draft\.json: is not what was written.*\n.*remove it"):
        file.read()


def test_a_full_disk_leaves_the_old_draft(file, monkeypatch):
    file.change(0, lambda held: held.with_change(EVERY[0]))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", Mock(side_effect=OSError(28, "No space left")))
        with pytest.raises(OutputError, match="the draft is as it was"):
            file.change(1, lambda held: held.with_change(EVERY[1]))
    assert file.read().changes == EVERY[:1]
    assert not list(file.folder.glob(".draft.json.new-*"))


KILLED = """
import os, signal, sys
from pathlib import Path
from satqkd.console.draft import DraftFile
from satqkd.console.draft_wishes import Ban
def killed(self, target):
    os.kill(os.getpid(), signal.SIGKILL)
Path.replace = killed
file = DraftFile(folder=Path(sys.argv[1]), author="test")
file.change(1, lambda held: held.with_change(Ban(contact_key="late")))
"""


def test_kill_between_writing_and_renaming_leaves_the_old_draft(file):
    """And nobody is kept waiting; what is left behind goes with the next change."""
    file.change(0, lambda held: held.with_change(EVERY[0]))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(file.folder)], check=False, timeout=60
    )
    assert ended.returncode == -9
    assert file.read().changes == EVERY[:1]
    assert len(list(file.folder.glob(".draft.json.new-*"))) == 1
    assert file.change(1, lambda held: held.with_change(EVERY[1])).changes == EVERY[:2]
    assert not list(file.folder.glob(".draft.json.new-*"))
