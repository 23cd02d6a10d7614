"""What one more pass over a station would be worth: the problem with it, solved again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from satqkd.schedule.effort import Effort
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Blocks, KeyOf, Problem, Solution
from satqkd.schedule.solve import solve
from satqkd.units import BoolArray, IntArray


def one_more_pass(
    problem: Problem, pooled: BoolArray, station: int, effort: Effort
) -> tuple[Problem, Solution, int] | None:
    """Solve a problem with one contact of a station twice, the second time free of clashes.

    Parameters
    ----------
    problem, pooled
        Contacts, and which of their blocks gather several.
    station
        Index of the station.
    effort
        How long to try.

    Returns
    -------
    tuple | None
        The problem with the contact, which stands last; its solution; and the contact that it is
        like: of those whose block holds most key with it, clashes ignored, the first. None where
        that is no key.
    """
    here = (problem.station == station) & ~problem.joint
    if problem.opening is not None:
        here &= ~problem.opening
    own = _whole(problem, np.flatnonzero(here))
    if own.size == 0:
        return None
    with_one_more = [
        np.append(own[problem.block[own] == block] if pooled[block] else np.zeros(0, np.int64), one)
        for one, block in zip(own.tolist(), problem.block[own].tolist(), strict=True)
    ]
    held = problem.key_of(Groups.of(with_one_more))
    if held.max() <= 0.0:
        return None
    like = int(own[np.argmax(held)])
    more = with_copy(problem, like, same_block=bool(pooled[problem.block[like]]))
    return more, solve(more, effort), like


def with_copy(problem: Problem, like: int, *, same_block: bool) -> Problem:
    """Return the problem with one contact more, at its end: as another, but after all others.

    Parameters
    ----------
    problem
        Contacts.
    like
        Which of them it is like; it is key as soon.
    same_block
        Whether both are distilled together.
    """
    gap_s = max(problem.satellite_gap_s.max(), problem.station_gap_s.max())
    start_s = float(problem.end_s.max() + gap_s + 1.0)
    length_s = float(problem.end_s[like] - problem.start_s[like])
    ready_s = problem.end_s if problem.ready_s is None else problem.ready_s

    def again(values: np.ndarray) -> np.ndarray:
        return np.append(values, values[like])

    blocks = problem.blocks
    if blocks is not None:
        number = int(blocks.number[like]) if same_block else len(blocks)
        dear = blocks.dear
        if dear is not None and not same_block:
            dear = np.append(dear, dear[blocks.number[like]])
        blocks = Blocks(
            number=np.append(blocks.number, number),
            key_of=_as_if(blocks.key_of, len(problem), like),
            dear=dear,
        )
    return replace(
        problem,
        satellite=again(problem.satellite),
        station=again(problem.station),
        partner=again(problem.partner),
        key_bits=again(problem.key_bits),
        start_s=np.append(problem.start_s, start_s),
        end_s=np.append(problem.end_s, start_s + length_s),
        ready_s=again(ready_s),
        blocks=blocks,
        pinned=None if problem.pinned is None else np.append(problem.pinned, False),
        opening=None if problem.opening is None else np.append(problem.opening, False),
        part_of=None
        if problem.part_of is None
        else np.append(problem.part_of, problem.part_of.max() + 1),
    )


def _as_if(key_of: KeyOf, last: int, like: int) -> KeyOf:
    """Return the keys with one contact more, which collects what another does."""
    return lambda groups: key_of(
        Groups(starts=groups.starts, members=np.where(groups.members == last, like, groups.members))
    )


def _whole(problem: Problem, contacts: IntArray) -> IntArray:
    """Leave out contacts that are a part of another, which is longer."""
    if problem.part_of is None or contacts.size == 0:
        return contacts
    length_s = (problem.end_s - problem.start_s)[contacts]
    order = np.lexsort((contacts, -length_s, problem.part_of[contacts]))
    first = np.unique(problem.part_of[contacts][order], return_index=True)[1]
    return np.asarray(np.sort(contacts[order[first]]))
