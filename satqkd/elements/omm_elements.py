"""From the text of one message to elements that SGP4 may have, or to everything wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sgp4.api import WGS72, Satrec

from satqkd.constants import DAY_S
from satqkd.elements.omm_epoch import EpochError, parse_epoch
from satqkd.elements.omm_record import METADATA, REQUIRED, TLE_BLOCK, Record
from satqkd.elements.propagation import failure_text
from satqkd.elements.satellite import RAD_PER_DEG, REV_DAY_PER_RAD_MIN, ElementSet
from satqkd.elements.tle import LONGEST_NAME
from satqkd.elements.tle_mistakes import (
    MAX_MEAN_MOTION,
    MIN_MEAN_MOTION,
    MIN_PERIGEE_HEIGHT_M,
    perigee_height_m,
    shown,
)
from satqkd.errors import Finding

LARGEST_SGP4_ID: Final = 339_999
"""The ``sgp4`` package (2.27) refuses catalogue numbers beyond the last of alpha-5."""

_AGAIN: Final = "correct it, or download the record again"
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE: Final = re.compile("[0-9]{1,9}")
_DESIGNATOR: Final = re.compile("[0-9]{4}-[0-9]{3}[A-Z]{1,3}")
_UNKNOWN: Final = frozenset(("", "UNKNOWN", "NONE", "N/A", "TBA", "TBD"))
_ZERO_DAY: Final = datetime(1949, 12, 31, tzinfo=UTC)
"""SGP4's day 0."""
_ZERO_JD: Final = 2433281.5
"""Julian date of SGP4's day 0, 1949-12-31T00:00."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """A number of a message, the range it may have and the unit it is in."""

    keyword: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""


_NUMBERS: Final = (
    _Number(keyword="MEAN_MOTION", low=MIN_MEAN_MOTION, high=MAX_MEAN_MOTION, unit="rev/day"),
    _Number(keyword="ECCENTRICITY", low=0.0, high=1.0),
    _Number(keyword="INCLINATION", low=0.0, high=180.0, unit="deg"),
    _Number(keyword="RA_OF_ASC_NODE", low=-360.0, high=360.0, unit="deg"),
    _Number(keyword="ARG_OF_PERICENTER", low=-360.0, high=360.0, unit="deg"),
    _Number(keyword="MEAN_ANOMALY", low=-360.0, high=360.0, unit="deg"),
    _Number(keyword="BSTAR", unit="1/ER"),
    _Number(keyword="MEAN_MOTION_DOT", unit="rev/day**2"),
    _Number(keyword="MEAN_MOTION_DDOT", unit="rev/day**3"),
)

_MEANINGS: Final = {
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME",),
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4"),
}
"""What each keyword of the metadata has to say for SGP4 to be right."""


def element_set(record: Record) -> tuple[ElementSet | None, list[Finding]]:
    """Check a message and initialise SGP4 with it.

    Returns
    -------
    tuple of ElementSet and list of Finding
        The element set, or None and at least one finding.

    References
    ----------
    .. [1] CCSDS 502.0-B, Orbit Data Messages, for keywords and units (recalled).
    """
    values = {keyword: text.strip() for keyword, text in record.values.items()}
    if not any(values.get(keyword) for keyword in REQUIRED):
        return None, [*record.findings, _no_message(record, values)]
    findings = [*record.findings, *_absent(record, values), *_metadata_findings(record, values)]
    numbers, more = _numbers(record, values)
    findings += more
    epoch = _epoch(record, values, findings)
    name, satrec = _name(record, values, findings), _described(record, values, findings)
    number = values.get("NORAD_CAT_ID") or "0"
    if not _WHOLE.fullmatch(number):
        findings.append(_bad_catalogue_number(record, number))
    if findings or epoch is None:
        return None, findings
    _initialise(satrec, int(number), epoch, numbers)
    if satrec.error:
        return None, [_refused(record, satrec.error)]
    cospar_id = _cospar_id(values)
    return ElementSet(
        name=name or str(int(number) or cospar_id or 0),
        norad_id=int(number),
        cospar_id=cospar_id,
        epoch=epoch,
        source=f"{record.file}:{record.line}",
        satrec=satrec,
    ), []


def _initialise(satrec: Satrec, number: int, epoch: datetime, numbers: dict[str, float]) -> None:
    """Hand over as the reader of TLEs does, so that equal digits make equal orbits."""
    since = epoch - _ZERO_DAY
    midnight = since.days + _ZERO_JD
    fraction = (since.seconds * 1_000_000 + since.microseconds) / (DAY_S * 1e6)
    satrec.sgp4init(
        WGS72,
        "i",
        number if number <= LARGEST_SGP4_ID else 0,
        (midnight + fraction) - _ZERO_JD,
        numbers.get("BSTAR", 0.0),
        numbers.get("MEAN_MOTION_DOT", 0.0) / (REV_DAY_PER_RAD_MIN * 1440.0),
        numbers.get("MEAN_MOTION_DDOT", 0.0) / (REV_DAY_PER_RAD_MIN * 1440.0 * 1440.0),
        numbers["ECCENTRICITY"],
        numbers["ARG_OF_PERICENTER"] * RAD_PER_DEG,
        numbers["INCLINATION"] * RAD_PER_DEG,
        numbers["MEAN_ANOMALY"] * RAD_PER_DEG,
        numbers["MEAN_MOTION"] / REV_DAY_PER_RAD_MIN,
        numbers["RA_OF_ASC_NODE"] * RAD_PER_DEG,
    )
    satrec.jdsatepoch, satrec.jdsatepochF = midnight, fraction


def _no_message(record: Record, values: dict[str, str]) -> Finding:
    """Show what a record says that speaks of no orbit at all, such as a refused login."""
    said = ", ".join(f"{shown(key)}: {shown(text)}" for key, text in [*values.items()][:3] if text)
    return Finding(
        file=record.file,
        line=record.line,
        message=f"this is no orbit mean-elements message; it says {said or 'nothing'}",
        fix="ask the source again, for an object that it knows",
    )


def _absent(record: Record, values: dict[str, str]) -> Iterator[Finding]:
    """Say in one sentence what is missing altogether, and mark each value that is blank."""
    told = {finding.where for finding in record.findings}
    needed = (*METADATA, *REQUIRED) if record.states_metadata else REQUIRED
    if not _cospar_id(values):
        needed = (*needed, "NORAD_CAT_ID")
    if not lacks_drag(record):
        needed = (*needed, "BSTAR")
    missing = [keyword for keyword in needed if keyword not in values and keyword not in told]
    if missing:
        yield Finding(
            file=record.file,
            line=record.line,
            message=f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            fix="ask the source for the whole record; nothing is assumed in its place",
        )
    for keyword in needed:
        if values.get(keyword) == "":
            yield record.finding(keyword, "is blank", "ask the source for the whole record")


def lacks_drag(record: Record) -> bool:
    """Tell whether a message says nothing of drag because it has no block for TLEs."""
    return not record.values.keys() & {"BSTAR", *TLE_BLOCK}


def _metadata_findings(record: Record, values: dict[str, str]) -> Iterator[Finding]:
    for keyword, meanings in _MEANINGS.items():
        text = values.get(keyword)
        if text and text.upper() not in meanings:
            yield record.finding(
                keyword,
                f"is '{shown(text)}', which SGP4 cannot use",
                f"ask the source for SGP4 elements, where it is {' or '.join(meanings)}",
            )
    version = values.get("CCSDS_OMM_VERS")
    if version and not re.fullmatch(r"[123](?:\.[0-9]+)?", version):
        yield record.finding(
            "CCSDS_OMM_VERS",
            f"is '{shown(version)}', a version this reader does not know",
            "ask the source for version 2.0 or 3.0",
        )


def _numbers(record: Record, values: dict[str, str]) -> tuple[dict[str, float], list[Finding]]:
    numbers: dict[str, float] = {}
    findings: list[Finding] = []
    for number in _NUMBERS:
        text = values.get(number.keyword)
        if text:
            numbers[number.keyword] = value = _value(text)
            wrong = _wrong_number(number, text, value)
            if wrong:
                findings.append(record.finding(number.keyword, wrong, _AGAIN))
    for number in _NUMBERS:
        unit = record.units.get(number.keyword)
        if unit and unit.casefold() != number.unit.casefold():
            message = f"is in '{shown(unit)}', not in {number.unit or 'no unit'}"
            findings.append(record.finding(number.keyword, message, "ask the source for OMM units"))
    if not findings and {"MEAN_MOTION", "ECCENTRICITY"} <= numbers.keys():
        height_m = perigee_height_m(numbers["MEAN_MOTION"], numbers["ECCENTRICITY"])
        if height_m < MIN_PERIGEE_HEIGHT_M:
            message = (
                f"{numbers['ECCENTRICITY']:g} puts the perigee {-height_m / 1e3:.0f} km "
                "under the ground"
            )
            findings.append(record.finding("ECCENTRICITY", message, _AGAIN))
    return numbers, findings


def _value(text: str) -> float:
    """Read a number; what is none becomes NaN."""
    return float(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else math.nan


def _wrong_number(number: _Number, text: str, value: float) -> str:
    """Say what is wrong with a number; nothing when it is right."""
    if math.isnan(value) and text.lower().lstrip("+-") not in {"nan", "inf", "infinity"}:
        return f"'{shown(text)}' is no number"
    if not math.isfinite(value):
        return f"'{shown(text)}' is not finite"
    if number.keyword == "MEAN_MOTION" and not number.low <= value <= number.high:
        why = "slower than the Moon" if value < number.low else "inside the Earth"
        return f"of {value:g} rev/day is no orbit of a satellite: {why}"
    if number.keyword == "ECCENTRICITY" and value == 1.0:
        return "is 1: that is no closed orbit"
    if not number.low <= value <= number.high:
        end = ")" if number.keyword == "ECCENTRICITY" else "]"
        return f"is {value:g}; it must lie in [{number.low:g}, {number.high:g}{end}"
    return ""


def _epoch(record: Record, values: dict[str, str], findings: list[Finding]) -> datetime | None:
    text = values.get("EPOCH")
    if not text:
        return None
    try:
        return parse_epoch(text)
    except EpochError as error:
        findings.append(record.finding("EPOCH", error.message, error.fix))
        return None


def _name(record: Record, values: dict[str, str], findings: list[Finding]) -> str:
    name = values.get("OBJECT_NAME", "")
    for keyword in ("OBJECT_NAME", "OBJECT_ID"):
        text = values.get(keyword, "")
        if len(text) > LONGEST_NAME:
            message = f"has {len(text)} characters, more than {LONGEST_NAME}"
            findings.append(record.finding(keyword, message, "shorten it"))
        elif not text.isprintable():
            message = f"'{shown(text)}' holds a control character"
            findings.append(record.finding(keyword, message, "delete it"))
    return name


def _described(record: Record, values: dict[str, str], findings: list[Finding]) -> Satrec:
    """Make a propagator that knows the part of the message which is kept for TLEs."""
    satrec = Satrec()
    kind = values.get("EPHEMERIS_TYPE") or "0"
    if kind not in {"0", "2"}:
        findings.append(_bad_ephemeris_type(record, kind))
    classification = values.get("CLASSIFICATION_TYPE") or "U"
    if classification not in {"U", "C", "S"}:
        message = f"is '{shown(classification)}'"
        findings.append(record.finding("CLASSIFICATION_TYPE", message, "write U, C or S"))
    counts = []
    for keyword in ("ELEMENT_SET_NO", "REV_AT_EPOCH"):
        text = values.get(keyword) or "0"
        if not _WHOLE.fullmatch(text):
            message = f"'{shown(text)}' is no whole number of up to nine digits"
            findings.append(record.finding(keyword, message, _AGAIN))
        counts.append(int(text) if _WHOLE.fullmatch(text) else 0)
    if not findings:
        satrec.classification, satrec.ephtype = classification, int(kind)
        satrec.elnum, satrec.revnum = counts
        designator = _cospar_id(values)
        if _DESIGNATOR.fullmatch(designator):
            satrec.intldesg = designator[2:].replace("-", "")
    return satrec


def _bad_ephemeris_type(record: Record, kind: str) -> Finding:
    message = f"is '{shown(kind)}'; only SGP4 elements, marked 0 or 2, can be used"
    if kind == "4":
        message = "is 4: these are SGP4-XP elements, which SGP4 would propagate wrongly"
    fix = "ask the source for SGP4 elements (ephemeris type 0)"
    return record.finding("EPHEMERIS_TYPE", message, fix)


def _bad_catalogue_number(record: Record, text: str) -> Finding:
    message = f"'{shown(text)}' is no whole number of up to nine digits"
    fix = "write the number out in digits; letters (alpha-5) belong in TLEs only"
    return record.finding("NORAD_CAT_ID", message, fix)


def _cospar_id(values: dict[str, str]) -> str:
    """Return the designator as given; empty when the source does not know it."""
    text = values.get("OBJECT_ID", "")
    return "" if text.upper() in _UNKNOWN else text


def _refused(record: Record, error: int) -> Finding:
    return Finding(
        file=record.file,
        line=record.line,
        message=f"SGP4 refuses these elements: {failure_text(error)}",
        fix="leave this record out",
    )
