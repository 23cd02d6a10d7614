"""What is sent set so that most key is left: for each contact, or once for a satellite's window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from satqkd.clicks.light import Light
from satqkd.clicks.source import SettableSource
from satqkd.errors import NonPhysicalError
from satqkd.forecast.forecast import Forecast
from satqkd.key.result import TwoArmEstimator
from satqkd.key.sent import Sent
from satqkd.key.system import System
from satqkd.units import BoolArray, IntArray

Grouping = Literal["pass", "satellite"]
"""Which contacts share a setting: none, or all of a satellite's window (on an uplink, of a
satellite and a station, which sends)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimised:
    """Settings and keys of the contacts that have any usable time; arrays of shape (n,)."""

    forecast: Forecast
    grouping: Grouping
    contacts: IntArray
    """Their indices, by satellite, station and time."""
    sources: tuple[SettableSource | TwoArmEstimator, ...]
    """What is sent in each, of joint contacts the protocol that states it; the preset where
    nothing better was found."""
    preset: BoolArray
    """Whether it is the preset that is kept."""
    before_bits: IntArray
    """Key with the preset. [bit]"""
    after_bits: IntArray
    """Key with ``sources``, through the chain. [bit]"""

    @property
    def sent(self) -> tuple[Sent, ...]:
        """What is sent in each, whatever states it."""
        systems = self.forecast.yields.systems
        own = self.forecast.yields.system[self.contacts].tolist()
        pairs = zip(own, self.sources, strict=True)
        return tuple(systems[number].sending(source).sent for number, source in pairs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Received:
    """Contacts of like ends, with the light of their usable samples."""

    contacts: IntArray
    system: System
    light: Light


def optimised(forecast: Forecast, grouping: Grouping) -> Optimised:
    """Set what is sent for most key: intensities, probabilities, basis bias, brightness.

    Parameters
    ----------
    forecast
        Contacts with the settings the mission states: the preset.
    grouping
        Which contacts share a setting.

    Returns
    -------
    Optimised
        No group of contacts leaves less key, in sum, than with the preset: where the best
        setting found does, the preset is kept.

    Raises
    ------
    NonPhysicalError
        For protocols that have no settings to seek.

    Notes
    -----
    The search has the clicks of a contact as a polynomial of the intensity, and takes dead time
    and light of other pulses as the preset has them. The keys returned are those of the whole chain
    with the settings found. Of joint contacts it follows both arms in longer samples
    (:data:`satqkd.key.system.SEARCHED_S`). A source of one intensity, of single photons or of
    laser light, or of pairs is dimmed, never brightened.
    """
    rows: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    systems: list[System] = []
    searched: list[Any] = []
    for one in _received(forecast):
        rows.append(one.contacts)
        systems += [one.system] * one.contacts.size
        searched.append(one.system.searched(one.light))
    contacts = np.concatenate(rows)
    joined: Any = type(searched[0]).join(searched) if searched else None
    before = forecast.yields.keys.secure_bits[contacts]
    presets = [system.settable() for system in systems]
    sources = list(presets)
    groups = _groups(forecast, contacts, grouping)
    for group in groups:
        own = [systems[place] for place in group.tolist()]
        _check_alike(own, grouping)
        each = np.zeros(group.size, np.int64)
        if grouping == "pass":
            each = forecast.systems.settings(forecast.contacts.take(contacts[group]))
        for place, source in zip(
            group.tolist(), own[0].best(joined.take(group), each, presets=[
                presets[place] for place in group.tolist()
            ]), strict=True,
        ):  # fmt: skip
            sources[place] = source
    after = _keys(forecast, contacts, sources)
    kept = np.zeros(contacts.size, dtype=np.bool_)
    for group in _settled(groups, grouping):
        kept[group] = after[group].sum() <= before[group].sum()
    order = _in_order(forecast, contacts)
    chosen = [old if keep else new for old, new, keep in zip(presets, sources, kept, strict=True)]
    return Optimised(
        forecast=forecast,
        grouping=grouping,
        contacts=contacts[order],
        sources=tuple(chosen[place] for place in order.tolist()),
        preset=kept[order],
        before_bits=before[order],
        after_bits=np.where(kept, before, after)[order],
    )


def _received(forecast: Forecast) -> Iterator[_Received]:
    """Yield the contacts with any usable time, those of like ends together."""
    rows = np.flatnonzero(forecast.yields.usable_s > 0.0)
    if rows.size == 0:
        return
    for part in forecast.received(rows):
        number = forecast.yields.system[part.contacts[0]]
        yield _Received(
            contacts=part.contacts,
            system=forecast.yields.systems[int(number)],
            light=part.light(part.losses()),
        )


def _keys(forecast: Forecast, contacts: IntArray, sources: Sequence[Any]) -> IntArray:
    """Key of every contact when each sends what it is given. [bit]"""
    bits = np.zeros(contacts.size, dtype=np.int64)
    place = {index: number for number, index in enumerate(contacts.tolist())}
    for one in _received(forecast):
        own = [place[index] for index in one.contacts.tolist()]
        bits[own] = one.system.bits_sending([sources[each] for each in own], one.light)
    return bits


def _check_alike(systems: Sequence[System], grouping: Grouping) -> None:
    if grouping == "satellite" and len({system.receiver_p_key_basis for system in systems}) > 1:
        raise NonPhysicalError(
            "detector.p_key_basis",
            "must be the same at all stations for one setting a satellite; optimise by pass",
        )


def _in_order(forecast: Forecast, contacts: IntArray) -> IntArray:
    """Places of contacts by satellite, station and time."""
    found = forecast.contacts
    keys = (found.listed_s[contacts], found.station[contacts], found.satellite[contacts])
    return np.asarray(np.lexsort(keys))


def _groups(forecast: Forecast, contacts: IntArray, grouping: Grouping) -> list[IntArray]:
    """Places of contacts that are optimised in one call; a group a setting, or all alike."""
    satellite, station = forecast.contacts.satellite[contacts], forecast.contacts.station[contacts]
    crafts = forecast.mission.spacecraft
    up = np.isin(satellite, [i for i, craft in enumerate(crafts) if craft.way.ground_sends])
    if grouping == "pass":
        keys = np.stack([satellite, station], axis=1)
    else:
        keys = np.stack([satellite, np.where(up, station, -1)], axis=1)
    _, number = np.unique(keys, axis=0, return_inverse=True)
    return [np.flatnonzero(number.ravel() == one) for one in np.unique(number)]


def _settled(groups: Sequence[IntArray], grouping: Grouping) -> list[IntArray]:
    """Places of contacts that fall back together."""
    if grouping == "satellite":
        return list(groups)
    return [np.array([place]) for group in groups for place in group.tolist()]
