"""Best settings of each window of two stations as a table, with the key before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from satqkd.forecast.settings import Optimised
from satqkd.key.sent import Sent
from satqkd.mission.together import Together
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column
from satqkd.report.tables.settings import COMPARED_COLUMNS, IDS, SENT, sent_columns
from satqkd.report.tables.together import alike, protocol_column

_SCREEN = (
    "protocol", "start_utc", "secure_bits_preset", "secure_bits", "gain", "signal", "decoy",
    "weakest", "p_signal", "p_decoy", "p_weakest", "slice_half_width_rad", "pair_rate_hz",
    "setting", "gain_bits", "pass_id",
)  # fmt: skip


def joint_settings_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    return tuple(name for name in _SCREEN if name not in alike(pairs))


def _sent(get: Callable[[Sent], Cell]) -> Callable[[Optimised], Values]:
    def values(found: Optimised) -> list[Cell]:
        protocols: Sequence[Any] = found.sources
        return [get(protocol.sent) for protocol in protocols]

    return values


def _second(get: Callable[[Sent], Cell]) -> Callable[[Optimised], Values]:
    return _sent(lambda sent: None if sent.second is None else get(sent.second))


JOINT_OPTIMISED_COLUMNS: tuple[Column[Optimised], ...] = (
    IDS,
    protocol_column(lambda found: (found.forecast, found.contacts)),
    column("start_utc", lambda f: f.forecast.timebase.iso(f.forecast.contacts.start_s[f.contacts])),
    *COMPARED_COLUMNS,
    *sent_columns(_sent),
    *(Column(f"{name}_b", "", f"`{name}` of the second transmitter, where it is not like the "
             "first.", _second(get), digits=4) for name, get in SENT),
    Column("slice_half_width_rad", "rad", "How far the phases of a pair of the weaker decoy may "
           "differ to count as equal.", _sent(lambda s: s.slice_half_width_rad),
           digits=4),
    Column("pair_rate_hz", "Hz", "Entangled pairs a second to which the source is dimmed.",
           _sent(lambda s: s.pair_rate_hz), digits=0),
)  # fmt: skip
