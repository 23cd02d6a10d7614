"""Key that two stations make with a satellite between them, window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from satqkd.clicks.stretches import per_stretch
from satqkd.clicks.two_arms import TwoArms
from satqkd.forecast.forecast import warn_of_age
from satqkd.forecast.joint import Arm, ArmUsage, WindowsGiven, joint_arms, joint_usages
from satqkd.forecast.reject import lost_in_words
from satqkd.key.rate_bounds import plob_bound
from satqkd.key.result import KeyResult, TwoArmEstimator
from satqkd.mission.links import FixedLink
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes.blocks import find_in_blocks, satellites_at_once
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import Passes, Progress
from satqkd.passes.joint import JointWindows, joint_tracks, joint_windows
from satqkd.passes.table import Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray, transmittance


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

    @property
    def usable_s(self) -> FloatArray:
        """Time of each window in which nothing takes either link. [s]"""
        return per_stretch(self.links.weight_s, self.links.starts)

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
        return self.pair.protocol.uses_hz * per_stretch(bits * links.weight_s, links.starts)


def together(
    mission: Mission, pair: Together, *, progress: Progress | None = None
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

    Yields
    ------
    JointKeys
        Windows by satellite, then time, a few satellites at once.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    done = 0
    for found in find_in_blocks(
        [craft.satellite for craft in mission.spacecraft],
        [ground.site for ground in mission.stations],
        timebase,
        duration_s=mission.duration_s,
        wanted=pair.spacecraft,
    ):
        table = found.table.take(np.isin(found.table.station, pair.stations))
        warn_of_age(mission, timebase, table)
        yield follow_together(mission, pair, replace(found, table=table), timebase, bodies)
        done = min(done + satellites_at_once(mission.duration_s), len(pair.spacecraft))
        if progress is not None:
            progress(done, len(pair.spacecraft))


def follow_together(
    mission: Mission, pair: Together, found: Passes, timebase: Timebase, bodies: Bodies
) -> JointKeys:
    """Follow both links through every joint window of passes that were found."""
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
    names = [sites[index].name for index in windows.stations.tolist()]
    filled = np.diff(links.starts) > 0
    first = np.flatnonzero(np.diff(windows.satellite, prepend=-1))
    pooled = replace(links, starts=np.append(links.starts[first], links.starts[-1]))
    of_satellite = pair.protocol.secure_bits(pooled)
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
        pooled_bits=np.repeat(of_satellite, np.diff(np.append(first, len(windows)))),
    )


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
    background, background_b = _background(protocol, stray)
    return TwoArms(
        transmittance_a=transmittance(budgets[0].total_db),
        transmittance_b=transmittance(budgets[1].total_db),
        variance_a=budgets[0].variance,
        variance_b=budgets[1].variance,
        background_rate_hz=background,
        background_b_rate_hz=background_b,
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
    background, background_b = _background(protocol, stray)
    first, second = arms
    return TwoArms(
        transmittance_a=transmittance(first.total_db[samples]),
        transmittance_b=transmittance(second.total_db[samples]),
        variance_a=first.variance[samples],
        variance_b=second.variance[samples],
        background_rate_hz=background,
        background_b_rate_hz=background_b,
        weight_s=tracks.weight_s[samples],
        starts=np.searchsorted(samples, tracks.starts).astype(np.int64),
    )


def _background(
    protocol: TwoArmEstimator, stray_hz: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray | None]:
    """Stray clicks of one detector: of both telescopes at a node that receives, else by end."""
    share = protocol.stray_share
    if protocol.direction == "uplink":
        return np.asarray(share * (stray_hz[0] + stray_hz[1])), None
    return share * stray_hz[0], share * stray_hz[1]


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
