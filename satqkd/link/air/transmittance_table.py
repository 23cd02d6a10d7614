"""Transmittance of the air computed or measured elsewhere, as a table."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from satqkd.errors import Finding, InputError, NonPhysicalError
from satqkd.link.air.airmass import kasten_young
from satqkd.units import FloatArray

OPAQUE: Final = 1e-30
"""Transmittance that one of 0 is taken for: 300 dB."""

HEADER: Final = "wavelength_nm,transmittance_el90,transmittance_el30,transmittance_el10"
"""A header that would do; any number of elevations."""

MOST_FINDINGS: Final = 20
"""Findings reported of one table."""

_ELEVATION = re.compile(r"transmittance_el(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmittanceTable:
    """Transmittance from a station to space, by wavelength and elevation."""

    wavelengths_m: tuple[float, ...]
    """Rows, growing. [m]"""
    elevations_deg: tuple[float, ...]
    """Columns, falling: apparent elevations at the station. [°]"""
    transmittance: tuple[tuple[float, ...], ...]
    """A row for each wavelength, a column for each elevation."""
    source: str = field(default="", compare=False)
    """Where it comes from."""

    def __post_init__(self) -> None:
        self._check_axes()
        self._check_values()

    def _check_axes(self) -> None:
        waves, elevations = np.array(self.wavelengths_m), np.array(self.elevations_deg)
        if not waves.size or not (waves > 0.0).all() or not (np.diff(waves) > 0.0).all():
            raise NonPhysicalError("wavelengths_m", "must be above 0 and grow from row to row")
        within = ((elevations > 0.0) & (elevations <= 90.0)).all()
        if not elevations.size or not within or not (np.diff(elevations) < 0.0).all():
            raise NonPhysicalError(
                "elevations_deg", "must lie in (0, 90] and fall from column to column"
            )

    def _check_values(self) -> None:
        rows = {len(row) for row in self.transmittance}
        columns = len(self.elevations_deg)
        if len(self.transmittance) != len(self.wavelengths_m) or rows != {columns}:
            raise NonPhysicalError(
                "transmittance", "must have a row for each wavelength, a column for each elevation"
            )
        values = np.array(self.transmittance)
        if not ((values >= 0.0) & (values <= 1.0)).all():
            raise NonPhysicalError("transmittance", "must lie in [0, 1]")
        if (np.diff(values, axis=1) > 0.0).any():
            raise NonPhysicalError("transmittance", "must not grow as the elevation falls")

    def optical_depth(self, airmass: FloatArray, *, wavelength_m: float) -> FloatArray:
        """Optical depth along paths of the given airmass.

        By definition −ln of the transmittance; between the entries linear interpolation.

        Parameters
        ----------
        airmass
            Of :func:`~satqkd.link.air.airmass.kasten_young`, at the apparent elevation.
        wavelength_m
            Of the light; within the table. [m]

        Returns
        -------
        FloatArray
            −ln of the transmittance, shaped like ``airmass``.

        Raises
        ------
        NonPhysicalError
            For a wavelength outside the table.

        Notes
        -----
        Straight in wavelength between two rows, and in airmass between two columns. Above the
        highest column depth is proportional to airmass; below the lowest it goes on as between
        the last two, which takes too much rather than too little where lines are saturated.
        """
        nodes = np.concatenate([[0.0], kasten_young(np.array(self.elevations_deg))])
        depths = np.concatenate([[0.0], self._depths(wavelength_m)])
        slope = (depths[-1] - depths[-2]) / (nodes[-1] - nodes[-2])
        beyond = np.maximum(airmass - nodes[-1], 0.0)
        return np.asarray(np.interp(airmass, nodes, depths) + slope * beyond)

    def _depths(self, wavelength_m: float) -> FloatArray:
        """Optical depth of each column at a wavelength."""
        first, last = self.wavelengths_m[0], self.wavelengths_m[-1]
        slack = 1e-9 * last
        if not first - slack <= wavelength_m <= last + slack:
            raise NonPhysicalError(
                "wavelength_m",
                f"lies outside the transmittance table{f' {self.source}' if self.source else ''}: "
                f"{1e9 * wavelength_m:g} nm is not in {1e9 * first:g}…{1e9 * last:g} nm",
            )
        after = min(max(bisect_right(self.wavelengths_m, wavelength_m), 1), len(self.wavelengths_m))
        before = after - 1
        after = min(after, len(self.wavelengths_m) - 1)
        gap = self.wavelengths_m[after] - self.wavelengths_m[before]
        share = (wavelength_m - self.wavelengths_m[before]) / gap if gap else 0.0
        rows = np.array([self.transmittance[before], self.transmittance[after]])
        depths = -np.log(np.maximum(rows, OPAQUE))
        return np.asarray((1.0 - share) * depths[0] + share * depths[1])


def parse_table(text: str, source: str) -> TransmittanceTable:
    r"""Read a table of transmittance from CSV.

    Parameters
    ----------
    text
        A header ``wavelength_nm,transmittance_el90,…`` naming apparent elevations in degrees, in
        any order, then a row for each wavelength, growing. Empty lines and lines that begin with
        ``#`` are passed over.
    source
        Path as the user gave it, for findings.

    Returns
    -------
    TransmittanceTable

    Raises
    ------
    InputError
        With the first :data:`MOST_FINDINGS` mistakes, each with its line.

    Examples
    --------
    >>> table = parse_table("wavelength_nm,transmittance_el90\n800,0.9\n900,0.8\n", "air.csv")
    >>> depth = table.optical_depth(kasten_young(np.array([90.0])), wavelength_m=800e-9)
    >>> round(float(np.exp(-depth[0])), 12)
    0.9
    """
    lines = list(_records(text))
    if not lines:
        raise InputError([_finding(source, 1, "holds no table", f"begin it with '{HEADER}'")])
    (head_line, head), body = lines[0], lines[1:]
    findings = list(_header_findings(source, head_line, head))
    if findings:
        raise InputError(findings)
    if not body:
        fix = "add a row for each wavelength, such as '850,0.97,0.95,0.86'"
        raise InputError([_finding(source, head_line, "holds a header and no rows", fix)])
    elevations = [_elevation(name) for name in head[1:]]
    order = sorted(range(len(elevations)), key=lambda column: -elevations[column])
    findings = list(_row_findings(source, body, order, head))
    if findings:
        raise InputError(findings[:MOST_FINDINGS])
    rows = [[float(cell) for cell in cells] for _, cells in body]
    return TransmittanceTable(
        wavelengths_m=tuple(1e-9 * row[0] for row in rows),
        elevations_deg=tuple(elevations[column] for column in order),
        transmittance=tuple(tuple(row[1 + column] for column in order) for row in rows),
        source=source,
    )


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in line.split(",")]
        if any(cells) and not cells[0].startswith("#"):
            yield number, cells


def _finding(source: str, line: int, message: str, fix: str) -> Finding:
    return Finding(file=source, line=line, message=message, fix=fix)


def _elevation(name: str) -> float:
    """Return the elevation in a column's name; NaN when there is none."""
    found = _ELEVATION.fullmatch(name)
    return float(found[1]) if found else math.nan


def _header_findings(source: str, line: int, head: Sequence[str]) -> Iterator[Finding]:
    fix = f"write it like '{HEADER}'"
    if head[0] != "wavelength_nm":
        yield _finding(source, line, f"the first column is '{head[0]}', not 'wavelength_nm'", fix)
    if len(head) == 1:
        yield _finding(source, line, "no column of transmittance", fix)
    for name in head[1:]:
        if not 0.0 < _elevation(name) <= 90.0:
            yield _finding(
                source, line, f"'{name}' names no elevation above 0 and up to 90 degrees", fix
            )
    elevations = [_elevation(name) for name in head[1:]]
    for elevation in sorted({one for one in elevations if one > 0.0 and elevations.count(one) > 1}):
        yield _finding(source, line, f"{elevation:g} degrees come twice", "remove a column")


def _row_findings(
    source: str, body: Sequence[tuple[int, list[str]]], order: Sequence[int], head: Sequence[str]
) -> Iterator[Finding]:
    waves: list[tuple[int, float]] = []
    for line, cells in body:
        if len(cells) != len(head):
            message = f"{len(cells)} values under {len(head)} columns"
            yield _finding(source, line, message, "give each column of the header one value")
            continue
        values = [_number(cell) for cell in cells]
        yield from _cell_findings(source, line, cells, head)
        if math.isfinite(values[0]):
            waves.append((line, values[0]))
        falling = [values[1 + column] for column in order]
        if any(lower > higher for higher, lower in pairwise(falling)):
            message = "transmittance grows as the elevation falls"
            yield _finding(
                source, line, message, "check that the columns have the right elevations"
            )
    for (_, before), (line, after) in pairwise(waves):
        if after <= before:
            message = f"wavelength {after:g} nm does not follow {before:g} nm"
            yield _finding(source, line, message, "sort the rows by wavelength, none twice")


def _cell_findings(
    source: str, line: int, cells: Sequence[str], head: Sequence[str]
) -> Iterator[Finding]:
    wave = _number(cells[0])
    if not 0.0 < wave < math.inf:
        message = f"'{cells[0]}' is no wavelength"
        yield _finding(source, line, message, "write nanometres, such as 848.6")
    for name, cell in zip(head[1:], cells[1:], strict=True):
        if not 0.0 <= _number(cell) <= 1.0:
            message = f"{name} is '{cell}', no number from 0 to 1"
            fix = "write a fraction such as 0.87; a percentage divided by 100"
            yield _finding(source, line, message, fix)


def _number(cell: str) -> float:
    """Return the number a cell holds; NaN when it holds none."""
    try:
        return float(cell)
    except ValueError:
        return math.nan
