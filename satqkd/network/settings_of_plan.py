"""What is sent set for the key blocks of a plan, one setting a satellite or sending station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from satqkd.clicks.light import Light
from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.key.system import System
from satqkd.mission.mission import Mission
from satqkd.network.plan import Plan
from satqkd.network.served import served
from satqkd.network.setting import Setting
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pooled:
    """The light of one block, and what makes key of it."""

    spacecraft: int
    station: int
    system: System
    light: Light


def settings_of(plan: Plan) -> tuple[Setting, ...]:
    """Seek what leaves most key in the planned blocks of passes, one setting a source.

    Contacts of a block have to share their intensities, or their clicks could not be pooled; one
    setting for the whole window is what every source can do. A source whose counts from before the
    window are in open blocks is left as it is.

    Raises
    ------
    NonPhysicalError
        For protocols that have no settings to seek.
    """
    mission = plan.mission
    groups: dict[_Source, list[_Pooled]] = {}
    for block in _blocks(plan):
        owner = _sender(mission, block.spacecraft, block.station)
        groups.setdefault(owner, []).append(block)
    return tuple(
        _best(mission, *owner, blocks)
        for owner, blocks in sorted(groups.items(), key=lambda one: str(one[0]))
    )


_Source = tuple[int | None, int | None]
"""A satellite, or a station that sends."""


def _sender(mission: Mission, spacecraft: int, station: int) -> _Source:
    """Which source sends between a satellite and a station."""
    up = mission.spacecraft[spacecraft].way.ground_sends
    return (None, station) if up else (spacecraft, None)


def _bound(mission: Mission) -> set[_Source]:
    """Sources whose settings are those of counts collected before the window."""
    return {_sender(mission, one.satellite, one.station) for one in mission.opening}


def require_free_settings(mission: Mission) -> None:
    """Refuse to seek settings where counts from before the window bind those of every source.

    Raises
    ------
    SatqkdError
        With the names of the sources.
    """
    bound = _bound(mission)
    every = {
        _sender(mission, craft, station)
        for craft in range(len(mission.spacecraft))
        for station in range(len(mission.stations))
    }
    if bound and every <= bound:
        names = ", ".join(
            mission.spacecraft[craft].satellite.name
            if craft is not None
            else mission.stations[station or 0].site.name
            for craft, station in sorted(bound, key=str)
        )
        raise SatqkdError(
            f"--optimise: opening_counts bind what {names} sends: clicks of other settings are "
            "not pooled with them\n  fix: leave out --optimise, or opening_counts"
        )


def with_hint(plan: Plan) -> Plan:
    """Return a plan that says what other settings would leave in its blocks, if that can be sought.

    It costs a tenth of the plan, about: the light of the scheduled passes alone is followed again.
    """
    try:
        return replace(plan, settings=settings_of(plan))
    except SatqkdError:
        return plan


def better_of(stated: Plan, again: Plan) -> Plan:
    """Return the second plan, of other settings, where it is better than that of the stated ones.

    By amounts that are met, then, where that was asked for, by fairness, then by worth: its mean
    over the weather of a plan for that.
    """
    if _rank(again) <= _rank(stated):
        return replace(stated, settings=())
    return replace(again, settings=stated.settings, optimised=True)


def _rank(plan: Plan) -> tuple[float, ...]:
    asked = [one for one in served(plan) if one.asked_bits]
    shares = [min(1.0, one.delivered_bits / (one.asked_bits or 1)) for one in asked]
    fair = (0, 0.0) if plan.fair is None else (plan.fair.served.sum(), plan.fair.smallest_bits)
    expected = plan.value == "expected" and plan.outlook is not None
    worth = plan.outlook.worth.mean_bits if expected and plan.outlook else plan.solution.objective
    return (sum(one.met or False for one in asked), sum(shares), *fair, worth)


def with_settings(mission: Mission, settings: tuple[Setting, ...]) -> Mission:
    """Return the mission whose sources send what was found best."""
    spacecraft, stations = list(mission.spacecraft), list(mission.stations)
    for one in settings:
        if one.spacecraft is not None:
            craft = spacecraft[one.spacecraft]
            spacecraft[one.spacecraft] = replace(
                craft, payload=replace(craft.payload, source=one.best)
            )
        elif one.station is not None:
            ground = stations[one.station]
            stations[one.station] = replace(
                ground, terminal=replace(ground.terminal, source=one.best)
            )
    return replace(mission, spacecraft=tuple(spacecraft), stations=tuple(stations))


def _best(
    mission: Mission, spacecraft: int | None, station: int | None, blocks: list[_Pooled]
) -> Setting:
    systems: list[Any] = [one.system for one in blocks]
    if len({one.receiver_p_key_basis for one in systems}) > 1:
        raise NonPhysicalError(
            "detector.p_key_basis", "must be the same at all stations for one setting a satellite"
        )
    stated = systems[0].settable()
    searched = [one.system.searched(one.light) for one in blocks]
    nobody = np.zeros(len(blocks), dtype=np.int64)
    found = systems[0].best(
        type(searched[0]).join(searched), nobody, presets=[stated] * len(blocks)
    )[0]
    before, after = (
        sum(int(one.system.sending(sent).secure_bits(one.light)[0]) for one in blocks)
        for sent in (stated, found)
    )
    best = found if after > before else stated
    own: SettableSource | None
    if spacecraft is not None:
        craft = mission.spacecraft[spacecraft]
        name, own = craft.satellite.name, craft.payload.source
    else:
        ground = mission.stations[station or 0]
        name, own = ground.site.name, ground.terminal.source
    if own is None:
        raise ValueError("a source without settings makes no key")
    return Setting(
        name=name,
        spacecraft=spacecraft,
        station=station,
        stated=own,
        # what a calibration says of the source stays out of the mission's own
        best=own.set_to(
            intensities=best.intensities,
            probabilities=best.probabilities,
            p_key_basis=best.p_key_basis,
        ),
        stated_bits=before,
        best_bits=max(before, after),
    )


def _blocks(plan: Plan) -> Iterator[_Pooled]:
    """Yield the light of every planned block of passes, its members pooled."""
    forecast, blocks = plan.forecast, plan.blocks
    bound = _bound(plan.mission)
    own = [
        (block, np.unique(plan.candidate_rows[blocks.members[block]]))
        for block in blocks.planned.tolist()
        if blocks.partner[block] < 0
        and _sender(plan.mission, int(blocks.satellite[block]), int(blocks.station[block]))
        not in bound
    ]
    if not own:
        return
    rows = np.unique(np.concatenate([members for _, members in own]))
    light: dict[int, Light] = {}
    for part in forecast.received(rows):
        whole = part.light(part.losses())
        for place, row in enumerate(part.contacts.tolist()):
            light[row] = whole.take(np.array([place]))
    for block, members in own:
        yield _Pooled(
            spacecraft=int(blocks.satellite[block]),
            station=int(blocks.station[block]),
            system=forecast.yields.systems[int(forecast.yields.system[members[0]])],
            light=_together([light[row] for row in members.tolist()]),
        )


def _together(parts: list[Light]) -> Light:
    """Return the light of several contacts as one interval."""
    joined = Light.join(parts)
    every: IntArray = np.arange(len(parts))
    return joined.pooled([every])
