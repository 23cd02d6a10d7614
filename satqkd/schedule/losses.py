"""Key of a plan that is lost: what no memory has room for, and what gets too old for every pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.lots import Lots, lots_of
from satqkd.schedule.problem import Delivery, Problem
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lost:
    """Key that is made and can be relayed no more, stock too."""

    overflow_bits: FloatArray
    """What finds no room of each block, then of each stock, shape (..., lots). [bit]"""
    expired_bits: FloatArray
    """What is too old for every pair of its station, at the end of the window or before; likewise.
    [bit]"""

    @property
    def bits(self) -> float:
        """All of it. [bit]"""
        return math.fsum(self.overflow_bits.ravel()) + math.fsum(self.expired_bits.ravel())


def lost_bits(
    problem: Problem, chosen: BoolArray, block_bits: FloatArray, deliveries: Sequence[Delivery]
) -> Lost:
    """Follow the memory of every satellite through a plan.

    Parameters
    ----------
    problem, chosen
        Contacts, and which are scheduled.
    block_bits
        Key of each block. [bit]
    deliveries
        What is relayed, of which blocks.

    Notes
    -----
    Key is relayed as soon as both blocks are there, and before anything is lost. Of what is not
    going to be relayed that is lost first which gets too old first, no sooner than room is needed:
    so as little is lost in all as can be.
    """
    lots = lots_of(problem, chosen, chosen=True)
    made = made_of_lots(lots, block_bits[np.newaxis])
    places = np.array([lots.places(one) for one in deliveries], dtype=np.int64).reshape(-1, 2)
    shares = np.array([[float(one.bits) for one in deliveries]]).reshape(1, -1)
    found = lost_of_lots(lots, made, places[:, 0], places[:, 1], shares)
    return Lost(overflow_bits=found.overflow_bits[0], expired_bits=found.expired_bits[0])


def made_of_lots(lots: Lots, block_bits: FloatArray) -> FloatArray:
    """Key of each block and each stock, of bits of shape (cases, blocks). [bit]"""
    stock = lots.stock_bits[lots.blocks_count : lots.late_s.size]
    own = np.where(lots.of_block >= 0, block_bits, 0.0)
    return np.hstack((own, np.tile(stock, (len(own), 1))))


def lost_of_lots(
    lots: Lots, made: FloatArray, a: IntArray, b: IntArray, shares: FloatArray
) -> Lost:
    """Follow memories in many cases.

    Parameters
    ----------
    lots
        Pools of chosen contacts.
    made
        What each holds when it is key, shape (cases, lots). [bit]
    a, b
        Pools that each relay takes from.
    shares
        What it takes, shape (cases, relays). [bit]
    """
    problem = lots.problem
    craft, station = lots.places_of_lots
    age_s = oldest_s(problem)[station]
    cases = len(made)
    overflow, expired = np.zeros(made.shape), np.zeros(made.shape)
    at_s = np.maximum(lots.late_s[a], lots.late_s[b])
    due = np.zeros(made.shape)
    for relay, (one, other) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        due[:, one] += shares[:, relay]
        due[:, other] += shares[:, relay]
    for satellite in range(problem.satellite_gap_s.size):
        own = np.flatnonzero((craft == satellite) & made.any(axis=0) & np.isfinite(lots.late_s))
        room = math.inf if problem.memory_bits is None else float(problem.memory_bits[satellite])
        ends_s = lots.late_s[own] + age_s[own]
        left = np.zeros((cases, own.size))
        will = due[:, own]
        instants = np.unique(lots.late_s[own]).tolist()
        for number, instant in enumerate([*instants, max([problem.window_s[1], *instants[-1:]])]):
            old = ends_s < instant
            spare = np.where(old, np.maximum(left - will, 0.0), 0.0)
            expired[:, own] += spare
            left -= spare
            if number == len(instants):  # the end
                break
            here = lots.late_s[own] == instant
            left[:, here] = made[:, own[here]]
            for relay in np.flatnonzero((at_s == instant) & np.isin(a, own)).tolist():
                for lot in (a[relay], b[relay]):
                    place = int(np.searchsorted(own, lot))
                    left[:, place] -= shares[:, relay]
                    will[:, place] -= shares[:, relay]
            over = np.maximum(left.sum(axis=1) - room, 0.0)
            for place in np.argsort(ends_s, kind="stable").tolist() if over.any() else ():
                gone = np.minimum(np.maximum(left[:, place] - will[:, place], 0.0), over)
                left[:, place] -= gone
                over -= gone
                overflow[:, own[place]] += gone
    return Lost(overflow_bits=overflow, expired_bits=expired)


def oldest_s(problem: Problem) -> FloatArray:
    """How old key of each station may be for some pair; infinite where no pair says. [s]"""
    found = np.full(problem.station_gap_s.size, -math.inf)
    for demand in problem.demands:
        for end in (demand.station_a, demand.station_b):
            if demand.trusted_relay:
                found[end] = max(found[end], demand.max_age_s)
    return np.where(found < 0.0, math.inf, found)
