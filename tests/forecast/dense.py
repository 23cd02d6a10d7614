"""Contacts summed up every 0.1 s: what a quadrature of few nodes is held against.

Run as a script it does so for all shipped missions and for random limits, and tells how far both
are apart.
"""

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import numpy as np

from satqkd.config.load import load_mission
from satqkd.forecast import arms as arms_module
from satqkd.forecast import follow
from satqkd.forecast.constraints import usage
from satqkd.forecast.stream import stream
from satqkd.mission.avoid import AvoidWindow
from satqkd.passes.cells import Cells
from satqkd.passes.quadrature import Panels
from satqkd.passes.station import Outage

STEP_S = 0.1
"""Longest piece; each counts as its middle does."""
FINER = 50
"""Into so many a piece is divided at whose begin or end a limit begins or ends, or light steps;
three times."""
NEAR_DEG, NEAR_PARTS = 3.0, 20
"""So near to the Moon each piece is divided into so many: its light rises within a second there."""

PRESETS = Path(follow.__file__).parents[1] / "presets"
SHIPPED = (
    "micius-2016-campaign",
    "micius-portable-campaign",
    "micius-entanglement-campaign",
    "jinan-1-constellation",
    "microsatellite-week",
    "twin-field-node",
)


def pieces(starts, begin_s, end_s):
    """Cells in which nobody looked for an edge."""
    return Cells(
        starts=starts, begin_s=begin_s, end_s=end_s, goes_on=np.ones(begin_s.size, dtype=np.bool_)
    )


def even(contacts):
    """Pieces of 0.1 s."""
    many = np.maximum(np.ceil((contacts.end_s - contacts.start_s) / STEP_S), 1.0).astype(int)
    return divided(pieces(np.arange(many.size + 1), contacts.start_s, contacts.end_s), many)


def divided(cells, many):
    """Each piece in so many."""
    starts = np.concatenate([[0], np.cumsum(many)])
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], many)
    step_s = np.repeat(cells.length_s / many, many)
    begin_s = np.repeat(cells.begin_s, many) + place * step_s
    return pieces(starts[cells.starts], begin_s, begin_s + step_s)


def held(mission, sky, arms, cells, contacts):
    """What every station's limits leave of pieces, by their middles."""
    return [
        usage(mission, sky.timebase, arm.passes, cells.middles(arm.courses), hidden=hidden)
        for arm, hidden in zip(arms, contacts.hidden, strict=True)
    ]


def steps_of_light(tracks):
    """On which side of everything at which light steps or bends: the Moon's laws, shadow, dusk."""
    return (
        tracks.moon_elevation_deg > 0.0,
        tracks.moon_separation_deg < 10.0,
        tracks.moon_separation_deg < 0.26,
        tracks.sunlit > 0.0,
        tracks.sunlit < 1.0,
        tracks.sun_elevation_deg > -5.0,
        tracks.sun_elevation_deg > 0.0,
    )


def seen_densely(mission, contacts, sky):
    """The same as :func:`satqkd.forecast.arms.see`, without any edge solved for."""
    arms = arms_module.see(mission, contacts, sky)
    cells = even(contacts)
    near = [cells.middles(arm.courses).moon_separation_deg < NEAR_DEG for arm in arms]
    cells = divided(cells, np.where(np.logical_or.reduce(near), NEAR_PARTS, 1))
    for _ in range(3):
        found = held(mission, sky, arms, cells, contacts)
        light = [steps_of_light(cells.middles(arm.courses)) for arm in arms]
        kind = np.stack([own.obstacle for own in found] + [side for own in light for side in own])
        changes = (np.diff(kind, axis=1) != 0).any(axis=0) & (np.diff(cells.owner) == 0)
        many = np.ones(len(cells), dtype=int)
        many[np.flatnonzero(changes)] = FINER
        many[np.flatnonzero(changes) + 1] = FINER
        cells = divided(cells, many)
    found = held(mission, sky, arms, cells, contacts)
    return tuple(replace(arm, cells=cells, usage=own) for arm, own in zip(arms, found, strict=True))


def dense_nodes(arms, usable):
    """One node a piece."""
    cells = arms[0].cells
    some = np.flatnonzero(usable & (cells.length_s > 0.0))
    panels = Panels(
        starts=np.searchsorted(some, cells.starts).astype(np.int64),
        nodes=np.arange(some.size + 1),
        begin_s=cells.begin_s[some],
        end_s=cells.end_s[some],
    )
    time_s, weight_s = panels.points()
    return panels, tuple(
        arm.along(arm.courses.tracks(panels.node_starts, time_s, weight_s)) for arm in arms
    )


@contextmanager
def densely():
    """Forecast every 0.1 s within the block."""
    with (
        mock.patch.object(follow, "nodes_of", dense_nodes),
        mock.patch("satqkd.forecast.forecast.see", seen_densely),
    ):
        yield


def both(mission):
    """Forecasts by the rule and every 0.1 s, kind by kind."""
    ours = list(stream(mission))
    with densely():
        theirs = list(stream(mission))
    return list(zip(ours, theirs, strict=True))


def counted(forecast):
    """Clicks and errors of each contact with any usable time; of joint contacts sifted bits."""
    some = forecast.yields.usable_s > 0.0
    counts = forecast.yields.collected
    if not hasattr(counts, "key_clicks"):
        keys = forecast.yields.keys, forecast.yields.keys_low, forecast.yields.keys_high
        return np.stack([key.sifted_bits[some] for key in keys], axis=1)
    parts = [counts.key_clicks, counts.key_errors, counts.check_clicks, counts.check_errors]
    return np.hstack([part[some] for part in parts])


def with_random_limits(mission, seed):
    """Give stations masks, outages, exclusions and ends of range at random."""
    rng = np.random.default_rng(seed)
    passes = [f.contacts for f in stream(replace(mission, demands=(), together=()), distil=False)]
    starts = np.concatenate([one.start_s for one in passes])
    ends = np.concatenate([one.end_s for one in passes])

    def span():
        """A stretch of time that begins or ends within a pass, or does both."""
        one = int(rng.integers(starts.size))
        begin, end = np.sort(rng.uniform(starts[one] - 60.0, ends[one] + 60.0, 2))
        return (mission.start + timedelta(seconds=float(at)) for at in (begin, end))

    def station(ground):
        corners = np.sort(rng.choice(36, size=6, replace=False)) * 10.0
        heights = rng.uniform(0.0, 30.0, 6)
        outages = []
        for _ in range(12):
            begin, end = span()
            outages.append(Outage(from_=begin, to=end, why="random"))
        return replace(
            ground,
            site=replace(
                ground.site,
                horizon_deg=tuple(zip(corners.tolist(), heights.tolist(), strict=True)),
                outages=tuple(outages),
            ),
            terminal=replace(
                ground.terminal,
                sun_exclusion_deg=float(rng.uniform(20.0, 60.0)),
                moon_exclusion_deg=float(rng.uniform(5.0, 60.0)),
            ),
        )

    windows = []
    for line in range(6):
        begin, end = span()
        windows.append(
            AvoidWindow(from_=begin, to=end, satellite=None, station=None, why="", line=line)
        )
    return replace(
        mission,
        stations=tuple(station(ground) for ground in mission.stations),
        avoid=tuple(windows),
        limits=replace(
            mission.limits,
            min_elevation_deg=float(rng.uniform(5.0, 25.0)),
            max_range_m=float(rng.uniform(8e5, 1.6e6)),
        ),
    )


def told(name, mission):
    """Print how far both are apart."""
    for ours, theirs in both(mission):
        used = ours.yields.usable_s, theirs.yields.usable_s
        if not used[0].any():
            continue
        one, other = counted(ours), counted(theirs)
        apart = np.abs(one / np.where(other > 0.0, other, 1.0) - (other > 0.0)).max()
        keys = [np.asarray(f.yields.keys.secure_bits, dtype=float) for f in (ours, theirs)]
        made = [np.asarray(f.yields.made.bits, dtype=float) for f in (ours, theirs)]
        print(  # noqa: T201 -- a script
            f"{name}: {len(one)} contacts, counts within {apart:.1e}, usable time within "
            f"{np.abs(used[0] - used[1]).max():.1e} s, keys within "
            f"{np.abs(keys[0] - keys[1]).max():.0f} of up to {keys[1].max():.0f} bit, as distilled "
            f"within {np.abs(made[0] - made[1]).max():.0f} bit"
        )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for preset in SHIPPED:
        shipped = load_mission(PRESETS / preset / "mission.yaml")
        told(preset, replace(shipped, duration_s=min(shipped.duration_s, 7 * 86_400.0)))
    whole = load_mission(PRESETS / "micius-2016-campaign" / "mission.yaml")
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 10):
        told(f"random limits {seed}", with_random_limits(whole, seed))
