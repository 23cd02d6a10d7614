"""What stations recorded, from their files to what the ledger is to book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from satqkd.calibration.log import Log
from satqkd.calibration.recorded import MAX_BYTES
from satqkd.calibration.score import FlownContact, Score
from satqkd.calibration.score_logs import score
from satqkd.config.counts_file import parse_counts
from satqkd.elements.input_file import InputFileError, read_content, text_of
from satqkd.errors import InputError
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.booked_before import require_past
from satqkd.network.booking import Booking, Recorded, booking
from satqkd.network.ledger.book import Book
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """What logs and counts say, before anything of it is booked."""

    score: Score | None
    """Logs held against the forecast; None without any."""
    counts: tuple[OpeningCounts, ...]
    """What contacts of open blocks collected."""

    @property
    def contacts(self) -> tuple[FlownContact, ...]:
        """Contacts that the logs hold."""
        return () if self.score is None else self.score.contacts

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """What the logs say of each contact."""
        return tuple(
            Recorded(
                contact_key=one.contact_key,
                satellite=one.satellite,
                station=one.station,
                partner=one.partner,
                utc=one.utc,
                sifted_bits=one.sifted_bits,
                key_bits=one.key_bits,
            )
            for one in self.contacts
        )

    def booking(self, mission: Mission, book: Book, now: datetime) -> Booking:
        """Return what is to be booked of it; what a ledger has already is left out.

        Raises
        ------
        SatqkdError
            If a contact is still ahead.
        """
        recorded = self.recorded
        require_past(recorded, self.counts, now)
        return booking(mission, recorded, self.counts, book=book, now=now)


def flown(
    mission: Mission,
    logs: Sequence[Log | Path],
    counts: tuple[OpeningCounts, ...] = (),
    *,
    draws: Draws,
    clear: bool = False,
) -> Flown:
    """Read what was flown, and hold it against the forecast.

    Parameters
    ----------
    mission
        Whose contacts they are.
    logs
        What stations recorded, or files of it.
    counts
        What contacts of open blocks collected; see :func:`counts_of_file`.
    draws, clear
        As for :func:`satqkd.calibration.score_logs.score`.

    Raises
    ------
    InputError
        With every mistake in the logs.
    """
    found = score(mission, *logs, draws=draws, clear=clear) if logs else None
    return Flown(score=found, counts=counts)


def counts_of_file(path: Path, mission: Mission) -> tuple[OpeningCounts, ...]:
    """Read what contacts of open blocks collected, by intensity and basis.

    Raises
    ------
    InputError
        With every mistake in the file.
    """
    try:
        data = read_content(path, most_bytes=MAX_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    return counts_of(data, mission, file=str(path))


def counts_of(data: bytes, mission: Mission, *, file: str) -> tuple[OpeningCounts, ...]:
    """Read the content of such a file; ``file`` is what findings call it."""
    try:
        text = text_of(data, file=file, most_bytes=MAX_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    known = {
        "satellite": [craft.satellite.name for craft in mission.spacecraft],
        "station": [ground.site.name for ground in mission.stations],
    }
    return parse_counts(text, file=file, known=known)
