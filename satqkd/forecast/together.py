"""Key that two stations make with a satellite between them, window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.two_arms import TwoArms
from satqkd.forecast.forecast import warn_of_age
from satqkd.forecast.joint import Arm, ArmUsage, WindowsGiven, joint_arms, joint_usages
from satqkd.forecast.joint_links import both_links
from satqkd.forecast.joint_outlook import (
    clear_of_both,
    joint_outlook,
    links_at_end,
    ranged_windows,
    window_arms,
)
from satqkd.forecast.outlook import Outlook
from satqkd.forecast.reject import lost_in_words
from satqkd.forecast.skies import Draws, warn_of_clouds
from satqkd.key.asymptotic.bounds import plob_bound
from satqkd.key.result import KeyResult, TwoArmEstimator
from satqkd.mission.links import FixedLink
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import find_in_chunks, satellites_at_once
from satqkd.passes.find import Passes, Progress
from satqkd.passes.joint import JointWindows, joint_tracks, joint_windows
from satqkd.passes.table import Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray, transmittance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointKeys:
    """Windows in which two stations see a satellite, and the key each gives as one block."""

    mission: Mission
    timebase: Timebase
    pair: Together
    windows: JointWindows
    tracks: tuple[Tracks, ...]
    """Series of each station, at the same instants."""
    arms: tuple[Arm, ...]
    """Losses of each station's link."""
    usages: tuple[ArmUsage, ...]
    """What takes samples at each station."""
    samples: IntArray
    """Where the samples that may carry key are in the series."""
    links: TwoArms
    """These samples, a window a stretch."""
    optics_db: FloatArray
    """What the receivers' optics and fibres take of both links together, a sample. [dB]"""
    keys: KeyResult
    """One block a window."""
    why_zero: tuple[str | None, ...]
    """For each window without a key, why."""
    pooled_bits: IntArray
    """For each window, the key of all windows of its satellite as one block. [bit]"""
    pooled_why_zero: tuple[str | None, ...]
    """Why that block has no key."""
    low_bits: IntArray
    """Key of each window with every stated range of both links at its worst end. [bit]"""
    high_bits: IntArray
    """The same at the best end. [bit]"""
    ranged: BoolArray
    """Windows for which anybody stated a range; low and high are the key for the others."""
    clear_probability: FloatArray
    """Chance that both skies are clear; NaN where neither station tells its weather."""
    outlook: Outlook | None = None
    """Key over weather and what is not known; None if nobody drew it."""

    @property
    def usable_s(self) -> FloatArray:
        """Time of each window in which nothing takes either link. [s]"""
        return per_interval(self.links.weight_s, self.links.starts)

    @property
    def usable_span_s(self) -> tuple[FloatArray, FloatArray]:
        """First and last sample of each window that may carry key; its start where none. [s]"""
        time_s, starts = self.tracks[0].time_s[self.samples], self.links.starts
        some = np.diff(starts) > 0
        first, last = self.windows.start_s.copy(), self.windows.start_s.copy()
        first[some] = time_s[starts[:-1][some]]
        last[some] = time_s[starts[1:][some] - 1]
        return first, last

    @property
    def uses(self) -> FloatArray:
        """Pulse pairs, or photon pairs, sent in it."""
        return self.pair.protocol.uses_hz * self.usable_s

    @property
    def plob_bits(self) -> FloatArray:
        """Most bits the same uses give without a node, by the mean transmittances. [bit]"""
        return self._plob_bits(np.zeros(1))

    @property
    def plob_channel_bits(self) -> FloatArray:
        """The same with what the receivers' optics and fibres lose counted as theirs. [bit]"""
        return self._plob_bits(self.optics_db)

    def _plob_bits(self, optics_db: FloatArray) -> FloatArray:
        links = self.links
        channel = links.transmittance_a * links.transmittance_b / transmittance(optics_db)
        bits = plob_bound(np.minimum(channel, 1.0 - 1e-12))
        return self.pair.protocol.uses_hz * per_interval(bits * links.weight_s, links.starts)


def all_together(
    mission: Mission, *, progress: Progress | None = None, draws: Draws | None = None
) -> tuple[JointKeys, ...]:
    """Return the windows of every pair of a mission, by pair, then as :func:`together` has them.

    Parameters
    ----------
    mission, progress, draws
        As for :func:`together`; ``progress`` is told of each pair in turn.

    Returns
    -------
    tuple of JointKeys
        One or more a pair; none where the mission has no pair.
    """
    return tuple(
        keys
        for pair in mission.together
        for keys in together(mission, pair, progress=progress, draws=draws)
    )


def together(
    mission: Mission,
    pair: Together,
    *,
    progress: Progress | None = None,
    draws: Draws | None = None,
) -> Iterator[JointKeys]:
    """Find when both stations see a satellite, and what key each window gives.

    Parameters
    ----------
    mission
        Who flies over whom, and when.
    pair
        The stations, the satellites and the protocol.
    progress
        Told how many satellites are done.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.

    Yields
    ------
    JointKeys
        Windows by satellite, then time, a few satellites at once.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    SatqkdWarning
        For passes beyond a cloud forecast.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    done = 0
    for found in find_in_chunks(
        [craft.satellite for craft in mission.spacecraft],
        [ground.site for ground in mission.stations],
        timebase,
        duration_s=mission.duration_s,
        wanted=pair.spacecraft,
    ):
        table = found.table.take(np.isin(found.table.station, pair.stations))
        warn_of_age(mission, timebase, table)
        warn_of_clouds(mission, table)
        some = replace(found, table=table)
        yield follow_together(mission, pair, some, timebase, bodies, draws=draws)
        done = min(done + satellites_at_once(mission.duration_s), len(pair.spacecraft))
        if progress is not None:
            progress(done, len(pair.spacecraft))


def follow_together(
    mission: Mission,
    pair: Together,
    found: Passes,
    timebase: Timebase,
    bodies: Bodies,
    *,
    draws: Draws | None = None,
) -> JointKeys:
    """Follow both links through every joint window of passes that were found.

    Parameters
    ----------
    mission, pair, draws
        As for :func:`together`.
    found
        Passes of the pair's satellites over its stations, ordered by satellite.
    timebase, bodies
        Mission time; Sun and Moon over the mission's window.
    """
    table, sites = found.table, [ground.site for ground in mission.stations]
    windows = joint_windows(table, pair.stations)
    tracks = joint_tracks(windows, table, found.chains, sites, bodies, step_s=mission.step_s)
    given: WindowsGiven = {
        "windows": windows, "tracks": tracks, "passes": table, "bodies": bodies,
    }  # fmt: skip
    arms = joint_arms(mission, timebase, stray=True, **given)
    usages = joint_usages(mission, timebase, **given)
    samples = _kept(tracks[0], arms, usages)
    links = _two_arms(pair.protocol, tracks[0], arms, samples)
    keys = pair.protocol.key(links)
    walked = window_arms(mission, timebase, samples, given)
    ranged = ranged_windows(walked, len(windows))
    low, high = (
        pair.protocol.secure_bits(links_at_end(pair.protocol, links, walked, end))
        if ranged.any()
        else keys.secure_bits
        for end in _ENDS
    )
    names = [sites[index].name for index in windows.stations.tolist()]
    filled = np.diff(links.starts) > 0
    pooled = _pooled(pair.protocol, links, windows.satellite)
    return JointKeys(
        mission=mission,
        timebase=timebase,
        pair=pair,
        windows=windows,
        tracks=tracks,
        arms=arms,
        usages=usages,
        samples=samples,
        links=links,
        optics_db=sum(
            (arm.lines_db[line][samples] for arm in arms for line in ("rx_optics", "coupling")),
            start=np.zeros(samples.size),
        ),
        keys=keys,
        why_zero=tuple(
            keys.why_zero[window]
            if filled[window]
            else _unusable(window, craft, arms=arms, usages=usages, names=names)
            for window, craft in enumerate(windows.satellite.tolist())
        ),
        pooled_bits=pooled.secure_bits,
        pooled_why_zero=pooled.why_zero,
        low_bits=low,
        high_bits=high,
        ranged=ranged,
        clear_probability=clear_of_both(mission, walked),
        outlook=(
            None if draws is None else joint_outlook(mission, pair.protocol, links, walked, draws)
        ),
    )


_ENDS: Final = ("worst", "best")


def _pooled(protocol: TwoArmEstimator, links: TwoArms, satellite: IntArray) -> KeyResult:
    """For each window, the key of all windows of its satellite as one block."""
    first = np.flatnonzero(np.diff(satellite, prepend=-1))
    pooled = replace(links, starts=np.append(links.starts[first], links.starts[-1]))
    length = np.diff(np.append(first, satellite.size))
    return protocol.key(pooled).take(np.repeat(np.arange(first.size), length))


def fixed_arms(
    first: FixedLink, second: FixedLink, *, protocol: TwoArmEstimator, duration_s: float
) -> TwoArms:
    """Two links that stand still, as one block.

    Parameters
    ----------
    first, second
        From either end to the node in the middle, or from it; their own sources and detectors
        do not count, the protocol has its own.
    protocol
        Says how much of the stray light a detector counts.
    duration_s
        Length of the block. [s]
    """
    budgets = [link.budget() for link in (first, second)]
    stray = [sum(link.stray_hz().values(), np.zeros(1)) for link in (first, second)]
    return both_links(
        protocol,
        losses_db=[one.total_db for one in budgets],
        variances=[one.variance for one in budgets],
        stray_hz=stray,
        weight_s=np.array([duration_s]),
        starts=np.array([0, 1]),
    )


def _kept(tracks: Tracks, arms: Sequence[Arm], usages: Sequence[ArmUsage]) -> IntArray:
    """Samples that may carry key."""
    usable = reduce(np.logical_and, (one.usage.usable for one in usages))
    linked = reduce(np.logical_and, (np.isfinite(arm.total_db) for arm in arms))
    return np.flatnonzero(usable & linked & (tracks.weight_s > 0.0))


def _two_arms(
    protocol: TwoArmEstimator, tracks: Tracks, arms: Sequence[Arm], samples: IntArray
) -> TwoArms:
    """Both links at the samples that may carry key."""
    stray = [np.zeros(samples.size) if a.stray_hz is None else a.stray_hz[samples] for a in arms]
    return both_links(
        protocol,
        losses_db=[arm.total_db[samples] for arm in arms],
        variances=[arm.variance[samples] for arm in arms],
        stray_hz=stray,
        weight_s=tracks.weight_s[samples],
        starts=np.searchsorted(samples, tracks.starts).astype(np.int64),
    )


def _unusable(
    window: int,
    craft: int,
    *,
    arms: Sequence[Arm],
    usages: Sequence[ArmUsage],
    names: Sequence[str],
) -> str:
    """Say why a window has no sample that may carry key, station by station."""
    missing = [arm.why_not[craft] for arm in arms if craft in arm.why_not]
    if missing:
        return "; ".join(missing)
    alone = [
        f"{name}: {one.reasons[window]}"
        for name, one in zip(names, usages, strict=True)
        if one.reasons[window] is not None
    ]
    if alone:
        return "; ".join(alone)
    lost = [
        f"{name} loses {lost_in_words(one.usage.lost_s[:, window])}"
        for name, one in zip(names, usages, strict=True)
    ]
    return f"never usable at both at once: {'; '.join(lost)}"
