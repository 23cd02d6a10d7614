"""Best settings of each pass as a table, with the key before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from satqkd.forecast.settings import Optimised
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column

OPTIMISED_SCREEN = (
    "pass_id", "secure_bits_preset", "secure_bits", "gain", "signal", "decoy", "weakest",
    "p_signal", "p_decoy", "p_weakest", "p_key_basis", "setting", "culmination_utc", "gain_bits",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def _ids(found: Optimised) -> Values:
    labels = found.forecast.labels
    return [labels[index] for index in found.contacts.tolist()]


def _at(which: str, place: int) -> Callable[[Any], Cell]:
    """Return one of several values of what is sent; None where there are fewer."""

    def value(sent: Any) -> Cell:
        values: Sequence[float] = getattr(sent, which)
        return values[place] if len(values) > place else None

    return value


def _setting(found: Optimised) -> Values:
    return ["preset" if keep else f"best of the {found.grouping}" for keep in found.preset.tolist()]


def _gain(found: Optimised) -> Values:
    share = found.after_bits / np.maximum(found.before_bits, 1) - 1.0
    return present(share, found.before_bits > 0)


IDS: Final[Column[Optimised]] = column("pass_id", _ids)
"""Which contact a row is of."""

SENT: Final[tuple[tuple[str, Callable[[Any], Cell]], ...]] = (
    ("signal", _at("intensities", 0)),
    ("decoy", _at("intensities", 1)),
    ("weakest", _at("intensities", 2)),
    ("p_signal", _at("probabilities", 0)),
    ("p_decoy", _at("probabilities", 1)),
    ("p_weakest", _at("probabilities", 2)),
)
"""What may be set of what is sent, by the name of its column."""

COMPARED_COLUMNS: Final[tuple[Column[Optimised], ...]] = (
    Column("secure_bits_preset", "bit", "Key with what the mission states.",
           lambda f: f.before_bits),
    column("secure_bits", lambda f: f.after_bits),
    column("gain_bits", lambda f: f.after_bits - f.before_bits),
    column("gain", _gain),
    Column("setting", "", "preset where nothing better was found.", _setting),
)  # fmt: skip
"""Key before and after."""


def sent_columns(
    sent: Callable[[Callable[[Any], Cell]], Callable[[Optimised], Values]],
) -> tuple[Column[Optimised], ...]:
    """Columns of what is sent; ``sent`` makes of what is asked of it what fills a column."""
    return tuple(column(name, sent(get)) for name, get in SENT)


def _source(get: Callable[[Any], Cell]) -> Callable[[Optimised], Values]:
    return lambda found: [get(source) for source in found.sources]


OPTIMISED_COLUMNS: tuple[Column[Optimised], ...] = (
    IDS,
    column("culmination_utc",
           lambda f: f.forecast.timebase.iso(f.forecast.contacts.listed_s[f.contacts])),
    *COMPARED_COLUMNS,
    *sent_columns(_source),
    Column("p_key_basis", "", "How often the sender uses the key basis.",
           _source(lambda source: source.p_key_basis), digits=4),
)  # fmt: skip
