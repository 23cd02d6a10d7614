"""Rates against loss as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from satqkd.report.export.json import records, strict_json
from satqkd.report.tables.column import Column, Values, field_of_each, present
from satqkd.report.tables.definitions import column
from satqkd.study.published_rates import PUBLISHED_RATES, PublishedRate
from satqkd.study.rate_conditions import RateConditions
from satqkd.study.rates import PROTOCOLS, RateCurves
from satqkd.units import FloatArray

_NO_KEY: Final = "–"
_BOUNDS: Final = (
    ("plob_bound", "No protocol without a repeater makes more (Pirandola et al. 2017).", "plob"),
    ("tgw_bound", "An earlier, looser bound (Takeoka et al. 2014).", "tgw"),
    ("node_bound", "No protocol with one node half-way makes more (Pirandola 2019).", "node"),
)


def rate_columns(names: Sequence[str]) -> tuple[Column[RateCurves], ...]:
    """Return the columns of a table of some protocols: numbers in full, 0 where there is no key."""
    return (
        _LOSS,
        *(Column(name, "bit", f"Per use. {what}", _finite(field)) for name, what, field in _BOUNDS),
        *(
            Column(
                column_name(name),
                "bit",
                f"Secret bits per {PROTOCOLS[name].use}: {PROTOCOLS[name].title}.",
                _rate(name),
            )
            for name in names
        ),
    )


def screen_columns(names: Sequence[str]) -> tuple[Column[RateCurves], ...]:
    """Return the same columns as people read them."""
    numbers = rate_columns(names)
    return (numbers[0], *(_as_text(one) for one in numbers[1:]))


def column_name(protocol: str) -> str:
    """Return a protocol's column.

    Examples
    --------
    >>> column_name("bb84-one-decoy")
    'bb84_one_decoy'
    """
    return protocol.replace("-", "_")


def conditions_text(conditions: RateConditions) -> str:
    """Say in a line what all curves have in common."""
    block = conditions.block_pulses
    pulses = (
        "asymptotic"
        if block is None
        else f"blocks of {block:g} pulses, ε_sec {conditions.epsilon_sec:g}, "
        f"ε_cor {conditions.epsilon_cor:g}"
    )
    return (
        f"detector efficiency {100.0 * conditions.detector_efficiency:g} %, dark counts "
        f"{conditions.dark_probability:g} a detector and gate, misalignment "
        f"{100.0 * conditions.misalignment:g} %, error correction f = "
        f"{conditions.ec_efficiency:g}, {pulses}"
    )


LOSS_TEXT: Final = (
    "loss: from user to user up to the detectors' input, both arms where there is a node"
)
"""What the axis is."""


def reach_lines(curves: RateCurves) -> list[str]:
    """Say of each protocol how far it reaches, and where it beats what needs a repeater."""
    return [f"{name}: {_reach_text(curves, name)}" for name in curves.rates]


def rates_json(curves: RateCurves) -> str:
    """Return conditions, rates and published points as indented JSON."""
    conditions = curves.conditions
    told: dict[str, Any] = {
        "conditions": {
            "detector_efficiency": conditions.detector_efficiency,
            "dark_probability": conditions.dark_probability,
            "misalignment": conditions.misalignment,
            "ec_efficiency": conditions.ec_efficiency,
            "block_pulses": conditions.block_pulses,
            "epsilon_sec": conditions.epsilon_sec,
            "epsilon_cor": conditions.epsilon_cor,
        },
        "reach_db": {name: curves.reach_db(name) for name in curves.rates},
        "beats_plob_from_db": {name: _rounded(curves.beats_plob_db(name)) for name in curves.rates},
        "rates": records(rate_columns(tuple(curves.rates)), curves),
        "published": records(POINT_COLUMNS, published_of(curves)),
    }
    return strict_json(told)


def _rounded(value_db: float | None) -> float | None:
    return None if value_db is None else round(value_db, 3)


def published_of(curves: RateCurves) -> tuple[PublishedRate, ...]:
    """Return the published points whose protocol is among the curves, at losses they cover."""
    low, high = float(curves.loss_db[0]), float(curves.loss_db[-1])
    return tuple(
        point
        for point in PUBLISHED_RATES
        if point.protocol in curves.rates and low <= point.loss_db <= high
    )


def _point(name: str, description: str) -> Column[Sequence[PublishedRate]]:
    return Column(name, "", description, field_of_each(name))


POINT_COLUMNS: Final[tuple[Column[Sequence[PublishedRate]], ...]] = (
    _point("label", "A few words."),
    column("protocol", field_of_each("protocol")),
    column("loss_db", field_of_each("loss_db")),
    column("bits_per_use", field_of_each("bits_per_use")),
    column("cite", field_of_each("cite")),
    _point("rate_from", "How the rate follows from what is printed."),
    _point("loss_from", "What the loss is."),
)
"""Columns of published points."""

_LOSS: Final[Column[RateCurves]] = column("loss_db", lambda curves: curves.loss_db, digits=3)


def _rate(name: str) -> Callable[[RateCurves], Values]:
    return lambda curves: curves.rates[name]


def _finite(field: str) -> Callable[[RateCurves], Values]:
    def values(curves: RateCurves) -> Values:
        bound: FloatArray = getattr(curves, field)
        return present(bound, np.isfinite(bound))

    return values


def _as_text(numbers: Column[RateCurves]) -> Column[RateCurves]:
    def text(curves: RateCurves) -> Values:
        return [f"{value:.2e}" if value else _NO_KEY for value in numbers.values(curves)]

    return numbers.of(text)


def _reach_text(curves: RateCurves, name: str) -> str:
    reach_db = curves.reach_db(name)
    if reach_db is None:
        return "no key at any of these losses"
    ends = reach_db < float(curves.loss_db[-1])
    text = f"key up to {reach_db:g} dB" if ends else f"key at {reach_db:g} dB and beyond"
    above_db = curves.beats_plob_db(name)
    return text if above_db is None else f"{text}, above the PLOB bound from {above_db:.1f} dB"
