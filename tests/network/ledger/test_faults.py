"""What can befall a ledger is named, and never answered by beginning afresh."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from booked import NOW, Opener, made

from satqkd.errors import LedgerBusyError, LedgerDamagedError, LedgerError, OutputError
from satqkd.network.ledger import Ledger, Note, Pool, audit
from satqkd.network.ledger.entry import hash_of
from satqkd.network.ledger.head import head_path, read_head
from satqkd.network.ledger.migrate import migrate

GRAZ = Pool(satellite="Sat", station="Graz")


@pytest.fixture
def booked(opened: Opener, path: Path) -> Path:
    """A ledger of three entries."""
    with opened() as ledger:
        for number in range(3):
            ledger.append(made(f"b{number}", "Graz", 10))
    return path


def refused(path: Path, error: type[Exception], told: str) -> None:
    """Neither read nor written; both say the same, and the file stays as it is."""
    before = path.read_bytes() if path.exists() else None
    for write in (False, True):
        with pytest.raises(error, match=told):
            Ledger.open(path, author="test", now=NOW, write=write)
    assert (path.read_bytes() if path.exists() else None) == before


def changed(path: Path, statement: str) -> None:
    """Change the file behind the back of its guards."""
    connection = sqlite3.connect(path)
    guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type='trigger'")
    both = guards.fetchall()
    for name, _ in both:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for _, sql in both:
        connection.execute(sql)
    connection.commit()
    connection.close()


def test_an_empty_file_is_no_new_ledger(booked: Path) -> None:
    """SQLite itself takes it for an empty database."""
    booked.write_bytes(b"")
    refused(booked, LedgerDamagedError, "is empty: a ledger never is")
    assert audit(booked).faults[0].endswith("is empty: a ledger never is")


def test_a_ledger_that_is_gone_is_missed(booked: Path) -> None:
    """Its head is there still, and says how much there was."""
    booked.unlink()
    refused(booked, LedgerDamagedError, "is gone; it had 3 entries")


@pytest.mark.parametrize("content", [b"elements: data/tle\n" * 99, b"\0" * 8192])
def test_another_file_is_no_ledger(path: Path, content: bytes) -> None:
    """Such as the mission itself, named by mistake."""
    path.write_bytes(content)
    refused(path, LedgerError, r"file is not a database|is no ledger of satqkd")


def test_another_database_is_no_ledger(path: Path) -> None:
    """It is not touched."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    refused(path, LedgerError, "is no ledger of satqkd")
    with pytest.raises(LedgerError, match="is no ledger of satqkd"):
        audit(path)


def test_a_newer_schema_is_left_alone(booked: Path) -> None:
    """It says which satqkd to take."""
    connection = sqlite3.connect(booked)
    connection.execute("PRAGMA user_version=2")
    connection.close()
    refused(booked, LedgerError, "is of schema 2, written by a newer satqkd; this one knows 1")
    with pytest.raises(LedgerError, match="newer satqkd"):
        audit(booked)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE entries SET body=replace(body, '\"bits\":10', '\"bits\":99') WHERE sequence=2",
            "entry 2: is not what was written: its hash differs",
        ),
        ("UPDATE entries SET author='me' WHERE sequence=3", "entry 3: is not what was written"),
        ("UPDATE entries SET at='2016-12-22T12:41:00.000000Z' WHERE sequence=1", "entry 1"),
        ("DELETE FROM entries WHERE sequence=2", "entry 2: is missing: 3 comes instead"),
        ("DELETE FROM entries WHERE sequence=3", "ends at entry 2, but 3 were written"),
        ("DELETE FROM entries", "ends at entry 0, but 3 were written"),
        ("UPDATE entries SET previous='ff' WHERE sequence=1", "entry 1: does not follow"),
    ],
)
def test_a_changed_entry_is_named(booked: Path, statement: str, told: str) -> None:
    """By reading, by writing and by the audit."""
    changed(booked, statement)
    refused(booked, LedgerDamagedError, told)
    assert told in " ".join(audit(booked).faults)


def test_an_entry_with_its_hash_made_to_fit_does_not_fit_the_next(booked: Path) -> None:
    """Who changes one entry has to change all that follow, and the head."""
    connection = sqlite3.connect(booked)
    row = connection.execute("SELECT * FROM entries WHERE sequence=2").fetchone()
    connection.close()
    body = row[5].replace('"bits":10', '"bits":99')
    own = hash_of(
        sequence=2, act=2, at=row[2], author=row[3], name=row[4], body=body, previous=row[6]
    )
    changed(booked, f"UPDATE entries SET body='{body}', sha256='{own}' WHERE sequence=2")  # noqa: S608
    refused(booked, LedgerDamagedError, "entry 3: does not follow the entry before")
    assert len(audit(booked).entries) == 2


def test_an_overdraw_that_was_forged_is_found(opened: Opener, booked: Path) -> None:
    """A chain that holds does not make bits: the audit posts every entry."""
    with opened() as ledger:
        last = ledger.events()[-1]
    body = json.dumps(
        {"bits": 31, "part": "held", "place": {"satellite": "Sat", "station": "Graz"}, "why": "x"},
        separators=(",", ":"),
    )
    at = "2016-12-22T12:40:00.000000Z"
    own = hash_of(
        sequence=4, act=4, at=at, author="me", name="key lost", body=body, previous=last.sha256
    )
    changed(
        booked,
        f"INSERT INTO entries VALUES (4, 4, '{at}', 'me', 'key lost', '{body}', "  # noqa: S608
        f"'{last.sha256}', '{own}')",
    )
    refused(booked, LedgerDamagedError, "31 bit cannot be lost: the pool of Sat and Graz is 30 bit")
    assert "entry 4 does not fit those before" in audit(booked).faults[0]


def test_a_ledger_without_its_guards_is_refused(booked: Path) -> None:
    """Somebody has had a hand in it."""
    connection = sqlite3.connect(booked)
    connection.execute("DROP TRIGGER no_delete")
    connection.close()
    refused(booked, LedgerDamagedError, "what keeps it from being changed, is not as it was made")
    assert audit(booked).faults


def test_an_older_copy_is_seen(opened: Opener, booked: Path) -> None:
    """Restored beside a head that knows more."""
    copy = booked.read_bytes()
    with opened() as ledger:
        ledger.append(Note(text="x"))
    booked.write_bytes(copy)
    refused(booked, LedgerDamagedError, "ends at entry 3, but 4 were written: the end is lost")


def test_another_ledger_is_seen(tmp_path: Path, booked: Path) -> None:
    """Of as many entries."""
    other = tmp_path / "other.sqlite"
    with Ledger.open(other, author="other", now=NOW) as ledger:
        for number in range(3):
            ledger.append(Note(text=str(number)))
    booked.write_bytes(other.read_bytes())
    refused(booked, LedgerDamagedError, "entry 3 is another than was written")


def test_a_damaged_head_is_no_missing_head(booked: Path) -> None:
    """It does not pass for a ledger whose end is there."""
    head_path(booked).write_text("3 abc\n", encoding="ascii")
    refused(booked, LedgerDamagedError, "is not what was written: number and hash")
    assert "number and hash" in audit(booked).faults[0]


def test_a_ledger_that_came_without_its_head_gets_one(opened: Opener, booked: Path) -> None:
    """As one does that was sent by mail: it is read, and what cannot be checked is said."""
    head_path(booked).unlink()
    found = audit(booked)
    assert found.faults == ()
    assert "an end that is lost would not be seen" in found.remarks[0]
    with opened() as ledger:
        ledger.append(Note(text="x"))
    head = read_head(booked)
    assert head is not None
    assert head.sequence == 4


def test_who_writes_is_named_to_who_waits(booked: Path) -> None:
    """Process, machine and command; nothing is booked."""
    holder = os.open(booked.with_name("ops.sqlite.lock"), os.O_RDWR)
    with Ledger.open(booked, author="satqkd ledger note", now=NOW, wait_s=0.1) as ledger:
        fcntl.flock(holder, fcntl.LOCK_EX)
        os.truncate(holder, 0)
        os.pwrite(holder, b"process 7 on ground1: satqkd plan", 0)
        told = r"another command writes to it \(process 7 on ground1: satqkd plan\)"
        with pytest.raises(LedgerBusyError, match=told):
            ledger.append(Note(text="x"))
        os.close(holder)
        assert ledger.append(Note(text="y")).sequence == 4
    text = booked.with_name("ops.sqlite.lock").read_text(encoding="utf-8")
    assert text == f"process {os.getpid()} on {socket.gethostname()}: satqkd ledger note"


def test_two_that_are_open_at_once_see_each_other(opened: Opener) -> None:
    """What one books counts for the other: a block is made once."""
    with opened() as one, opened() as other:
        one.append(made("b", "Graz", 10))
        with pytest.raises(LedgerError, match="block b was made already"):
            other.append(made("b", "Graz", 10))
        other.append(made("c", "Graz", 5))
        one.append(Note(text="x"))
        assert [entry.sequence for entry in one.events()] == [1, 2, 3]
        assert one.stock(GRAZ).bits == 15


def test_an_older_schema_is_brought_up_in_one_step(booked: Path) -> None:
    """With a copy of what it was; a step that fails leaves all as it was."""

    def widen(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE entries ADD COLUMN more TEXT")

    def fail(connection: sqlite3.Connection) -> None:
        widen(connection)
        raise sqlite3.OperationalError("no")

    connection = sqlite3.connect(booked, isolation_level=None)
    before = connection.execute("SELECT * FROM entries").fetchall()
    with pytest.raises(sqlite3.OperationalError):
        migrate(booked, connection, steps={1: widen, 2: fail}, to=3)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT * FROM entries").fetchall() == before
    copy = migrate(booked, connection, steps={1: widen}, to=2)
    assert copy is not None
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert [(*row, None) for row in before] == connection.execute(
        "SELECT * FROM entries"
    ).fetchall()
    assert migrate(booked, connection, steps={1: widen}, to=2) is None
    with pytest.raises(LedgerDamagedError, match="which no satqkd wrote"):
        migrate(booked, connection, steps={}, to=3)
    connection.close()
    assert sorted(one.name for one in booked.parent.iterdir() if "schema" in one.name) == [
        "ops.sqlite.schema1",
        "ops.sqlite.schema1-2",
    ]
    with Ledger.open(copy, author="test", now=NOW, write=False) as ledger:
        assert len(ledger.events()) == 3


def test_a_reader_takes_back_what_a_killed_command_left_unfinished(booked: Path) -> None:
    """A journal as of a kill between two writes of the file: SQLite reads nothing before."""
    connection = sqlite3.connect(booked)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA cache_spill=1")
    connection.execute("PRAGMA cache_size=1")
    connection.execute("BEGIN")
    for number in range(200):
        connection.execute(f"CREATE TABLE t{number} (x)")
    victim = booked.with_name("victim.sqlite")
    for end in ("", "-journal"):
        source = booked.with_name(booked.name + end)
        victim.with_name(victim.name + end).write_bytes(source.read_bytes())
    connection.close()
    assert victim.stat().st_size > booked.stat().st_size
    with Ledger.open(victim, author="test", now=NOW, write=False) as ledger:
        assert len(ledger.events()) == 3
    assert not audit(victim).faults


def test_a_place_where_nothing_can_be_made(tmp_path: Path) -> None:
    """Said before anything is booked."""
    with pytest.raises(OutputError, match="no ledger could be made there, nothing is booked"):
        Ledger.open(tmp_path / "missing" / "l.sqlite", author="test", now=NOW)


def test_what_killed_commands_left_is_swept(opened: Opener, booked: Path) -> None:
    """Only what a ledger makes for itself."""
    for name in (".ops.sqlite.new-7", ".ops.sqlite.head.new-8", ".other.new-9"):
        booked.with_name(name).write_bytes(b"x")
    opened().close()
    hidden = [one.name for one in booked.parent.iterdir() if one.name.startswith(".")]
    assert hidden == [".other.new-9"]
