"""Key of two stations with a satellite between them, as a table: one row a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.mission.together import Together
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.units import BoolArray, FloatArray, share_of

_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "secure_bits",
    "secure_bits_low", "secure_bits_high", "usable_s", "expected_secure_bits", "over_plob",
    "clear_probability", "secure_bits_p10", "secure_bits_p50", "secure_bits_p90",
    "over_plob_channel", "loss_a_db", "loss_b_db", "duration_s", "end_utc", "bits_per_use",
    "plob_bits_per_use", "sifted_bits", "qber", "phase_error", "flicker_variance_a",
    "flicker_variance_b", "background_hz", "unusable",
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


def _used(found: Forecast) -> BoolArray:
    return np.asarray(found.yields.usable_s > 0.0)


def _where_used(get: Callable[[Forecast], FloatArray]) -> Callable[[Forecast], Values]:
    return lambda found: present(get(found), _used(found))


def pair_of(found: Forecast) -> Together:
    """Stations and protocol of joint contacts."""
    if found.pair is None:
        raise ValueError("these contacts are of one station each")
    return found.pair


def _station(found: Forecast, place: int) -> Values:
    name = found.mission.stations[pair_of(found).stations[place]].site.name
    return [name] * len(found)


def _satellite(found: Forecast) -> Values:
    craft = found.mission.spacecraft
    return [craft[index].satellite.name for index in found.contacts.satellite.tolist()]


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


def _drawn(field: str) -> Callable[[Forecast], Values]:
    def values(found: Forecast) -> Values:
        if found.yields.outlook is None:
            return [None] * len(found)
        every = np.ones(len(found), dtype=np.bool_)
        return present(getattr(found.yields.outlook, field), every)

    return values


def _expected(found: Forecast) -> Values:
    """Whole bits, as a plan counts them: there are no fractions of a bit."""
    if found.yields.outlook is None:
        return [None] * len(found)
    return np.floor(found.yields.outlook.expected_bits).astype(np.int64)


def _pooled(found: Forecast) -> Values:
    pooled = pooled_by_satellite(found)
    bits = [pooled[craft].secure_bits[0] for craft in found.contacts.satellite.tolist()]
    return np.array(bits, dtype=np.int64)


def unusable_briefly(found: Forecast) -> list[Cell]:
    """Say in a few words what takes contacts of which nothing is usable; None of the others."""
    names = [found.mission.stations[index].site.name for index in pair_of(found).stations]
    return [
        None if why is None else _briefly(why, names)
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


TOGETHER_COLUMNS: tuple[Column[Forecast], ...] = (
    Column("satellite", "", "Name of the satellite in the middle.", _satellite),
    Column("station_a", "", "First station.", lambda keys: _station(keys, 0)),
    Column("station_b", "", "Second station.", lambda keys: _station(keys, 1)),
    Column(
        "protocol", "", "Preset or model of the key over both links at once.",
        lambda keys: [pair_of(keys).protocol_name] * len(keys),
    ),
    Column(
        "direction", "", "uplink: the satellite receives from both; downlink: it sends to both.",
        lambda keys: [pair_of(keys).protocol.middle.direction] * len(keys),
    ),
    Column(
        "start_utc", "UTC", "When the last of the two begins to see it.",
        lambda keys: keys.timebase.iso(keys.contacts.start_s),
    ),
    Column(
        "end_utc", "UTC", "When the first of the two ceases to see it.",
        lambda keys: keys.timebase.iso(keys.contacts.end_s),
    ),
    Column(
        "duration_s", "s", "From start to end.",
        lambda keys: keys.contacts.end_s - keys.contacts.start_s, digits=1,
    ),
    Column(
        "usable_s", "s", "Time in which no limit takes either of the links.",
        lambda keys: keys.yields.usable_s, digits=1,
    ),
    Column(
        "loss_a_db", "dB", "Of the first link's mean transmittance over the usable time, up to "
        "the detectors' input.",
        _where_used(lambda keys: keys.yields.light.loss_mean_db[0]), digits=2,
    ),
    Column(
        "loss_b_db", "dB", "The same of the second link.",
        _where_used(lambda keys: keys.yields.light.loss_mean_db[1]), digits=2,
    ),
    Column(
        "flicker_variance_a", "", "Variance of the first link's transmittance over its mean "
        "squared, mean over the usable time.",
        _where_used(lambda keys: keys.yields.light.variance[0]), digits=5,
    ),
    Column(
        "flicker_variance_b", "", "The same of the second link.",
        _where_used(lambda keys: keys.yields.light.variance[1]), digits=5,
    ),
    Column(
        "background_hz", "Hz", "Stray clicks per second and detector, of the first station's "
        "detectors where the satellite sends; mean over the usable time.",
        _where_used(_background_hz), digits=2,
    ),
    Column(
        "secure_bits", "bit", "Secret bits of the window as one block, under a clear sky.",
        lambda keys: keys.yields.keys.secure_bits,
    ),
    Column(
        "secure_bits_low", "bit", "The same with every stated range of both links at its worst "
        "end; empty where none is stated.",
        lambda keys: present(keys.yields.keys_low.secure_bits, keys.yields.ranged),
    ),
    Column(
        "secure_bits_high", "bit", "The same with every stated range of both links at its best "
        "end; empty where none is stated.",
        lambda keys: present(keys.yields.keys_high.secure_bits, keys.yields.ranged),
    ),
    Column(
        "clear_probability", "", "Chance that the skies over both stations are clear; empty where "
        "neither tells its weather, that of the other where one does not.",
        lambda keys: present(
            keys.yields.clear_probability, np.isfinite(keys.yields.clear_probability)
        ),
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
        _pooled,
    ),
    Column("reason", "", "Why there is no key.", lambda keys: keys.yields.why_zero, below=True),
    Column(
        "sifted_bits", "bit", "Bits before error correction, after sifting and pairing.",
        lambda keys: keys.yields.keys.sifted_bits, digits=1,
    ),
    Column(
        "qber", "", "Error fraction of these.",
        _where_used(lambda keys: keys.yields.keys.qber), digits=6,
    ),
    Column(
        "phase_error", "", "Upper bound on the phase error fraction.",
        _where_used(lambda keys: keys.yields.keys.phase_error), digits=6,
    ),
    Column(
        "uses", "", "Pairs of pulses sent in the usable time; pairs of photons for bbm92.",
        _uses,
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
        _where_used(lambda keys: share_of(_bits(keys), _plob_channel_bits(keys))), digits=4,
    ),
)  # fmt: skip

TOGETHER_SCREEN_COLUMNS: tuple[Column[Forecast], ...] = (
    *TOGETHER_COLUMNS,
    Column("unusable", "", "What takes a window of which nothing is usable.", unusable_briefly),
)
"""Columns a terminal chooses from."""
