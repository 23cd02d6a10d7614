"""Orbit ephemeris messages (CCSDS OEM), read strictly.

A table of states is interpolated as its header says, within the span its header names and nowhere
else. Read is what satqkd can use exactly; everything else is refused with the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast

import numpy as np

from satqkd.constants import DAY_S, EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S
from satqkd.elements.interpolation import METHODS, states_needed
from satqkd.elements.oem_text import (
    Complaints,
    RawMessage,
    RawSegment,
    Row,
    Word,
    read_kvn,
    read_xml,
)
from satqkd.elements.trajectory import Frame, Instants, Segment, TimeSystem, Trajectory
from satqkd.errors import InputError
from satqkd.units import FloatArray

_MANDATORY: Final = (
    "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME",
    "STOP_TIME",
)  # fmt: skip
_ASK: Final = "ask the sender for the file again"
_INSTANT: Final = re.compile(
    r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2}(?:\.\d{1,18})?)Z?"
)
_MJD_ZERO: Final = date(1858, 11, 17)
_DESIGNATOR: Final = re.compile(r"(\d{4}-\d{3})-?([A-Z]{1,3})")


def parse_oem(text: str, *, file: str) -> tuple[Trajectory, ...]:
    """Read every trajectory of an orbit ephemeris message, KVN or XML.

    Parameters
    ----------
    text
        Content of the file.
    file
        What the file is called in findings and in :attr:`Trajectory.source`.

    Returns
    -------
    tuple of Trajectory
        In the order of the file; segments that follow each other without a gap are one.

    Raises
    ------
    InputError
        With every mistake of the file: line and what to do.

    References
    ----------
    .. [1] CCSDS 502.0-B-3, *Orbit Data Messages*, Blue Book, issue 3 (2023), section 5; the
       keywords of issues 1 and 2 are among its.
    """
    complaints = Complaints(file)
    xml = text.lstrip("\ufeff \t\r\n").startswith("<")
    trajectories: list[Trajectory] = []
    for message in read_xml(text, complaints) if xml else read_kvn(text, complaints):
        made = _header(message, complaints)
        for raw in message.segments:
            segment = None if complaints.too_many else _segment(raw, complaints)
            if segment is None or complaints.findings:
                continue
            _append(trajectories, _trajectory(raw, segment, made, file), raw, complaints)
    if complaints.findings:
        raise InputError(complaints.findings)
    return tuple(trajectories)


def _header(message: RawMessage, complaints: Complaints) -> datetime:
    """Check the version and return the date of creation."""
    version = message.header.get("CCSDS_OEM_VERS", Word("", 1))
    if version.text not in {"1.0", "2.0", "3.0"}:
        shown = f"'{version.text[:20]}'" if version.text else "missing"
        fix = "give CCSDS_OEM_VERS as 1.0, 2.0 or 3.0 in the first line"
        complaints.add(version.line, f"the version of the OEM is {shown}", fix)
    created = message.header.get("CREATION_DATE")
    if created is None:
        complaints.add(version.line, "CREATION_DATE is missing", _ASK)
    elif instant := _instant(created, complaints):
        day, second = instant
        midnight = datetime.combine(_MJD_ZERO, datetime.min.time(), tzinfo=UTC)
        return midnight + timedelta(days=day, seconds=second)
    return datetime(1858, 11, 17, tzinfo=UTC)


def _segment(raw: RawSegment, complaints: Complaints) -> Segment | None:
    """Understand one segment, or complain."""
    before = len(complaints.findings)
    for keyword in _MANDATORY:
        if keyword not in raw.metadata:
            complaints.add(raw.line, f"this segment has no {keyword}", _ASK)
    frame = _frame(raw, complaints)
    _clock_and_centre(raw, complaints)
    method, degree = _interpolation(raw, complaints)
    times = _instants([Word(row.fields[0], row.line) for row in raw.rows], complaints)
    numbers = _numbers(raw.rows, complaints)
    start = _limit(raw, "USEABLE_START_TIME", "START_TIME", complaints)
    stop = _limit(raw, "USEABLE_STOP_TIME", "STOP_TIME", complaints)
    if len(complaints.findings) > before or None in {start, stop}:
        return None
    usable = _instants([cast("Word", start), cast("Word", stop)], complaints)
    segment = Segment(
        frame=cast("Frame", frame),
        frame_as_written=raw.metadata["REF_FRAME"].text,
        method=method,
        degree=degree,
        times=times,
        position_m=numbers[:3] * 1e3,
        velocity_m_s=numbers[3:] * 1e3,
        usable=usable,
    )
    if len(complaints.findings) == before:
        _check_order(raw, segment, complaints)
    if len(complaints.findings) == before:
        _check_states(raw, segment, complaints)
    return segment if len(complaints.findings) == before else None


def _trajectory(raw: RawSegment, segment: Segment, made: datetime, file: str) -> Trajectory:
    identifier = raw.metadata["OBJECT_ID"].text
    found = _DESIGNATOR.fullmatch(identifier)
    number = int(identifier) if re.fullmatch(r"[0-9]{1,9}", identifier) else 0
    return Trajectory(
        name=raw.metadata["OBJECT_NAME"].text,
        norad_id=number,
        cospar_id="" if number else (found[1] + found[2] if found else identifier),
        epoch=made,
        source=f"{file}:{raw.line}",
        time_system=cast("TimeSystem", raw.metadata["TIME_SYSTEM"].text),
        segments=(segment,),
        period_s=_period_s(segment),
    )


def _append(
    trajectories: list[Trajectory], new: Trajectory, raw: RawSegment, complaints: Complaints
) -> None:
    """Join a segment to the one before it, if it goes on where that ends."""
    last = trajectories[-1] if trajectories else None
    if last is None or _object(last) != _object(new) or last.time_system != new.time_system:
        trajectories.append(new)
        return
    day = int(new.segments[0].usable.mjd[0])
    gap_s = elapsed_s(new.segments[0].usable, day)[0]
    gap_s -= elapsed_s(last.segments[-1].usable, day)[1]
    if gap_s < -1e-3:
        message = f"this segment begins {-gap_s:.6g} s before the one before it ends"
        complaints.add(raw.line, message, "give USEABLE_START_TIME and USEABLE_STOP_TIME")
    elif gap_s > 1e-3:
        trajectories.append(new)
    else:
        trajectories[-1] = Trajectory(
            name=last.name,
            norad_id=last.norad_id,
            cospar_id=last.cospar_id,
            epoch=last.epoch,
            source=last.source,
            time_system=last.time_system,
            segments=(*last.segments, *new.segments),
            period_s=last.period_s,
        )


def _object(trajectory: Trajectory) -> tuple[int, str]:
    return trajectory.norad_id, trajectory.cospar_id
