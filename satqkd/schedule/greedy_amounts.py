"""Contacts for amounts that are asked for, one amount after another, by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from satqkd.schedule.amounts import Amounts
from satqkd.schedule.delivery import deliver, reached_bits, served_demand, worth_bits
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, FloatArray, IntArray


def served_and_worth(problem: Problem, chosen: BoolArray, amounts: Amounts) -> tuple[float, float]:
    """Worth of the amounts that some contacts serve, and of the contacts by weights. [bit]"""
    deliveries, _ = deliver(problem, chosen, amounts)
    reached = reached_bits(problem, amounts, problem.block_bits(chosen), deliveries)
    return amounts.worth(reached), worth_bits(problem, chosen, deliveries)


def take_for_amounts(
    problem: Problem, cliques: Groups, chosen: BoolArray, amounts: Amounts
) -> BoolArray:
    """Add contacts for one amount after another: of the highest priority first, early, then small.

    For each, satellites are tried in turn, the one with most key for it first. A satellite takes
    contacts at the station of which it holds less, the dearest first, until it has what is lacking;
    they are kept if more amounts are met. Then the amounts that are not met are gone through once
    more for shares of them.

    Parameters
    ----------
    problem
        Contacts to choose from.
    cliques
        Its clashes.
    chosen
        Contacts that are scheduled in any case.
    amounts
        What is asked for.
    """
    hand = _Hand(problem, cliques, amounts)
    met, _ = hand.served(chosen)
    order = np.lexsort((amounts.needed_bits, amounts.phase, -amounts.met))
    for whole in (True, False):
        for amount in order.tolist():
            wish = chosen
            for satellite in hand.satellites(amount):
                wish = hand.taken(wish, amount, satellite)
                now, reached = hand.served(wish)
                gained = now >= met + (0.999 * amounts.met[amount] if whole else 1e-9 * met)
                if gained and now > met:
                    chosen, met = wish, now
                if reached[amount] >= amounts.needed_bits[amount]:
                    break
    return chosen


class _Hand:
    """What is known of a problem while contacts are taken one by one."""

    def __init__(self, problem: Problem, cliques: Groups, amounts: Amounts) -> None:
        self.problem, self.amounts = problem, amounts
        self.cliques_of: list[list[int]] = [[] for _ in range(len(problem))]
        for clique, contact in zip(cliques.number.tolist(), cliques.members.tolist(), strict=True):
            self.cliques_of[contact].append(clique)
        self.cliques = cliques
        self.served_by = served_demand(problem)
        self.worth = _what_each_adds(problem)
        self.phase = problem.phase_of_block[problem.block]

    def served(self, chosen: BoolArray) -> tuple[float, FloatArray]:
        """Worth of the amounts that are served, and what each gets. [bit]"""
        deliveries, _ = deliver(self.problem, chosen, self.amounts)
        keys = self.problem.block_bits(chosen)
        reached = reached_bits(self.problem, self.amounts, keys, deliveries)
        return self.amounts.worth(reached), reached

    def sides(self, amount: int, satellite: int) -> list[IntArray]:
        """Contacts of a satellite that can serve an amount: of each station, or of both at once."""
        problem, number = self.problem, int(self.amounts.demand[amount])
        demand = problem.demands[number]
        mine = (problem.satellite == satellite) & (self.phase <= self.amounts.phase[amount])
        mine &= self.worth > 0.0
        joint = np.flatnonzero(mine & (self.served_by == number))
        if joint.size or not demand.trusted_relay:
            return [joint]
        return [
            np.flatnonzero(mine & ~problem.joint & (problem.station == end))
            for end in (demand.station_a, demand.station_b)
        ]

    def satellites(self, amount: int) -> Iterator[int]:
        """Yield satellites that can serve an amount, the one with most key for it first."""
        most = {}
        for satellite in range(self.problem.satellite_gap_s.size):
            sides = self.sides(amount, satellite)
            held = [self._stock(amount, satellite, side) for side in range(len(sides))]
            most[satellite] = min(
                float(self.worth[own].sum()) + stock for own, stock in zip(sides, held, strict=True)
            )
        yield from sorted((one for one in most if most[one] > 0.0), key=lambda one: -most[one])

    def _stock(self, amount: int, satellite: int, side: int) -> float:
        """What a satellite holds of a station at the beginning. [bit]"""
        stock = self.problem.stock_bits
        demand = self.problem.demands[int(self.amounts.demand[amount])]
        end = (demand.station_a, demand.station_b)[side]
        return (
            0.0
            if stock is None
            else float(stock[satellite * self.problem.station_gap_s.size + end])
        )

    def taken(self, chosen: BoolArray, amount: int, satellite: int) -> BoolArray:
        """Add contacts of a satellite for an amount, at the station that it holds less of."""
        problem, taken = self.problem, chosen.copy()
        busy = np.zeros(len(self.cliques), dtype=np.bool_)
        busy[self.cliques.number[taken[self.cliques.members]]] = True
        sides = [
            own[np.argsort(-self.worth[own], kind="stable")].tolist()
            for own in self.sides(amount, satellite)
        ]
        while any(sides):
            held = [self._held(taken, amount, satellite, side) for side in range(len(sides))]
            lacking = self.amounts.needed_bits[amount]
            if min(held) >= lacking and self.served(taken)[1][amount] >= lacking:
                break
            side = min((one for one in range(len(sides)) if sides[one]), key=lambda one: held[one])
            contact = sides[side].pop(0)
            if taken[contact] or busy[self.cliques_of[contact]].any():
                continue
            taken[contact] = True
            if all(rule.keeps(taken) for rule in problem.rules):
                busy[self.cliques_of[contact]] = True
            else:
                taken[contact] = False
        return taken

    def _held(self, taken: BoolArray, amount: int, satellite: int, side: int) -> float:
        """Key of a station, or of both, that a satellite makes in time, and had. [bit]"""
        problem, number = self.problem, int(self.amounts.demand[amount])
        demand, first = problem.demands[number], problem.first_of_block
        in_time = problem.phase_of_block <= self.amounts.phase[amount]
        in_time &= problem.satellite[first] == satellite
        bits = problem.block_bits(taken)
        if len(self.sides(amount, satellite)) == 1:
            return float(bits[in_time & (self.served_by[first] == number)].sum())
        end = (demand.station_a, demand.station_b)[side]
        own = in_time & ~problem.joint[first] & (problem.station[first] == end)
        return float(bits[own].sum()) + self._stock(amount, satellite, side)


def _what_each_adds(problem: Problem) -> FloatArray:
    """What the block of each contact, with all of them, loses without it; at least its own key."""
    if problem.blocks is None:
        return problem.key_bits
    every = np.arange(len(problem))
    blocks = Groups.by(problem.block, every).parts()
    whole = problem.block_bits(np.ones(len(problem), dtype=np.bool_))
    without = problem.key_of(Groups.of([own[own != one] for own in blocks for one in own.tolist()]))
    lost = np.zeros(len(problem))
    lost[np.concatenate(blocks)] = np.concatenate(
        [np.full(own.size, whole[number]) for number, own in enumerate(blocks)]
    )
    lost[np.concatenate(blocks)] -= without
    return np.maximum(lost, problem.key_bits)
