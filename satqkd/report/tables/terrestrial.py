"""Terrestrial links, alone and two with a node between them: one row a link, and lines below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from satqkd.forecast.terrestrial import Terrestrial
from satqkd.link.budget import Budget
from satqkd.report.tables.column import Cell, Column, Values, each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fade import budget_columns
from satqkd.units import FloatArray

Links = Sequence[Terrestrial]

LINK_SCREEN = (
    "link", "length_km", "total_loss_db", "qber", "key_rate_hz", "bits_per_pulse", "reason",
    "hour_secure_bits", "made_rate_hz", "direction",
)  # fmt: skip
"""Columns worth a place on a terminal where several links stand below each other."""

PAIR_SCREEN = (
    "pair", "loss_a_db", "loss_b_db", "bits_per_use", "key_rate_hz", "over_plob", "qber",
    "phase_error", "reason", "secure_bits", "duration_s", "protocol", "plob_bits_per_use",
    "over_plob_channel", "link_a", "link_b",
)  # fmt: skip
"""The same of pairs."""


def _of_budget(get: Callable[[Budget], FloatArray]) -> Callable[[Links], Values]:
    return each(lambda found: float(get(found.budget)[0]))


def _rate(name: str) -> Callable[[Links], Values]:
    return each(lambda found: found.rates[name])


def _bits(which: str) -> Callable[[Links], Values]:
    return each(lambda found: int(getattr(found, which).secure_bits[0]))


def _key(name: str) -> Callable[[Links], Values]:
    return each(lambda found: float(getattr(found.key, name)[0]))


def _why_zero(found: Terrestrial) -> Cell:
    return found.key.why_zero[0]


def _stray_hz(found: Terrestrial) -> float:
    return float(sum(float(rate[0]) for rate in found.losses[0].stray_hz.values()))


def _over_plob(found: Terrestrial) -> float:
    return found.bits_per_use / found.plob_bits_per_use


LINK_COLUMNS: tuple[Column[Links], ...] = (
    column("link", each(lambda f: f.made_by.name)),
    column("direction", each(lambda f: f.made_by.direction)),
    Column("length_km", "km", "Its length.", each(lambda f: 1e-3 * f.made_by.links[0].length_m),
           digits=3),
    *budget_columns(_of_budget),
    column("signal_rate_hz", _rate("signal_rate_hz"), digits=2),
    Column("stray_rate_hz", "Hz", "Stray photons before the detectors.", each(_stray_hz), digits=2),
    column("background_rate_hz", _rate("background_rate_hz"), digits=2),
    column("qber", _rate("qber"), digits=6),
    Column("hour_sifted_bits", "bit", "Clicks of an hour that enter the key.",
           _key("sifted_bits"), digits=1),
    Column("hour_secure_bits", "bit", "Secret bits of an hour, which is one block.", _bits("key")),
    Column("hour_secure_bits_low", "bit", "The same with every stated range at its worse end.",
           _bits("key_low")),
    Column("hour_secure_bits_high", "bit", "The same with every stated range at its better end.",
           _bits("key_high")),
    Column("made_rate_hz", "Hz", "Secret bits per second in what is detected.",
           each(lambda f: f.made_rate_hz), digits=3),
    column("key_rate_hz", each(lambda f: f.key_rate_hz)),
    Column("bits_per_pulse", "bit", "Secret bits in what is detected over pulses sent.",
           each(lambda f: f.bits_per_use), digits=9),
    column("reason", each(_why_zero)),
)  # fmt: skip
"""Columns of ``satqkd link NAME --json``, and of ``satqkd link`` for all of them."""

PAIR_COLUMNS: tuple[Column[Links], ...] = (
    Column("pair", "", "Name of the two together.", each(lambda p: p.made_by.name)),
    Column("link_a", "", "Name of the first link.", each(lambda p: p.made_by.links[0].name)),
    Column("link_b", "", "Name of the second link.", each(lambda p: p.made_by.links[1].name)),
    column("protocol", each(lambda p: p.made_by.protocol_name)),
    column("duration_s", each(lambda p: p.made_by.session_s)),
    column("loss_a_db", each(lambda p: p.loss_db[0]), digits=3),
    column("loss_b_db", each(lambda p: p.loss_db[1]), digits=3),
    column("scintillation_index_a", each(lambda p: float(p.light.arms[0].variance[0]))),
    column("scintillation_index_b", each(lambda p: float(p.light.arms[1].variance[0]))),
    column("background_hz", each(lambda p: float(p.made_by.system.detector_stray_hz(p.light)[0])),
           digits=4),
    column("secure_bits", _bits("key")),
    column("secure_bits_low", _bits("key_low")),
    column("secure_bits_high", _bits("key_high")),
    column("key_rate_hz", each(lambda p: p.key_rate_hz)),
    column("sifted_bits", _key("sifted_bits"), digits=1),
    column("qber", _key("qber"), digits=6),
    column("phase_error", _key("phase_error"), digits=6),
    column("uses", each(lambda p: p.uses)),
    column("bits_per_use", each(lambda p: p.bits_per_use), digits=12),
    column("plob_bits_per_use", each(lambda p: p.plob_bits_per_use)),
    column("over_plob", each(_over_plob), digits=6),
    column("over_plob_channel", each(lambda p: p.bits_per_use / p.plob_channel_bits_per_use),
           digits=9),
    column("reason", each(_why_zero)),
)  # fmt: skip
"""Columns of ``satqkd link NAME --json`` of a pair, and of ``satqkd link`` for all of them."""


PUBLISHED: Final = {
    "published_rate_hz": ("Hz", "Key rate in print, as 'satqkd validate' holds it."),
    "published_bits_per_pulse": ("bit", "Key per pulse in print."),
    "published_bits_per_use": ("bit", "Key per use in print."),
}
"""What may be in print of a link: unit and meaning by name."""


def published_column(name: str, printed: Mapping[str, Cell]) -> Column[Links]:
    """Column of what is in print, by the name of the link, beside ours."""
    return Column(name, *PUBLISHED[name], each(lambda found: printed.get(found.made_by.name)))


def _key_text(found: Terrestrial, *, of: str, none_in: str) -> str:
    """Say what key a block gives, or why none."""
    bits = int(found.key.secure_bits[0])
    if bits == 0:
        return f"no key in {none_in}: {found.key.why_zero[0]}"
    low, high = int(found.key_low.secure_bits[0]), int(found.key_high.secure_bits[0])
    spread = f" (low {low:,}, high {high:,})" if low < high else ""
    return f"key of {of}: {bits:,} bits{spread}"


def link_lines(found: Terrestrial) -> tuple[str, ...]:
    """Say what key an hour gives and how fast it comes, or why there is none."""
    key = _key_text(found, of="an hour as one block", none_in="an hour")
    rate = rate_text(found)
    pulse = f"{found.bits_per_use:.4g} bit per pulse"
    return (f"{key}; {found.made_by.protocol_name}", *([f"{rate}; {pulse}"] if rate else []))


def rate_text(found: Terrestrial) -> str:
    """Say how fast key comes, and whether the computers keep up; empty where there is none."""
    made_hz, out_hz = found.made_rate_hz, found.key_rate_hz
    if made_hz == 0.0:
        return ""
    if out_hz < made_hz:
        made = rate_words(made_hz)
        return f"key rate: {rate_words(out_hz)}, limited by post-processing ({made} made)"
    idle = "" if found.made_by.post_processing is None else ", post-processing keeps up"
    return f"key rate: {rate_words(out_hz)}{idle}"


def rate_words(bits_hz: float) -> str:
    """Say a rate in the unit that suits it."""
    for size, unit in ((1e6, "Mbit/s"), (1e3, "kbit/s")):
        if bits_hz >= size:
            return f"{bits_hz / size:,.4g} {unit}"
    return f"{bits_hz:.4g} bit/s"


def pair_lines(pair: Terrestrial) -> tuple[str, ...]:
    """Say what key the block gives, or why none."""
    block = f"{pair.made_by.session_s:,.10g} s as one block"
    key = _key_text(pair, of=block, none_in=block)
    if pair.made_rate_hz == 0.0:
        return (key,)
    qber, phase_error = (100.0 * float(x[0]) for x in (pair.key.qber, pair.key.phase_error))
    bound = f"{pair.plob_bits_per_use:.3g} bit per use"
    return (
        key,
        f"key rate: {rate_words(pair.key_rate_hz)}, {pair.bits_per_use:.3g} bit per use",
        f"errors: {qber:.3g} %, phase errors at most {phase_error:.3g} %",
        f"the most without a node: {bound}; key over it: {_over_plob(pair):.3g}",
    )
