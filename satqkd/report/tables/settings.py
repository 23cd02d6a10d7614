"""Best settings of each contact as tables, with the key before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from satqkd.forecast.settings import Optimised
from satqkd.key.sent import Sent
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.kinds import Kinds, Shape
from satqkd.report.tables.sessions import link_columns
from satqkd.report.tables.together import protocol_column
from satqkd.units import FloatArray

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
    over_ground = {"pass": "session", "satellite": "link"}
    group = over_ground[found.grouping] if found.forecast.link else found.grouping
    return ["preset" if keep else f"best of the {group}" for keep in found.preset.tolist()]


def _gain(found: Optimised) -> Values:
    share = found.after_bits / np.maximum(found.before_bits, 1) - 1.0
    return present(share, found.before_bits > 0)


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


def _sent(get: Callable[[Sent], Cell]) -> Callable[[Optimised], Values]:
    return lambda found: [get(sent) for sent in found.sent]


def _second(get: Callable[[Sent], Cell]) -> Callable[[Optimised], Values]:
    return _sent(lambda sent: None if sent.second is None else get(sent.second))


def _utc(found: Optimised, time_s: FloatArray) -> Values:
    return found.forecast.timebase.iso(time_s[found.contacts])


_ID: Final[Column[Optimised]] = column("pass_id", _ids)
_START: Final[Column[Optimised]] = column(
    "start_utc", lambda found: _utc(found, found.forecast.contacts.start_s)
)
_KEY_BASIS: Final[Column[Optimised]] = Column(
    "p_key_basis", "", "How often the sender uses the key basis.",
    _sent(lambda sent: sent.p_key_basis), digits=4,
)  # fmt: skip
_SENT_COLUMNS: Final = tuple(column(name, _sent(get)) for name, get in SENT)
_NODE_COLUMNS: Final[tuple[Column[Optimised], ...]] = (
    *(Column(f"{name}_b", "", f"`{name}` of the second transmitter, where it is not like the "
             "first.", _second(get), digits=4) for name, get in SENT),
    Column("slice_half_width_rad", "rad", "How far the phases of a pair of the weaker decoy may "
           "differ to count as equal.", _sent(lambda sent: sent.slice_half_width_rad), digits=4),
    Column("pair_rate_hz", "Hz", "Entangled pairs a second to which the source is dimmed.",
           _sent(lambda sent: sent.pair_rate_hz), digits=0),
)  # fmt: skip
"""What only a node between two links asks for."""

OPTIMISED_COLUMNS: tuple[Column[Optimised], ...] = (
    _ID,
    column("culmination_utc", lambda found: _utc(found, found.forecast.contacts.listed_s)),
    *COMPARED_COLUMNS,
    *_SENT_COLUMNS,
    _KEY_BASIS,
)

_JOINT_SCREEN = (
    "protocol", "start_utc", "secure_bits_preset", "secure_bits", "gain", "signal", "decoy",
    "weakest", "p_signal", "p_decoy", "p_weakest", "slice_half_width_rad", "pair_rate_hz",
    "setting", "gain_bits",
)  # fmt: skip

SETTINGS: Final[Kinds[Optimised]] = Kinds(
    passes=Shape(OPTIMISED_COLUMNS, OPTIMISED_SCREEN, "culmination_utc"),
    joint=Shape(
        (
            _ID,
            protocol_column(lambda found: (found.forecast, found.contacts)),
            _START,
            *COMPARED_COLUMNS,
            *_SENT_COLUMNS,
            *_NODE_COLUMNS,
        ),
        (*_JOINT_SCREEN, "pass_id"),
        "start_utc",
    ),
    links=Shape(
        (
            *link_columns(lambda found: (found.forecast, found.contacts)),
            _START,
            *COMPARED_COLUMNS,
            *_SENT_COLUMNS,
            _KEY_BASIS,
            *_NODE_COLUMNS,
        ),
        ("link", *_JOINT_SCREEN[1:], "p_key_basis", "protocol"),
        "start_utc",
    ),
)
"""Tables of ``satqkd forecast --optimise``."""
