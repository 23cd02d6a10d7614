"""Parts of contacts that need less energy than the whole: where the battery cannot feed all."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from satqkd.errors import SatqkdWarning
from satqkd.forecast.forecast import Forecast
from satqkd.mission.rules import Plannable
from satqkd.network.energy import energy_rules
from satqkd.passes.sunlight import Sunlight
from satqkd.schedule.contact_parts import LEAST_S, ContactParts
from satqkd.schedule.problem import Problem
from satqkd.schedule.rules import Rule
from satqkd.units import FloatArray, IntArray

LENGTHS_AT_MOST: Final = 3
"""Numerical: parts of a contact that save energy, the shortest first: they leave most to others."""
CONTACTS_AT_MOST: Final = 300
"""Numerical: contacts that are cut to save energy; the plan of more takes too long."""
SAVED: Final = 1.0 - 1e-6
"""Numerical: share of the energy that is left which a part takes, for the rounding of instants."""


def parts_for_energy(
    forecasts: Sequence[Forecast],
    places: tuple[IntArray, IntArray],
    whole: Problem,
    contacts: Plannable,
    supplies: Mapping[int, Sunlight],
) -> ContactParts:
    """Cut contacts to what the battery can feed: alone, or beside one other that is whole.

    Around the instant at which the satellite stands highest, or the middle of a joint contact,
    where most clicks come. What a part really needs is up to its own rules.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    places
        Forecast and row of each candidate.
    whole, contacts
        The problem of the candidates, and the same as rules see them.
    supplies
        Sunlight of the satellites whose bus is given.

    Warns
    -----
    SatqkdWarning
        If there are too many to be cut.
    """
    mission = forecasts[0].mission
    lengths: dict[int, set[float]] = {}
    for index, supply in supplies.items():
        bus = mission.spacecraft[index].bus
        if bus is not None:
            for rule in energy_rules(mission, {index: supply}, contacts):
                _add_lengths(lengths, rule, whole, lead_s=bus.lead_s)
    cut = sorted(one for one, found in lengths.items() if found and not whole.in_any_case[one])
    if len(cut) > CONTACTS_AT_MOST:
        warnings.warn(
            f"{len(cut)} contacts could be flown in part to save energy, and are tried whole "
            f"alone: no more than {CONTACTS_AT_MOST} are cut",
            SatqkdWarning,
            stacklevel=2,
        )
        cut = []
    middle_s = _best_s(forecasts, places, whole)
    found = [
        (one, *_span(whole, one, length_s, float(middle_s[one])))
        for one in cut
        for length_s in sorted(lengths[one])[:LENGTHS_AT_MOST]
    ]
    columns = np.array(found, dtype=np.float64).reshape(-1, 3).T
    return ContactParts(contact=columns[0].astype(np.int64), start_s=columns[1], end_s=columns[2])


def _add_lengths(
    lengths: dict[int, set[float]], rule: Rule, whole: Problem, *, lead_s: float
) -> None:
    """Add how long contacts of a rule may last, alone and beside each other one. [s]"""
    uses = dict(zip(rule.contacts.tolist(), rule.use.tolist(), strict=True))
    for one, use in uses.items():
        lasts_s = float(whole.end_s[one] - whole.start_s[one])
        left = [rule.most] + [
            rule.most - other_use
            for other, other_use in uses.items()
            if other != one and not _overlap(whole, one, other)
        ]
        for rest in left:
            length_s = SAVED * rest / use * (lasts_s + lead_s) - lead_s
            if use > rest and length_s >= LEAST_S:
                lengths.setdefault(one, set()).add(round(length_s, 3))


def _overlap(whole: Problem, one: int, other: int) -> bool:
    begin, end = whole.start_s, whole.end_s
    return bool(begin[one] < end[other] and begin[other] < end[one])


def _span(whole: Problem, one: int, length_s: float, middle_s: float) -> tuple[float, float]:
    """Begin and end of a part around an instant, within its contact. [s]"""
    begin, end = float(whole.start_s[one]), float(whole.end_s[one])
    since = min(max(begin, middle_s - 0.5 * length_s), end - length_s)
    return since, since + length_s


def _best_s(
    forecasts: Sequence[Forecast], places: tuple[IntArray, IntArray], whole: Problem
) -> FloatArray:
    """When the satellite of each candidate stands highest; the middle of a joint contact. [s]"""
    found = 0.5 * (whole.start_s + whole.end_s)
    kind, row = places
    for number, forecast in enumerate(forecasts):
        mine = (kind == number) & (whole.partner < 0)
        found[mine] = forecast.contacts.listed_s[row[mine]]
    return found
