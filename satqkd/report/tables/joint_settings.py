"""Best settings of each window of two stations as a table, with the key before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from satqkd.forecast.settings import Optimised
from satqkd.key.sent import Sent
from satqkd.mission.together import Together
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.settings import OPTIMISED_COLUMNS, ids, of
from satqkd.report.tables.together import alike, pair_of

_SCREEN = (
    "pass_id", "protocol", "secure_bits_preset", "secure_bits", "gain", "signal", "decoy",
    "weakest", "p_signal", "p_decoy", "p_weakest", "slice_half_width_rad", "pair_rate_hz",
    "setting", "start_utc", "gain_bits",
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


_KEYS = ("secure_bits_preset", "secure_bits", "gain_bits", "gain", "setting")
_SAME = {column.name: column for column in OPTIMISED_COLUMNS}
_SETTINGS: tuple[tuple[str, str, Callable[[Sent], Cell]], ...] = (
    ("signal", "Mean photon number of the signal, which makes key.",
     lambda s: of(s.intensities, 0)),
    ("decoy", "Mean photon number of the stronger decoy; where signals are two, of the second.",
     lambda s: of(s.intensities, 1)),
    ("weakest", "Mean photon number of the weaker decoy.", lambda s: of(s.intensities, 2)),
    ("p_signal", "How often the signal is sent.", lambda s: of(s.probabilities, 0)),
    ("p_decoy", "How often the one beside it is sent.", lambda s: of(s.probabilities, 1)),
    ("p_weakest", "How often the weaker decoy is sent.", lambda s: of(s.probabilities, 2)),
)  # fmt: skip

JOINT_OPTIMISED_COLUMNS: tuple[Column[Optimised], ...] = (
    Column("pass_id", "", "Ids of the passes over both stations.", ids),
    Column("protocol", "", "Preset or model of the key over both links at once.",
           lambda f: [pair_of(f.forecast).protocol_name] * f.contacts.size),
    Column("start_utc", "UTC", "When the window begins.",
           lambda f: f.forecast.timebase.iso(f.forecast.contacts.start_s[f.contacts])),
    *(_SAME[name] for name in _KEYS),
    *(Column(name, "", told, _sent(get), digits=4) for name, told, get in _SETTINGS),
    *(Column(f"{name}_b", "", f"`{name}` of the second transmitter, where it is not like the "
             "first.", _second(get), digits=4) for name, _, get in _SETTINGS),
    Column("slice_half_width_rad", "rad", "How far the phases of a pair of the weaker decoy may "
           "differ to count as equal.", _sent(lambda s: s.slice_half_width_rad),
           digits=4),
    Column("pair_rate_hz", "Hz", "Entangled pairs a second to which the source is dimmed.",
           _sent(lambda s: s.pair_rate_hz), digits=0),
)  # fmt: skip
