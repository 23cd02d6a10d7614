"""A log, or tracking data, that a browser sends: shown first, with what is wrong; then booked.

It passes the doors that a file passes: the same readers, the same limits, the same findings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from satqkd.calibration.log import Log, parse_log
from satqkd.calibration.tdm import is_tdm, parse_tdm
from satqkd.calibration.tracked import tracked_contacts
from satqkd.calibration.tracking_message import TrackingMessage
from satqkd.config.load import load_mission
from satqkd.console.replanning import Tell
from satqkd.console.workplace import Workplace
from satqkd.elements.input_file import InputFileError, text_of
from satqkd.errors import InputError, SatqkdError, own_warnings
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.booked_before import differing
from satqkd.network.booking import tracking_notes
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.codec import encoded, event_of
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.report.flown_booking import Flown, counts_of, flown
from satqkd.report.plan_store import PlanStore
from satqkd.report.tables.score import headline_of, remarks
from satqkd.report.tables.tracked import tracked_words
from satqkd.weather.clear_sky import Draws

LARGEST_BYTES: Final = 2_000_000
"""A larger log is given to 'satqkd flown'. [B]"""
LONGEST_NAME: Final = 80
"""So much of the name of a file is shown. [characters]"""
KINDS: Final = ("log", "counts")
"""What can be sent: what stations recorded, or what contacts of open blocks collected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent, as text."""

    name: str
    """As findings call it."""
    text: str
    kind: str
    """One of :data:`KINDS`."""
    sha256: str
    """Of what was sent: by it a file is known that was booked before."""

    @property
    def tracking(self) -> bool:
        """Whether it is a tracking data message, which begins otherwise than a table."""
        return self.kind == "log" and is_tdm(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be booked of it."""

    name: str
    events: tuple[Mapping[str, Any], ...]
    """Name and body of each, as the ledger takes them."""
    words: tuple[str, ...]
    """Each of them in a line for people."""
    known: tuple[str, ...]
    """Contacts that were booked before, by contact key."""
    told: tuple[str, ...]
    """How the forecast did, in sentences."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def upload_of(name: str, data: bytes, *, kind: str = "log") -> Upload:
    """Take what was sent; a log is read at once, so that what is wrong in it is told at once.

    Parameters
    ----------
    name
        What the browser calls the file; shown, and no path to anything.
    data
        Its content.
    kind
        One of :data:`KINDS`.

    Raises
    ------
    InputError
        With every mistake in it, by line.
    SatqkdError
        If it is empty or too large.
    """
    if kind not in KINDS:
        raise SatqkdError(f"{kind!r} is nothing that is sent\n  fix: send a log, or counts")
    shown = shown_name(name)
    if not data.strip():
        raise SatqkdError(f"{shown}: holds nothing\n  fix: choose the log of a station")
    if len(data) > LARGEST_BYTES:
        raise SatqkdError(
            f"{shown}: holds more than {LARGEST_BYTES / 1e6:g} MB\n"
            "  fix: give it to 'satqkd flown', or send it in parts"
        )
    try:
        text = text_of(data, file=shown, most_bytes=LARGEST_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    digest = hashlib.sha256(data).hexdigest()
    found = Upload(name=shown, text=text, kind=kind, sha256=digest)
    if found.tracking:
        message_of(found)
    elif kind == "log":
        log_of(found)
    return found


def shown_name(name: str) -> str:
    r"""Return the last part of the name of a file, in plain characters.

    Examples
    --------
    >>> shown_name("C:\\logs\\monday.csv"), shown_name("../../etc/passwd"), shown_name("")
    ('monday.csv', 'passwd', 'log.csv')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char if char.isprintable() else "?" for char in last).strip()
    return plain[:LONGEST_NAME] or "log.csv"


def log_of(upload: Upload) -> Log:
    """Read a log; raises as :func:`upload_of` does."""
    return parse_log(upload.text, file=upload.name, sha256=upload.sha256)


def message_of(upload: Upload) -> TrackingMessage:
    """Read a tracking data message; raises as :func:`upload_of` does."""
    return parse_tdm(upload.text, file=upload.name, sha256=upload.sha256)


def preview(work: Workplace, upload: Upload, *, tell: Tell) -> Preview:
    """Name the contacts of a file, hold them against the forecast, and say what would be booked.

    Nothing is booked.

    Raises
    ------
    InputError
        For lines that are of no contact of the mission.
    SatqkdError
        If the mission keeps no ledger.
    """
    store = work.store()
    tell("reading the mission", None, None)
    mission = load_mission(work.mission, work.stations)
    tell("naming its contacts", None, None)
    if upload.tracking:
        return _tracked(store, mission, upload)
    with own_warnings() as warned:
        logs, counts = list[Log](), tuple[OpeningCounts, ...]()
        if upload.kind == "log":
            logs = [log_of(upload)]
        else:
            counts = counts_of(upload.text.encode("utf-8"), mission, file=upload.name)
        found = flown(mission, logs, counts, draws=Draws())
    booking = found.booking(mission, store.book() or Book(), store.now)
    told = (*_told(found), *_otherwise(store, found), *warned)
    return _preview(upload, booking.events, known=booking.known, told=told)


def _preview(
    upload: Upload, events: Sequence[Event], *, known: tuple[str, ...], told: tuple[str, ...]
) -> Preview:
    return Preview(
        name=upload.name,
        events=tuple({"event": one.name, "body": json.loads(encoded(one))} for one in events),
        words=tuple(one.in_words() for one in events),
        known=known,
        told=told,
    )


def _tracked(store: PlanStore, mission: Mission, upload: Upload) -> Preview:
    """Say what a tracking data message says of contacts: a note to each, and no state of any."""
    message = message_of(upload)
    with own_warnings() as warned:
        tracked = tracked_contacts(mission, message)
    entries: Sequence[Entry] = ()
    if store.path.exists():
        with store.open(write=False) as ledger:
            entries = ledger.events()
    notes = tracking_notes(tracked, entries)
    noted = {one.contact_key for one in notes}
    aside = f"left aside: {', '.join(message.left_aside)}" if message.left_aside else ""
    return _preview(
        upload,
        notes,
        known=tuple(one.contact_key for one in tracked if one.contact_key not in noted),
        told=(*tracked_words(tracked), *((aside,) if aside else ()), *warned),
    )


def _otherwise(store: PlanStore, found: Flown) -> Iterator[str]:
    """Say where the log says otherwise than what is booked, which stays."""
    if store.path.exists():
        with store.open(write=False) as ledger:
            for sentence in differing(found.recorded, found.counts, ledger):
                yield f"{sentence}; what is booked stays"


def _told(found: Flown) -> tuple[str, ...]:
    if found.score is None or not found.contacts:
        return ()
    return (headline_of(found.score), *remarks(found.score))


def book(work: Workplace, events: Sequence[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Book the events of a preview in one act.

    Raises
    ------
    LedgerError
        If one of them was booked since; nothing is booked then.
    """
    read = [event_of(str(one["event"]), one["body"]) for one in events]
    with work.store().open(write=True) as ledger:
        return ledger.append_all(read)
