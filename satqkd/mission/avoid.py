"""Windows in which others ask that no light be sent, as a table lists them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Final

from satqkd.errors import Finding, InputError

_BEGINS: Final = ("start", "start_utc")
_ENDS: Final = ("end", "end_utc")
_OTHERS: Final = ("satellite", "station", "why")
_HEADER: Final = "write 'start,end' and, if needed, 'satellite', 'station', 'why'"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidWindow:
    """A stretch of time in which a satellite, a station, or everybody sends nothing."""

    from_: datetime
    """First instant."""
    to: datetime
    """First instant after it."""
    satellite: str | None
    """Satellite or constellation that it is about; None for every one."""
    station: str | None
    """Station that it is about; None for every one."""
    why: str
    """Reason, or where it stands."""
    line: int
    """Line of the file."""

    def concerns(self, satellite: str, design: str, station: str) -> bool:
        """Whether it is about a satellite, by its name or its constellation's, and a station."""
        return self.satellite in {None, satellite, design} and self.station in {None, station}


def parse_avoid(text: str, *, file: str) -> tuple[AvoidWindow, ...]:
    r"""Read a table of windows to avoid.

    The first line names the columns: ``start`` and ``end`` (ISO 8601 with zone; as ``start_utc``
    and ``end_utc`` without one too), then any of ``satellite``, ``station`` and ``why``. A cell
    that is empty means every satellite, every station. A window ends before its ``end``. A table
    of the first line alone names no window: there may be days without.

    Raises
    ------
    InputError
        With every line that cannot be read.

    Examples
    --------
    >>> table = "start,end,satellite\n2026-12-01T12:00Z,2026-12-01T12:05Z,MySat\n"
    >>> [(one.satellite, one.station) for one in parse_avoid(table, file="windows.csv")]
    [('MySat', None)]
    """
    reader = csv.reader(StringIO(text.lstrip("\ufeff")))
    rows = [(reader.line_num, row) for row in reader]
    header = tuple(cell.strip().casefold() for cell in rows[0][1]) if rows else ()
    wrong = _wrong_header(header)
    if wrong is not None:
        raise InputError([Finding(file=file, line=1, message=wrong, fix=_HEADER)])
    findings: list[Finding] = []
    windows = []
    for line, row in rows[1:]:
        if not any(cell.strip() for cell in row):
            continue
        mistakes = list(_mistakes(header, row))
        findings += [
            Finding(file=file, line=line, message=message, fix=fix) for message, fix in mistakes
        ]
        if not mistakes:
            windows.append(_window(_cells(header, row), line, file))
    if findings:
        raise InputError(findings)
    return tuple(windows)


def _wrong_header(header: tuple[str, ...]) -> str | None:
    """Say what is wrong with the names of the columns."""
    for one in (_BEGINS, _ENDS):
        if sum(name in one for name in header) != 1:
            return f"is no table of windows to avoid: the first line must name '{one[0]}' once"
    for place, name in enumerate(header):
        if name not in {*_BEGINS, *_ENDS, *_OTHERS}:
            return f"has a column {name!r}, which no window to avoid has"
        if name in header[:place]:
            return f"names the column {name!r} twice"
    return None


def _cells(header: tuple[str, ...], row: list[str]) -> Mapping[str, str]:
    return dict(zip(header, (cell.strip() for cell in row), strict=True))


def _mistakes(header: tuple[str, ...], row: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a line, and how to mend it."""
    if len(row) != len(header):
        yield f"has {len(row)} columns, not {len(header)}", f"write '{','.join(header)}'"
        return
    cells = _cells(header, row)
    moments = []
    for names in (_BEGINS, _ENDS):
        name, text = next((one, cells[one]) for one in names if one in cells)
        moment = _moment(name, text)
        if moment is None:
            what = "no instant" if _read(text) is None else "an instant without zone"
            yield f"{name}: {text!r} is {what}", "write such as 2026-12-01T18:00:00Z"
        moments.append(moment)
    begin, end = moments
    if begin is not None and end is not None and end <= begin:
        yield "ends before it begins", "let the end follow the start"


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _moment(column: str, text: str) -> datetime | None:
    """Return the instant of a cell; None where it is none, or lacks its zone."""
    moment = _read(text)
    if moment is None:
        return None
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=UTC) if column.endswith("_utc") else None
    return moment.astimezone(UTC)


def _window(cells: Mapping[str, str], line: int, file: str) -> AvoidWindow:
    begin, end = (
        next(
            moment
            for name in names
            if name in cells and (moment := _moment(name, cells[name])) is not None
        )
        for names in (_BEGINS, _ENDS)
    )
    return AvoidWindow(
        from_=begin,
        to=end,
        satellite=cells.get("satellite") or None,
        station=cells.get("station") or None,
        why=cells.get("why") or f"line {line} of {file.replace(chr(92), '/').rsplit('/', 1)[-1]}",
        line=line,
    )
