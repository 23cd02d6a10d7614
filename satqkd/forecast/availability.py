"""When key can be used: over a classical link during the contact, or after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from satqkd.clicks.light import Light
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.light import Part, sum_of
from satqkd.forecast.systems import Messages
from satqkd.key.dividing import Filling, blocks_of
from satqkd.key.result import KeyResult
from satqkd.mission.distillation import Distillation
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Availability:
    """Blocks along contacts and when each is key; by satellite, station, contact, then in time."""

    forecast: Forecast
    contacts: IntArray
    """Contacts with any usable time whose satellite says how it distils, shape (contacts,)."""
    starts: IntArray
    """Offsets of the contacts in the blocks, shape (contacts + 1,)."""
    filled_s: FloatArray
    """When the last click of each block is there, shape (blocks,). [s]"""
    usable_s: FloatArray
    """When its key can be used at both ends. [s]"""
    during: BoolArray
    """Whether that is before the contact ends."""
    keys: KeyResult
    """Key of each block."""
    up_bits: FloatArray
    """Bits of its messages from the ground. [bit]"""
    down_bits: FloatArray
    """Bits of its messages to the ground. [bit]"""

    def per_contact(self, values: FloatArray | IntArray) -> FloatArray:
        """Add values of blocks up, shape (contacts,)."""
        reached = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(reached[self.starts[1:]] - reached[self.starts[:-1]])

    def blocks_of(self, index: int) -> slice:
        """Blocks of a contact, by its index in the forecast."""
        (place,) = np.flatnonzero(self.contacts == index)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Along:
    """Blocks of one contact."""

    index: int
    filled_s: FloatArray
    usable_s: FloatArray
    during: BoolArray
    keys: KeyResult
    up_bits: FloatArray
    down_bits: FloatArray


def availability(forecast: Forecast, *, wanted: BoolArray | None = None) -> Availability:
    """Divide contacts into blocks and follow each until both ends hold its key.

    Parameters
    ----------
    forecast
        The contacts.
    wanted
        Which of them; None for all.

    Returns
    -------
    Availability
        Under a clear sky.

    Notes
    -----
    A block closes at the instant that brings it to its size; the last one of a contact takes
    what is left, so that it is between one and two sizes long. Where key making stops before the
    satellite sets, what clicks after that is one more block. What is announced is the system's to
    say (:meth:`satqkd.key.system.System.message_bits`); where nothing is, key does not wait for the
    satellite. Each way is a queue that serves blocks in
    order, and so are the computers of a terrestrial link, from one session to the next.
    """
    mission, contacts, systems = forecast.mission, forecast.contacts, forecast.systems
    distils = np.array(
        [systems.distillation(mission, craft) is not None for craft in contacts.satellite.tolist()],
        dtype=np.bool_,
    )
    asked = (forecast.yields.usable_s > 0.0) & distils
    rows = np.flatnonzero(asked if wanted is None else asked & wanted)
    found = list[_Along]()
    for part in forecast.received(rows) if rows.size else ():
        light = part.light(part.losses())
        for place, index in enumerate(part.contacts.tolist()):
            found.append(_along(forecast, index, part, light, place))
    place_of = contacts.station
    found.sort(key=lambda one: (contacts.satellite[one.index], place_of[one.index], one.index))
    nothing = np.zeros(0)
    many = [one.filled_s.size for one in found]
    filled_s = np.concatenate([nothing, *(one.filled_s for one in found)])
    usable_s = np.concatenate([nothing, *(one.usable_s for one in found)])
    during = np.concatenate([nothing.astype(np.bool_), *(one.during for one in found)])
    keys = KeyResult.join([one.keys for one in found])
    takes_s = systems.processing_s(keys)
    if takes_s.any():
        end_s = np.repeat([float(contacts.end_s[one.index]) for one in found], many)
        usable_s = usable_s + (served_s(filled_s, takes_s) - filled_s)
        during = usable_s <= end_s
    return Availability(
        forecast=forecast,
        contacts=np.array([one.index for one in found], dtype=np.int64),
        starts=np.cumsum([0, *many]).astype(np.int64),
        filled_s=filled_s,
        usable_s=usable_s,
        during=during,
        keys=keys,
        up_bits=np.concatenate([nothing, *(one.up_bits for one in found)]),
        down_bits=np.concatenate([nothing, *(one.down_bits for one in found)]),
    )


def _along(forecast: Forecast, index: int, part: Part[Any], light: Light, place: int) -> _Along:
    """Follow the blocks of one contact."""
    yields, contacts = forecast.yields, forecast.contacts
    craft = int(contacts.satellite[index])
    how = forecast.systems.distillation(forecast.mission, craft)
    if how is None:
        raise ValueError("a contact that is not distilled has no blocks")
    system = yields.systems[int(yields.system[index])]
    own = light.take(np.array([place]))
    set_s, every = float(contacts.end_s[index]), np.zeros(1, dtype=np.int64)
    clicks_hz = system.sifting_rate_hz(own)
    found = blocks_of(
        part.panels.take(np.array([place])),
        Filling(
            place=every,
            amount=np.ones(1),
            clicks_hz=clicks_hz,
            dark_hz=clicks_hz,
            sifted_bits=yields.keys.sifted_bits[[index]],
            size=np.array([how.block_sifted_bits or np.inf]),
            until_s=np.array([set_s - how.stop_before_set_s]),
        ),
    )
    blocks = Light(
        arms=tuple(arm.take(found.nodes) for arm in own.arms),
        weight_s=found.weight_s,
        starts=found.bounds,
    )
    keys = system.key(blocks)
    messages = forecast.systems.messages(forecast.mission, craft, system.message_bits(blocks, keys))
    up, down = (sum_of(own) for own in zip(*messages, strict=True))
    filled_s = found.end_s
    usable_s = _usable_s(how, filled_s, messages)
    during = usable_s <= set_s
    silent = not (up.any() or down.any())
    return _Along(
        index=index,
        filled_s=filled_s,
        usable_s=np.where(during | silent, usable_s, set_s + how.after_contact_s),
        during=during,
        keys=keys,
        up_bits=up,
        down_bits=down,
    )


def _usable_s(how: Distillation, filled_s: FloatArray, messages: Messages) -> FloatArray:
    """When both ends hold the key of each block. [s]

    Infinite where there are messages but no classical link with the satellite.
    """
    if not any(bits.any() for both in messages for bits in both):
        return np.asarray(filled_s + how.rounds * how.round_latency_s)
    if how.uplink_rate_bit_s is None or how.downlink_rate_bit_s is None:
        return np.full(filled_s.size, np.inf)
    there_s = filled_s
    for up, down in messages:
        there_s = served_s(there_s, up / how.uplink_rate_bit_s + down / how.downlink_rate_bit_s)
    return np.asarray(there_s + how.rounds * how.round_latency_s)


def served_s(ready_s: FloatArray, takes_s: FloatArray) -> FloatArray:
    r"""When a queue has served each of its customers, in order. [s]

    .. math:: t_j = \max(r_j, t_{j-1}) + s_j

    Examples
    --------
    >>> served_s(np.array([0.0, 1.0, 9.0]), np.array([2.0, 2.0, 2.0]))
    array([ 2.,  4., 11.])
    """
    done = np.cumsum(takes_s)
    return np.asarray(done + np.maximum.accumulate(ready_s - done + takes_s))
