"""Parts of contacts without ends whose errors cost more key than their clicks bring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.key.system import System
from satqkd.network.followed_parts import Slices, slices_of
from satqkd.schedule.contact_parts import LEAST_S, ContactParts
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.units import FloatArray, IntArray

CONTACTS_AT_MOST: Final = 1500
"""Numerical: contacts above which none is cut so: with parts of each, the plan of more finds less
in the same time."""
LEVELS: Final = 16
"""Numerical: shares of errors at which contacts of a block are tried cut."""
LEAST_GAIN: Final = 0.005
"""Numerical: share by which the key of a block must rise for its contacts to be cut."""


def parts_without_poor_ends(
    forecasts: Sequence[Forecast], places: tuple[IntArray, IntArray], whole: Problem
) -> ContactParts:
    """Cut contacts of each block where their errors become too many for the block.

    What the next second adds to a block depends on its clicks and on its share of errors, and turns
    to a loss above a share that all contacts of the block have in common. It is found by cutting
    half of them, every second one by clicks, at each of :data:`LEVELS` shares: about what a plan
    has time for. A larger pool would bear more errors, a smaller one fewer.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    places
        Forecast and row of each candidate.
    whole
        The problem of the candidates.

    Returns
    -------
    ContactParts
        One part a contact at most, from its first to its last slice of few enough errors; none of
        pinned ones, nor where keys are dear.
    """
    kind, row = places
    contact, spans = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2))]
    for number, forecast in enumerate(forecasts) if len(whole) <= CONTACTS_AT_MOST else ():
        dear = np.array([system.dear for system in forecast.yields.systems], dtype=np.bool_)
        mine = np.flatnonzero(kind == number)
        mine = mine[~dear[forecast.yields.system[row[mine]]]]
        if mine.size == 0:
            continue
        slices = slices_of(forecast, row[mine])
        for system, places_of, collected in slices.collected:
            for one, span in _cut(slices, system, places_of, collected, whole.block[mine]):
                if not whole.in_any_case[mine[one]]:
                    contact.append(mine[[one]])
                    spans.append(np.array([span]))
    found = np.concatenate(spans)
    return ContactParts(contact=np.concatenate(contact), start_s=found[:, 0], end_s=found[:, 1])


def without_poor_ends(whole: Problem, parts: ContactParts) -> Problem:
    """Return the problem with contacts as short as their parts, one a contact at most."""
    start_s, end_s = whole.start_s.copy(), whole.end_s.copy()
    start_s[parts.contact], end_s[parts.contact] = parts.start_s, parts.end_s
    return replace(whole, start_s=start_s, end_s=end_s)


def _cut(
    slices: Slices, system: System, place: IntArray, collected: Any, block: IntArray
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield contacts that one system makes key of, and the part of each that its block needs.

    Parameters
    ----------
    slices
        Of all contacts.
    system
        What makes key of some of them.
    place, collected
        Slices of these, and what is collected in them.
    block
        Block of each contact.
    """
    order = np.argsort(place)
    key = system.key_of(collected)
    share = np.where(key.sifted_bits > 0.0, key.qber, np.inf)[order]
    clicks, owner = key.sifted_bits[order], slices.owner[place[order]]
    begins = np.concatenate(([0], np.flatnonzero(np.diff(owner)) + 1, [owner.size]))
    contacts = owner[begins[:-1]]
    rich = np.add.reduceat(clicks, begins[:-1])
    pools, levels, kept = [], [], []
    for own in Groups.by(block[contacts], np.arange(contacts.size)).parts():
        half = own[np.argsort(-rich[own], kind="stable")][::2]
        pool = [np.arange(begins[one], begins[one + 1]) for one in half.tolist()]
        tried = np.unique(
            np.quantile(_finite(share[np.concatenate(pool)]), np.linspace(0.4, 1.0, LEVELS))
        )
        pools += [np.concatenate(pool)]
        pools += [np.concatenate([_within(share, one, level) for one in pool]) for level in tried]
        levels.append(tried)
        kept.append(own)
    bits = system.bits_of(system.pooled(collected, [order[pool] for pool in pools]))
    first = 0
    for own, tried in zip(kept, levels, strict=True):
        with_all, cut = float(bits[first]), bits[first + 1 : first + 1 + tried.size]
        first += 1 + tried.size
        if cut.max() <= with_all * (1.0 + LEAST_GAIN):
            continue
        level = tried[int(cut.argmax())]
        for one in own.tolist():
            every = np.arange(begins[one], begins[one + 1])
            few = _within(share, every, level)
            if few.size and few.size < every.size:
                ends = place[order[few[[0, -1]]]]
                span = float(slices.start_s[ends[0]]), float(slices.end_s[ends[1]])
                if span[1] - span[0] >= LEAST_S:
                    yield int(contacts[one]), span


def _finite(share: FloatArray) -> FloatArray:
    """Shares of slices with clicks; 0 alone where there are none."""
    found = share[np.isfinite(share)]
    return found if found.size else np.zeros(1)


def _within(share: FloatArray, slices: IntArray, level: float) -> IntArray:
    """Slices of a contact from the first to the last with a share of errors of a level at most."""
    few = np.flatnonzero(share[slices] <= level)
    return slices[few[0] : few[-1] + 1] if few.size else slices[:0]
