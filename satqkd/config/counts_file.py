"""Counts of contacts flown before the window, from the file that a mission names."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.quantity import parse_number
from satqkd.config.read_once import Files
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding, InputError
from satqkd.mission.opening import OpeningCounts

KEY: Final = "opening_counts"
"""What the mission file calls it."""
TEXTS: Final = ("contact_key", "satellite", "station")
INSTANTS: Final = ("start_utc", "end_utc")
OF_CONTACT: Final = ("pulses", "key_pulses", "check_pulses")
"""What all rows of a contact say alike."""
CLICKS: Final = ("key_clicks", "key_errors", "check_clicks", "check_errors")
COLUMNS: Final = (*TEXTS, *INSTANTS, *OF_CONTACT, "intensity", *CLICKS)
"""Columns that the file has; others are refused."""
MOST: Final = 1e18
"""Numerical: largest count that is taken for one."""


def read_opening(
    mission: Document,
    files: Files,
    *,
    satellites: Sequence[str],
    stations: Sequence[str],
) -> tuple[tuple[OpeningCounts, ...], dict[str, str]]:
    """Read the counts that a mission file names; nothing where it names none.

    Parameters
    ----------
    mission
        The mission file.
    files
        What was read already.
    satellites, stations
        Names, in the order of the mission's.

    Returns
    -------
    tuple
        Counts in the order of the file, and its hash by path.

    Raises
    ------
    InputError
        With every mistake in the file.
    """
    written = mission.value.get(KEY)
    if not isinstance(written, str):
        return (), {}
    path = Path(mission.file).parent / written.strip()
    try:
        content = files.once(path, Path.read_bytes)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        fix = "correct the path; satqkd forecast --counts --csv writes such a file"
        raise InputError([mission.finding((KEY,), f"{path}: {why}", fix)]) from error
    known = {"satellite": satellites, "station": stations}
    found = parse_counts(text, file=str(path), known=known)
    return found, {str(path): hashlib.sha256(content).hexdigest()}


def parse_counts(
    text: str, *, file: str, known: Mapping[str, Sequence[str]]
) -> tuple[OpeningCounts, ...]:
    """Read the text of a file of counts: a row a contact and intensity.

    Parameters
    ----------
    text, file
        What it holds, and what it is called.
    known
        Names of satellites and of stations.
    """
    reader = csv.DictReader(StringIO(text), strict=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    findings = [Finding(file=file, line=1, message=m, fix=fix) for m, fix in _header(names)]
    if findings:
        raise InputError(findings)
    reader.fieldnames = names
    contacts: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = {}
    try:
        for cells in reader:
            line = reader.line_num
            row, wrong = _row(cells, known)
            findings += [Finding(file=file, line=line, message=m, fix=fix) for m, fix in wrong]
            if not wrong:
                contacts.setdefault(tuple(row[name] for name in TEXTS), []).append((line, row))
    except csv.Error as error:
        raise InputError(
            [Finding(file=file, line=reader.line_num, message=f"is no CSV: {error}",
                     fix="check the quotes")]
        ) from error  # fmt: skip
    for rows in contacts.values():
        for line, message, fix in _contact(rows):
            findings.append(Finding(file=file, line=line, message=message, fix=fix))
    if not contacts and not findings:
        fix = "add what was flown, or remove the key from the mission"
        findings.append(Finding(file=file, line=1, message="holds no contact", fix=fix))
    if findings:
        raise InputError(findings)
    return tuple(_counts([row for _, row in rows], known) for rows in contacts.values())


def _header(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the first line, and how to mend it."""
    for name in names:
        if name not in COLUMNS:
            yield f"{quoted(name)} is no column of counts", did_you_mean(name, COLUMNS)
    for name in COLUMNS:
        if names.count(name) != 1:
            told = "has no column" if name not in names else "names twice the column"
            yield f"{told} {quoted(name)}", "take the columns of satqkd forecast --counts --csv"


def _row(
    cells: Mapping[str, Any], known: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Read one row; also what is wrong with it."""
    if None in cells or None in cells.values():
        return {}, [("has not as many cells as the first line", "add or remove commas")]
    row: dict[str, Any] = {name: cells[name].strip() for name in COLUMNS}
    wrong: list[tuple[str, str]] = []
    for name in COLUMNS:
        try:
            if name in INSTANTS:
                row[name] = parse_instant(row[name])
            elif name not in TEXTS:
                row[name] = _count(name, row[name])
            elif not row[name]:
                wrong.append((f"{name} is empty", "fill it"))
            elif name in known and row[name] not in known[name]:
                message = f"the mission has no {name} {quoted(row[name])}"
                wrong.append((message, did_you_mean(row[name], known[name])))
        except Mistake as mistake:
            wrong.append((f"{name}: {mistake.message}", mistake.fix))
    return row, wrong or list(_inconsistent(row))


def _count(name: str, text: str) -> float:
    value = parse_number(text)
    if not 0.0 <= value <= MOST:
        raise Mistake(f"{quoted(text)} is no count", "write a number from 0 on")
    if name == "pulses" and value == 0.0:
        raise Mistake("no pulse was sent", "remove the contact")
    return value


def _inconsistent(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what cannot be true of one row."""
    for basis in ("key", "check"):
        if row[f"{basis}_errors"] > row[f"{basis}_clicks"]:
            yield f"has more {basis}_errors than {basis}_clicks", "correct one of them"
        if row[f"{basis}_pulses"] > row["pulses"]:
            yield f"has more {basis}_pulses than pulses", "correct one of them"


def _contact(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
) -> Iterator[tuple[int, str, str]]:
    """Yield what cannot be true of a contact: of its first row, then of others beside it."""
    first_line, first = rows[0]
    name = first["contact_key"]
    if first["end_utc"] < first["start_utc"]:
        yield first_line, f"{name} ends before it begins", "correct start_utc or end_utc"
    seen = {first["intensity"]}
    for line, row in rows[1:]:
        for column in (*INSTANTS, *OF_CONTACT):
            if row[column] != first[column]:
                message = f"says another {column} of {name} than line {first_line}"
                yield line, message, "write the same in every row of the contact"
        if row["intensity"] in seen:
            message = f"gives intensity {row['intensity']:g} of {name} twice"
            yield line, message, "keep one of the two"
        seen.add(row["intensity"])


def _counts(rows: Sequence[Mapping[str, Any]], known: Mapping[str, Sequence[str]]) -> OpeningCounts:
    first = rows[0]
    clicks: dict[str, Any] = {name: tuple(row[name] for row in rows) for name in CLICKS}
    sent: dict[str, Any] = {name: first[name] for name in OF_CONTACT}
    return OpeningCounts(
        contact_key=first["contact_key"],
        satellite=known["satellite"].index(first["satellite"]),
        station=known["station"].index(first["station"]),
        start=first["start_utc"],
        end=first["end_utc"],
        intensities=tuple(row["intensity"] for row in rows),
        **clicks,
        **sent,
    )
