"""Orbit ephemeris messages (CCSDS OEM), read strictly.

A table of states is interpolated as its header says, within the span its header names and nowhere
else. Read is what satqkd can use exactly; everything else is refused with the reason.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from satqkd.elements.oem_checks import check_order, check_states
from satqkd.elements.oem_text import (
    Complaints,
    RawMessage,
    RawSegment,
    Word,
    read_kvn,
    read_xml,
)
from satqkd.elements.oem_values import (
    ASK,
    MJD_ZERO,
    clock_and_centre,
    frame_of,
    instant,
    instants,
    interpolation,
    numbers,
    spans,
)
from satqkd.elements.satellite import plain_designator
from satqkd.elements.trajectory import Segment, TimeSystem, Trajectory
from satqkd.errors import InputError, SatqkdWarning

_MANDATORY: Final = (
    "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME",
    "STOP_TIME",
)  # fmt: skip

JOINED_WITHIN_S: Final = 1e-3
"""A segment that begins so near to the end of the one before it continues it. [s]"""


def parse_oem(text: str, *, file: str) -> tuple[Trajectory, ...]:
    r"""Read every trajectory of an orbit ephemeris message, KVN or XML.

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

    Warns
    -----
    SatqkdWarning
        For what is read though the header and the states do not quite agree.

    References
    ----------
    .. [1] CCSDS 502.0-B-3, *Orbit Data Messages*, Blue Book, issue 3 (2023), section 5, which
       has the keywords of issues 1 and 2; recalled.
    """
    complaints = Complaints(file)
    xml = text.lstrip("\ufeff \t\r\n").startswith("<")
    trajectories: list[Trajectory] = []
    for message in read_xml(text, complaints) if xml else read_kvn(text, complaints):
        made = _header(message, complaints)
        if not message.segments and not complaints.findings:
            complaints.add(1, "there is no segment in this message", ASK)
        for raw in message.segments:
            may_be_cut = not xml and raw is message.segments[-1]
            segment = None if complaints.too_many else _segment(raw, complaints, may_be_cut)
            if segment is not None and not complaints.findings:
                _append(trajectories, _trajectory(raw, segment, made, file), raw, complaints)
    if complaints.findings:
        raise InputError(complaints.findings)
    for told in complaints.warnings:
        warnings.warn(told, SatqkdWarning, stacklevel=2)
    return tuple(trajectories)


def _header(message: RawMessage, complaints: Complaints) -> datetime:
    """Check the version and return the date of creation."""
    version = message.header.get("CCSDS_OEM_VERS", Word("", 1))
    if version.text not in {"1.0", "2.0", "3.0"}:
        shown = f"'{version.text[:20]}'" if version.text else "missing"
        fix = "give CCSDS_OEM_VERS as 1.0, 2.0 or 3.0 at the beginning"
        complaints.add(version.line, f"the version of the OEM is {shown}", fix)
    midnight = datetime.combine(MJD_ZERO, datetime.min.time(), tzinfo=UTC)
    created = message.header.get("CREATION_DATE")
    if created is None:
        complaints.add(version.line, "CREATION_DATE is missing", ASK)
        return midnight
    day, second_s = instant(created, complaints)
    return midnight + timedelta(days=day, seconds=second_s)


def _segment(raw: RawSegment, complaints: Complaints, may_be_cut: bool) -> Segment | None:  # noqa: FBT001
    """Understand one segment, or complain."""
    before = len(complaints.findings)
    for keyword in _MANDATORY:
        if keyword not in raw.metadata:
            complaints.add(raw.line, f"this segment has no {keyword}", ASK)
    frame = frame_of(raw, complaints)
    clock_and_centre(raw, complaints)
    method, degree = interpolation(raw, complaints)
    times = instants([Word(row.fields[0], row.line) for row in raw.rows], complaints)
    values = numbers(raw.rows, complaints)
    whole, usable = spans(raw, complaints)
    if len(complaints.findings) > before or frame is None:
        return None
    segment = Segment(
        frame=frame,
        frame_as_written=raw.metadata["REF_FRAME"].text.upper(),
        method=method,
        degree=degree,
        times=times,
        position_m=values[:3] * 1e3,
        velocity_m_s=values[3:] * 1e3,
        usable=usable,
    )
    check_order(raw, segment, whole, complaints, may_be_cut=may_be_cut)
    if len(complaints.findings) == before:
        check_states(raw, segment, complaints)
    return segment


def _trajectory(raw: RawSegment, segment: Segment, made: datetime, file: str) -> Trajectory:
    identifier = raw.metadata["OBJECT_ID"].text
    number = int(identifier) if re.fullmatch(r"[0-9]{1,9}", identifier) else 0
    return Trajectory(
        name=raw.metadata["OBJECT_NAME"].text,
        norad_id=number,
        cospar_id="" if number else plain_designator(identifier),
        epoch=made,
        source=f"{file}:{raw.line}",
        time_system=cast("TimeSystem", raw.metadata["TIME_SYSTEM"].text.upper()),
        segments=(segment,),
    )


def _append(
    trajectories: list[Trajectory], new: Trajectory, raw: RawSegment, complaints: Complaints
) -> None:
    """Join a segment to the one before it, if it goes on where that ends."""
    last = trajectories[-1] if trajectories else None
    if last is None or _identity(last) != _identity(new):
        trajectories.append(new)
        return
    begin, end = new.segments[0].usable, last.segments[-1].usable
    day = int(begin.mjd[0])
    gap_s = float(begin.since(day)[0] - end.since(day)[1])
    if gap_s < -JOINED_WITHIN_S:
        message = f"this segment begins {-gap_s:.6g} s before the one before it ends"
        complaints.add(raw.line, message, "give USEABLE_START_TIME and USEABLE_STOP_TIME")
    elif gap_s > JOINED_WITHIN_S:
        trajectories.append(new)
    else:
        trajectories[-1] = replace(last, segments=(*last.segments, *new.segments))


def _identity(trajectory: Trajectory) -> tuple[int, str, datetime, TimeSystem]:
    """Return what segments of one trajectory have in common."""
    t = trajectory
    return t.norad_id, t.cospar_id, t.epoch, t.time_system
