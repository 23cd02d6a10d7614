"""The table of keys: what pairs of stations share, and what stays in the pools.

A satellite keeps one pool of key with each station. It serves a pair of stations by
announcing the XOR of as many bits from either pool, which both then share. With some
protocols two stations make key together and the satellite between them learns nothing of it. So
there are three kinds of rows under one header: ``delivery`` and ``joint`` rows name a pair,
``pool`` rows a single station in ``station_a``. In each pool, spent and spare bits add up to the
pool's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.mission.demand import Demand
from satqkd.network.deliveries import lost_of_pools
from satqkd.network.outlook import Amount
from satqkd.network.plan import Plan
from satqkd.network.served import Served, served
from satqkd.report.tables.column import Cell, Column, each, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.schedule.delivery import served_demand


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One delivery, the joint keys of a satellite and a pair, or one pool."""

    kind: str
    """``delivery``, ``joint`` or ``pool``."""
    satellite: str
    station_a: str
    station_b: str = ""
    weight: float | None = None
    delivered_bits: int | None = None
    pool_bits: int | None = None
    spent_bits: int | None = None
    spare_bits: int | None = None
    lost_bits: int | None = None
    weather: Amount | None = None
    """What the pair gets over the weather, of all satellites; like the next in its first row."""
    asked_bits: int | None = None
    """What it asks for beyond what it holds."""
    met: bool | None = None
    """Whether it gets that."""
    by_utc: str | None = None
    """Until when it wants its key."""
    chance_met: float | None = None
    """Share of the realisations in which it gets what it asks for."""
    amounts: int | None = None
    """How many amounts it asks for, by whichever instant."""
    amounts_met: int | None = None
    """How many of them are there in time."""
    first_short_utc: str | None = None
    """By when the first one should be there that is not."""
    chance_each: str = ""
    """Share of the realisations in which each is there in time, with semicolons between."""
    stock_bits: int | None = None
    """What a pool holds when the window begins."""
    note: str = ""

    @property
    def chance(self) -> float | None:
        """Share of the realisations in which the pair gets any key."""
        return None if self.weather is None else self.weather.chance_of()


def key_report(plan: Plan) -> tuple[KeyRow, ...]:
    """List deliveries demand by demand, joint keys, then the pools satellite by satellite."""
    pools = _pools(plan)
    rows = [*_delivery_rows(plan), *_joint_rows(plan), *_pool_rows(plan, pools)]
    return tuple(_with_demands(plan, rows))


def _with_demands(plan: Plan, rows: Sequence[KeyRow]) -> Iterator[KeyRow]:
    """Add what is said of each pair, of all satellites, to the first of its rows."""
    stations = plan.mission.stations
    drawn = (None,) * len(plan.mission.demands) if plan.outlook is None else plan.outlook.demands
    left = {
        frozenset(stations[one].site.name for one in (demand.station_a, demand.station_b)): (
            demand,
            found,
            amount,
        )
        for demand, found, amount in zip(plan.mission.demands, served(plan), drawn, strict=True)
    }
    for row in rows:
        ends = frozenset((row.station_a, row.station_b))
        if ends not in left:
            yield row
            continue
        demand, found, amount = left.pop(ends)
        short = f"{found.short_bits:,} bit short: " if found.short_bits else ""
        yield replace(
            row,
            weather=amount,
            asked_bits=found.asked_bits,
            met=found.met,
            by_utc=_instant(plan, demand),
            chance_met=found.chance_met,
            amounts=found.amounts or None,
            amounts_met=found.amounts_met if found.amounts else None,
            first_short_utc=_first_short(plan, found),
            chance_each=";".join(
                f"{one.chance:.3f}" for one in found.milestones if one.chance is not None
            ),
            note=f"{short}{found.why}" or row.note,
        )


def _instant(plan: Plan, demand: Demand) -> str | None:
    """Until when a demand wants its key."""
    timebase = plan.forecast.timebase
    if demand.by is None:
        return None
    return next(iter(timebase.iso(np.array([timebase.seconds(demand.by)]))))


def _first_short(plan: Plan, found: Served) -> str | None:
    """By when the first amount should be there that is not; None where all are, or at any time."""
    short = found.first_short
    if short is None or not np.isfinite(short.by_s):
        return None
    return next(iter(plan.forecast.timebase.iso(np.array([short.by_s]))))


Pools = dict[tuple[int, int], int]


def _pools(plan: Plan) -> Pools:
    """Bits in the pool of each satellite and station with stock or a scheduled contact."""
    pools: Pools = dict(_stock(plan))
    blocks = plan.blocks
    for block in blocks.planned[blocks.partner[blocks.planned] < 0].tolist():
        place = int(blocks.satellite[block]), int(blocks.station[block])
        pools[place] = pools.get(place, 0) + int(blocks.bits[block])
    return dict(sorted(pools.items()))


def _stock(plan: Plan) -> Pools:
    """Whole bits that pools hold when the window begins."""
    return {(one.spacecraft, one.station): math.floor(one.bits) for one in plan.mission.stock}


def _delivery_rows(plan: Plan) -> list[KeyRow]:
    rows = []
    for number, demand in enumerate(plan.mission.demands):
        served = [d for d in plan.solution.deliveries if d.demand == number]
        totals: dict[int, int] = {}
        for one in served:
            totals[one.satellite] = totals.get(one.satellite, 0) + one.bits
        rows += [
            _delivery_row(plan, demand, satellite, bits)
            for satellite, bits in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        ]
        if not served and number not in _served_at_once(plan):
            rows.append(_unserved_row(plan, demand))
    return rows


def _served_at_once(plan: Plan) -> set[int]:
    """Demands that a chosen joint contact serves, in time or not."""
    return set(served_demand(plan.problem)[plan.solution.chosen].tolist())


def _joint_rows(plan: Plan) -> list[KeyRow]:
    """Keys of chosen joint contacts, added up for each satellite and pair."""
    problem, mission, blocks = plan.problem, plan.forecast.mission, plan.blocks
    totals: dict[tuple[int, int, int], int] = {}
    weights: dict[tuple[int, int, int], float | None] = {}
    served = served_demand(problem)
    for block in blocks.planned[blocks.partner[blocks.planned] >= 0].tolist():
        one, other = int(blocks.station[block]), int(blocks.partner[block])
        who = (int(blocks.satellite[block]), min(one, other), max(one, other))
        totals[who] = totals.get(who, 0) + int(blocks.bits[block])
        demand = int(served[blocks.members[block][0]])
        weights[who] = problem.demands[demand].weight if demand >= 0 else None
    return [
        KeyRow(
            kind="joint",
            satellite=mission.spacecraft[who[0]].satellite.name,
            station_a=mission.stations[who[1]].site.name,
            station_b=mission.stations[who[2]].site.name,
            weight=weights[who],
            delivered_bits=bits,
            note="" if weights[who] is not None else "nobody asks for key of this pair",
        )
        for who, bits in sorted(totals.items())
    ]


def _delivery_row(plan: Plan, demand: Demand, satellite: int, bits: int) -> KeyRow:
    mission = plan.forecast.mission
    return KeyRow(
        kind="delivery",
        satellite=mission.spacecraft[satellite].satellite.name,
        station_a=mission.stations[demand.station_a].site.name,
        station_b=mission.stations[demand.station_b].site.name,
        weight=demand.weight,
        delivered_bits=bits,
    )


def _unserved_row(plan: Plan, demand: Demand) -> KeyRow:
    names = [ground.site.name for ground in plan.mission.stations]
    return KeyRow(
        kind="delivery",
        satellite="",
        station_a=names[demand.station_a],
        station_b=names[demand.station_b],
        weight=demand.weight,
        delivered_bits=0,
    )


def _pool_rows(plan: Plan, pools: Pools) -> list[KeyRow]:
    mission = plan.forecast.mission
    spent: Pools = dict.fromkeys(pools, 0)
    stock, lost = _stock(plan), lost_of_pools(plan.problem, plan.solution)
    for delivery in plan.solution.deliveries:
        demand = plan.problem.demands[delivery.demand]
        for station in (demand.station_a, demand.station_b):
            spent[delivery.satellite, station] += delivery.bits
    return [
        KeyRow(
            kind="pool",
            satellite=mission.spacecraft[satellite].satellite.name,
            station_a=mission.stations[station].site.name,
            pool_bits=bits,
            stock_bits=stock.get((satellite, station), 0),
            spent_bits=spent[satellite, station],
            spare_bits=bits - spent[satellite, station],
            lost_bits=sum(lost.get((satellite, station), (0, 0))),
        )
        for (satellite, station), bits in pools.items()
    ]


Rows = tuple[KeyRow, ...]


def _percentile(percent: int) -> Callable[[Rows], list[Cell]]:
    """Return what fills a column with a percentile over the weather."""
    return each(lambda row: None if row.weather is None else row.weather.percentile_bits(percent))


KEY_COLUMNS: tuple[Column[Rows], ...] = (
    column("kind", field_of_each("kind")),
    column("satellite", field_of_each("satellite")),
    column("station_a", field_of_each("station_a")),
    column("station_b", field_of_each("station_b")),
    Column("weight", "", "Worth of a bit delivered to this pair; empty for a pool.",
           field_of_each("weight")),
    Column("delivered_bits", "bit", "Bits the pair ends up sharing: XOR of two pools, or joint "
           "key; empty for a pool.", field_of_each("delivered_bits")),
    Column("asked_bits", "bit", "Bits that the pair asks for in all beyond what it holds "
           "(at_least, floor and use, the largest at the end); like the next columns in the first "
           "row of the pair, of all satellites; empty where no amount is asked for.",
           field_of_each("asked_bits")),
    Column("met", "", "Whether the pair gets all that it asks for in time.",
           field_of_each("met")),
    Column("amounts", "", "How many amounts it asks for: one by each night, day or week of a "
           "floor, each day of what it spends, or once.", field_of_each("amounts")),
    column("amounts_met", field_of_each("amounts_met")),
    Column("first_short_utc", "UTC", "By when the first of them should be there that is not; "
           "empty where all are, and for one at any time.", field_of_each("first_short_utc")),
    Column("by_utc", "UTC", "Until when the pair wants its key: later key does not count.",
           field_of_each("by_utc")),
    Column("chance_met", "", "Share of the realisations of the weather in which it gets all that "
           "it asks for in time.", field_of_each("chance_met"), digits=3),
    Column("chance_each", "", "Share of the realisations in which each of its amounts is there in "
           "time, with semicolons between.", field_of_each("chance_each")),
    Column("delivered_mean_bits", "bit", "Mean over the weather of the bits that the pair shares, "
           "of all satellites; like the next columns in the first row of the pair, and empty where "
           "nothing was drawn.",
           each(lambda row: None if row.weather is None else row.weather.mean_bits), digits=0),
    Column("delivered_p10_bits", "bit", "10th percentile of them, cloudy realisations included.",
           _percentile(10), digits=0),
    Column("delivered_p50_bits", "bit", "Median of them.", _percentile(50), digits=0),
    Column("delivered_p90_bits", "bit", "90th percentile of them.", _percentile(90), digits=0),
    Column("chance", "", "Share of the realisations of the weather in which the pair shares any "
           "key.", field_of_each("chance"), digits=3),
    Column("pool_bits", "bit",
           "Secret bits of the key blocks of this satellite and station, and their stock.",
           field_of_each("pool_bits")),
    Column("stock_bits", "bit", "Those of them that the pool holds when the window begins.",
           field_of_each("stock_bits")),
    Column("spent_bits", "bit", "Bits of the pool that went into deliveries; each delivered bit "
           "costs one in two pools.", field_of_each("spent_bits")),
    Column("spare_bits", "bit", "Bits that are not delivered: pool_bits minus spent_bits.",
           field_of_each("spare_bits")),
    Column("lost_bits", "bit", "Those of them that are lost: without room in the key_store of the "
           "satellite, or by the end of the window older than any pair takes them.",
           field_of_each("lost_bits")),
    column("note", field_of_each("note")),
)  # fmt: skip
"""Columns of ``keys.csv``."""
KEY_LAST_LEADING: Final = "delivered_mean_bits"
"""Of those on a terminal the last that others are made narrower for."""


def key_screen(rows: Rows) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    several_amounts = any((row.amounts or 0) > 1 for row in rows)
    several = len({row.satellite for row in rows if row.satellite}) > 1
    satellite = ("satellite",)
    return (
        "kind",
        "station_a",
        "station_b",
        *(satellite if several else ()),
        "delivered_bits",
        "asked_bits",
        "met",
        *(("amounts_met",) if several_amounts else ()),
        "chance_met",
        "delivered_mean_bits",
        *(("amounts",) if several_amounts else ()),
        "by_utc",
        "delivered_p10_bits",
        "delivered_p90_bits",
        "chance",
        "pool_bits",
        *(() if several else satellite),
        "note",
        "delivered_p50_bits",
        "spare_bits",
        "spent_bits",
        *(("lost_bits",) if any(row.lost_bits for row in rows) else ()),
        *(("stock_bits",) if any(row.stock_bits for row in rows) else ()),
        "first_short_utc",
        "weight",
    )
