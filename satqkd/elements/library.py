"""Element sets of a file or folder, gathered into satellites."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from satqkd.elements.element_files import SUFFIXES, PassedOver, element_files
from satqkd.elements.input_file import InputFileError, read_content, text_of
from satqkd.elements.message_form import OMM_SUFFIXES
from satqkd.elements.orbit_formats import RefusedFormat, format_of
from satqkd.elements.plausible import warn_of_implausible
from satqkd.elements.satellite import RAD_PER_DEG, REV_DAY_PER_RAD_MIN, ElementSet, Satellite
from satqkd.elements.tle import parse_tle
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import Finding, InputError

LAST_DIGIT_DEG: Final = 1e-4
"""Last digit of an angle in a TLE. [°]"""
LAST_DIGIT_ECCENTRICITY: Final = 1e-7
"""Last digit of the eccentricity in a TLE."""
LAST_DIGIT_REV_DAY: Final = 1e-8
"""Last digit of the mean motion in a TLE. [rev/day]"""
MOST_BYTES: Final = 1_000_000_000
"""Largest file of orbit data, unpacked (assumed): six million element sets. [B]"""
_HALF: Final = 0.505
"""Half a digit, and 1 % of it for the rounding of floats."""


class OrbitData(NamedTuple):
    """What a file or folder of orbit data holds."""

    sources: tuple[ElementSet | Trajectory, ...]
    """In the order of files and lines."""
    hashes: dict[str, str]
    """SHA-256 of the bytes of each file that was read."""
    passed_over: tuple[PassedOver, ...]
    """Files of the folder that were not read."""


NOTHING_READ: Final = OrbitData((), {}, ())
"""Where no file is named."""


def read_elements(path: Path) -> tuple[ElementSet, ...]:
    """Read every element set, as :func:`read_sources` does, and leave ephemerides out."""
    return divided(read_sources(path))[0]


def divided(
    sources: Iterable[ElementSet | Trajectory],
) -> tuple[tuple[ElementSet, ...], tuple[Trajectory, ...]]:
    """Divide what was read into element sets and ephemerides."""
    sets: list[ElementSet] = []
    tables: list[Trajectory] = []
    for source in sources:
        if isinstance(source, ElementSet):
            sets.append(source)
        else:
            tables.append(source)
    return tuple(sets), tuple(tables)


def read_sources(path: Path) -> tuple[ElementSet | Trajectory, ...]:
    """Read all element sets and ephemerides of a file, or of all such files below a folder.

    Parameters
    ----------
    path
        A file of any name, or a folder: then every file below it is read by what it holds,
        whatever it is called, ordered by path; gzip is opened. Those whose name ends in one of
        :data:`~satqkd.elements.element_files.SUFFIXES` have to hold orbit data, others are passed
        over where they do not; hidden folders are skipped.

    Returns
    -------
    tuple of ElementSet or Trajectory
        In the order of files and lines; at least one.

    Raises
    ------
    InputError
        With every mistake of every file; also if nothing is there or it cannot be read.

    Warns
    -----
    SatqkdWarning
        For files of a folder that are passed over, notes for people apart
        (:data:`~satqkd.elements.element_files.NOTES`).
    """
    return read_hashed(path).sources


def read_hashed(path: Path) -> OrbitData:
    """Read as :func:`read_sources` does; tell also what was read, and what was not."""
    sources: list[ElementSet | Trajectory] = []
    hashes: dict[str, str] = {}
    findings: list[Finding] = []
    files, passed = element_files(path, findings)
    for file in files:
        try:
            content = _content(file)
        except InputFileError as error:
            findings.append(error.finding)
            continue
        hashes[str(file)] = hashlib.sha256(content).hexdigest()
        try:
            sources += _parsed(file, content)
        except InputError as error:
            findings += error.findings
        except InputFileError as error:
            findings.append(error.finding)
    if findings:
        raise InputError(findings)
    warn_of_implausible(divided(sources)[0])
    return OrbitData(tuple(sources), hashes, tuple(passed))


def group(element_sets: Iterable[ElementSet]) -> tuple[Satellite, ...]:
    """Gather element sets into one satellite for each catalogue number, or each designator.

    Sets without a number belong to the number that others with their designator have.

    Parameters
    ----------
    element_sets
        In any order. A set that is there twice is kept once, the first of the two: epochs equal
        to the microsecond, and no element that differs by more than half of the last digit a
        TLE prints, so that a TLE is the same set as the message it was cut from.

    Returns
    -------
    tuple of Satellite
        Ordered by catalogue number, each with its element sets from old to new and the last name
        that was given to it, or its number.

    Raises
    ------
    InputError
        If an object has two different element sets for one epoch.
    """
    every = tuple(element_sets)
    numbers = {one.cospar_id: one.norad_id for one in every if one.cospar_id and one.norad_id}
    objects: defaultdict[tuple[int, str], list[ElementSet]] = defaultdict(list)
    for one in every:
        number = one.norad_id or numbers.get(one.cospar_id, 0)
        numbered = one if one.norad_id == number else replace(one, norad_id=number)
        objects[number, "" if number else one.cospar_id].append(numbered)
    findings: list[Finding] = []
    satellites = tuple(
        Satellite(
            name=_last_name(objects[key]),
            norad_id=key[0],
            element_sets=_one_for_each_epoch(objects[key], findings),
        )
        for key in sorted(objects)
    )
    if findings:
        raise InputError(findings)
    return satellites


def nearest(satellite: Satellite, when: datetime) -> ElementSet:
    """Return the element set whose epoch is nearest to a time, the older of two as near."""
    return min(satellite.element_sets, key=lambda element_set: abs(element_set.epoch - when))


def _parsed(file: Path, content: bytes) -> tuple[ElementSet | Trajectory, ...]:
    """Name the format, then read it; what cannot be named is held against the file's ending."""
    text = text_of(content, file=str(file), most_bytes=MOST_BYTES)
    suffix = Path(file.name.lower().removesuffix(".gz")).suffix
    form = format_of(text)
    if isinstance(form, RefusedFormat):
        raise InputError([_refused(file, form)])
    if form is None and suffix not in SUFFIXES and text.strip():
        raise InputError([_unknown(file)])
    if form == "OEM" or (form is None and suffix == ".oem"):
        from satqkd.elements.oem import parse_oem  # noqa: PLC0415 -- only ephemerides pay

        return parse_oem(text, file=str(file))
    if form == "CPF":
        from satqkd.elements.cpf import parse_cpf  # noqa: PLC0415 -- only ephemerides pay

        return parse_cpf(text, file=str(file))
    if form == "Modified ITC":
        from satqkd.elements.modified_itc import parse_modified_itc  # noqa: PLC0415 -- as above

        return parse_modified_itc(text, file=str(file))
    if form == "OMM" or (form is None and suffix in OMM_SUFFIXES):
        from satqkd.elements.omm import parse_omm  # noqa: PLC0415 -- only messages pay

        return parse_omm(text, file=str(file))
    return parse_tle(text, file=str(file))


def _refused(file: Path, form: RefusedFormat) -> Finding:
    return Finding(
        file=str(file), line=1, message=f"is {form.name}, which satqkd does not read",
        fix=form.instead,
    )  # fmt: skip


def _unknown(file: Path) -> Finding:
    """Refuse what looks like nothing known, and show nothing of it: it may be no file of ours."""
    return Finding(
        file=str(file), line=1, message="no orbit data is recognised in this file",
        fix="name a file of TLE, OMM, OEM, CPF or Modified ITC",
    )  # fmt: skip


def _content(file: Path) -> bytes:
    return read_content(file, most_bytes=MOST_BYTES)


def _last_name(element_sets: list[ElementSet]) -> str:
    first = element_sets[0]
    unnamed = {str(first.norad_id), first.cospar_id}
    given = [one.name for one in element_sets if one.name not in unnamed]
    return given[-1] if given else str(first.norad_id or first.cospar_id or 0)


def _one_for_each_epoch(
    element_sets: list[ElementSet], findings: list[Finding]
) -> tuple[ElementSet, ...]:
    kept: dict[datetime, ElementSet] = {}
    for element_set in element_sets:
        first = kept.setdefault(element_set.epoch, element_set)
        if first is not element_set and not _agree(first, element_set):
            findings.append(_conflict(first, element_set))
    return tuple(kept[epoch] for epoch in sorted(kept))


def _agree(one: ElementSet, other: ElementSet) -> bool:
    """Tell whether a TLE could print both sets with the same digits."""
    a, b = one.satrec, other.satrec
    angle = _HALF * LAST_DIGIT_DEG * RAD_PER_DEG
    turns = (a.inclo - b.inclo, a.nodeo - b.nodeo, a.argpo - b.argpo, a.mo - b.mo)
    return bool(
        abs(a.no_kozai - b.no_kozai) <= _HALF * LAST_DIGIT_REV_DAY / REV_DAY_PER_RAD_MIN
        and abs(a.ecco - b.ecco) <= _HALF * LAST_DIGIT_ECCENTRICITY
        and all(abs(math.remainder(turn, 2.0 * math.pi)) <= angle for turn in turns)
        and abs(a.bstar - b.bstar) <= _HALF * _last_digit_bstar(max(abs(a.bstar), abs(b.bstar)))
    )


def _last_digit_bstar(value: float) -> float:
    """Return what the last of the five digits is worth in which a TLE prints a drag term."""
    return 10.0 ** (math.floor(math.log10(max(value, 1e-10))) - 4)


def _conflict(first: ElementSet, second: ElementSet) -> Finding:
    file, _, line = second.source.rpartition(":")
    return Finding(
        file=file,
        line=int(line),
        message=(
            f"object {second.norad_id or second.cospar_id} has other elements for the epoch "
            f"{second.epoch:%Y-%m-%dT%H:%M:%S.%fZ} in {first.source}"
        ),
        fix="delete one of the two element sets",
    )
