"""A link that stands still: where its light goes, and what it gives in an hour."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from satqkd.forecast.light import SOURCES
from satqkd.forecast.terrestrial import Terrestrial
from satqkd.link.budget import LINES, Budget
from satqkd.mission.links import FixedLink
from satqkd.report.tables.column import Column, Values, each, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fade import budget_columns, fade_margin_db
from satqkd.units import FloatArray, loss_db


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRow:
    """One reason for losing light, or what becomes of the rest."""

    term: str
    value: float
    unit: str = "dB"


def fixed_rows(fixed: Terrestrial) -> tuple[FixedRow, ...]:
    """List length, every loss line, their sum, scintillation, clicks and errors of a link."""
    lines = {name: float(values[0]) for name, values in fixed.budget.lines_db.items()}
    total_db = float(fixed.budget.total_db[0])
    background_hz = fixed.rates["background_rate_hz"]
    return (
        FixedRow(term="length", value=1e-3 * fixed.link.length_m, unit="km"),
        *(FixedRow(term=LINES[name], value=value) for name, value in lines.items() if value),
        FixedRow(term="total to the detectors", value=total_db),
        FixedRow(
            term="with detector efficiency",
            value=total_db + float(loss_db(_efficiency(fixed))),
        ),
        *_fading(fixed),
        FixedRow(term="signal clicks", value=_signal_hz(fixed), unit="Hz"),
        *(
            FixedRow(term=f"stray photons: {SOURCES[name]}", value=float(rate[0]), unit="Hz")
            for name, rate in fixed.losses[0].stray_hz.items()
            if rate.any()
        ),
        FixedRow(term="background clicks in gates", value=background_hz, unit="Hz"),
        FixedRow(term="QBER", value=100.0 * fixed.rates["qber"], unit="%"),
    )


def hour_text(fixed: Terrestrial) -> str:
    """Say what key an hour gives, or why none."""
    bits = int(fixed.key.secure_bits[0])
    if bits == 0:
        return f"no key in an hour: {fixed.key.why_zero[0]}"
    low, high = int(fixed.key_low.secure_bits[0]), int(fixed.key_high.secure_bits[0])
    spread = f" (low {low:,}, high {high:,})" if low < high else ""
    return f"key of an hour as one block: {bits:,} bits{spread}"


def rate_text(fixed: Terrestrial) -> str:
    """Say how fast key comes, and whether the computers keep up; empty where there is none."""
    made_hz, out_hz = fixed.made_rate_hz, fixed.key_rate_hz
    if made_hz == 0.0:
        return ""
    if out_hz < made_hz:
        made = rate_words(made_hz)
        return f"key rate: {rate_words(out_hz)}, limited by post-processing ({made} made)"
    idle = "" if fixed.post_processing is None else ", post-processing keeps up"
    return f"key rate: {rate_words(out_hz)}{idle}"


def pulse_text(fixed: Terrestrial) -> str:
    """Say what key a pulse gives; empty where there is none."""
    return f"{fixed.bits_per_use:.4g} bit per pulse" if fixed.made_rate_hz else ""


def rate_words(bits_hz: float) -> str:
    """Say a rate in the unit that suits it."""
    for size, unit in ((1e6, "Mbit/s"), (1e3, "kbit/s")):
        if bits_hz >= size:
            return f"{bits_hz / size:,.4g} {unit}"
    return f"{bits_hz:.4g} bit/s"


def link_text(link: FixedLink) -> str:
    """Say in a line what a link is."""
    return link.in_words


def _efficiency(fixed: Terrestrial) -> float:
    """Of the link's detectors."""
    return 1.0 if fixed.link.detector is None else fixed.link.detector.efficiency


def _fading(fixed: Terrestrial) -> tuple[FixedRow, ...]:
    """Rows of light that scintillates; none for steady light."""
    variance = float(fixed.budget.variance[0])
    if variance == 0.0:
        return ()
    return (
        FixedRow(
            term="scintillation, 1 σ of the mean", value=100.0 * math.sqrt(variance), unit="%"
        ),
        FixedRow(term="fade margin, 99 % of the time", value=_margin_db(fixed)),
    )


def _margin_db(fixed: Terrestrial) -> float:
    return float(fade_margin_db(fixed.budget, slice(None))[0])


def _signal_hz(fixed: Terrestrial) -> float:
    return fixed.rates["signal_rate_hz"]


FIXED_ROW_COLUMNS: tuple[Column[tuple[FixedRow, ...]], ...] = (
    column("term", field_of_each("term")),
    Column("value", "", "How much.", field_of_each("value"), digits=2),
    column("unit", field_of_each("unit")),
)
"""Columns of the waterfall of a link that stands still."""


def _of_budget(
    get: Callable[[Budget], FloatArray],
) -> Callable[[Sequence[Terrestrial]], Values]:
    return each(lambda fixed: float(get(fixed.budget)[0]))


def _stray_hz(fixed: Terrestrial) -> float:
    return float(sum(float(rate[0]) for rate in fixed.losses[0].stray_hz.values()))


FIXED_COLUMNS: tuple[Column[Sequence[Terrestrial]], ...] = (
    Column("link", "", "Name of the link.", each(lambda f: f.link.name)),
    column("direction", each(lambda f: f.link.direction)),
    Column("length_km", "km", "Its length.", each(lambda f: 1e-3 * f.link.length_m), digits=3),
    *budget_columns(_of_budget),
    column("signal_rate_hz", each(_signal_hz), digits=2),
    Column("stray_rate_hz", "Hz", "Stray photons before the detectors.", each(_stray_hz), digits=2),
    column("background_rate_hz", each(lambda f: f.rates["background_rate_hz"]), digits=2),
    column("qber", each(lambda f: f.rates["qber"]), digits=6),
    Column("hour_sifted_bits", "bit", "Clicks of an hour that enter the key.",
           each(lambda f: float(f.key.sifted_bits[0])), digits=1),
    Column("hour_secure_bits", "bit", "Secret bits of an hour, which is one block.",
           each(lambda f: int(f.key.secure_bits[0]))),
    Column("hour_secure_bits_low", "bit", "The same with every stated range at its worse end.",
           each(lambda f: int(f.key_low.secure_bits[0]))),
    Column("hour_secure_bits_high", "bit", "The same with every stated range at its better end.",
           each(lambda f: int(f.key_high.secure_bits[0]))),
    Column("made_rate_hz", "Hz", "Secret bits per second in what is detected.",
           each(lambda f: f.made_rate_hz), digits=3),
    column("key_rate_hz", each(lambda f: f.key_rate_hz)),
    Column("bits_per_pulse", "bit", "Secret bits in what is detected over pulses sent.",
           each(lambda f: f.bits_per_use), digits=9),
    column("reason", each(lambda f: f.key.why_zero[0])),
)  # fmt: skip
"""Columns of ``satqkd link NAME --json``, and of ``satqkd link`` for all of them."""

FIXED_SCREEN = (
    "link", "length_km", "total_loss_db", "qber", "key_rate_hz", "bits_per_pulse", "reason",
    "hour_secure_bits", "made_rate_hz", "direction",
)  # fmt: skip
"""Columns worth a place on a terminal where several links stand below each other."""
