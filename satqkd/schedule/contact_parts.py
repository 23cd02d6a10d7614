"""Parts of contacts: what of each can be flown beside those it clashes with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, FloatArray, IntArray

LEAST_S: Final = 30.0
"""Numerical: shorter parts are not offered. [s]"""
MARGIN_S: Final = 1e-6
"""Numerical: room beside the gap, for the rounding of instants. [s]"""
CLASHES_AT_MOST: Final = 600
"""Numerical: clashes at which contacts are cut, those first that cost least time."""
POOLED_FEW: Final = 600
"""Numerical: contacts up to which as many clashes count where blocks gather several: of 6
satellites and 8 stations a plan with 600 found 19 % more than with 120, in the same time."""
POOLED_AT_MOST: Final = 120
"""Numerical: clashes of more contacts, whose blocks parts make larger: of 6 satellites and 20
stations a plan with 600 found 1 % more, in a quarter more time, and proved less."""
POOLED_CONTACTS: Final = 1500
"""Numerical: contacts above which none is cut there: of 20 satellites and 20 stations parts brought
nothing in the same time."""
CUTS_AT_MOST: Final = 3
"""Numerical: instants at which a contact may begin later, and end sooner, each."""
PARTS_AT_MOST: Final = 6
"""Numerical: parts of a contact, those first that lose least time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clashes:
    """Contacts that cannot both be flown whole, two and two; shape (clashes,)."""

    first: IntArray
    """The one that begins first."""
    second: IntArray
    """The other one."""
    gap_s: FloatArray
    """From the end of one to the beginning of the other. [s]"""
    lost_s: FloatArray
    """Time that the two lose together where one follows the other. [s]"""

    def __len__(self) -> int:
        return int(self.first.size)

    def take(self, index: IntArray | BoolArray) -> Clashes:
        """Return some of them."""
        return Clashes(
            first=self.first[index],
            second=self.second[index],
            gap_s=self.gap_s[index],
            lost_s=self.lost_s[index],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meetings:
    """Instants between clashing contacts at which one may end, and the other begin."""

    earlier: IntArray
    """The one that ends, shape (n,) like all others."""
    later: IntArray
    """The one that begins."""
    end_s: FloatArray
    """When the one ends. [s]"""
    start_s: FloatArray
    """When the other begins. [s]"""

    @staticmethod
    def none() -> Meetings:
        """Return none."""
        nothing = np.zeros(0, dtype=np.int64)
        return Meetings(earlier=nothing, later=nothing, end_s=np.zeros(0), start_s=np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactParts:
    """Parts of contacts; shape (parts,), ordered by contact."""

    contact: IntArray
    """Contact each is a part of."""
    start_s: FloatArray
    """When it begins. [s]"""
    end_s: FloatArray
    """When it ends. [s]"""

    def __len__(self) -> int:
        return int(self.contact.size)

    def beside(self, more: ContactParts) -> ContactParts:
        """Return these and more, each span of a contact once."""
        rows = np.stack([
            np.concatenate((self.contact.astype(np.float64), more.contact)),
            np.concatenate((self.start_s, more.start_s)),
            np.concatenate((self.end_s, more.end_s)),
        ])  # fmt: skip
        contact, start_s, end_s = np.unique(rows, axis=1)
        return ContactParts(contact=contact.astype(np.int64), start_s=start_s, end_s=end_s)


def clashes_of(problem: Problem) -> Clashes:
    """Find every two contacts that clash."""
    joint = np.flatnonzero(problem.joint)
    every = np.flatnonzero(problem.occupies)
    found = [
        *_on(problem, every, problem.satellite[every], problem.satellite_gap_s),
        *_on(
            problem,
            np.concatenate((every, joint)),
            np.concatenate((problem.station[every], problem.partner[joint])),
            problem.station_gap_s,
        ),
    ]
    nothing = np.zeros(0, dtype=np.int64)
    first, second = (np.concatenate([nothing, *(one[k] for one in found)]) for k in (0, 1))
    gap_s = np.concatenate([np.zeros(0), *(one[2] for one in found)])
    order = np.lexsort((-gap_s, second, first))
    first, second, gap_s = first[order], second[order], gap_s[order]
    new = np.ones(first.size, dtype=np.bool_)
    new[1:] = (np.diff(first) != 0) | (np.diff(second) != 0)
    first, second, gap_s = first[new], second[new], gap_s[new]
    begin, end = problem.start_s, problem.end_s
    lost_s = np.minimum(
        end[first] + gap_s - begin[second],  # the first one first
        end[second] + gap_s - begin[first],  # the second one first
    )
    return Clashes(first=first, second=second, gap_s=gap_s, lost_s=lost_s)


def _on(
    problem: Problem, contact: IntArray, resource: IntArray, gap_s: FloatArray
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Yield clashes on one kind of resource: neighbours in time, then those one further, ..."""
    order = np.lexsort((contact, problem.start_s[contact], resource))
    contact, resource = contact[order], resource[order]
    begin, free = problem.start_s[contact], problem.end_s[contact] + gap_s[resource]
    for step in range(1, contact.size):
        near = np.flatnonzero((resource[step:] == resource[:-step]) & (begin[step:] < free[:-step]))
        if near.size == 0:
            return
        yield contact[near], contact[near + step], gap_s[resource[near]]


def cheapest(problem: Problem, clashes: Clashes) -> Clashes:
    """Return those at which contacts are cut, and leave out those that cost more time."""
    most = CLASHES_AT_MOST
    if problem.blocks is not None and len(problem) > POOLED_FEW:
        most = POOLED_AT_MOST if len(problem) <= POOLED_CONTACTS else 0
    order = np.lexsort((clashes.second, clashes.first, clashes.lost_s))
    return clashes.take(np.sort(order[:most]))


def parts_of(problem: Problem, clashes: Clashes, meetings: Meetings) -> ContactParts:
    """Cut contacts so that each can be flown beside those it clashes with.

    Parameters
    ----------
    problem
        Contacts, each whole.
    clashes
        Where they are cut: a contact may end when another, whole, needs its satellite or station,
        and begin when another has left them.
    meetings
        Where two of them may meet between.

    Notes
    -----
    Where key grows at least as fast as time, a sum over two contacts that share some time is
    largest where one of them is whole: a convex function takes its largest value at an end. Clicks
    come faster the higher a satellite stands, so that it may also be largest between.
    """
    first, second, gap_s = clashes.first, clashes.second, clashes.gap_s + MARGIN_S
    begin, end = problem.start_s, problem.end_s
    ends = _cuts(
        problem,
        np.concatenate((first, second, meetings.earlier)),
        np.concatenate((begin[second] - gap_s, begin[first] - gap_s, meetings.end_s)),
        end,
    )
    starts = _cuts(
        problem,
        np.concatenate((second, first, meetings.later)),
        np.concatenate((end[first] + gap_s, end[second] + gap_s, meetings.start_s)),
        begin,
    )
    contact: list[int] = []
    spans: list[tuple[float, float]] = []
    for one in sorted({*ends, *starts}):
        whole = (float(begin[one]), float(end[one]))
        options = [
            (since, until)
            for since in (whole[0], *starts.get(one, ()))
            for until in (whole[1], *ends.get(one, ()))
            if (since, until) != whole and until - since >= LEAST_S
        ]
        options.sort(key=lambda span: (span[0] - span[1], span))
        kept = sorted(options[:PARTS_AT_MOST])
        contact += [one] * len(kept)
        spans += kept
    found = np.array(spans, dtype=np.float64).reshape(-1, 2)
    return ContactParts(
        contact=np.array(contact, dtype=np.int64), start_s=found[:, 0], end_s=found[:, 1]
    )


def _cuts(
    problem: Problem, contact: IntArray, at_s: FloatArray, near_s: FloatArray
) -> dict[int, list[float]]:
    """For each contact the instants at which it may be cut, nearest to one of its ends first.

    Parameters
    ----------
    problem
        Contacts.
    contact, at_s
        Where each could be cut. [s]
    near_s
        The end, of every contact. [s]
    """
    begin, end = problem.start_s[contact], problem.end_s[contact]
    other = np.where(near_s[contact] == end, at_s - begin, end - at_s)
    inside = (at_s > begin) & (at_s < end) & (other >= LEAST_S) & ~problem.in_any_case[contact]
    found: dict[int, list[float]] = {}
    order = np.lexsort((np.abs(at_s - near_s[contact]), contact))
    for place in order[inside[order]].tolist():
        own = found.setdefault(int(contact[place]), [])
        if len(own) < CUTS_AT_MOST and float(at_s[place]) not in own:
            own.append(float(at_s[place]))
    return found
