"""Angles and ranges that a telescope measured, held against where the satellite was expected."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.calibration.flown import moved_to
from satqkd.calibration.lateness import Expected, late_by
from satqkd.calibration.log import Log, LogRow
from satqkd.calibration.log_contacts import Chunk, chunks_of
from satqkd.calibration.tracking_message import Measured, Track, TrackingMessage
from satqkd.config.mistake import did_you_mean
from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.elements.age import timing_uncertainties_s
from satqkd.errors import Finding, InputError, SatqkdWarning
from satqkd.mission.mission import Mission
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

SAME_RANGE: Final = 0.2
"""Relative difference of a range beyond which it is of something else; elements that are 30 s off
differ by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What was measured of one contact, less what its elements say."""

    contact_key: str
    satellite: str
    station: str
    utc: datetime
    """Culmination."""
    file: str
    sha256: str
    """Of the file."""
    angles: int
    """Pairs of angles."""
    azimuth_arcsec: float | None
    """Mean difference of azimuth times the cosine of elevation; None without angles. [″]"""
    elevation_arcsec: float | None
    """The same of elevation. [″]"""
    ranges: int
    range_m: float | None
    """Mean difference of one-way ranges; None without ranges. [m]"""
    late_s: float | None
    """How late the satellite was, by its angles, else by its ranges; None of fewer than
    three. [s]"""
    late_error_s: float | None
    """1 σ of that, from what it leaves. [s]"""
    late_sigma_s: float | None
    """How late it might have been, 1 σ, by the age of its elements; None where that is not known.
    [s]"""

    @property
    def beyond(self) -> bool:
        """Whether it was later, or earlier, than two σ of what was said beforehand."""
        if self.late_s is None or self.late_sigma_s is None:
            return False
        return abs(self.late_s) > 2.0 * self.late_sigma_s

    def in_words(self) -> str:
        """Return one line for a ledger; it names the file by its hash."""
        told = [f"tracked ({self.file.rpartition('/')[2]}, sha256 {self.sha256[:12]})"]
        if self.azimuth_arcsec is not None and self.elevation_arcsec is not None:
            told.append(
                f"{self.angles} angles, {self.azimuth_arcsec:+.0f}″ across azimuth, "
                f"{self.elevation_arcsec:+.0f}″ in elevation"
            )
        if self.range_m is not None:
            told.append(f"{self.ranges} ranges, {self.range_m:+,.0f} m")
        if self.late_s is not None:
            told.append(f"{abs(self.late_s):.3f} s {'late' if self.late_s >= 0.0 else 'early'}")
        return ": ".join([told[0], "; ".join(told[1:])])


def tracked_contacts(mission: Mission, message: TrackingMessage) -> tuple[Tracked, ...]:
    """Find the contact of each measurement, and how far it is from where it was expected.

    Angles are held against those at which a telescope receives: with light time, aberration and
    refraction. Ranges are of the instant at which the satellite sent the signal, or returned it.

    Parameters
    ----------
    mission
        Its window does not matter.
    message
        What was measured.

    Returns
    -------
    tuple of Tracked
        In the order of time.

    Raises
    ------
    InputError
        For a station or satellite that the mission does not have.

    Warns
    -----
    SatqkdWarning
        For measurements outside every pass, and for ranges of something else.
    """
    owners: dict[int, tuple[Measured, Track]] = {}
    rows: list[LogRow] = []
    findings: list[Finding] = []
    for track in message.tracks:
        ends = _ends(mission, track)
        if isinstance(ends, str):
            fix = "name station and satellite as the mission does, or the latter by its number"
            findings.append(Finding(file=message.file, line=track.line, message=ends, fix=fix))
            continue
        for own in track.measured:
            owners[own.line] = own, track
            rows.append(LogRow(line=own.line, utc=own.utc, satellite=ends[0], station=ends[1]))
    if findings:
        raise InputError(findings)
    log = Log(file=message.file, sha256=message.sha256, rows=tuple(rows))
    moved = moved_to(mission, log)
    timebase = Timebase.starting(moved.start)
    found = [
        one
        for chunk in chunks_of(moved, log, timebase)
        for place in range(len(chunk.rows))
        if (one := _tracked(moved, chunk, place, message, owners)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.utc, one.contact_key)))


def _ends(mission: Mission, track: Track) -> tuple[str, str] | str:
    """Names of satellite and station of a track, or what is wrong."""
    crafts: dict[str, str] = {}
    for craft in mission.spacecraft:
        own = craft.satellite
        for called in (own.name, own.number_or_designator, *(s.cospar_id for s in own.sources)):
            if called:
                crafts[called.casefold()] = own.name
    grounds = {ground.site.name.casefold(): ground.site.name for ground in mission.stations}
    folded = [name.casefold() for name in track.participants]
    satellite = next((crafts[name] for name in folded if name in crafts), None)
    station = next((grounds[name] for name in folded if name in grounds), None)
    if satellite is not None and station is not None:
        return satellite, station
    what, known = ("satellite", crafts) if satellite is None else ("station", grounds)
    told = " and ".join(repr(name) for name in track.participants)
    hint = did_you_mean(track.participants[-1], list(dict.fromkeys(known.values())))
    return f"no participant of {told} is a {what} of the mission: {hint}"


def _tracked(
    mission: Mission,
    chunk: Chunk,
    place: int,
    message: TrackingMessage,
    owners: dict[int, tuple[Measured, Track]],
) -> Tracked | None:
    """Hold what was measured of one contact against what was expected; None where nothing can."""
    expected = Expected(mission=mission, chunk=chunk, place=place)
    own = [owners[row.line] for row in chunk.rows[place]]
    angles = _angles(expected, [one for one in own if one[0].azimuth_deg is not None])
    distances = [one for one in own if one[0].range_m is not None]
    ranges = _ranges(expected, distances, f"{message.file}: ranges of {chunk.keys[place]}")
    if angles is None and ranges is None:
        return None
    late = None if angles is None else late_by(angles)
    if late is None and ranges is not None:
        late = late_by(ranges)
    off_deg = None if angles is None else angles(0.0)
    off_m = None if ranges is None else ranges(0.0)
    table = expected.table
    craft = mission.spacecraft[int(table.satellite[0])].satellite
    source = craft.sources[int(table.element_set[0])]
    sigma_s = float(timing_uncertainties_s([source], table.element_age_s)[0])
    return Tracked(
        contact_key=chunk.keys[place],
        satellite=craft.name,
        station=mission.stations[int(table.station[0])].site.name,
        utc=chunk.sky.timebase.utc_of(table.culmination_s)[0],
        file=message.file,
        sha256=message.sha256,
        angles=0 if off_deg is None else off_deg.shape[1],
        azimuth_arcsec=None if off_deg is None else 3600.0 * float(off_deg[0].mean()),
        elevation_arcsec=None if off_deg is None else 3600.0 * float(off_deg[1].mean()),
        ranges=0 if off_m is None else off_m.size,
        range_m=None if off_m is None else float(off_m.mean()),
        late_s=None if late is None else late.late_s,
        late_error_s=None if late is None else late.error_s,
        late_sigma_s=None if np.isnan(sigma_s) else sigma_s,
    )


def _received_s(expected: Expected, own: Sequence[tuple[Measured, Track]]) -> FloatArray:
    """When each signal was received. [s]"""
    timebase = expected.chunk.sky.timebase
    time_s = np.array([timebase.seconds(one.utc) for one, _ in own])
    legs = np.array([(2.0 if track.there_and_back else 1.0) * track.sent for _, track in own])
    return time_s + legs * expected.seen(time_s).range_m / SPEED_OF_LIGHT_M_S


def _angles(
    expected: Expected, own: Sequence[tuple[Measured, Track]]
) -> Callable[[float], FloatArray] | None:
    if not own:
        return None
    azimuth = np.array([one.azimuth_deg for one, _ in own], dtype=np.float64)
    elevation = np.array([one.elevation_deg for one, _ in own], dtype=np.float64)
    return expected.angles(_received_s(expected, own), azimuth, elevation)


def _ranges(
    expected: Expected, own: Sequence[tuple[Measured, Track]], told: str
) -> Callable[[float], FloatArray] | None:
    if not own:
        return None
    received_s = _received_s(expected, own)
    measured = np.array([one.range_m for one, _ in own], dtype=np.float64)
    right = expected.seen(received_s).range_m
    ratio = float(np.median(measured / right))
    if own[0][1].there_and_back and abs(ratio - 2.0) < SAME_RANGE:
        measured, ratio = 0.5 * measured, 0.5 * ratio  # the whole way is written, not half of it
    if abs(ratio - 1.0) > SAME_RANGE:
        warnings.warn(
            f"{told} are {float(np.median(measured)) / 1e3:,.0f} km, where "
            f"{float(np.median(right)) / 1e3:,.0f} km were expected: left aside",
            SatqkdWarning,
            stacklevel=2,
        )
        return None
    return expected.ranges(received_s, measured)
