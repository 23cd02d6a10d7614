"""Consolidated predictions of the laser-ranging service (ILRS CPF), versions 1 and 2.

The daily food of ranging stations: positions without velocities, Earth-fixed, in UTC.
"""

from __future__ import annotations

import math
import re
import warnings
from datetime import timedelta
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.elements.interpolation import interpolate
from satqkd.elements.oem_text import Complaints, Row, Word
from satqkd.elements.oem_values import ASK, MJD_ZERO, instant
from satqkd.elements.states import Identity, number, trajectory_of
from satqkd.elements.tle_layout import full_year
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import InputError, SatqkdWarning
from satqkd.units import FloatArray

DEGREE: Final = 9
"""Of the Lagrange polynomial, through ten positions, as ILRS stations interpolate (recalled)."""

_HEADERS: Final = ("H1", "H2", "H3", "H4", "H5", "H9")
_UNUSED: Final = {
    "00": "comments",
    "20": "velocities",
    "30": "corrections of aberration and the like",
    "40": "transponder records",
    "60": "rotation angles",
    "70": "Earth orientation",
}
"""Records that are passed over: Earth-fixed positions at one epoch need none of them."""

_FIELDS: Final = {"1": (10, 22), "2": (11, 23)}
"""Fewest words of H1 and H2 for each version."""


def parse_cpf(text: str, *, file: str) -> tuple[Trajectory, ...]:
    """Read the trajectory of a consolidated prediction.

    Parameters
    ----------
    text
        Content of the file.
    file
        What it is called in findings and in :attr:`Trajectory.source`.

    Returns
    -------
    tuple of Trajectory
        One: positions of records 10, velocities from their slopes.

    Raises
    ------
    InputError
        With every mistake: line and what to do. Refused are frames other than the Earth-fixed
        one, positions at times of transmission or reception (direction flags 1 and 2, as for the
        Moon), and tables that run across a leap second.

    Warns
    -----
    SatqkdWarning
        If the end record is missing.

    References
    ----------
    .. [1] R. L. Ricklefs, *Consolidated Laser Ranging Prediction Format*, versions 1.01 (2006) and
       2.00 (2018), ILRS; order of the words recalled and held against Orekit's reader.
    """
    complaints = Complaints(file, form="CPF")
    reader = _Reader(complaints)
    for line, written in enumerate(text.split("\n"), start=1):
        words = written.split()
        if words and not reader.ended:
            reader.take(words, line)
        if complaints.too_many:
            break
    found = reader.trajectory()
    if complaints.findings or found is None:
        raise InputError(complaints.findings)
    for told in complaints.warnings:
        warnings.warn(told, SatqkdWarning, stacklevel=2)
    return (found,)


class _Reader:
    """What was read so far."""

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.headers: dict[str, tuple[list[str], int]] = {}
        self.rows: list[Row] = []
        self.positions: list[tuple[float, float, float]] = []
        self.ended = False

    def take(self, words: list[str], line: int) -> None:
        """Take one record."""
        kind = words[0].upper()
        if kind in _HEADERS:
            if kind in self.headers and kind in {"H1", "H2"}:
                message = f"{kind} is given twice; first in line {self.headers[kind][1]}"
                self.complaints.add(line, message, "keep one prediction a file")
            self.headers.setdefault(kind, (words, line))
        elif kind == "10":
            self._position(words, line)
        elif kind == "50":
            message = "record 50: the target is not at the centre of what it belongs to"
            self.complaints.add(line, message, "give the prediction of a satellite of the Earth")
        elif kind == "99":
            self.ended = True
        elif kind not in _UNUSED:
            message = f"'{words[0][:20]}' begins no record"
            self.complaints.add(line, message, ASK)

    def _position(self, words: list[str], line: int) -> None:
        if len(words) != 8:
            message = f"a record 10 has 8 words; here are {len(words)}"
            self.complaints.add(line, message, ASK)
            return
        _, direction, day, second, leap, *position = words
        if direction != "0":
            message = f"direction flag {direction[:9]}: a position with the travel of light in it"
            self.complaints.add(line, message, "ask for positions at one epoch (flag 0)")
        if leap != "0":
            message = f"leap second flag {leap[:9]}: the table runs across a leap second"
            self.complaints.add(line, message, "take the prediction made after the leap second")
        if not re.fullmatch("[0-9]{5}", day):
            self.complaints.add(line, f"'{day[:20]}' is no modified Julian date", ASK)
            return
        second_s = number(second, line, self.complaints)
        x, y, z = (number(one, line, self.complaints) for one in position)
        if 0.0 <= second_s < DAY_S:
            self.rows.append(Row((_written(int(day), second_s),), line))
            self.positions.append((x, y, z))
        elif not math.isnan(second_s):  # which was complained of
            self.complaints.add(line, f"'{second[:20]}' is no second of a day", ASK)

    def trajectory(self) -> Trajectory | None:
        """Understand all that was taken."""
        identity = self._identity()
        if identity is None or self.complaints.findings:
            return None
        if not self.ended:
            self.complaints.warn(
                self.rows[-1].line if self.rows else identity.line,
                "no end record 99 follows: the prediction may be cut off here",
            )
        position_m = np.array(self.positions, dtype=np.float64).reshape(-1, 3).T
        return trajectory_of(
            identity,
            self.rows,
            np.concatenate([position_m, self._velocity_m_s(position_m)]),
            frame=("ITRF", "ITRF"),
            method=("LAGRANGE", DEGREE),
            complaints=self.complaints,
        )

    def _velocity_m_s(self, position_m: FloatArray) -> FloatArray:
        """Slopes of the polynomials at their own nodes, shape (3, n); zeros where they fail."""
        own = Complaints("")
        days = np.array([instant(Word(row.fields[0], 0), own) for row in self.rows]).reshape(-1, 2)
        time_s = (days[:, 0] - days[:1, 0]) * DAY_S + days[:, 1]
        zeros = np.zeros_like(position_m)
        if time_s.size <= DEGREE or (np.diff(time_s) <= 0.0).any():
            return zeros
        with np.errstate(over="ignore", invalid="ignore"):
            _, slope = interpolate(
                time_s, position_m, zeros, time_s, method="LAGRANGE", degree=DEGREE
            )
        return slope

    def _identity(self) -> Identity | None:
        """Understand the headers, or complain."""
        missing = [kind for kind in ("H1", "H2") if kind not in self.headers]
        if missing:
            self.complaints.add(1, f"there is no {' and no '.join(missing)}", ASK)
            return None
        (first, line), (second, line_2) = self.headers["H1"], self.headers["H2"]
        version = first[2] if len(first) > 2 else ""
        if version not in _FIELDS:
            message = f"version '{version[:9]}' of CPF is not known"
            self.complaints.add(line, message, "ask for version 1 or 2")
            return None
        least = _FIELDS[version]
        if len(first) < least[0] or len(second) < least[1] - (version == "1"):
            self.complaints.add(line, f"H1 or H2 has too few words for version {version}", ASK)
            return None
        if second[19] != "0":
            message = f"reference frame {second[19][:9]}: not the Earth-fixed one"
            self.complaints.add(line_2, message, "ask for frame 0 (ITRF)")
        if version == "2" and second[22] not in {"0", "1"}:
            message = f"target location {second[22][:9]}: no orbit round the Earth"
            self.complaints.add(line_2, message, "give the prediction of a satellite of the Earth")
        number_text = second[3]
        if not re.fullmatch("[0-9]{1,9}", number_text):
            self.complaints.add(line_2, f"'{number_text[:20]}' is no catalogue number", ASK)
            return None
        made = Word(_instant([*first[4:7], first[7], "0", "0"]), line)
        start, stop = (Word(_instant(second[at : at + 6]), line_2) for at in (4, 10))
        return Identity(
            name=first[-1 if least[0] > len(first) else least[0] - 1],
            norad_id=int(number_text),
            cospar_id=_cospar_id(second[1]),
            made=instant(made, self.complaints),
            span=(start, stop),
            line=line,
        )


def _instant(words: list[str]) -> str:
    """Write year, month, day, hour, minute and second as an OEM does; what is none stays none."""
    if not all(re.fullmatch("[0-9]{1,4}", word) for word in words):
        return " ".join(words)
    year, month, day, hour, minute, second = (int(word) for word in words)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def _written(mjd: int, second_s: float) -> str:
    """Write a modified Julian date and a second of it as an OEM does."""
    day = MJD_ZERO + timedelta(days=mjd)
    minutes, second = divmod(second_s, 60.0)
    hour, minute = divmod(int(minutes), 60)
    second = min(second, 59.999999999)
    return f"{day:%Y-%m-%d}T{hour:02d}:{minute:02d}:{second:012.9f}"


def _cospar_id(text: str) -> str:
    """Read a designator of figures, such as 2600101 for 2026-001A; empty where it is none."""
    if not re.fullmatch("[0-9]{7}", text):
        return ""
    piece = int(text[5:])
    if not 1 <= piece <= 26:
        return ""
    return f"{full_year(text[:2])}-{text[2:5]}{chr(ord('A') + piece - 1)}"
