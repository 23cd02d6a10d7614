"""A table of states that is no OEM, held to the same checks and made a trajectory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from satqkd.elements.interpolation import states_needed
from satqkd.elements.oem_checks import check_order, check_states
from satqkd.elements.oem_text import Complaints, RawSegment, Row, Word
from satqkd.elements.oem_values import ASK, MJD_ZERO, instants
from satqkd.elements.trajectory import Frame, Segment, Trajectory
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose states they are, when the table was made and for which span."""

    name: str
    norad_id: int
    """Catalogue number; 0 when unknown."""
    cospar_id: str
    """International designator, or the name of an object without a number."""
    made: tuple[int, float]
    """Modified Julian date [d] and second of it [s]."""
    span: tuple[Word, Word]
    """First and last instant for which the table is meant, as an OEM writes them."""
    line: int
    """Where the table begins."""


def trajectory_of(
    identity: Identity,
    rows: list[Row],
    numbers: FloatArray,
    *,
    frame: tuple[Frame, str],
    method: tuple[str, int],
    complaints: Complaints,
) -> Trajectory | None:
    """Check states in UTC and make a trajectory of them; None after a complaint.

    Parameters
    ----------
    identity
        Whose they are.
    rows
        For each state its instant as an OEM writes it, and its line.
    numbers
        Positions and velocities, shape (6, n). [m], [m/s]
    frame
        What they refer to, and as written.
    method
        Interpolation and its degree.
    complaints
        Takes what is wrong.
    """
    before = len(complaints.findings)
    times = instants([Word(row.fields[0], row.line) for row in rows], complaints)
    whole = instants(list(identity.span), complaints)
    needed = states_needed(*method)
    if len(rows) < needed:
        message = f"{method[0]} of degree {method[1]} needs {needed} states; here are {len(rows)}"
        complaints.add(identity.line, message, "ask the sender for a longer ephemeris")
    if len(complaints.findings) > before:
        return None
    segment = Segment(
        frame=frame[0],
        frame_as_written=frame[1],
        method=method[0],
        degree=method[1],
        times=times,
        position_m=numbers[:3],
        velocity_m_s=numbers[3:],
        usable=whole,
    )
    raw = RawSegment(
        line=identity.line, metadata={"TIME_SYSTEM": Word("UTC", identity.line)}, rows=rows
    )
    check_order(raw, segment, whole, complaints)
    if len(complaints.findings) == before:
        check_states(raw, segment, complaints)
    if len(complaints.findings) > before:
        return None
    day, second_s = identity.made
    midnight = datetime.combine(MJD_ZERO, datetime.min.time(), tzinfo=UTC)
    return Trajectory(
        name=identity.name,
        norad_id=identity.norad_id,
        cospar_id=identity.cospar_id,
        epoch=midnight + timedelta(days=day, seconds=second_s),
        source=f"{complaints.file}:{identity.line}",
        time_system="UTC",
        segments=(segment,),
    )


def number(text: str, line: int, complaints: Complaints) -> float:
    """Read a finite number; complain and return NaN for any other text."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        complaints.add(line, f"'{text[:40]}' is no number", ASK)
        return float("nan")
    return value
