"""Whether the states of a table follow from each other."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.constants import EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S
from satqkd.elements.oem_text import Complaints, RawSegment
from satqkd.elements.oem_values import ASK
from satqkd.elements.trajectory import Segment
from satqkd.units import FloatArray

NEAREST_M: Final = 6.4e6
"""Nothing flies nearer to the Earth's centre. [m]"""
FURTHEST_M: Final = 1.0e9
"""Nothing that matters is further from it: about the Hill sphere of the Earth. [m]"""

STRAY_M: Final = 1_000.0
"""How far a state may be from where the one before it leads, plus a hundredth of the bend of the
way between them; a wrong digit, unit or frame shows, a manoeuvre does not. [m]"""

LONGEST_STEP_PERIODS: Final = 0.125
"""States further apart cannot be held against each other, nor interpolated well."""


def check_order(raw: RawSegment, segment: Segment, complaints: Complaints) -> None:
    """See that times increase and the usable span lies within them."""
    day = int(segment.times.mjd[0])
    # a leap second and the second after it count the same; their order is that of the dates
    time_s, usable_s = elapsed_s(segment.times, day), elapsed_s(segment.usable, day)
    step_s = np.diff(time_s)
    again = (step_s <= 0.0) & ~((np.diff(segment.times.mjd) == 1) & (step_s > -1.0))
    for index in np.flatnonzero(again)[:20]:
        row = raw.rows[index + 1]
        message = f"{row.fields[0]} does not lie after the state before it"
        complaints.add(row.line, message, "order the states by time, none twice")
    if usable_s[0] >= usable_s[1]:
        complaints.add(raw.line, "the usable span ends before it begins", ASK)
    if usable_s[0] < time_s[0] - 1e-6:
        message = f"the states begin at {raw.rows[0].fields[0]}, after the start of the segment"
        complaints.add(raw.rows[0].line, message, f"states are missing: {ASK}")
    if usable_s[1] > time_s[-1] + 1e-6:
        message = f"the states end at {raw.rows[-1].fields[0]}, before the end of the segment"
        complaints.add(raw.rows[-1].line, message, f"states are missing: {ASK}")


def check_states(raw: RawSegment, segment: Segment, complaints: Complaints) -> None:
    """See that each state leads to the next, which no wrong digit, unit or frame leaves true.

    The trapezoidal rule for the velocity, corrected at its ends by the pull of the Earth.
    """
    position = segment.position_m
    distance_m = np.linalg.norm(position, axis=0)
    for index in np.flatnonzero((distance_m < NEAREST_M) | (distance_m > FURTHEST_M))[:5]:
        message = f"this state is {distance_m[index] / 1e3:.6g} km from the Earth's centre"
        complaints.add(raw.rows[index].line, message, "give positions in km; " + ASK)
    if complaints.findings:
        return
    spin = EARTH_ROTATION_RAD_S if segment.frame == "ITRF" else 0.0
    period_s = period_s(segment)
    time_s = elapsed_s(segment.times, int(segment.times.mjd[0]))
    step_s = np.diff(time_s)
    for index in np.flatnonzero(step_s > LONGEST_STEP_PERIODS * period_s)[:5]:
        message = f"the states before and here are {step_s[index]:.6g} s apart"
        fix = f"ask the sender for steps of {period_s / 60.0:.0f} s or less, or for two segments"
        complaints.add(raw.rows[index + 1].line, message, fix)
    velocity = segment.velocity_m_s
    pull = _acceleration(position, velocity, spin_rad_s=spin)
    bend = step_s**2 / 12.0 * (pull[:, 1:] - pull[:, :-1])
    led = 0.5 * step_s * (velocity[:, 1:] + velocity[:, :-1]) - bend
    stray_m = np.linalg.norm(np.diff(position, axis=1) - led, axis=0)
    allowed_m = STRAY_M + 0.01 * step_s**2 * np.linalg.norm(pull[:, 1:], axis=0)
    for index in np.flatnonzero(stray_m > allowed_m)[:1]:
        complaints.add(
            raw.rows[index + 1].line,
            f"this state is {stray_m[index] / 1e3:.3g} km from where the one before it leads",
            "a number, REF_FRAME or TIME_SYSTEM is wrong, or velocities are not in that frame: "
            + ASK,
        )


def _acceleration(
    position_m: FloatArray, velocity_m_s: FloatArray, *, spin_rad_s: float
) -> FloatArray:
    """Pull of the Earth in a frame that turns about its axis. [m/s²]"""
    x, y, z = position_m
    u, v, _ = velocity_m_s
    pull = -EARTH_GM_M3_S2 / np.linalg.norm(position_m, axis=0) ** 3
    return np.stack(
        [
            pull * x + 2.0 * spin_rad_s * v + spin_rad_s**2 * x,
            pull * y - 2.0 * spin_rad_s * u + spin_rad_s**2 * y,
            pull * z,
        ]
    )


def period_s(segment: Segment) -> float:
    """Period of the orbit through the middle state; that of the longest one if unbound. [s]"""
    middle = segment.times.mjd.size // 2
    position, velocity = segment.position_m[:, middle], segment.velocity_m_s[:, middle]
    if segment.frame == "ITRF":
        velocity = velocity + EARTH_ROTATION_RAD_S * np.array([-position[1], position[0], 0.0])
    energy = 0.5 * float(velocity @ velocity) - EARTH_GM_M3_S2 / float(np.linalg.norm(position))
    axis_m = min(FURTHEST_M, -0.5 * EARTH_GM_M3_S2 / energy) if energy < 0 else FURTHEST_M
    return float(2.0 * np.pi * np.sqrt(axis_m**3 / EARTH_GM_M3_S2))


