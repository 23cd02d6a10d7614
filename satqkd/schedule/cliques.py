"""Which contacts exclude each other, as the maximal cliques of interval graphs."""

from __future__ import annotations

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.units import FloatArray, IntArray


def maximal_cliques(
    resource: IntArray, *, start_s: FloatArray, end_s: FloatArray, gap_s: FloatArray
) -> Groups:
    """Largest sets of contacts that occupy one resource at the same time.

    Parameters
    ----------
    resource
        Index of the satellite, or of the station, of each contact.
    start_s
        When each contact begins to occupy it. [s]
    end_s
        When each contact ends. [s]
    gap_s
        How long each *resource* stays occupied afterwards. [s]

    Returns
    -------
    Groups
        Every maximal clique, in order of resource and time, those of a single contact too.

    Notes
    -----
    A contact occupies the half-open interval from ``start_s`` to ``end_s`` plus gap, and at
    least the instant ``start_s``. Sweeping over starts and stops (stops first where they
    coincide), a clique is maximal exactly where a start is followed by a stop: the start adds
    a contact no earlier clique holds, the stop removes one no later clique holds. A contact
    belongs to the consecutive cliques between its own start and stop. The cost is that of one
    sort, n log n, plus the size of the answer.

    References
    ----------
    .. [1] M. C. Golumbic, *Algorithmic Graph Theory and Perfect Graphs*, 2nd ed., Elsevier,
       2004, ch. 8 (interval graphs; recalled).

    Examples
    --------
    >>> found = maximal_cliques(
    ...     np.array([0, 0, 0]), start_s=np.array([0.0, 5.0, 9.0]),
    ...     end_s=np.array([6.0, 8.0, 12.0]), gap_s=np.array([2.0]))
    >>> found.as_tuples()
    [(0, 1), (1, 2)]
    """
    count = start_s.size
    stop_s = np.maximum(end_s + gap_s[resource], np.nextafter(start_s, np.inf))
    opens = np.repeat([True, False], count)
    order = np.lexsort((opens, np.concatenate((start_s, stop_s)), np.tile(resource, 2)))
    place = np.empty(2 * count, dtype=np.int64)
    place[order] = np.arange(2 * count)
    opens = opens[order]
    peak = np.flatnonzero(opens[:-1] & ~opens[1:])
    first = np.searchsorted(peak, place[:count])
    span = np.searchsorted(peak, place[count:]) - first
    contact = np.repeat(np.arange(count), span)
    within = np.arange(contact.size) - np.repeat(np.cumsum(span) - span, span)
    clique = first[contact] + within
    return Groups(
        starts=np.searchsorted(np.sort(clique), np.arange(peak.size + 1)),
        members=contact[np.argsort(clique, kind="stable")],
    )


def clash_cliques(problem: Problem) -> Groups:
    """Every maximal clique of two or more contacts of each satellite and station, none twice.

    Stations that serve several contacts at once have none. The parts of a contact are one too: it
    is flown in one of them at most.
    """
    alone, joint = np.flatnonzero(problem.occupies), np.flatnonzero(problem.joint)
    contacts = np.concatenate((alone, joint))
    stations = np.concatenate((problem.station[alone], problem.partner[joint]))
    if problem.terminals is not None:
        single = problem.terminals[stations] == 1
        contacts, stations = contacts[single], stations[single]
    found = _cliques_of(
        problem, alone, problem.satellite[alone], problem.satellite_gap_s
    ) + _cliques_of(problem, contacts, stations, problem.station_gap_s)
    if problem.part_of is not None:
        found += Groups.by(problem.part_of, np.arange(len(problem))).as_tuples()
    kept = list(dict.fromkeys(clique for clique in found if len(clique) > 1))
    return Groups.of(kept)


def _cliques_of(
    problem: Problem, contact: IntArray, resource: IntArray, gap_s: FloatArray
) -> list[tuple[int, ...]]:
    """Cliques of contacts, each listed with every resource of a kind that it occupies."""
    found = maximal_cliques(
        resource, start_s=problem.start_s[contact], end_s=problem.end_s[contact], gap_s=gap_s
    )
    return [tuple(sorted(contact[list(places)].tolist())) for places in found.as_tuples()]
