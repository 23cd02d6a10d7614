"""Energy of satellites whose bus is given: what contacts may use of it, and what a plan does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from satqkd.forecast.forecast import Forecast
from satqkd.mission.bus import EnergyUse, energy_use
from satqkd.mission.mission import Mission
from satqkd.mission.rules import Plannable
from satqkd.passes.find import chains_of
from satqkd.passes.sunlight import Sunlight, sunlight_of
from satqkd.schedule.rules import Rule
from satqkd.units import BoolArray


def supplies_of(forecast: Forecast) -> Mapping[int, Sunlight]:
    """Return the sunlight of each satellite with a bus, from the beginning of the window."""
    mission, timebase = forecast.mission, forecast.timebase
    begin_s = timebase.seconds(mission.start)
    flown = [craft.satellite for craft in mission.spacecraft]
    with_bus = [one for one, craft in enumerate(mission.spacecraft) if craft.bus is not None]
    found = {}
    for craft in with_bus:
        chains = chains_of(flown, [craft], timebase, duration_s=mission.duration_s)
        supply = sunlight_of(
            flown[craft],
            {source: chain for (_, source), chain in chains.items()},
            timebase,
            forecast.bodies,
            duration_s=mission.duration_s,
        )
        if len(supply):
            found[craft] = replace(
                supply, start_s=supply.start_s - begin_s, end_s=supply.end_s - begin_s
            )
    return found


def energy_rules(
    mission: Mission, supplies: Mapping[int, Sunlight], contacts: Plannable
) -> Iterator[Rule]:
    """Write the rules of all buses."""
    for index, supply in supplies.items():
        craft = mission.spacecraft[index]
        if craft.bus is not None:
            yield from craft.bus.rules(craft.satellite.name, supply, contacts)


def energy_used(
    mission: Mission,
    supplies: Mapping[int, Sunlight],
    contacts: Plannable,
    chosen: BoolArray,
) -> tuple[EnergyUse, ...]:
    """Say what a choice of contacts takes of the energy of each satellite with a bus."""
    return tuple(
        energy_use(craft.bus, craft.satellite.name, supply, contacts, chosen)
        for index, supply in supplies.items()
        if (craft := mission.spacecraft[index]).bus is not None
    )
