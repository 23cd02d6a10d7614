"""Key of two stations with a satellite between them, as a table: one row a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from satqkd.clicks.stretches import per_stretch
from satqkd.forecast.together import JointKeys
from satqkd.mission.together import Together
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.units import BoolArray, FloatArray, loss_db, share_of

_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "secure_bits", "over_plob",
    "clear_probability", "expected_secure_bits", "secure_bits_p10", "secure_bits_p50",
    "secure_bits_p90", "secure_bits_low", "secure_bits_high", "over_plob_channel", "usable_s",
    "loss_a_db", "loss_b_db", "qber", "phase_error", "sifted_bits", "bits_per_use",
    "plob_bits_per_use", "flicker_variance_a", "flicker_variance_b", "background_hz",
    "duration_s", "end_utc", "unusable",
)  # fmt: skip


def together_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first.

    What is the same in every row, and why there is no key, is told in lines below the table.
    """
    return tuple(name for name in _SCREEN if name not in alike(pairs))


def alike(pairs: Sequence[Together]) -> set[str]:
    """Columns that say the same in every row."""
    one_pair = len({pair.stations for pair in pairs}) == 1
    same = {
        "protocol": len({pair.protocol_name for pair in pairs}) == 1,
        "satellite": len({craft for pair in pairs for craft in pair.spacecraft}) == 1,
        "station_a": one_pair,
        "station_b": one_pair,
    }
    return {name for name, yes in same.items() if yes}


def _used(keys: JointKeys) -> BoolArray:
    return np.asarray(keys.usable_s > 0.0)


def _mean(keys: JointKeys, series: FloatArray) -> FloatArray:
    """Mean over the usable time of each window."""
    return share_of(per_stretch(series * keys.links.weight_s, keys.links.starts), keys.usable_s)


def _where_used(get: Callable[[JointKeys], FloatArray]) -> Callable[[JointKeys], Values]:
    return lambda keys: present(get(keys), _used(keys))


def _mean_loss_db(keys: JointKeys, transmittance: FloatArray) -> FloatArray:
    return loss_db(np.maximum(_mean(keys, transmittance), np.finfo(np.float64).tiny))


def _station(keys: JointKeys, place: int) -> Values:
    name = keys.mission.stations[keys.pair.stations[place]].site.name
    return [name] * len(keys.windows)


def _satellite(keys: JointKeys) -> Values:
    craft = keys.mission.spacecraft
    return [craft[index].satellite.name for index in keys.windows.satellite.tolist()]


def _per_use(keys: JointKeys) -> FloatArray:
    return share_of(_bits(keys), keys.uses)


def _bits(keys: JointKeys) -> FloatArray:
    return keys.keys.secure_bits.astype(np.float64)


def _plob(keys: JointKeys) -> FloatArray:
    return share_of(keys.plob_bits, keys.uses)


def _drawn(field: str) -> Callable[[JointKeys], Values]:
    def values(keys: JointKeys) -> Values:
        if keys.outlook is None:
            return [None] * len(keys.windows)
        return present(getattr(keys.outlook, field), np.ones(len(keys.windows), dtype=np.bool_))

    return values


def _expected(keys: JointKeys) -> Values:
    """Whole bits, as a plan counts them: there are no fractions of a bit."""
    if keys.outlook is None:
        return [None] * len(keys.windows)
    return np.floor(keys.outlook.expected_bits).astype(np.int64)


def unusable_briefly(keys: JointKeys) -> list[Cell]:
    """Say in a few words what takes windows of which nothing is usable; None of the others."""
    names = [keys.mission.stations[index].site.name for index in keys.pair.stations]
    return [
        None
        if used
        else _briefly({n: a.reasons[w] for n, a in zip(names, keys.usages, strict=True)})
        for w, used in enumerate(_used(keys).tolist())
    ]


def _briefly(reasons: Mapping[str, str | None]) -> str:
    """Join the reasons of the stations without their numbers, those alike said once."""
    where: dict[str, list[str]] = {}
    for station, reason in reasons.items():
        if reason is not None:
            where.setdefault(reason.split(":")[0], []).append(station)
    if not where:
        return "never usable at both at once, or no link"
    return ", ".join(f"{what} at {' and '.join(stations)}" for what, stations in where.items())


TOGETHER_COLUMNS: tuple[Column[JointKeys], ...] = (
    Column("satellite", "", "Name of the satellite in the middle.", _satellite),
    Column("station_a", "", "First station.", lambda keys: _station(keys, 0)),
    Column("station_b", "", "Second station.", lambda keys: _station(keys, 1)),
    Column(
        "protocol", "", "Preset or model of the key over both links at once.",
        lambda keys: [keys.pair.protocol_name] * len(keys.windows),
    ),
    Column(
        "direction", "", "uplink: the satellite receives from both; downlink: it sends to both.",
        lambda keys: [keys.pair.protocol.direction] * len(keys.windows),
    ),
    Column(
        "start_utc", "UTC", "When the last of the two begins to see it.",
        lambda keys: keys.timebase.iso(keys.windows.start_s),
    ),
    Column(
        "end_utc", "UTC", "When the first of the two ceases to see it.",
        lambda keys: keys.timebase.iso(keys.windows.end_s),
    ),
    Column(
        "duration_s", "s", "From start to end.",
        lambda keys: keys.windows.end_s - keys.windows.start_s, digits=1,
    ),
    Column(
        "usable_s", "s", "Time in which no limit takes either of the links.",
        lambda keys: keys.usable_s, digits=1,
    ),
    Column(
        "loss_a_db", "dB", "Of the first link's mean transmittance over the usable time, up to "
        "the detectors' input.",
        _where_used(lambda keys: _mean_loss_db(keys, keys.links.transmittance_a)), digits=2,
    ),
    Column(
        "loss_b_db", "dB", "The same of the second link.",
        _where_used(lambda keys: _mean_loss_db(keys, keys.links.transmittance_b)), digits=2,
    ),
    Column(
        "flicker_variance_a", "", "Variance of the first link's transmittance over its mean "
        "squared, mean over the usable time.",
        _where_used(lambda keys: _mean(keys, keys.links.variance_a)), digits=5,
    ),
    Column(
        "flicker_variance_b", "", "The same of the second link.",
        _where_used(lambda keys: _mean(keys, keys.links.variance_b)), digits=5,
    ),
    Column(
        "background_hz", "Hz", "Stray clicks per second and detector, of the first station's "
        "detectors where the satellite sends; mean over the usable time.",
        _where_used(lambda keys: _mean(keys, keys.links.background_rate_hz)), digits=2,
    ),
    Column(
        "secure_bits", "bit", "Secret bits of the window as one block, under a clear sky.",
        lambda keys: keys.keys.secure_bits,
    ),
    Column(
        "secure_bits_low", "bit", "The same with every stated range of both links at its worst "
        "end; empty where none is stated.",
        lambda keys: present(keys.low_bits, keys.ranged),
    ),
    Column(
        "secure_bits_high", "bit", "The same with every stated range of both links at its best "
        "end; empty where none is stated.",
        lambda keys: present(keys.high_bits, keys.ranged),
    ),
    Column(
        "clear_probability", "", "Chance that the skies over both stations are clear; empty where "
        "neither tells its weather, that of the other where one does not.",
        lambda keys: present(keys.clear_probability, np.isfinite(keys.clear_probability)),
        digits=3,
    ),
    Column(
        "expected_secure_bits", "bit", "Mean key over weather, air and pointing of both links; a "
        "station that tells no weather has a clear sky.",
        _expected,
    ),
    Column(
        "secure_bits_p10", "bit", "Nine histories in ten give more key than this, clouds included.",
        _drawn("low_bits"), digits=0,
    ),
    Column("secure_bits_p50", "bit", "Half of the histories give more.", _drawn("median_bits"),
        digits=0,
    ),
    Column(
        "secure_bits_p90", "bit", "One history in ten gives more.", _drawn("high_bits"), digits=0,
    ),
    Column(
        "pooled_bits", "bit", "Secret bits of all windows of this satellite, pair and protocol "
        "together as one block, under a clear sky: one number for all of them, repeated in each "
        "of their rows, so not to be added up.",
        lambda keys: keys.pooled_bits,
    ),
    Column("reason", "", "Why there is no key.", lambda keys: keys.why_zero),
    Column(
        "sifted_bits", "bit", "Bits before error correction, after sifting and pairing.",
        lambda keys: keys.keys.sifted_bits, digits=1,
    ),
    Column(
        "qber", "", "Error fraction of these.",
        _where_used(lambda keys: keys.keys.qber), digits=6,
    ),
    Column(
        "phase_error", "", "Upper bound on the phase error fraction.",
        _where_used(lambda keys: keys.keys.phase_error), digits=6,
    ),
    Column(
        "uses", "", "Pairs of pulses sent in the usable time; pairs of photons for bbm92.",
        lambda keys: keys.uses,
    ),
    Column(
        "bits_per_use", "bit", "Secret bits over uses.", _where_used(_per_use), digits=12,
    ),
    Column(
        "plob_bits_per_use", "bit", "Most that any protocol without a node gives over the loss "
        "of both links together (PLOB), of mean transmittances up to the detectors' input.",
        _where_used(_plob), digits=12,
    ),
    Column(
        "over_plob", "", "Secret bits over what that bound allows: above 1 the bound is beaten.",
        _where_used(lambda keys: share_of(_per_use(keys), _plob(keys))), digits=4,
    ),
    Column(
        "over_plob_channel", "", "The same against the bound of the channel alone: what the "
        "receivers' optics and fibres lose counts as theirs.",
        _where_used(lambda keys: share_of(_bits(keys), keys.plob_channel_bits)), digits=4,
    ),
)  # fmt: skip

TOGETHER_SCREEN_COLUMNS: tuple[Column[JointKeys], ...] = (
    *TOGETHER_COLUMNS,
    Column("unusable", "", "What takes a window of which nothing is usable.", unusable_briefly),
)
"""Columns a terminal chooses from."""
