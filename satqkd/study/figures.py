"""Figures of one point, by name: of its forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.mission.mission import Mission
from satqkd.network.outlook import Amount
from satqkd.study.block_bits import contacts_with_key
from satqkd.study.measure import DRAWN, PERCENTS, SUMMED, summed_name
from satqkd.study.tally import Tally
from satqkd.study.window_sums import WindowSums, clear_sums, drawn_sums
from satqkd.weather.clear_sky import Draws

HOUR_S: Final = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """What is worked out of one point."""

    values: Mapping[str, float]
    """By name; NaN where there is none."""
    months: Mapping[int, float]
    """Key by calendar month, mean over the realisations. [bit]"""
    idle: tuple[str, ...]
    """Stations over which nothing is usable."""


def forecast_figures(mission: Mission, tally: Tally, draws: Draws | None) -> Figures:
    """Return the figures of a forecast.

    Parameters
    ----------
    mission, tally
        The mission, and all its usable contacts.
    draws
        How the skies are drawn; None for clear skies alone.
    """
    clear = clear_sums(mission, tally)
    drawn = clear if draws is None else drawn_sums(mission, tally, draws)
    values = {
        **_amounts(mission, clear, drawn),
        **column_sums(tally),
        **sizes(mission),
        "contacts": float(contacts_with_key(tally)),
        "contacts_seen": float(len(tally)),
        "station_hours": _station_hours(tally),
    }
    return Figures(values=values, months=drawn.month_bits, idle=idle_stations(mission, tally))


def idle_stations(mission: Mission, tally: Tally) -> tuple[str, ...]:
    """Return the names of the stations over which no contact has anything usable."""
    used = {*tally.station.tolist(), *tally.partner.tolist()}
    return tuple(
        ground.site.name for place, ground in enumerate(mission.stations) if place not in used
    )


def _amounts(mission: Mission, clear: WindowSums, drawn: WindowSums) -> dict[str, float]:
    """Return key a day: in all, of the worst station and of the worst pair."""
    days = mission.duration_s / DAY_S
    found: dict[str, float] = {}
    for over, value in over_realisations(Amount.of(drawn.total_bits)).items():
        found[f"key_day_{over}"] = value / days
    found["key_day_clear"] = float(clear.total_bits[0]) / days
    for name, under, bright in (
        ("worst_station_key_day", drawn.station_bits, clear.station_bits),
        ("worst_pair_key_day", drawn.pair_bits, clear.pair_bits),
    ):
        each = [over_realisations(Amount.of(column)) for column in under.T]
        for over in DRAWN:
            found[f"{name}_{over}"] = min((one[over] for one in each), default=nan) / days
        found[f"{name}_clear"] = float(bright[0].min()) / days if bright.size else nan
    return found


def over_realisations(amount: Amount) -> dict[str, float]:
    """Return mean and percentiles of an amount, by the ends of the names of figures. [bit]"""
    percentiles = {over: amount.percentile_bits(percent) for over, percent in PERCENTS.items()}
    return {"mean": amount.mean_bits, **percentiles}


def column_sums(tally: Tally) -> dict[str, float]:
    """Return what is made of each column over all contacts that have it."""
    found: dict[str, float] = {}
    for name, column in tally.columns.items():
        some = column[np.isfinite(column)]
        for of in SUMMED:
            found[summed_name(name, of)] = _SUMS[of](some) if some.size or of == "sum" else nan
    return found


_SUMS: Final = {
    "sum": lambda values: float(values.sum()),
    "mean": lambda values: float(values.mean()),
    "min": lambda values: float(values.min()),
    "max": lambda values: float(values.max()),
}


def sizes(mission: Mission) -> dict[str, float]:
    """Return how large a mission is."""
    return {
        "satellites": float(len(mission.spacecraft)),
        "stations": float(len(mission.stations)),
        "days": mission.duration_s / DAY_S,
    }


def _station_hours(tally: Tally) -> float:
    """Usable time of stations; of a joint contact that of both. [h]"""
    stations = np.where(tally.partner < 0, 1.0, 2.0)
    return float((tally.usable_s * stations).sum()) / HOUR_S
