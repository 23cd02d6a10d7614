"""Whether the states of a table follow from each other."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.constants import EARTH_GM_M3_S2
from satqkd.elements.leap_seconds import leap_mjd
from satqkd.elements.oem_text import Complaints, RawSegment
from satqkd.elements.oem_values import ASK
from satqkd.elements.trajectory import FURTHEST_M, Instants, Segment
from satqkd.units import FloatArray

NEAREST_M: Final = 6.4e6
"""Nothing flies nearer to the Earth's centre. [m]"""

STRAY_M: Final = 1_000.0
"""How far a state may be from where the one before it leads, besides :data:`STRAY_SHARE`. [m]"""

RUSH_M_S: Final = 20.0
"""How far its velocity may be from the one before and the pull of the Earth; a manoeuvre may be
that strong, a wrong frame shows. [m/s]"""

STRAY_SHARE: Final = 0.05
"""Part of what the Earth's pull does to a state within a step that may be amiss; for steps of an
eighth of a period the rules used here are that far off."""

MISSING_S: Final = 1.0
"""States may end so much before the span of their segment does, for the rounding of headers. [s]"""

FASTEST_M_S: Final = 100_000.0
"""Nothing that belongs to the Earth is faster, nor a turning frame makes it so: at
:data:`~satqkd.elements.trajectory.FURTHEST_M` that gives 73 km/s. [m/s]"""

LONGEST_STEP: Final = 0.125
"""States further apart than this part of a period can neither be held against each other nor be
interpolated well."""


def check_order(
    raw: RawSegment,
    segment: Segment,
    whole: Instants,
    complaints: Complaints,
    *,
    may_be_cut: bool = True,
) -> None:
    """See that times increase and fill the ``whole`` span, or at least the usable one.

    Where the file ``may_be_cut`` off behind the states, they have to reach the end of both.

    A leap second counts the same seconds as the one after it; only the dates tell their order.
    """
    day = int(segment.times.mjd[0])
    time_s, usable_s = segment.times.since(day), segment.usable.since(day)
    step_s = np.diff(time_s)
    late = (step_s <= 0.0) & ((np.diff(segment.times.mjd) != 1) | (step_s <= -1.0))
    for row in [raw.rows[index + 1] for index in np.flatnonzero(late)[:20]]:
        message = f"{row.fields[0]} does not lie after the state before it"
        complaints.add(row.line, message, "order the states by time, none twice")
    if usable_s[0] >= usable_s[1]:
        complaints.add(raw.line, "the usable span of this segment ends before it begins", ASK)
    start_s, stop_s = whole.since(day)
    for row, begun, missing, message in (
        (raw.rows[0], start_s < time_s[0] - MISSING_S, usable_s[0] < time_s[0] - MISSING_S,
         "the states begin at {}, after the start of their segment"),
        (raw.rows[-1], stop_s > time_s[-1] + MISSING_S,
         (max(stop_s, usable_s[1]) if may_be_cut else usable_s[1]) > time_s[-1] + MISSING_S,
         "the states end at {}, before the end of their segment"),
    ):  # fmt: skip
        said = message.format(row.fields[0])
        if missing:
            fix = f"states are missing, the file may be cut off: {ASK}"
            complaints.add(row.line, said, fix)
        elif begun:
            complaints.warn(row.line, f"{said}; the usable span lies within them and counts")


def check_states(raw: RawSegment, segment: Segment, complaints: Complaints) -> None:
    """See that each state leads to the next, which a wrong digit, unit or frame leaves untrue.

    Comparisons are written so that a value that is no number fails them.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        _check_states(raw, segment, complaints)


def _check_states(raw: RawSegment, segment: Segment, complaints: Complaints) -> None:
    distance_m = np.linalg.norm(segment.position_m, axis=0)
    far = ~((distance_m >= NEAREST_M) & (distance_m <= FURTHEST_M))
    for index in np.flatnonzero(far)[:5]:
        message = f"this state is {distance_m[index] / 1e3:.6g} km from the Earth's centre"
        fix = f"give positions in the unit of the format, km in an OEM or ITC, m in a CPF; {ASK}"
        complaints.add(raw.rows[index].line, message, fix)
    fast = ~(np.abs(segment.velocity_m_s) <= FASTEST_M_S).all(axis=0)
    for index in np.flatnonzero(fast)[:5]:
        message = f"this state moves faster than {FASTEST_M_S / 1e3:.0f} km/s"
        complaints.add(raw.rows[index].line, message, f"give velocities in km/s; {ASK}")
    if far.any() or fast.any():
        return
    step_s = np.diff(segment.times.since(int(segment.times.mjd[0])))
    longest_s = LONGEST_STEP * segment.period_s
    for index in np.flatnonzero(step_s > longest_s)[:5]:
        message = f"this state comes {step_s[index]:.6g} s after the one before it"
        fix = f"ask the sender for steps below {longest_s:.0f} s, or for two segments"
        complaints.add(raw.rows[index + 1].line, message, fix)
    if (step_s > longest_s).any():
        return
    stray_m, rush_m_s, allowed = _amiss(segment, step_s, _uncounted_s(raw, segment))
    wrong = np.flatnonzero(~((stray_m <= allowed[0]) & (rush_m_s <= allowed[1])))
    for index in wrong[:1]:
        complaints.add(
            raw.rows[index + 1].line,
            f"this state is {stray_m[index] / 1e3:.3g} km and {rush_m_s[index]:.3g} m/s from "
            "where the one before it leads",
            f"a number or REF_FRAME is wrong, or velocities are not in that frame: {ASK}",
        )


def _uncounted_s(raw: RawSegment, segment: Segment) -> FloatArray:
    """Leap seconds between states, which a clock in UTC does not count. [s]"""
    mjd = segment.times.mjd
    if raw.metadata["TIME_SYSTEM"].text.upper() != "UTC":
        return np.zeros(mjd.size - 1)
    passed = np.searchsorted(leap_mjd(), mjd, side="right")
    return np.diff(passed).astype(np.float64)


def _amiss(
    segment: Segment, step_s: FloatArray, leap_s: FloatArray
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """How far states are from where those before lead [m], [m/s], and how far they may be.

    Trapezoidal rules for velocity and pull, the first corrected at its ends by the pull. The way of
    a leap second in the step is allowed for: senders disagree whether to fly through it.
    """
    position, velocity = segment.position_m, segment.velocity_m_s
    pull = _pull(segment)
    change = np.diff(pull, axis=1) * step_s**2 / 12.0
    way = 0.5 * step_s * (velocity[:, 1:] + velocity[:, :-1]) - change
    gain = 0.5 * step_s * (pull[:, 1:] + pull[:, :-1])
    strongest = np.maximum(*np.linalg.norm(np.stack([pull[:, 1:], pull[:, :-1]]), axis=1))
    speed = np.linalg.norm(velocity[:, 1:], axis=0)
    return (
        np.linalg.norm(np.diff(position, axis=1) - way, axis=0),
        np.linalg.norm(np.diff(velocity, axis=1) - gain, axis=0),
        (
            STRAY_M + STRAY_SHARE * 0.5 * strongest * step_s**2 + leap_s * speed,
            RUSH_M_S + STRAY_SHARE * strongest * step_s + leap_s * strongest,
        ),
    )


def _pull(segment: Segment) -> FloatArray:
    """Acceleration of the Earth's pull in the frame of the states. [m/s²]"""
    x, y, z = segment.position_m
    u, v, _ = segment.velocity_m_s
    spin = segment.spin_rad_s
    pull = -EARTH_GM_M3_S2 / np.linalg.norm(segment.position_m, axis=0) ** 3
    return np.stack(
        [
            (pull + spin**2) * x + 2.0 * spin * v,
            (pull + spin**2) * y - 2.0 * spin * u,
            pull * z,
        ]
    )
