"""What a second terminal at a station would be worth: the problem with it, solved again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from satqkd.schedule.cliques import maximal_cliques
from satqkd.schedule.problem import Problem
from satqkd.schedule.rules import Rule
from satqkd.units import IntArray


def with_second_terminal(problem: Problem, station: int, name: str) -> Problem:
    """Return the problem with two terminals at a station: of its contacts two are flown at once.

    The second is as the first, under the same sky. Its key is in the same blocks and pools, as the
    station is one place that everybody at it trusts. Other rules stay, those of the turns of a
    mount too.

    Parameters
    ----------
    problem
        Contacts.
    station, name
        Index of the station, and what it is called.
    """
    terminals = (
        np.ones(problem.station_gap_s.size, dtype=np.int64)
        if problem.terminals is None
        else problem.terminals.copy()
    )
    terminals[station] += 1
    most = int(terminals[station])
    rules = tuple(
        Rule(
            name=f"at most {most} contacts at once at {name}",
            contacts=clique,
            use=np.ones(clique.size),
            most=float(most),
        )
        for clique in _at_once(problem, station)
        if clique.size > most
    )
    return replace(problem, terminals=terminals, rules=(*problem.rules, *rules))


def contested(problem: Problem) -> list[int]:
    """List the stations whose time two contacts want that a satellite each could fly.

    The one with most contacts that want it first.
    """
    wanted = {}
    for station in range(problem.station_gap_s.size):
        own = [clique for clique in _at_once(problem, station) if _compete(problem, clique)]
        if own:
            wanted[station] = np.unique(np.concatenate(own)).size
    return sorted(wanted, key=lambda station: -wanted[station])


def _at_once(problem: Problem, station: int) -> Iterator[IntArray]:
    """Yield the maximal cliques of contacts that occupy a station, rising indices."""
    here = (problem.station == station) | (problem.partner == station)
    own = np.flatnonzero(here & problem.occupies)
    found = maximal_cliques(
        np.zeros(own.size, dtype=np.int64),
        start_s=problem.start_s[own],
        end_s=problem.end_s[own],
        gap_s=problem.station_gap_s[[station]],
    )
    for places in found.parts():
        yield np.sort(own[places])


def _compete(problem: Problem, clique: IntArray) -> bool:
    """Whether two contacts that meet at a station could be flown if it served both."""
    satellite = problem.satellite[clique]
    if np.unique(satellite).size > 1:
        return True
    # one satellite: only where the station needs longer between contacts than it does
    order = np.argsort(problem.start_s[clique], kind="stable")
    start_s, end_s = problem.start_s[clique][order], problem.end_s[clique][order]
    free_s = np.maximum.accumulate(end_s) + problem.satellite_gap_s[satellite[0]]
    return bool(np.any(start_s[1:] >= free_s[:-1]))
