"""Columns of the key of a contact, of one link or of two: ranges, weather and quantiles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.key.estimators import estimator_name
from satqkd.key.result import KeyResult
from satqkd.mission.mission import Mission
from satqkd.report.tables.column import Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.units import FloatArray

Get = Callable[[Forecast], Values]


def finite(values: FloatArray) -> Values:
    """Return the numbers, and None where there is none."""
    return present(values, np.isfinite(values))


def whole_expected_bits(forecast: Forecast) -> FloatArray | None:
    """Mean key of each contact, rounded down to whole bits; None without an outlook. [bit]"""
    outlook = forecast.yields.outlook
    return None if outlook is None else np.floor(outlook.expected_bits)


def protocols(mission: Mission, keys: KeyResult) -> Values:
    """How each key is made; where several ways can be chosen, which one, and none without key."""
    if not keys.choice:
        return [mission.protocol_name] * keys.secure_bits.size
    called = [estimator_name(one) for one in mission.protocol.choices()]
    told = [
        f"{name} ({number} of {len(called)})" if called.count(name) > 1 else name
        for number, name in enumerate(called, start=1)
    ]
    return [
        told[which] if key > 0 else None
        for which, key in zip(keys.choice, keys.secure_bits.tolist(), strict=True)
    ]


def _drawn(field: str) -> Get:
    def values(forecast: Forecast) -> Values:
        if forecast.yields.outlook is None:
            return [None] * len(forecast)
        return finite(getattr(forecast.yields.outlook, field))

    return values


def clear_key_columns() -> tuple[Column[Forecast], ...]:
    """Columns of the key under a clear sky, and with every stated range at either end."""
    return (
        column("secure_bits", lambda f: f.yields.keys.secure_bits),
        column("secure_bits_low",
               lambda f: present(f.yields.keys_low.secure_bits, f.yields.ranged)),
        column("secure_bits_high",
               lambda f: present(f.yields.keys_high.secure_bits, f.yields.ranged)),
    )  # fmt: skip


def key_columns(expected: Column[Forecast]) -> tuple[Column[Forecast], ...]:
    """Columns from the key under a clear sky to the quantiles, ``expected`` between them."""
    return (
        *clear_key_columns(),
        column("clear_probability", lambda f: finite(f.yields.clear_probability)),
        expected,
        column("secure_bits_p10", _drawn("low_bits")),
        column("secure_bits_p50", _drawn("median_bits")),
        column("secure_bits_p90", _drawn("high_bits")),
    )  # fmt: skip
