"""A plan searches once, and follows no node twice but those of parts, and slices, of contacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.arms import nodes_of, see, usable_of
from satqkd.forecast.obstacles import NAMES
from satqkd.link.budget import budget
from satqkd.network.at_stake import at_stake
from satqkd.network.followed_parts import slices_of
from satqkd.network.plan import plan
from satqkd.network.situation import lifted
from satqkd.passes.find import find_passes
from satqkd.weather.clear_sky import Draws


@pytest.fixture(scope="module", params=["jinan-1-constellation", "twin-field-node"])
def mission(request, tmp_path_factory):
    """A day of passes, or of passes and joint contacts."""
    folder = tmp_path_factory.mktemp(request.param)
    copy_preset(request.param, folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml", duration_s=86_400.0)


@pytest.fixture
def followed(monkeypatch):
    """Nodes whose losses were worked out, call by call."""
    sizes = []

    def counted(scene, link):
        sizes.append(scene.range_m.size)
        return budget(scene, link)

    monkeypatch.setattr("satqkd.forecast.light.budget", counted)
    return sizes


@pytest.fixture
def searched(monkeypatch):
    """Satellites that were searched, call by call."""
    names = []

    def counted(satellites, *args, **kwargs):
        names.append([one.name for one in satellites])
        return find_passes(satellites, *args, **kwargs)

    monkeypatch.setattr("satqkd.passes.chunks.find_passes", counted)
    return names


@pytest.mark.parametrize("draws", [None, Draws(samples=5, seed=1)], ids=["clear", "drawn"])
def test_every_node_is_followed_once_a_scenario(mission, followed, draws):
    """Stated values, worst and best ends; drawn, either end of what the air and, where a range
    is stated, the pointing may take as well. Each over every arm."""
    made = plan(mission, draws=draws)
    samples = sum(followed) - samples_at_stake(made, followed)
    in_parts = samples_in_parts(made)
    usable = {
        arms: sum(nodes(one) for one in made.forecasts if len(one.seen) == arms) for arms in (1, 2)
    }
    pointing = mission.spacecraft[0].payload.transmitter
    ranges = 1 if pointing is None or pointing.pointing.loss_range_db is None else 2
    scenarios = 3 if draws is None else 3 + 2 * ranges

    assert 20 < usable[1] / np.count_nonzero(made.forecast.yields.usable_s) < 45
    assert bool(usable[2]) == bool(mission.together)
    assert bool(in_parts) == (mission.name == "Four microsatellites like Jinan-1")
    once = samples_in_slices(made)
    assert samples == scenarios * (usable[1] + 2 * usable[2]) + 3 * in_parts + once


def test_what_has_no_range_is_followed_once(mission, followed):
    """Not for its worst and best ends, which are itself."""
    made = plan(without_ranges(mission), draws=Draws(samples=5, seed=1))
    samples = sum(followed) - samples_at_stake(made, followed)

    assert samples == samples_in_parts(made) + samples_in_slices(made) + sum(
        nodes(one) * len(one.seen) for one in made.forecasts
    )


def test_whole_contacts_are_followed_once_only(mission, followed):
    """Where none may be flown in part."""
    made = plan(replace(without_ranges(mission), in_part=False))
    samples = sum(followed) - samples_at_stake(made, followed)

    assert samples == sum(nodes(one) * len(one.seen) for one in made.forecasts)


def test_every_satellite_is_searched_once(mission, searched, monkeypatch):
    """A few at a time: passes and joint contacts come from one search."""
    names = [craft.satellite.name for craft in mission.spacecraft]
    monkeypatch.setattr("satqkd.passes.chunks.SATELLITE_DAYS_AT_ONCE", 3.0)

    plan(mission)

    assert searched == [names[begin : begin + 3] for begin in range(0, len(names), 3)]


def nodes(forecast):
    """Nodes on what is usable of some contacts."""
    return sum(part.time_s.size for part in forecast.received(np.arange(len(forecast))))


def samples_at_stake(made, followed):
    """Nodes of contacts that a limit hides, on what would be usable without it: stated values only.

    Twice where their satellite distils as it flies and one block makes key.
    """
    already = len(followed)
    at_stake(made.forecasts)
    again = sum(followed[already:])
    once = sum(_nodes_without_first(one) for one in made.forecasts)
    assert once <= again <= 2 * once
    return again


def _nodes_without_first(forecast):
    """Nodes of hidden contacts over every arm, with the first limit in their way gone."""
    number = 0
    for row, why in enumerate(forecast.yields.obstacle):
        if why is not None and why.name in NAMES:
            own = forecast.take(np.array([row]))
            arms = see(lifted(forecast.mission, (why.name,)).mission, own.contacts, own.sky())
            panels, _ = nodes_of(arms, usable_of(arms))
            number += len(arms) * int(panels.nodes[-1])
    return number


def samples_in_slices(made):
    """Nodes at which poor ends are looked for: one a slice of contacts whose keys are not dear."""
    number, first = 0, 0
    for one in made.forecasts:
        dear = np.array([system.dear for system in one.yields.systems])
        row = np.intersect1d(made.candidate_rows - first, np.arange(len(one)))
        row, first = row[~dear[one.yields.system[row]]], first + len(one)
        if row.size:
            number += slices_of(one, row).owner.size * len(one.seen)
    return number


def samples_in_parts(made):
    """Nodes on what is usable of each part, followed once a scenario more."""
    problem, found = made.problem, made.forecast
    label = problem.part_of
    parts = [] if label is None else np.flatnonzero(label != np.arange(label.size)).tolist()
    number = 0
    for part in parts:
        own = found.take(made.candidate_rows[[part]])
        arms = [
            replace(arm, cells=arm.cells.clipped(problem.start_s[[part]], problem.end_s[[part]]))
            for arm in see(found.mission, own.contacts, own.sky())
        ]
        panels, _ = nodes_of(arms, usable_of(arms))
        number += int(panels.nodes[-1])
    return number


def without_ranges(mission):
    """The mission with every stated range of its satellites left out."""

    def sure(craft):
        payload = craft.payload
        air = replace(payload.atmosphere, zenith_transmittance_range=None)
        sends = payload.transmitter
        if sends is not None:
            sends = replace(sends, pointing=replace(sends.pointing, loss_range_db=None))
        return replace(craft, payload=replace(payload, atmosphere=air, transmitter=sends))

    return replace(mission, spacecraft=tuple(sure(craft) for craft in mission.spacecraft))
