"""Figures of one point that is planned: what is scheduled, delivered, and how long pairs wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.forecast import Forecast
from satqkd.mission.mission import Mission
from satqkd.network.decided import Decided
from satqkd.network.deliveries import timed_deliveries
from satqkd.network.plan import Plan, plan
from satqkd.network.served import Served, served
from satqkd.schedule.delivery import delivered_bits
from satqkd.study.figures import (
    HOUR_S,
    Figures,
    column_sums,
    idle_stations,
    over_realisations,
    sizes,
)
from satqkd.study.measure import DRAWN, served_names
from satqkd.study.tally import Tally, usable_contacts
from satqkd.study.waiting import longest_wait_s, mean_wait_s
from satqkd.units import BoolArray, FloatArray
from satqkd.weather.clear_sky import Draws


def planned_figures(mission: Mission, columns: Sequence[str], draws: Draws | None) -> Figures:
    """Plan a mission, and return the figures of the plan.

    Key a day is that of all blocks that are distilled; a pair's is what it is delivered.
    """
    made = plan(mission, draws=draws, stakes=False)
    tally = Tally.join([usable_contacts(one, columns) for one in made.forecasts])
    scheduled = made.passes.scheduled, made.windows.scheduled
    values = {
        **_amounts(made, draws),
        **column_sums(tally),
        **sizes(mission),
        "contacts": float(sum(np.count_nonzero(own) for own in scheduled)),
        "contacts_seen": float(len(tally)),
        "station_hours": _station_hours(made, scheduled),
        **_served(made),
        **_waits(made),
    }
    return Figures(values=values, months=_months(made, columns), idle=idle_stations(mission, tally))


def _amounts(made: Plan, draws: Draws | None) -> dict[str, float]:
    """Return key a day: in all, of the worst station under a clear sky, and of the worst pair."""
    days = made.mission.duration_s / DAY_S
    keys = made.problem.block_bits(made.solution.chosen)
    pairs = np.floor(delivered_bits(made.problem, keys, made.solution.deliveries))
    stations = _station_bits(made)
    found = {f"worst_station_key_day_{over}": nan for over in DRAWN}
    found["key_day_clear"] = float(keys.sum()) / days
    found["worst_pair_key_day_clear"] = float(pairs.min()) / days if pairs.size else nan
    found["worst_station_key_day_clear"] = float(stations.min()) / days
    if draws is None or made.outlook is None:
        for name in ("key_day", "worst_pair_key_day", "worst_station_key_day"):
            found |= {f"{name}_{over}": found[f"{name}_clear"] for over in DRAWN}
        return found
    in_all = over_realisations(made.outlook.made)
    each = [over_realisations(one) for one in made.outlook.demands]
    for over, value in in_all.items():
        found[f"key_day_{over}"] = value / days
        found[f"worst_pair_key_day_{over}"] = min((one[over] for one in each), default=nan) / days
    return found


def _station_bits(made: Plan) -> FloatArray:
    """Return the scheduled key of each station under a clear sky. [bit]"""
    found = np.zeros(len(made.mission.stations))
    for own in (made.passes, made.windows):
        scheduled = own.scheduled
        bits = own.planned_bits[scheduled].astype(np.float64)
        np.add.at(found, own.station[scheduled], bits)
        joint = own.partner[scheduled] >= 0
        np.add.at(found, own.partner[scheduled][joint], bits[joint])
    return found


def _station_hours(made: Plan, scheduled: tuple[BoolArray, BoolArray]) -> float:
    """Return the time that stations are at it; a joint contact occupies two. [h]"""
    seconds = 0.0
    for own, some, stations in zip((made.passes, made.windows), scheduled, (1.0, 2.0), strict=True):
        seconds += stations * float((own.end_s - own.start_s)[some].sum())
    return seconds / HOUR_S


def _months(made: Plan, columns: Sequence[str]) -> dict[int, float]:
    """Return the scheduled key by month, under a clear sky. [bit]"""
    found: dict[int, float] = {}
    for forecast, own in _decided(made):
        tally = usable_contacts(forecast, columns)
        rows = np.flatnonzero(forecast.yields.usable_s > 0.0)
        some = own.scheduled[rows]
        bits = own.planned_bits[rows][some].astype(np.float64)
        for month, count in zip(tally.month[some].tolist(), bits.tolist(), strict=True):
            found[month] = found.get(month, 0.0) + count
    return dict(sorted(found.items()))


def _decided(made: Plan) -> Iterator[tuple[Forecast, Decided]]:
    """Yield each forecast of a plan with what is decided about its contacts."""
    yield made.forecast, made.passes
    begin = 0
    for forecast in made.joint:
        yield forecast, made.windows.part(slice(begin, begin + len(forecast)))
        begin += len(forecast)


def _served(made: Plan) -> dict[str, float]:
    """Return the share that each demand gets of what it asks for; NaN where it asks for nothing."""
    names = [ground.site.name for ground in made.mission.stations]
    pairs = tuple((names[one.station_a], names[one.station_b]) for one in made.mission.demands)
    shares = [_share(one) for one in served(made)]
    found = dict(zip(served_names(pairs), shares, strict=True))
    asked = [share for share in shares if not np.isnan(share)]
    return {**found, "served_share_min": min(asked, default=nan)}


def _share(one: Served) -> float:
    if one.asked_bits is None:
        return nan
    return min(1.0, one.delivered_bits / one.asked_bits) if one.asked_bits else 1.0


def _waits(made: Plan) -> dict[str, float]:
    """Return how long key waits on board, and how long pairs wait for key. [h]"""
    deliveries = timed_deliveries(made.problem, made.solution)
    mean_s = mean_wait_s(made, deliveries)
    longest_s = longest_wait_s(made, deliveries)
    return {"latency": mean_s / HOUR_S, "longest_wait": longest_s / HOUR_S}
