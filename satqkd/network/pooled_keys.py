"""Key of contacts distilled together, for the planner to ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.key.system import System
from satqkd.schedule.groups import Groups
from satqkd.units import BoolArray, FloatArray, IntArray

KEYS_AT_ONCE: Final = 1 << 16
"""Numerical: keys of pooled contacts worked out together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledKeys:
    """Key of contacts distilled together, by the protocol that makes it of their counts."""

    forecasts: tuple[Forecast, ...]
    kind: IntArray
    """Forecast of each contact, shape (n,) like the next ones."""
    row: IntArray
    """Which of its contacts it is."""
    bits: FloatArray
    """Key of each contact by itself. [bit]"""
    known: dict[tuple[int, ...], float] = field(default_factory=dict, repr=False)
    """Keys of pooled contacts that took long to work out, by their members. [bit]"""

    def dear(self, block: IntArray) -> BoolArray:
        """Which blocks take long to make key of, by their number for each contact."""
        found = np.zeros(int(block.max(initial=-1)) + 1, dtype=np.bool_)
        for number, forecast in enumerate(self.forecasts):
            dear = np.array([system.dear for system in forecast.yields.systems], dtype=np.bool_)
            mine = self.kind == number
            found[block[mine]] = dear[forecast.yields.system[self.row[mine]]]
        return found

    def __call__(self, groups: Groups) -> FloatArray:
        """Return the key of each group; each of one block. [bit]"""
        bits = np.zeros(len(groups))
        some = np.flatnonzero(groups.sizes > 0)
        first = groups.members[groups.starts[some]]
        single = groups.sizes[some] == 1
        bits[some[single]] = self.bits[first[single]]
        several = some[~single]
        bits[several] = self.together(groups.take(several))
        return bits

    def together(self, groups: Groups) -> FloatArray:
        """Return the key of each group, of one contact too, by what was collected of it. [bit]"""
        bits = np.zeros(len(groups))
        first = groups.members[groups.starts[:-1]]
        label = self.kind[first] * 1_000_000
        for number, forecast in enumerate(self.forecasts):
            mine = self.kind[first] == number
            label[mine] += forecast.yields.system[self.row[first[mine]]]
        for one in np.unique(label).tolist():
            forecast = self.forecasts[one // 1_000_000]
            system = forecast.yields.systems[one % 1_000_000]
            own = np.flatnonzero(label == one)
            if system.dear:
                bits[own] = self._looked_up(forecast, system, groups.take(own))
                continue
            for begin in range(0, own.size, KEYS_AT_ONCE):
                at = own[begin : begin + KEYS_AT_ONCE]
                bits[at] = self._pooled(forecast, system, groups.take(at))
        return bits

    def _pooled(self, forecast: Forecast, system: System, groups: Groups) -> IntArray:
        """Return the key of each group of contacts of one system. [bit]"""
        members = np.split(self.row[groups.members], groups.starts[1:-1])
        return system.bits_of(system.pooled(forecast.yields.collected, members))

    def _looked_up(self, forecast: Forecast, system: System, groups: Groups) -> list[float]:
        """Return the same, each worked out once only. [bit]"""
        names = [tuple(sorted(name)) for name in groups.as_tuples()]
        new = {name: index for index, name in enumerate(names) if name not in self.known}
        if new:
            index = np.array(list(new.values()), dtype=np.int64)
            found = self._pooled(forecast, system, groups.take(index)).tolist()
            self.known.update(zip(new, found, strict=True))
        return [self.known[name] for name in names]
