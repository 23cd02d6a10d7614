"""Cloud cover forecast for a station."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import pairwise
from typing import Final

import numpy as np

from satqkd.errors import Finding, InputError
from satqkd.units import BoolArray, FloatArray

HEADER = ("time", "cover")

UNITS: Final = {"cover": 1.0, "cover_percent": 0.01, "cover_oktas": 0.125}
"""What one in the second column is worth, by its name; an okta is an eighth of the sky."""

LONGEST_STEP_S: Final = 21_600.0
"""A straight line over a longer gap is no forecast; forecasts come in steps of 1 to 6 hours. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudForecast:
    """Cover of the sky at some instants; straight lines between them."""

    times: tuple[datetime, ...]
    """Increasing, with their zone."""
    cover: tuple[float, ...]
    """Share of the sky that is covered, 0…1."""
    source: str
    """File it was read from."""

    def reach_s(self, start: datetime) -> tuple[float, float]:
        """Seconds from ``start`` to the first and the last instant. [s]"""
        return (
            (self.times[0] - start).total_seconds(),
            (self.times[-1] - start).total_seconds(),
        )

    def gaps(self, *, longest_s: float = LONGEST_STEP_S) -> tuple[tuple[datetime, datetime], ...]:
        """Neighbouring instants further apart than ``longest_s``."""
        return tuple(
            (before, after)
            for before, after in pairwise(self.times)
            if (after - before).total_seconds() > longest_s
        )

    def clear(self, start: datetime, seconds: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Probability of a clear line of sight at some seconds after ``start``.

        Returns
        -------
        tuple
            1 − cover, and whether the forecast reaches so far (it is not used where it does not).

        Notes
        -----
        Beyond its ends the first and the last value hold. Takes the covered share of the sky for
        the probability that a line of sight is blocked, whatever its elevation; a slanted one
        meets more of broken cloud than that.
        """
        known_s = np.array([(time - start).total_seconds() for time in self.times])
        inside = (seconds >= known_s[0]) & (seconds <= known_s[-1])
        return 1.0 - np.interp(seconds, known_s, np.array(self.cover)), inside


def parse_cloud_forecast(text: str, *, file: str) -> CloudForecast:
    r"""Read a table with the columns ``time`` (ISO 8601 with zone) and ``cover`` (0…1 or percent).

    The second column may also be called ``cover_percent`` or ``cover_oktas``, and hold bare numbers
    then.

    Raises
    ------
    InputError
        With every line that cannot be read; also if bare whole numbers of 0 and 1 may be shares or
        percent.

    Examples
    --------
    >>> table = "time,cover\n2026-12-01T12:00Z,20 %\n2026-12-01T18:00Z,0.9\n"
    >>> parse_cloud_forecast(table, file="clouds.csv").cover
    (0.2, 0.9)
    """
    try:
        rows = list(
            csv.reader(StringIO(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")))
        )
    except csv.Error as error:
        raise InputError(
            [Finding(file=file, line=1, message=f"is no CSV: {error}", fix="check the quotes")]
        ) from error
    findings = [
        Finding(file=file, line=line, message=message, fix=fix)
        for line, message, fix in _mistakes(rows)
    ]
    if findings:
        raise InputError(findings)
    unit = UNITS[_names(rows)[1]]
    read = [(_time(row[0]), _share(row[1], unit)) for row in rows[1:] if _filled(row)]
    return CloudForecast(
        times=tuple(time for time, _ in read if time is not None),
        cover=tuple(cover for _, cover in read if cover is not None),
        source=file,
    )


def _mistakes(rows: list[list[str]]) -> Iterator[tuple[int, str, str]]:
    """Yield line, what is wrong there, and how to mend it."""
    names = _names(rows) if rows else ()
    if len(names) != len(HEADER) or names[0] != HEADER[0] or names[1] not in UNITS:
        yield (
            1,
            "is no cloud forecast: the first line must name the columns",
            ("write 'time,cover', or 'time,cover_percent' or 'time,cover_oktas'"),
        )
        return
    unit = UNITS[names[1]]
    before: datetime | None = None
    filled = [(line, row) for line, row in enumerate(rows[1:], start=2) if _filled(row)]
    for line, row in filled:
        if len(row) != len(HEADER):
            yield line, f"has {len(row)} columns, not 2", "write 'time,cover'"
            continue
        time = _time(row[0])
        if time is None:
            yield line, f"{row[0]!r} is no time", "write such as 2026-12-01T18:00:00Z"
        elif before is not None and time <= before:
            yield line, f"{row[0]!r} does not follow the line before", "order the lines by time"
        if _share(row[1], unit) is None:
            yield line, f"{row[1]!r} is no cover", _FIXES[names[1]]
        before = time or before
    bare = {row[1].strip() for _, row in filled if len(row) == len(HEADER)}
    if names[1] == "cover" and "1" in bare and bare <= {"0", "1"}:
        yield (
            1,
            "every cover is 0 or 1: of the whole sky, or in percent or oktas?",
            ("write shares with a point (1.0), or call the column cover_percent or cover_oktas"),
        )
    if len(filled) < 2:
        yield 1, "holds fewer than two instants", "add lines, or remove the forecast"


_FIXES: Final = {
    "cover": "write a share from 0 to 1, or such as 20 %; or call the column cover_percent or "
    "cover_oktas",
    "cover_percent": "write a number from 0 to 100",
    "cover_oktas": "write a number from 0 to 8 (9, an obscured sky, is 8 here)",
}


def _names(rows: list[list[str]]) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in rows[0])


def _filled(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return time if time.utcoffset() is not None else None


def _share(text: str, unit: float) -> float | None:
    text = text.strip()
    percent = text.endswith("%")
    try:
        value = float(text[:-1] if percent else text) * (0.01 if percent else unit)
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 and not (percent and unit == UNITS["cover_oktas"]) else None
