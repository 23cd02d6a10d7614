"""Contacts of the plan in force among the candidates of a new one: frozen, or dear to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.network.contact_parts import Parts
from satqkd.network.followed_parts import followed_in_part
from satqkd.schedule.contact_parts import LEAST_S
from satqkd.units import BoolArray, FloatArray, IntArray

OTHER_PART: Final = 0.5
"""Share of what keeping a contact is worth that is left where another part of it is flown:
assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A contact that the plan in force schedules, and that lies ahead."""

    contact_key: str
    start_s: float
    """First second of it that is flown, mission seconds. [s]"""
    end_s: float
    """Last one. [s]"""
    in_part: bool
    """Whether the plan in force flies it in part, or it has to be flown at these very seconds."""
    frozen: bool
    """Whether it is too late to change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What a new plan keeps of the one in force."""

    contacts: tuple[InForce, ...] = ()
    change_bits: float = 0.0
    """What changing a contact that is not frozen costs. [bit]"""
    commanded_s: tuple[float, ...] = ()
    """Until when, mission seconds, a contact that rises can be commanded no more, one a satellite;
    none where nothing is in force. [s]"""

    def too_late(self, forecast: Forecast) -> BoolArray:
        """Return which contacts can be commanded no more, and are not in force."""
        if not self.commanded_s:
            return np.zeros(len(forecast), dtype=np.bool_)
        limit_s = np.array(self.commanded_s)[forecast.contacts.satellite]
        known = self.by_key()
        new = np.array([key not in known for key in forecast.contact_key], dtype=np.bool_)
        return np.asarray(new & (forecast.contacts.start_s <= limit_s))

    def by_key(self) -> Mapping[str, InForce]:
        """Return the contacts in force by contact key."""
        return {one.contact_key: one for one in self.contacts}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """Candidates that are contacts in force; shape (n,), parts of contacts among them."""

    exact: BoolArray
    """Which are flown as in the plan in force."""
    frozen: BoolArray
    """Which of these cannot be changed any more."""
    worth_bits: FloatArray
    """What scheduling each is worth beside its key. [bit]"""

    def pinned(self, asked: BoolArray, contact: IntArray) -> BoolArray:
        """Return what is scheduled in any case: what is frozen, as it is, and what is asked for.

        Parameters
        ----------
        asked
            Which candidates the mission pins.
        contact
            Candidate that each is a part of, or is.
        """
        return self.frozen | (asked & ~np.isin(contact, contact[self.frozen]))


def with_parts_in_force(
    parts: Parts, kind: IntArray, row: IntArray, keeping: Keeping
) -> tuple[Parts, Held]:
    """Offer contacts in force also as they are flown now, and say what keeping each is worth.

    Parameters
    ----------
    parts
        Parts offered so far.
    kind, row
        Forecast and row of each candidate, without parts.
    keeping
        What is in force.
    """
    wanted = keeping.by_key()
    forecasts = list(parts.forecasts)
    keys = [forecasts[one].contact_key[at] for one, at in _places(kind, row)]
    own = [number for number, key in enumerate(keys) if key in wanted]
    exact_of: dict[int, int] = {}
    of, at = [parts.of], [parts.row]
    count = kind.size + parts.of.size
    for number, forecast in enumerate(parts.forecasts):
        mine = [one for one in own if kind[one] == number]
        cut = np.array([one for one in mine if wanted[keys[one]].in_part], dtype=np.int64)
        exact_of |= {one: one for one in mine if not wanted[keys[one]].in_part}
        if cut.size == 0:
            continue
        found, usable = _followed(forecast, row[cut], [wanted[keys[one]] for one in cut.tolist()])
        kept = cut[usable]
        if kept.size == 0:
            continue
        of.append(kept)
        at.append(len(forecast) + np.arange(kept.size))
        exact_of |= {one: count + place for place, one in enumerate(kept.tolist())}
        count += kept.size
        forecasts[number] = Forecast.join([forecast, found])
    offered = Parts(
        forecasts=tuple(forecasts),
        of=np.concatenate(of),
        row=np.concatenate(at),
        clashes_left=parts.clashes_left,
    )
    return offered, _held(keys, exact_of, offered, keeping)


def _places(kind: IntArray, row: IntArray) -> list[tuple[int, int]]:
    return list(zip(kind.tolist(), row.tolist(), strict=True))


def _followed(
    forecast: Forecast, row: IntArray, spans: Sequence[InForce]
) -> tuple[Forecast, BoolArray]:
    """Forecast contacts as they are flown in part; and which of them are still usable."""
    found = followed_in_part(
        forecast,
        row,
        start_s=np.array([one.start_s for one in spans]),
        end_s=np.array([one.end_s for one in spans]),
    )
    usable = found.yields.usable_s >= LEAST_S
    return found.take(np.flatnonzero(usable)), usable


def _held(
    keys: Sequence[str], exact_of: Mapping[int, int], offered: Parts, keeping: Keeping
) -> Held:
    """Mark the candidates that are in force, and other parts of the same contacts."""
    wanted, count = keeping.by_key(), len(keys) + offered.of.size
    exact = np.zeros(count, dtype=np.bool_)
    frozen, worth = exact.copy(), np.zeros(count)
    every = np.concatenate((np.arange(len(keys)), offered.of))
    for candidate, place in exact_of.items():
        entry = wanted[keys[candidate]]
        worth[every == candidate] = OTHER_PART * keeping.change_bits
        worth[place] = keeping.change_bits
        exact[place], frozen[place] = True, entry.frozen
    worth[frozen] = 0.0
    return Held(exact=exact, frozen=frozen, worth_bits=worth)
