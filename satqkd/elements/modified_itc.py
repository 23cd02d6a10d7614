"""Ephemerides in the Modified ITC form in which operators hand them to Space-Track."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from satqkd.elements.oem_text import Complaints, Row, Word
from satqkd.elements.oem_values import ASK, DEFAULT_INTERPOLATION, instant
from satqkd.elements.states import Identity, number, trajectory_of
from satqkd.elements.trajectory import Frame, Trajectory
from satqkd.errors import InputError

FRAMES: Final[dict[str, Frame]] = {"MEME": "EME2000", "TEME": "TEME"}
"""Frame by the first word of the file's name: mean equator and equinox of J2000, or true equator
and mean equinox of date."""

_DATE: Final = r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?) UTC"
_CREATED: Final = re.compile(rf"created:\s*{_DATE}", re.ASCII)
_SPAN: Final = re.compile(
    rf"ephemeris_start:\s*{_DATE}\s+ephemeris_stop:\s*{_DATE}(?:\s+step_size:\s*[\d.]+)?", re.ASCII
)
_OTHER: Final = re.compile(r"ephemeris_source:.*|UVW|RTN|RIC|[A-Z]{2,8}")
"""How states came about, and the frame of the covariances: not used."""
_INSTANT: Final = re.compile(r"(\d{4})(\d{3})(\d{2})(\d{2})(\d{2}(?:\.\d{1,9})?)", re.ASCII)
_IN_COVARIANCE: Final = 21
"""Numbers of the lower triangle that may follow a state."""


def parse_modified_itc(text: str, *, file: str) -> tuple[Trajectory, ...]:
    """Read the trajectory of an ephemeris in the Modified ITC form.

    Parameters
    ----------
    text
        Content of the file: when it was made and for which span, then states in km and km/s, UTC,
        each with 21 numbers of its covariance below it, which are passed over.
    file
        Its name, which says the frame, the catalogue number and the name of the object:
        ``MEME_44713_STARLINK-1007_…``.

    Returns
    -------
    tuple of Trajectory
        One, joined by polynomials as an OEM that names none
        (:data:`~satqkd.elements.oem_values.DEFAULT_INTERPOLATION`).

    Raises
    ------
    InputError
        With every mistake: line and what to do; also if the name says no frame that can be used.

    References
    ----------
    .. [1] *Spaceflight Safety Handbook for Satellite Operators*, version 1.7 (2023), pages 25-26,
       for the names of files; the lines as Starlink's public ephemerides have them.
    """
    complaints = Complaints(file, form="Modified ITC")
    reader = _Reader(complaints)
    for line, written in enumerate(text.split("\n"), start=1):
        if written.strip():
            reader.take(written.strip(), line)
        if complaints.too_many:
            break
    found = reader.trajectory()
    if complaints.findings or found is None:
        raise InputError(complaints.findings)
    return (found,)


class _Reader:
    """What was read so far."""

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.made: Word | None = None
        self.span: tuple[Word, Word] | None = None
        self.rows: list[Row] = []
        self.values: list[list[float]] = []
        self.covariance = 0

    def take(self, content: str, line: int) -> None:
        """Take one line."""
        words = content.split()
        state = _INSTANT.fullmatch(words[0])
        if state and len(words) == 7:
            self._state(state, words[1:], line)
        elif found := _CREATED.fullmatch(content):
            self.made = Word(f"{found[1]}T{found[2]}", line)
        elif found := _SPAN.fullmatch(content):
            self.span = (
                Word(f"{found[1]}T{found[2]}", line), Word(f"{found[3]}T{found[4]}", line)
            )  # fmt: skip
        elif self.rows:
            self._covariance(words, line)
        elif not _OTHER.fullmatch(content):
            self.complaints.add(line, f"'{content[:40]}' is no line of this form", ASK)

    def _state(self, found: re.Match[str], words: list[str], line: int) -> None:
        self._whole_covariance(line)
        year, day, hour, minute, second = found.groups()
        written = f"{year}-{day}T{hour}:{minute}:{second}"
        self.rows.append(Row((written,), line))
        self.values.append([number(word, line, self.complaints) for word in words])
        self.covariance = 0

    def _covariance(self, words: list[str], line: int) -> None:
        for word in words:
            number(word, line, self.complaints)
        self.covariance += len(words)
        if self.covariance > _IN_COVARIANCE:
            message = f"more than {_IN_COVARIANCE} numbers follow a state"
            self.complaints.add(line, message, ASK)
            self.covariance = 0

    def _whole_covariance(self, line: int) -> None:
        if self.covariance not in {0, _IN_COVARIANCE}:
            message = f"{self.covariance} numbers stand above this state, not {_IN_COVARIANCE}"
            self.complaints.add(line, f"{message} of a covariance", ASK)

    def trajectory(self) -> Trajectory | None:
        """Understand all that was taken."""
        frame, norad_id, name = self._named()
        if self.made is None or self.span is None:
            missing = "created:" if self.made is None else "ephemeris_start: … ephemeris_stop: …"
            self.complaints.add(1, f"there is no line '{missing}'", ASK)
        self._whole_covariance(self.rows[-1].line if self.rows else 1)
        if self.complaints.findings or frame is None or self.made is None or self.span is None:
            return None
        identity = Identity(
            name=name,
            norad_id=norad_id,
            cospar_id="" if norad_id else name,
            made=instant(self.made, self.complaints),
            span=self.span,
            line=1,
        )
        numbers = np.array(self.values, dtype=np.float64).reshape(-1, 6).T
        with np.errstate(over="ignore"):
            return trajectory_of(
                identity,
                self.rows,
                numbers * 1e3,
                frame=(FRAMES[frame], frame),
                method=DEFAULT_INTERPOLATION,
                complaints=self.complaints,
            )

    def _named(self) -> tuple[str | None, int, str]:
        """Frame, catalogue number and name, from the name of the file."""
        stem = Path(self.complaints.file).name
        words = stem.split("_")
        frame = words[0].upper()
        if frame not in FRAMES or len(words) < 3:
            self.complaints.add(
                1,
                "frame, number and object stand only in the name of such a file, and this name "
                "does not say them",
                f"give it its name again: {' or '.join(FRAMES)}_NUMBER_OBJECT_….txt",
            )
            return None, 0, ""
        number_text = words[1]
        return frame, int(number_text) if re.fullmatch("[0-9]{1,9}", number_text) else 0, words[2]
