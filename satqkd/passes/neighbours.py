"""Whether sources that follow each other in time agree where one takes over from the other."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.elements.age import timing_uncertainty_s
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import CoverageError, PropagationError, SatqkdWarning
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.manoeuvres import used_span_s
from satqkd.passes.timebase import Timebase

SIGMAS: Final = 5.0
"""Of so many standard deviations of their age sources may differ (assumed): the differences that
the deviation was set from stay within 2.1."""

EPHEMERIS_ERROR_S: Final = 0.15
"""How far an operator's ephemeris may be off: a kilometre of a low orbit (assumed). [s]"""

USELESS: Final = 0.25
"""Where the allowance exceeds this part of a period nothing can be told."""

PROBE_S: Final = 60.0
"""So long a stretch at the border is followed. [s]"""

_MOST_TOLD: Final = 3
"""Jumps of one satellite are told one by one up to this number."""

Source = ElementSet | Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Two sources of one satellite that put it in different places at one time."""

    at_s: float
    """Mission seconds. [s]"""
    sources: tuple[Source, Source]
    apart_m: float
    """[m]"""
    apart_rad: float
    """Angle between both places from the Earth's centre. [rad]"""
    allowed_s: float
    """What their age explains, as time along the orbit. [s]"""

    @property
    def apart_s(self) -> float:
        """The same as time along the orbit. [s]"""
        return self.apart_rad / (2.0 * math.pi) * self.sources[0].period_s


def jumps(satellite: Satellite, timebase: Timebase, *, duration_s: float) -> list[Jump]:
    """Hold neighbouring sources against each other where one takes over in the window.

    Parameters
    ----------
    satellite
        With its element sets and ephemerides.
    timebase, duration_s
        The window. [s]

    Returns
    -------
    list of Jump
        Ordered by time; of those that differ by more than :data:`SIGMAS` standard deviations of
        what their age does to the time of passage. Derived here; ages by
        :func:`~satqkd.elements.age.timing_uncertainty_s`.
    """
    found = []
    for at_s, begins, one, other in _borders(satellite, timebase, duration_s):
        allowed_s = SIGMAS * math.hypot(
            *(_uncertainty_s(source, timebase, at_s) for source in (one, other))
        )
        if allowed_s > USELESS * one.period_s:
            continue
        start_s = at_s if begins else at_s - PROBE_S
        try:
            here, there = (_position_m(source, timebase, at_s, start_s) for source in (one, other))
        except (PropagationError, CoverageError):
            continue
        cosine = float(here @ there) / float(np.linalg.norm(here) * np.linalg.norm(there))
        jump = Jump(
            at_s=at_s,
            sources=(one, other),
            apart_m=float(np.linalg.norm(there - here)),
            apart_rad=math.acos(max(-1.0, min(1.0, cosine))),
            allowed_s=allowed_s,
        )
        if not jump.apart_s <= allowed_s:
            found.append(jump)
    return sorted(found, key=lambda jump: jump.at_s)


def warn_of_jumps(satellite: Satellite, timebase: Timebase, *, duration_s: float) -> None:
    """Warn once of a satellite whose sources contradict each other, with time and size."""
    found = jumps(satellite, timebase, duration_s=duration_s)
    if not found:
        return
    told = "; ".join(_told(jump, timebase) for jump in found[:_MOST_TOLD])
    more = f"; {len(found) - _MOST_TOLD} more such borders" if len(found) > _MOST_TOLD else ""
    warnings.warn(
        f"{satellite.name}: its sources disagree by more than their age explains: {told}{more}. "
        "A manoeuvre lies between, or one of them is of another object or mistaken: passes near "
        "the border may be wrong; declare it under 'manoeuvres' of the satellite, or take the "
        "mistaken one away",
        SatqkdWarning,
        stacklevel=2,
    )


def _borders(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> Iterator[tuple[float, bool, Source, Source]]:
    """Yield when one source follows another, whether the second begins there, and both."""
    sets, tables = satellite.element_sets, satellite.trajectories
    spans = [used_span_s(satellite, i, timebase) for i in range(len(tables))]
    for before, after in pairwise(sets):
        if _parted(satellite, before, after):
            continue
        at_s = 0.5 * (timebase.seconds(before.epoch) + timebase.seconds(after.epoch))
        covered = any(start <= at_s <= end for start, end in spans)
        if 0.0 <= at_s <= duration_s and not covered:
            yield at_s, True, before, after
    for number, (table, (start_s, end_s)) in enumerate(zip(tables, spans, strict=True)):
        for at_s, begins in ((start_s, True), (end_s, False)):
            if not 0.0 <= at_s <= duration_s:
                continue
            beside = [
                other
                for other, (begin, end) in zip(tables[:number], spans[:number], strict=True)
                if begin + PROBE_S <= at_s <= end - PROBE_S
                if not _parted(satellite, table, other)
            ]
            if beside:
                yield at_s, begins, table, beside[-1]
            elif sets:
                nearest = min(sets, key=lambda one: abs(timebase.seconds(one.epoch) - at_s))
                if not _parted(satellite, table, nearest):
                    yield at_s, begins, table, nearest


def _parted(satellite: Satellite, one: Source, other: Source) -> bool:
    """Whether a declared manoeuvre lies between two sources: they need not agree then."""
    return any(own.between(one.epoch, other.epoch) for own in satellite.manoeuvres)


def _uncertainty_s(source: Source, timebase: Timebase, at_s: float) -> float:
    if not source.ages:
        return EPHEMERIS_ERROR_S
    period_s, eccentricity = source.aging_orbit
    age_s = at_s - timebase.seconds(source.epoch)
    return float(timing_uncertainty_s(age_s, period_s=period_s, eccentricity=eccentricity))


def _position_m(
    source: Source, timebase: Timebase, at_s: float, start_s: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Earth-fixed position at a time, shape (3,). [m]"""
    chain = ephemeris(source, timebase, start_s=start_s, end_s=start_s + PROBE_S)
    position = chain.position_m(*chain.locate(np.array([at_s])))[:, 0]
    if not np.isfinite(position).all():
        raise PropagationError(f"{source.source}: no position at the border")
    return position


def _told(jump: Jump, timebase: Timebase) -> str:
    (when,) = timebase.iso(np.array([jump.at_s]), digits=0)
    one, other = (source.source for source in jump.sources)
    size = f"{jump.apart_m / 1e3:.3g} km, {_time(jump.apart_s)} of its way"
    if jump.apart_rad > 0.1:
        size = f"{math.degrees(jump.apart_rad):.0f}° of its orbit, {_time(jump.apart_s)}"
    return f"at {when} {one} and {other} put it {size} apart, {_time(jump.allowed_s)} expected"


def _time(seconds: float) -> str:
    if seconds < 120.0:
        return f"{seconds:.2g} s"
    return f"{seconds / 60.0:.0f} min" if seconds < DAY_S else f"{seconds / DAY_S:.1f} d"
