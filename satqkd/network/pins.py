"""Contacts that a plan has to schedule, or must not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, IntArray


def named(forecasts: Sequence[Forecast], keys: Sequence[str], *, what: str) -> list[BoolArray]:
    """Find contacts by their keys, one array of each forecast's contacts.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    keys
        Keys of contacts.
    what
        What the mission calls the list, for the error.

    Raises
    ------
    SatqkdError
        For a key that no contact has.
    """
    known = [one.contact_key for one in forecasts]
    every = {key for part in known for key in part}
    for key in keys:
        if key not in every:
            like = _key_of_id(forecasts, key) or difflib.get_close_matches(key, every, n=1)
            raise SatqkdError(
                f"{what}: no contact of this window is called {key!r}\n  fix: "
                + (f"write {like[0]!r}, or " if like else "")
                + "take a key from the column contact_key of passes.csv"
            )
    return [np.array([key in keys for key in part], dtype=np.bool_) for part in known]


def _key_of_id(forecasts: Sequence[Forecast], written: str) -> list[str]:
    """Return the key of the contact whose id somebody wrote; nothing where it is none."""
    return [
        key
        for one in forecasts
        for key, own in zip(one.contact_key, one.ids, strict=True)
        if own == written
    ][:1]


def require_candidates(
    forecasts: Sequence[Forecast], pinned: Sequence[BoolArray], candidate: Sequence[BoolArray]
) -> None:
    """Refuse a pinned contact that a plan could not schedule.

    Raises
    ------
    SatqkdError
        With the reason of each.
    """
    for forecast, wanted, possible in zip(forecasts, pinned, candidate, strict=True):
        for row in np.flatnonzero(wanted & ~possible).tolist():
            key = forecast.contact_key[row]
            if key in forecast.mission.banned:
                raise SatqkdError(
                    f"pinned: {key} is banned too\n  fix: take it from 'pinned' or from 'banned'"
                )
            why = forecast.reason[row] or "it is too late, it can be commanded no more"
            raise SatqkdError(
                f"pinned: {key} cannot be scheduled: {why}\n  fix: take it from 'pinned'"
            )


def require_together(problem: Problem, cliques: Groups, keys: Sequence[str]) -> None:
    """Refuse pinned contacts that clash, or break a rule.

    Raises
    ------
    SatqkdError
        With their keys.
    """
    pinned = problem.in_any_case
    for own in cliques.parts():
        if np.count_nonzero(pinned[own]) > 1:
            raise SatqkdError(
                f"pinned: {_names(keys, own[pinned[own]])} clash\n"
                "  fix: take one of them from 'pinned'"
            )
    for rule in problem.rules:
        if not rule.keeps(pinned):
            own = rule.contacts[pinned[rule.contacts]]
            alone = "is kept out" if own.size == 1 else "do not go together"
            one = "it" if own.size == 1 else "one of them"
            raise SatqkdError(
                f"pinned: {_names(keys, own)} {alone} by a rule: {rule.name}\n"
                f"  fix: take {one} from 'pinned', or change the rule"
            )


def _names(keys: Sequence[str], contacts: IntArray) -> str:
    return " and ".join(keys[index] for index in contacts.tolist())
