"""What hidden contacts would give without the first limit in their way, and what frees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.forecast.arms import sides_of, why_unusable
from satqkd.forecast.follow import yields_of
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.obstacles import NAMES
from satqkd.mission.mission import Mission
from satqkd.network.levers import Hidden
from satqkd.network.loosening import change_needed
from satqkd.network.situation import (
    Followed,
    Free,
    Situation,
    free_of_each,
    lifted,
    usable_s,
)
from satqkd.passes.chunks import parts
from satqkd.units import IntArray

MOST_HIDDEN: Final = 2_000
"""Numerical: of more contacts that limits hide, what is at stake is not worked out."""
SAMPLES_AT_ONCE: Final = 1 << 19
"""Numerical: samples followed together."""
NOT_COMPUTED: Final = -1
"""Bits at stake that are not computed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtStake:
    """What limits cost some contacts; shape (n,)."""

    bits: IntArray
    """Key if the first limit in its way were gone, each contact a block of its own;
    :data:`NOT_COMPUTED` where not computed. [bit]"""
    change_needed: tuple[str, ...]
    """What would have to be different for some of it to be usable; empty where no value of the
    files does it, where no limit hides the contact, and where not computed."""

    @staticmethod
    def unknown(count: int) -> AtStake:
        """Return contacts of which nothing is computed."""
        return AtStake(bits=np.full(count, NOT_COMPUTED), change_needed=("",) * count)


def at_stake(forecasts: Sequence[Forecast], *, most: int = MOST_HIDDEN) -> tuple[AtStake, ...]:
    """Follow the contacts that limits hide once more, without the first limit in their way.

    Parameters
    ----------
    forecasts
        Of one mission.
    most
        How many hidden contacts are followed; if there are more, none is.

    Returns
    -------
    tuple
        One for each forecast.
    """
    rows = [_hidden(one) for one in forecasts]
    if sum(own.size for own in rows) > most:
        return tuple(AtStake.unknown(len(one)) for one in forecasts)
    return tuple(_of_rows(one, own) for one, own in zip(forecasts, rows, strict=True))


def _hidden(forecast: Forecast) -> IntArray:
    """Contacts that limits hide; what has no link is hidden by none."""
    names = [None if why is None else why.name for why in forecast.yields.obstacle]
    return np.array([row for row, name in enumerate(names) if name in NAMES], dtype=np.int64)


def _of_rows(forecast: Forecast, rows: IntArray) -> AtStake:
    bits, told = np.full(len(forecast), NOT_COMPUTED), [""] * len(forecast)
    if rows.size:
        sky = forecast.take(rows).sky()
        contacts = forecast.contacts.take(rows)
        samples = (contacts.end_s - contacts.start_s) / forecast.mission.step_s
        count = np.asarray(samples, dtype=np.int64) + 3
        for own in parts(np.arange(rows.size), count, most=SAMPLES_AT_ONCE // len(contacts.arms)):
            some = contacts.take(own)
            followed = Followed(
                contacts=some,
                sides=sides_of(forecast.mission, some, sky),
                timebase=forecast.timebase,
            )
            bits[rows[own]], names = _without_first(forecast, followed, rows[own])
            changes = _changes_needed(forecast.mission, followed, names)
            for row, change in zip(rows[own].tolist(), changes, strict=True):
                told[row] = change
    return AtStake(bits=bits, change_needed=tuple(told))


def _changes_needed(
    mission: Mission, followed: Followed, names: Sequence[tuple[str, ...]]
) -> list[str]:
    """What would have to be different for each contact; all are asked about side by side."""
    without = {own: lifted(mission, own) for own in dict.fromkeys(names)}
    asking = [
        change_needed(
            Hidden(mission=mission, followed=followed.take(np.array([place]))), own, without[own]
        )
        for place, own in enumerate(names)
    ]
    told, answers = [""] * len(asking), dict[int, Free | None](dict.fromkeys(range(len(asking))))
    while answers:
        asked: dict[int, Situation] = {}
        for place, answer in answers.items():
            one = asking[place]
            try:
                asked[place] = next(one) if answer is None else one.send(answer)
            except StopIteration as done:
                told[place] = done.value
        found = free_of_each(list(asked.values()), followed.take(np.array(list(asked), np.int64)))
        answers = dict(zip(asked, found, strict=True))
    return told


def _key_of(forecast: Forecast, without: Situation, some: Followed) -> IntArray:
    """Key of contacts as it is distilled; of those that make none as one block none. [bit]

    Most of them make none: they are not divided into blocks that would make less.
    """
    whole = yields_of(
        without.mission,
        forecast.timebase,
        some.contacts,
        without.arms(some),
        systems=forecast.systems,
        distil=False,
        ranges=False,
    )
    bits = whole.keys.secure_bits.copy()
    hows = [without.mission.distilled(craft) for craft in some.contacts.satellite.tolist()]
    divides = [how is not None and how.divides for how in hows]
    own = np.flatnonzero(np.array(divides, dtype=np.bool_) & (bits > 0))
    if own.size:
        few = some.take(own)
        found = yields_of(
            without.mission,
            forecast.timebase,
            few.contacts,
            without.arms(few),
            systems=forecast.systems,
            ranges=False,
        )
        bits[own] = found.made.bits
    return bits


def _without_first(
    forecast: Forecast, followed: Followed, rows: IntArray
) -> tuple[IntArray, list[tuple[str, ...]]]:
    """Key without the first limit, and the limits without which something is usable. [bit]"""
    mission, bits = forecast.mission, np.zeros(rows.size, dtype=np.int64)
    why = [forecast.yields.obstacle[row] for row in rows.tolist()]
    names: list[tuple[str, ...]] = [() if one is None else (one.name,) for one in why]
    asked, first = np.arange(rows.size), True
    while asked.size:
        still = []
        for gone in sorted({names[place] for place in asked.tolist()}):
            own = np.array([place for place in asked.tolist() if names[place] == gone])
            one = lifted(mission, gone)
            some = followed.take(own)
            arms = one.arms(some)
            free_s = usable_s(arms)
            free = np.flatnonzero(free_s > 0.0)
            if first and free.size:
                bits[own[free]] = _key_of(forecast, one, some.take(free))
            next_why = why_unusable(one.mission, forecast.timebase, arms, free_s)
            for place, short in zip(own.tolist(), next_why, strict=True):
                if short is not None and short.name not in gone:
                    names[place] = (*gone, short.name)
                    still.append(place)
        asked, first = np.array(still, dtype=np.int64), False
    return bits, names
