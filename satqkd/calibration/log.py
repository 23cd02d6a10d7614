"""What an operator recorded during passes."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

from satqkd.calibration.recorded import recorded
from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.quantity import parse_number
from satqkd.errors import Finding, InputError, SatqkdWarning


class _Limits(NamedTuple):
    """What a column of numbers can sensibly hold."""

    low: float
    high: float
    example: str


_NUMBERS: Final[Mapping[str, _Limits]] = {
    "loss_db": _Limits(0.0, 200.0, "31.2"),
    "loss_sigma_db": _Limits(1e-3, 100.0, "0.5"),
    "clicks": _Limits(0.0, 1e15, "20140"),
    "clicks_sigma": _Limits(1e-3, 1e15, "150"),
    "interval_s": _Limits(1e-6, 3_600.0, "1"),
    "qber": _Limits(0.0, 1.0, "0.011 or 1.1 %"),
    "qber_sigma": _Limits(1e-6, 1.0, "0.002 or 0.2 %"),
    "sifted_bits": _Limits(0.0, 1e15, "1250000"),
    "key_bits": _Limits(0.0, 1e15, "310000, or 0 for a contact that gave none"),
}
_NAMES: Final = ("satellite", "station", "contact_key")
_TEXTS: Final = ("utc", *_NAMES, "note")
_TOTALS: Final = ("sifted_bits", "key_bits")
_MEASURED: Final = ("loss_db", "clicks", "qber", *_TOTALS)
COLUMNS: Final = (*_TEXTS, *_NUMBERS)
"""What the first line may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One line of a log; at least one of loss, clicks, error, sifted bits and key is there.

    A line with sifted bits or key holds totals: loss and error in it are those of all that was
    flown of the contact too, not of its instant.
    """

    line: int
    """In the file, counted from 1."""
    utc: datetime
    """Middle of the interval."""
    satellite: str = ""
    """Empty where the line names none."""
    station: str = ""
    contact_key: str = ""
    """Which contact it belongs to, as plans name it; empty where the line does not say."""
    loss_db: float | None = None
    """From the satellite's exit to the detectors' input, as a budget's total; on an uplink from
    the station's. [dB]"""
    loss_sigma_db: float | None = None
    """1 σ. [dB]"""
    clicks: float | None = None
    """Of all intensities and all detectors within the interval, before sifting."""
    clicks_sigma: float | None = None
    interval_s: float | None = None
    """Time that the values are taken over; None for an instant. [s]"""
    qber: float | None = None
    """Wrong clicks over all."""
    qber_sigma: float | None = None
    sifted_bits: float | None = None
    """All clicks that entered the key of a block. [bit]"""
    key_bits: float | None = None
    """Secret key really made of the block; 0 is an answer too. [bit]"""

    @property
    def total(self) -> bool:
        """Whether it holds totals of a contact."""
        return self.sifted_bits is not None or self.key_bits is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What was recorded, in the order of the file."""

    file: str
    """Path as the user gave it."""
    sha256: str
    """Hash of its bytes."""
    rows: tuple[LogRow, ...]


def read_log(path: Path) -> Log:
    """Read a log.

    Raises
    ------
    InputError
        With every mistake in it.
    """
    text, sha256 = recorded(path)
    return parse_log(text, file=str(path), sha256=sha256)


def parse_log(text: str, *, file: str, sha256: str = "") -> Log:
    r"""Read the text of a log called ``file``.

    Cells are divided by commas, or by semicolons, and numbers may have decimal commas then. Rows
    that say the same are counted once, with a warning.

    Examples
    --------
    >>> log = parse_log("utc,loss_db\n2016-12-19T16:52:14Z,29.97\n", file="log.csv")
    >>> log.rows[0].loss_db
    29.97
    """
    findings: list[Finding] = []
    rows: list[LogRow] = []
    if text.lstrip().startswith("CCSDS_TDM_VERS"):
        message = "is a tracking data message, with angles or ranges and no key"
        raise InputError([_finding(file, 1, message, "give it to 'satqkd flown'")])
    header: list[str] | None = None
    separator = _separator(text)
    for line, cells in _lines(text, separator, file, findings):
        if header is None:
            header = [cell.casefold() for cell in cells]
            wrong = list(_wrong_header(header))
            findings += [_finding(file, line, *one) for one in wrong]
            if wrong:
                break
            continue
        if separator == ";" and (wrong_point := _point(header, cells)):
            findings.append(_finding(file, line, *wrong_point))
            continue
        plain = [_with_point(cell) for cell in cells] if separator == ";" else cells
        row = _row(line, header, plain, file, findings)
        if row is not None:
            rows.append(row)
    if header is None:
        findings.append(_finding(file, 1, "is empty", "begin with a line such as 'utc,loss_db'"))
    elif not rows and not findings:
        findings.append(_finding(file, 1, "holds no line below its header", "add what was flown"))
    if findings:
        raise InputError(findings)
    return Log(file=file, sha256=sha256, rows=_once(rows, file))


def _finding(file: str, line: int, message: str, fix: str, where: str = "") -> Finding:
    return Finding(file=file, line=line, where=where, message=message, fix=fix)


def _separator(text: str) -> str:
    """Tell a table of semicolons, as spreadsheets of many countries write it, by its first line."""
    first = next((line for line in text.split("\n") if line.strip() and line[0] != "#"), "")
    return ";" if ";" in first and "," not in first else ","


def _point(header: list[str], cells: list[str]) -> tuple[str, str, str] | None:
    """Refuse a point beside semicolons: spreadsheets that write these divide thousands by it."""
    for name, cell in zip(header, cells, strict=False):
        if name in _NUMBERS and "." in cell:
            message = f"{quoted(cell)} has a point beside semicolons: decimals or thousands?"
            return message, "write decimal commas, or divide the cells by commas", name
    return None


def _with_point(cell: str) -> str:
    """Write a number with a decimal comma with a point; leave all else, also what has both."""
    return cell.replace(",", ".") if re.fullmatch(r"[+-]?\d+,\d+(?:\s*%)?", cell) else cell


def _once(rows: list[LogRow], file: str) -> tuple[LogRow, ...]:
    """Keep rows that stand there more than once a single time, and say so."""
    first: dict[LogRow, int] = {}
    again: list[tuple[int, int]] = []
    for row in rows:
        before = first.setdefault(replace(row, line=0), row.line)
        if before != row.line:
            again.append((row.line, before))
    if again:
        line, before = again[0]
        count = f"{len(again)} rows say" if len(again) > 1 else "1 row says"
        warnings.warn(
            f"{file}: {count} what another says already, the first in line {line} (as line "
            f"{before}): counted once, for twice would narrow the intervals",
            SatqkdWarning,
            stacklevel=3,
        )
    doubled = {line for line, _ in again}
    return tuple(row for row in rows if row.line not in doubled)


def _lines(
    text: str, separator: str, file: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of the lines that are neither empty nor a comment."""
    reader = csv.reader(StringIO(text), strict=True, delimiter=separator)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) and not stripped[0].startswith("#"):
                yield reader.line_num, stripped
    except csv.Error as error:
        findings.append(_finding(file, reader.line_num, f"is no CSV: {error}", "check the quotes"))


def _wrong_header(header: list[str]) -> Iterator[tuple[str, str, str]]:
    for name in header:
        if name not in COLUMNS:
            fix = f"{did_you_mean(name, COLUMNS)}; remarks go into a column 'note'"
            yield f"{quoted(name)} is no column of a log", fix, ""
        elif header.count(name) > 1:
            yield f"names the column '{name}' twice", "keep one of the two", ""
            return
    if "utc" not in header:
        yield "has no column 'utc'", "add it: ISO 8601 with a zone", ""
    if not set(_MEASURED) & set(header):
        yield (
            "holds nothing that was measured",
            "add a column loss_db, clicks, qber or key_bits",
            "",
        )


def _row(
    line: int, header: list[str], cells: list[str], file: str, findings: list[Finding]
) -> LogRow | None:
    """Read one line; None after adding what is wrong with it."""
    if len(cells) != len(header):
        message = f"has {len(cells)} cells, the header {len(header)}"
        findings.append(_finding(file, line, message, "add or remove commas"))
        return None
    values: dict[str, object] = {}
    before = len(findings)
    for name, cell in zip(header, cells, strict=True):
        try:
            if name == "utc":
                values[name] = parse_instant(cell)
            elif name in _NUMBERS and cell:
                values[name] = _number(name, cell)
            elif name in _NAMES:
                values[name] = cell
        except Mistake as mistake:
            findings.append(_finding(file, line, mistake.message, mistake.fix, name))
    if len(findings) == before:
        findings += [_finding(file, line, *one) for one in _incomplete(values)]
    if len(findings) > before:
        return None
    return LogRow(line=line, **values)  # type: ignore[arg-type]


def _incomplete(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Tell what a line lacks, and what does not belong together in one."""
    if not any(name in values for name in _MEASURED):
        message = "holds neither loss_db, clicks, qber, sifted_bits nor key_bits"
        yield message, "fill one of them, or remove the line"
    if "clicks" in values and "interval_s" not in values:
        yield "has clicks but no interval_s", "say over how many seconds they add up"
    if "clicks" in values and any(name in values for name in _TOTALS):
        message = "has clicks of an interval beside totals of a contact"
        yield message, "write them into a line of their own"


def _number(name: str, text: str) -> float:
    value = parse_number(text)
    low, high, example = _NUMBERS[name]
    if not low <= value <= high:
        raise Mistake(
            f"{quoted(text)} lies outside {low:g} … {high:g}", f"correct it, such as {example}"
        )
    return value
