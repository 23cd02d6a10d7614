"""Tracking data messages: what a telescope measured of a satellite, as CCSDS writes it down.

Read is the notation of keywords and values, and of it angles and ranges; every other measurement is
named as left aside.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from satqkd.calibration.recorded import recorded
from satqkd.calibration.tracking_message import Measured, Track, TrackingMessage
from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.elements.omm_epoch import EpochError, parse_epoch
from satqkd.errors import Finding, InputError

FIRST_WORD: Final = "CCSDS_TDM_VERS"
"""What the message begins with [CCSDS 503.0-B-2, section 3.2]."""

MOST_FINDINGS: Final = 100
"""A file with more mistakes than this is not read to its end."""

_ASK: Final = "ask the sender for the file again; CCSDS 503.0-B-2, section 3, says how it looks"
_METRES: Final[Mapping[str, float]] = {"km": 1e3, "s": SPEED_OF_LIGHT_M_S}
"""Metres in a unit of ranges; ranging units (RU) depend on the receiver."""
_MARKS: Final = {
    ("header", "META_START"): "metadata",
    ("between", "META_START"): "metadata",
    ("metadata", "META_STOP"): "stopped",
    ("stopped", "DATA_START"): "data",
    ("data", "DATA_STOP"): "between",
}
_READ: Final = ("ANGLE_1", "ANGLE_2", "RANGE")


def is_tdm(text: str) -> bool:
    """Tell a tracking data message from a table by its beginning.

    Examples
    --------
    >>> is_tdm("CCSDS_TDM_VERS = 2.0"), is_tdm("utc,loss_db")
    (True, False)
    """
    return text.lstrip("\ufeff \t\r\n").startswith(FIRST_WORD)


def names_tdm(path: Path) -> bool:
    """Whether a file is such a message; False too where it cannot be read."""
    try:
        with path.open("rb") as file:
            return is_tdm(file.read(256).decode("utf-8", "replace"))
    except OSError:
        return False


def read_tdm(path: Path) -> TrackingMessage:
    """Read a tracking data message.

    Raises
    ------
    InputError
        With every mistake in it.
    """
    text, sha256 = recorded(path)
    return parse_tdm(text, file=str(path), sha256=sha256)


def parse_tdm(text: str, *, file: str, sha256: str = "") -> TrackingMessage:
    """Read the text of a tracking data message called ``file``.

    References
    ----------
    .. [1] CCSDS 503.0-B-2, *Tracking Data Message*, 2020, section 3: segments of metadata and data,
       angles in degrees, ranges in kilometres unless RANGE_UNITS says otherwise.
    """
    reader = _Reader(file)
    number = 0
    for number, written in enumerate(text.splitlines(), start=1):
        content = written.strip()
        if content and content.split(maxsplit=1)[0] != "COMMENT":
            reader.take(content, number)
        if len(reader.findings) >= MOST_FINDINGS:
            break
    reader.end(number)
    if reader.findings:
        raise InputError(reader.findings)
    return TrackingMessage(
        file=file,
        sha256=sha256,
        tracks=tuple(reader.tracks),
        left_aside=tuple(f"{name} ({why})" if why else name for name, why in reader.aside.items()),
    )


@dataclass(slots=True)
class _Reader:
    """Where in the message the next line stands."""

    file: str
    part: str = "header"
    line: int = 1
    metadata: dict[str, str] = field(default_factory=dict)
    found: dict[datetime, dict[str, float]] = field(default_factory=dict)
    lines: dict[datetime, int] = field(default_factory=dict)
    tracks: list[Track] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, content: str, line: int) -> None:
        """Take in the next line; what cannot stand there is a finding."""
        if (self.part, content) in _MARKS:
            self.part = _MARKS[self.part, content]
            if content == "META_START":
                self.metadata, self.line = {}, line
            elif content == "DATA_START":
                self.found, self.lines = {}, {}
            elif content == "DATA_STOP":
                self._close()
        elif "=" not in content:
            self.add(line, f"'{content[:40]}' cannot stand here", _ASK)
        elif self.part == "data":
            self._data(*_divided(content), line)
        elif self.part in {"header", "metadata"}:
            keyword, value = _divided(content)
            if keyword in self.metadata:
                self.add(line, f"{keyword} is given twice", "keep one of the two")
            self.metadata[keyword] = value
        else:
            self.add(line, f"'{content[:40]}' stands between two parts", _ASK)

    def add(self, line: int, message: str, fix: str) -> None:
        """Note a mistake."""
        self.findings.append(Finding(file=self.file, line=line, message=message, fix=fix))

    def end(self, line: int) -> None:
        """Note what the whole file lacks, unless there are other mistakes."""
        if self.findings:
            return
        if self.part != "between":
            self.add(max(line, 1), "the file ends before its DATA_STOP", _ASK)
        elif not self.tracks:
            aside = ", ".join(self.aside)
            told = f", but {aside}" if aside else ""
            message = f"holds neither angles nor ranges that can be read{told}"
            self.add(1, message, "ask for azimuth and elevation (ANGLE_TYPE = AZEL), or ranges")

    def _data(self, keyword: str, value: str, line: int) -> None:
        if keyword not in _READ:
            self.aside.setdefault(keyword, "")
            return
        words = value.split()
        if len(words) != 2:
            self.add(line, f"{keyword} is no instant and a number", _ASK)
            return
        try:
            at = parse_epoch(words[0])
        except EpochError as error:
            self.add(line, error.message, error.fix)
            return
        number = _number(words[1])
        if number is None or not _sensible(keyword, number):
            self.add(line, f"{keyword} is {words[1][:20]!r}", "correct it, or delete the line")
            return
        here = self.found.setdefault(at, {})
        self.lines.setdefault(at, line)
        if keyword in here:
            self.add(line, f"{keyword} is given twice for one instant", "keep one of the two")
        here[keyword] = number

    def _close(self) -> None:
        """Make a track of a segment, unless nothing of it can be read."""
        problem = _refused(self.metadata)
        if problem is not None:
            self.add(self.line, *problem)
            return
        names = tuple(self._signal())
        if len(names) not in {2, 3} or (len(names) == 3 and names[0] != names[2]):
            path = self.metadata.get("PATH", "")
            self.aside.setdefault(f"PATH {path}", "neither one way nor there and back")
            return
        angles, metres = self._angles(), self._metres()
        measured = [
            Measured(
                line=self.lines[at],
                utc=at,
                azimuth_deg=one["ANGLE_1"] if angles and _both(one) else None,
                elevation_deg=one["ANGLE_2"] if angles and _both(one) else None,
                range_m=one["RANGE"] * metres if metres and "RANGE" in one else None,
            )
            for at, one in sorted(self.found.items())
        ]
        kept = [one for one in measured if not (one.azimuth_deg is None and one.range_m is None)]
        if kept:
            self.tracks.append(
                Track(
                    line=self.line,
                    participants=tuple(dict.fromkeys(names)),
                    there_and_back=len(names) == 3,
                    sent=self.metadata.get("TIMETAG_REF", "").upper() == "TRANSMIT",
                    measured=tuple(kept),
                )
            )

    def _signal(self) -> Iterator[str]:
        """Yield the names of those that the signal goes through, in order."""
        names = {
            key.removeprefix("PARTICIPANT_"): value
            for key, value in self.metadata.items()
            if key.startswith("PARTICIPANT_")
        }
        path = self.metadata.get("PATH")
        numbers = re.split(r"\s*,\s*", path) if path else sorted(names)
        yield from (names.get(number, "") for number in numbers)

    def _angles(self) -> bool:
        if not any("ANGLE_1" in one or "ANGLE_2" in one for one in self.found.values()):
            return False
        kind = self.metadata.get("ANGLE_TYPE", "AZEL").upper()
        if kind != "AZEL":
            self.aside.setdefault(f"angles as {kind}", "only AZEL is read")
        elif not all(_both(one) for one in self.found.values() if _any_angle(one)):
            self.aside.setdefault("angles", "of instants that have one of two")
        return kind == "AZEL"

    def _metres(self) -> float | None:
        """Metres in the unit of its ranges; None where they cannot be read."""
        if not any("RANGE" in one for one in self.found.values()):
            return None
        unit = self.metadata.get("RANGE_UNITS", "km")
        if unit not in _METRES:
            self.aside.setdefault(f"RANGE in {unit}", "km and s are read")
            return None
        if (_number(self.metadata.get("RANGE_MODULUS", "0")) or 0.0) * _METRES[unit] > 0.0:
            longest = max(one.get("RANGE", 0.0) for one in self.found.values())
            if 10.0 * longest > float(self.metadata["RANGE_MODULUS"]):
                self.aside.setdefault("RANGE", "ambiguous: its modulus is near")
                return None
        return _METRES[unit]


def _divided(content: str) -> tuple[str, str]:
    keyword, value = content.split("=", 1)
    return keyword.strip(), value.strip()


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _sensible(keyword: str, value: float) -> bool:
    return value > 0.0 if keyword == "RANGE" else -360.0 <= value <= 720.0


def _any_angle(one: Mapping[str, float]) -> bool:
    return "ANGLE_1" in one or "ANGLE_2" in one


def _both(one: Mapping[str, float]) -> bool:
    return "ANGLE_1" in one and "ANGLE_2" in one


def _refused(metadata: Mapping[str, str]) -> tuple[str, str] | None:
    """Say what of a segment cannot be understood, and what to do."""
    clock = metadata.get("TIME_SYSTEM", "")
    if clock.upper() != "UTC":
        return f"TIME_SYSTEM is {clock or 'missing'}", "give instants in UTC"
    if not any(key.startswith("PARTICIPANT_") for key in metadata):
        return "names no PARTICIPANT", "name station and satellite as the mission does"
    mode = metadata.get("MODE", "SEQUENTIAL").upper()
    if mode != "SEQUENTIAL":
        return f"MODE is {mode}", "give measurements of one station, MODE = SEQUENTIAL"
    corrections = [key for key in metadata if key.startswith("CORRECTION_")]
    if corrections and metadata.get("CORRECTIONS_APPLIED", "").upper() != "YES":
        told = ", ".join(corrections)
        return f"{told}: not applied to the data", "apply them, and write CORRECTIONS_APPLIED = YES"
    return None
