"""What pairs will hold: what they hold now, what a plan brings them, and what they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.network.arrivals import Arrival, Pools, arrivals
from satqkd.network.plan import Plan
from satqkd.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StockAhead:
    """Key of one pair over time, in each realisation."""

    demand: int
    """Index of the demand."""
    begin_s: float
    """From when on. [s]"""
    held_bits: float
    """What it holds then. [bit]"""
    at_s: FloatArray
    """Instants, rising, shape (instants,). [s]"""
    bits: FloatArray
    """What it holds at each, shape (realisations, instants). [bit]"""
    dry_s: FloatArray
    """When it first has nothing left to use, shape (realisations,); infinite for never within the
    time looked at. [s]"""

    def percentile_bits(self, percent: float) -> FloatArray:
        """What so many of a hundred realisations stay below at each instant. [bit]"""
        return np.asarray(np.percentile(self.bits, percent, axis=0))

    def chance_of(self, bits: float) -> FloatArray:
        """Share of the realisations with at least so much at each instant."""
        return np.asarray((self.bits >= bits).mean(axis=0))

    def dry_by(self) -> FloatArray:
        """Share of the realisations in which it has run dry once by each instant."""
        return np.asarray((self.dry_s[:, np.newaxis] <= self.at_s).mean(axis=0))

    def dry_s_of(self, share: float) -> float | None:
        """When so large a share of the realisations has run dry; None for never. [s]"""
        place = int(np.ceil(share * self.dry_s.size)) - 1
        found = float(np.sort(self.dry_s)[max(place, 0)])
        return found if np.isfinite(found) else None


def stock_ahead(
    plan: Plan,
    *,
    begin_s: float,
    at_s: Sequence[float],
    held_bits: Sequence[float],
    pools: Pools | None = None,
    gave_light: Mapping[str, bool] | None = None,
) -> tuple[StockAhead, ...]:
    """Look ahead, pair by pair.

    Parameters
    ----------
    plan
        With an outlook: its realisations are used.
    begin_s
        From when on. [s]
    at_s
        Instants at which to look, none before that. [s]
    held_bits
        What the pair of each demand holds then. [bit]
    pools
        What satellites and stations hold then; None for what the plan leaves there.
    gave_light
        Contacts of which it is known whether they gave light, by contact key; others do as the
        weather is drawn.

    Raises
    ------
    SatqkdError
        For a plan without realisations.
    """
    outlook = plan.outlook
    if outlook is None:
        raise SatqkdError(
            "to look ahead needs realisations, but none were drawn\n  fix: leave out --samples 0"
        )
    problem = plan.problem if plan.fair is None else plan.fair.asked
    chosen = plan.solution.chosen
    succeeds = np.ones((outlook.draws.samples, chosen.size), dtype=np.bool_, order="F")
    succeeds[:, chosen] = outlook.clear
    _know(plan, succeeds, gave_light or {})
    coming = arrivals(problem, chosen, succeeds, begin_s=begin_s, pools=pools)
    instants = np.unique(np.array(list(at_s), dtype=np.float64))
    return tuple(
        over_time(
            number,
            [one for one in coming if one.demand == number],
            begin_s=begin_s,
            at_s=instants,
            held_bits=np.full(len(succeeds), float(held_bits[number])),
            use_bit_s=demand.use_bit_s,
        )
        for number, demand in enumerate(plan.mission.demands)
    )


def _know(plan: Plan, succeeds: BoolArray, gave_light: Mapping[str, bool]) -> None:
    """Put what is known of contacts in the place of what is drawn."""
    keys = [key for forecast in plan.forecasts for key in forecast.contact_key]
    for column, row in enumerate(plan.candidate_rows.tolist()):
        if row < len(keys) and keys[row] in gave_light:
            succeeds[:, column] = gave_light[keys[row]]


def over_time(
    demand: int,
    coming: Sequence[Arrival],
    *,
    begin_s: float,
    at_s: FloatArray,
    held_bits: FloatArray,
    use_bit_s: float,
) -> StockAhead:
    """Let a stock be used at a steady rate as far as there is any, and filled as key comes."""
    held, time_s = held_bits.copy(), begin_s
    dry_s = np.full(held.size, np.inf)
    bits = np.zeros((held.size, at_s.size))
    steps: list[tuple[float, int, FloatArray | None]] = [(one.at_s, 0, one.bits) for one in coming]
    steps += [(instant, 1 + place, None) for place, instant in enumerate(at_s.tolist())]
    for instant, place, key in sorted(steps, key=lambda step: step[:2]):
        used = use_bit_s * (instant - time_s)
        empty = (used > held) & np.isinf(dry_s)
        if use_bit_s:
            dry_s[empty] = time_s + held[empty] / use_bit_s
        held, time_s = np.maximum(held - used, 0.0), instant
        if key is None:
            bits[:, place - 1] = held
        else:
            held = held + key
    return StockAhead(
        demand=demand,
        begin_s=begin_s,
        held_bits=float(held_bits[0]) if held_bits.size else 0.0,
        at_s=at_s,
        bits=bits,
        dry_s=dry_s,
    )
