"""Key of two stations with a satellite between them, as a table: one row a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.mission.together import Together
from satqkd.report.tables.column import Cell, Column, Source, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.keys import key_columns, whole_expected_bits
from satqkd.report.tables.named import satellite_names, span_columns
from satqkd.units import BoolArray, FloatArray, IntArray, share_of

TOGETHER_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "secure_bits",
    "secure_bits_low", "secure_bits_high", "usable_s", "expected_secure_bits", "over_plob",
    "clear_probability", "secure_bits_p10", "secure_bits_p50", "secure_bits_p90",
    "over_plob_channel", "loss_a_db", "loss_b_db", "duration_s", "end_utc", "bits_per_use",
    "plob_bits_per_use", "sifted_bits", "qber", "phase_error", "scintillation_index_a",
    "scintillation_index_b", "background_hz", "unusable",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first; why there is no key stands below
the table."""


def _used(found: Forecast) -> BoolArray:
    return np.asarray(found.yields.usable_s > 0.0)


def _where_used(get: Callable[[Forecast], FloatArray]) -> Callable[[Forecast], Values]:
    return lambda found: present(get(found), _used(found))


def pair_of(found: Forecast) -> Together:
    """Stations and protocol of joint contacts."""
    if found.pair is None:
        raise ValueError("these contacts are of one station each")
    return found.pair


def _uses(found: Forecast) -> FloatArray:
    return pair_of(found).protocol.uses_hz * found.yields.usable_s


def _per_use(found: Forecast) -> FloatArray:
    return share_of(_bits(found), _uses(found))


def _bits(found: Forecast) -> FloatArray:
    return found.yields.keys.secure_bits.astype(np.float64)


def _plob(found: Forecast) -> FloatArray:
    return share_of(found.yields.light.plob_s, found.yields.usable_s)


def _plob_channel_bits(found: Forecast) -> FloatArray:
    return pair_of(found).protocol.uses_hz * found.yields.light.plob_channel_s


def _background_hz(found: Forecast) -> FloatArray:
    """Stray clicks of one detector: of both telescopes where the node receives."""
    protocol = pair_of(found).protocol
    stray_hz, _ = protocol.middle.stray_hz(*found.yields.light.stray_hz)
    return np.asarray(protocol.stray_share * stray_hz)


def _expected(found: Forecast) -> Values:
    """Whole bits, as a plan counts them: there are no fractions of a bit."""
    bits = whole_expected_bits(found)
    return [None] * len(found) if bits is None else bits.astype(np.int64)


def _pooled(found: Forecast) -> Values:
    pooled = pooled_by_satellite(found)
    bits = [pooled[craft].secure_bits[0] for craft in found.contacts.satellite.tolist()]
    return np.array(bits, dtype=np.int64)


def unusable_briefly(found: Forecast) -> list[Cell]:
    """Say in a few words what takes contacts of which nothing is usable; None of the others."""
    names = [found.mission.stations[index].site.name for index in pair_of(found).stations]
    return [
        None if why is None else _briefly(why.sentence, names)
        for why, used in zip(found.yields.obstacle, _used(found).tolist(), strict=True)
        for why in [None if used else why]
    ]


def _briefly(why: str, names: Sequence[str]) -> str:
    """Join the reasons of the stations without their numbers, those alike said once."""
    where: dict[str, list[str]] = {}
    for part in why.split("; "):
        station, _, reason = part.partition(": ")
        if station in names and reason:
            where.setdefault(reason.split(":")[0], []).append(station)
    if not where:
        return "never usable at both at once, or no link"
    return ", ".join(f"{what} at {' and '.join(stations)}" for what, stations in where.items())


Get = Callable[[Source], tuple[Forecast, IntArray]]
"""Contacts of one pair or link, and the index of the satellite of each row."""


def same_in_all(get: Get[Source], what: Callable[[Forecast], Cell]) -> Callable[[Source], Values]:
    """Return what fills a column whose rows are alike."""

    def values(source: Source) -> Values:
        found, rows = get(source)
        return [what(found)] * rows.size

    return values


def _station(place: int) -> Callable[[Forecast], Cell]:
    return lambda found: found.mission.stations[pair_of(found).stations[place]].site.name


def pair_columns(get: Get[Source]) -> tuple[Column[Source], ...]:
    """Columns of who makes key together."""
    return (
        column("satellite", lambda source: satellite_names(get(source)[0].mission, get(source)[1])),
        column("station_a", same_in_all(get, _station(0))),
        column("station_b", same_in_all(get, _station(1))),
        protocol_column(get),
    )


def protocol_column(get: Get[Source]) -> Column[Source]:
    """Column of what makes the key of joint contacts, or of sessions."""
    return column(
        "protocol",
        same_in_all(get, lambda found: (found.link or pair_of(found)).protocol_name),
    )


COUNTED_COLUMNS: Final[tuple[Column[Forecast], ...]] = (
    column("reason", lambda f: f.yields.why_zero),
    column("sifted_bits", lambda f: f.yields.keys.sifted_bits, digits=1),
    column("qber", _where_used(lambda f: f.yields.keys.qber), digits=6),
    column("phase_error", _where_used(lambda f: f.yields.keys.phase_error), digits=6),
)
"""Why there is no key, and what it is made of."""

TOGETHER_COLUMNS: tuple[Column[Forecast], ...] = (
    *pair_columns(lambda found: (found, found.contacts.satellite)),
    column("direction", lambda f: [pair_of(f).protocol.middle.direction] * len(f)),
    *span_columns(lambda found: (found.timebase, found.contacts)),
    column("usable_s", lambda f: f.yields.usable_s),
    column("loss_a_db", _where_used(lambda f: f.yields.light.loss_mean_db[0]), digits=2),
    column("loss_b_db", _where_used(lambda f: f.yields.light.loss_mean_db[1]), digits=2),
    column("scintillation_index_a", _where_used(lambda f: f.yields.light.variance[0])),
    column("scintillation_index_b", _where_used(lambda f: f.yields.light.variance[1])),
    column("background_hz", _where_used(_background_hz), digits=2),
    *key_columns(column("expected_secure_bits", _expected)),
    Column(
        "pooled_bits", "bit", "Secret bits of all windows of this satellite, pair and protocol "
        "together as one block, under a clear sky: one number for all of them, repeated in each "
        "of their rows, so not to be added up.",
        _pooled,
    ),
    *COUNTED_COLUMNS,
    column("uses", _uses),
    column("bits_per_use", _where_used(_per_use), digits=12),
    column("plob_bits_per_use", _where_used(_plob)),
    column("over_plob", _where_used(lambda f: share_of(_per_use(f), _plob(f))), digits=4),
    column("over_plob_channel",
           _where_used(lambda f: share_of(_bits(f), _plob_channel_bits(f))), digits=4),
)  # fmt: skip

TOGETHER_SCREEN_COLUMNS: tuple[Column[Forecast], ...] = (
    *TOGETHER_COLUMNS,
    Column("unusable", "", "What takes a window of which nothing is usable.", unusable_briefly),
)
"""Columns a terminal chooses from."""
