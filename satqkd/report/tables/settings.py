"""Best settings of each pass as a table, with the key before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from satqkd.forecast.settings import Optimised
from satqkd.report.tables.column import Cell, Column, Values, present

OPTIMISED_SCREEN = (
    "pass_id", "secure_bits_preset", "secure_bits", "gain", "signal", "decoy", "weakest",
    "p_signal", "p_decoy", "p_weakest", "p_key_basis", "setting", "culmination_utc", "gain_bits",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def ids(found: Optimised) -> Values:
    """Ids of the passes of each contact."""
    labels = found.forecast.labels
    return [labels[index] for index in found.contacts.tolist()]


def _sent(get: Callable[[Any], Cell]) -> Callable[[Optimised], Values]:
    return lambda found: [get(source) for source in found.sources]


def of(values: tuple[float, ...], place: int) -> float | None:
    """Return one of several values; None where there are fewer."""
    return values[place] if len(values) > place else None


def _setting(found: Optimised) -> Values:
    return ["preset" if keep else f"best of the {found.grouping}" for keep in found.preset.tolist()]


def _gain(found: Optimised) -> Values:
    share = found.after_bits / np.maximum(found.before_bits, 1) - 1.0
    return present(share, found.before_bits > 0)


OPTIMISED_COLUMNS: tuple[Column[Optimised], ...] = (
    Column("pass_id", "", "Id of the pass.", ids),
    Column("culmination_utc", "UTC", "When the satellite stands highest.",
           lambda f: f.forecast.timebase.iso(f.forecast.contacts.listed_s[f.contacts])),
    Column("secure_bits_preset", "bit", "Key with what the mission states.",
           lambda f: f.before_bits),
    Column("secure_bits", "bit", "Key with this setting, under a clear sky.",
           lambda f: f.after_bits),
    Column("gain_bits", "bit", "The difference.", lambda f: f.after_bits - f.before_bits),
    Column("gain", "", "The same over the key with what the mission states.", _gain, digits=4),
    Column("setting", "", "preset where nothing better was found.", _setting),
    Column("signal", "",
           "Mean photon number of the signal; without decoys, what the source is dimmed to.",
           _sent(lambda s: s.intensities[0]), digits=4),
    Column("decoy", "", "Mean photon number of the first decoy.",
           _sent(lambda s: of(s.intensities, 1)), digits=4),
    Column("weakest", "", "Mean photon number of the second decoy.",
           _sent(lambda s: of(s.intensities, 2)), digits=4),
    Column("p_signal", "", "How often the signal is sent.",
           _sent(lambda s: s.probabilities[0]), digits=4),
    Column("p_decoy", "", "How often the first decoy is sent.",
           _sent(lambda s: of(s.probabilities, 1)), digits=4),
    Column("p_weakest", "", "How often the second decoy is sent.",
           _sent(lambda s: of(s.probabilities, 2)), digits=4),
    Column("p_key_basis", "", "How often the sender uses the key basis.",
           _sent(lambda s: s.p_key_basis), digits=4),
)  # fmt: skip
