"""What pairs will hold by a plan, from what the mission's ledger says that they hold now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from satqkd.network.ledger import Pair, Pool
from satqkd.network.plan import Plan
from satqkd.network.rolling import Rolled
from satqkd.network.stock_ahead import StockAhead, stock_ahead
from satqkd.report.plan_store import PlanStore


def looked_ahead(
    result: Plan,
    store: PlanStore | None,
    *,
    begin: datetime,
    instants: Sequence[datetime],
    rolled: Rolled | None,
) -> tuple[StockAhead, ...]:
    """Look ahead from what the ledger says, or from what the mission does without one.

    A plan that goes on with the one in force begins with the pools of the ledger, and with what was
    flown and not booked as key yet.

    Parameters
    ----------
    result
        The plan, with realisations.
    store
        Where the ledger is; None for a mission that keeps none.
    begin, instants
        From when on, and at which instants; those before that are left out.
    rolled
        What the plan took over of the one in force; None where it went on with none.
    """
    mission, timebase = result.mission, result.forecast.timebase
    looked = partial(
        stock_ahead,
        result,
        begin_s=timebase.seconds(begin),
        at_s=[timebase.seconds(instant) for instant in instants if instant >= begin],
    )
    if store is None or not store.path.exists():
        return looked(held_bits=[demand.held_bits for demand in mission.demands])
    names = [ground.site.name for ground in mission.stations]
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    with store.open(write=False) as ledger:
        stocks, states = ledger.stocks(), ledger.book.contacts.states
    pairs = [
        Pair(station_a=names[demand.station_a], station_b=names[demand.station_b])
        for demand in mission.demands
    ]
    return looked(
        held_bits=[stocks[pair].bits if pair in stocks else 0 for pair in pairs],
        pools=None
        if rolled is not None
        else {
            (crafts.index(place.satellite), names.index(place.station)): float(own.bits)
            for place, own in stocks.items()
            if isinstance(place, Pool) and place.satellite in crafts and place.station in names
        },
        gave_light={
            key: own[-1][1] == "flown"
            for key, own in states.items()
            if own and own[-1][1] in {"flown", "failed", "cancelled"}
        },
    )
