"""Windows of two stations with a satellite as contacts that a plan may choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.planned import Value
from satqkd.forecast.together import JointKeys
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointContacts:
    """Every window of every pair and protocol, one after the other; shape (windows,)."""

    keys: tuple[JointKeys, ...]
    """What was followed."""
    satellite: IntArray
    """Index of the satellite."""
    station_a: IntArray
    """Index of one station."""
    station_b: IntArray
    """Index of the other."""
    start_s: FloatArray
    """First usable second. [s]"""
    end_s: FloatArray
    """Last usable second. [s]"""
    made_bits: IntArray
    """Key under a clear sky. [bit]"""
    expected_bits: IntArray | None
    """Its mean over weather, air and pointing; None if nobody drew histories. [bit]"""
    why_zero: tuple[str | None, ...]
    """Why a window has no key."""

    @classmethod
    def of(cls, keys: Sequence[JointKeys]) -> JointContacts:
        """Put windows one after the other."""

        def joined(columns: Sequence[np.ndarray], kind: type) -> np.ndarray:
            return np.concatenate([np.zeros(0, dtype=kind), *columns])

        spans = [one.usable_span_s for one in keys]
        drawn = [one.outlook.expected_bits for one in keys if one.outlook is not None]
        return cls(
            keys=tuple(keys),
            satellite=joined([one.windows.satellite for one in keys], np.int64),
            station_a=joined(
                [np.full(len(one.windows), one.pair.stations[0]) for one in keys], np.int64
            ),
            station_b=joined(
                [np.full(len(one.windows), one.pair.stations[1]) for one in keys], np.int64
            ),
            start_s=joined([first for first, _ in spans], np.float64),
            end_s=joined([last for _, last in spans], np.float64),
            made_bits=joined([one.keys.secure_bits for one in keys], np.int64),
            expected_bits=(
                np.floor(joined(drawn, np.float64)).astype(np.int64)
                if len(drawn) == len(keys)
                else None
            ),
            why_zero=tuple(why for one in keys for why in one.why_zero),
        )

    def __len__(self) -> int:
        return int(self.start_s.size)

    def planned_bits(self, value: Value) -> IntArray:
        """Key that a plan counts on. [bit]"""
        if value == "expected" and self.expected_bits is not None:
            return self.expected_bits
        return self.made_bits

    def parts(self, values: BoolArray) -> list[BoolArray]:
        """Divide values of all windows among :attr:`keys`."""
        ends = np.cumsum([len(one.windows) for one in self.keys])
        return np.split(values, ends[:-1]) if self.keys else []
