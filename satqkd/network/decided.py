"""What a plan decides about each contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.yields import Made
from satqkd.mission.mission import Mission
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a plan decides about contacts, one row each; columns of shape (n,)."""

    satellite: IntArray
    """Index of the satellite."""
    station: IntArray
    """Index of the station."""
    partner: IntArray
    """Index of the second station; −1 where there is one only."""
    start_s: FloatArray
    """First usable second; of a contact flown in part, of that. [s]"""
    end_s: FloatArray
    """Last usable second; of a contact flown in part, of that. [s]"""
    in_part: BoolArray
    """Whether it is scheduled for a part of its time."""
    made: Made
    """Key as it is distilled."""
    planned_bits: IntArray
    """Key that the plan counts on: of a scheduled contact its share of its block's key, of another
    what it would add to the block as planned. [bit]"""
    usable: BoolArray
    """Whether any time of it is usable."""
    status: tuple[str, ...]
    """``scheduled``, ``candidate`` (could be scheduled, is not) or ``rejected``."""
    reason: tuple[str, ...]
    """Why a contact is not scheduled, or not the whole of it; empty for the others."""
    limit: tuple[str, ...]
    """What would have to change first for a contact that is not scheduled: the name of the obstacle
    that hides it, ``banned``, ``late``, ``clash`` or ``rule``; empty for none, and for those
    scheduled."""
    clashes_with: tuple[str, ...]
    """Keys of the scheduled contacts that stand in its way, with semicolons between."""
    pin: tuple[str, ...]
    """``pinned``, ``banned`` or empty."""

    def __len__(self) -> int:
        return int(self.start_s.size)

    @property
    def scheduled(self) -> BoolArray:
        """Which contacts are scheduled."""
        return np.array([status == "scheduled" for status in self.status], dtype=np.bool_)

    @staticmethod
    def of(forecast: Forecast, *, late: BoolArray | None = None) -> Decided:
        """Return contacts of which nothing is decided yet, but that it is too late for some."""
        contacts, yields = forecast.contacts, forecast.yields
        bits = yields.made.bits
        return Decided(
            satellite=contacts.satellite,
            station=contacts.stations[0],
            partner=contacts.partner,
            start_s=yields.usable_start_s,
            end_s=yields.usable_end_s,
            in_part=np.zeros(len(forecast), dtype=np.bool_),
            made=yields.made,
            planned_bits=bits,
            usable=yields.usable_s > 0.0,
            status=("rejected",) * len(forecast),
            reason=_obstacles(forecast, bits, late),
            limit=_limits(forecast, late),
            clashes_with=("",) * len(forecast),
            pin=tuple(_pin(forecast.mission, key) for key in forecast.contact_key),
        )

    @staticmethod
    def join(parts: Sequence[Decided]) -> Decided:
        """Put contacts below each other; at least one part is needed."""

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(part, name) for part in parts])

        return Decided(
            satellite=joined("satellite"),
            station=joined("station"),
            partner=joined("partner"),
            start_s=joined("start_s"),
            end_s=joined("end_s"),
            in_part=joined("in_part"),
            made=Made.join([part.made for part in parts]),
            planned_bits=joined("planned_bits"),
            usable=joined("usable"),
            status=tuple(text for part in parts for text in part.status),
            reason=tuple(text for part in parts for text in part.reason),
            limit=tuple(text for part in parts for text in part.limit),
            clashes_with=tuple(text for part in parts for text in part.clashes_with),
            pin=tuple(text for part in parts for text in part.pin),
        )

    def part(self, rows: slice) -> Decided:
        """Return some rows."""
        index = np.arange(len(self))[rows]
        return Decided(
            satellite=self.satellite[rows],
            station=self.station[rows],
            partner=self.partner[rows],
            start_s=self.start_s[rows],
            end_s=self.end_s[rows],
            in_part=self.in_part[rows],
            made=self.made.take(index),
            planned_bits=self.planned_bits[rows],
            usable=self.usable[rows],
            status=self.status[rows],
            reason=self.reason[rows],
            limit=self.limit[rows],
            clashes_with=self.clashes_with[rows],
            pin=self.pin[rows],
        )


def _pin(mission: Mission, key: str) -> str:
    return "pinned" if key in mission.pinned else "banned" if key in mission.banned else ""


def _limits(forecast: Forecast, late: BoolArray | None) -> tuple[str, ...]:
    """For each contact the name of what hides it, or that it is banned, or too late for it."""
    banned, found = forecast.mission.banned, list[str]()
    for row, why in enumerate(forecast.yields.obstacle):
        if forecast.contact_key[row] in banned:
            found.append("banned")
        elif why is not None:
            found.append(why.name)
        else:
            found.append("late" if late is not None and late[row] else "")
    return tuple(found)


def _obstacles(forecast: Forecast, bits: IntArray, late: BoolArray | None) -> tuple[str, ...]:
    """For each contact without key that a plan could count on, why; empty for the others."""
    yields = forecast.yields
    obstacles: list[str] = []
    for index, reason in enumerate(forecast.reason):
        how = forecast.mission.distilled(int(forecast.contacts.satellite[index]))
        if forecast.contact_key[index] in forecast.mission.banned:
            obstacles.append("banned: by the mission")
        elif late is not None and late[index] and yields.usable_s[index] > 0.0:
            obstacles.append("too late: it can be commanded no more, and was not planned")
        elif bits[index] > 0 and yields.usable_s[index] > 0.0:
            obstacles.append("")
        elif reason is not None:
            obstacles.append(reason)
        else:
            obstacles.append("no key" if how is None else f"no key: none {how.in_words}")
    return tuple(obstacles)
