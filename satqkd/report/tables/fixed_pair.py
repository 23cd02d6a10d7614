"""Two links that stand still with a node between them: their losses, and the key of a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from satqkd.forecast.terrestrial import Terrestrial
from satqkd.link.budget import LINES, Budget
from satqkd.mission.links import FixedLink
from satqkd.report.tables.column import Column, each, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.report.tables.fixed import rate_words
from satqkd.report.tables.joint import prefixes


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """One reason for losing light, in either link."""

    term: str
    first_db: float
    second_db: float


def pair_rows(pair: Terrestrial) -> tuple[PairRow, ...]:
    """List every loss line of both links, and their sums."""
    first, second = (_lines(budget) for budget in pair.budgets)
    return (
        *(
            PairRow(term=LINES[name], first_db=first[name], second_db=second[name])
            for name in first
            if first[name] or second[name]
        ),
        PairRow(term="total to the detectors", first_db=pair.loss_db[0], second_db=pair.loss_db[1]),
    )


def pair_columns(pair: Terrestrial) -> tuple[Column[tuple[PairRow, ...]], ...]:
    """Columns of these rows, each link under its name."""
    first, second = prefixes([link.name for link in pair.links])
    return (
        column("term", field_of_each("term")),
        Column(f"{first}_db", "dB", "Loss in the first link.", field_of_each("first_db"), digits=2),
        Column(f"{second}_db", "dB", "Loss in the second link.", field_of_each("second_db"),
               digits=2),
    )  # fmt: skip


def arm_rows(link: FixedLink) -> tuple[ArmRow, ...]:
    """List every loss line of a link that makes no key alone, and their sum."""
    budget = link.budget()
    return (
        *(ArmRow(term=LINES[name], loss_db=loss) for name, loss in _lines(budget).items() if loss),
        ArmRow(term="total to the detectors", loss_db=float(budget.total_db[0])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRow:
    """One reason for losing light."""

    term: str
    loss_db: float


ARM_COLUMNS: tuple[Column[tuple[ArmRow, ...]], ...] = (
    column("term", field_of_each("term")),
    column("loss_db", field_of_each("loss_db"), digits=2),
)
"""Columns of the losses of one link of a pair."""


def pair_lines(pair: Terrestrial) -> tuple[str, ...]:
    """Say what key the block gives, or why none."""
    block = f"{pair.duration_s:,.10g} s as one block"
    bits = int(pair.key.secure_bits[0])
    if bits == 0:
        return (f"no key in {block}: {pair.key.why_zero[0]}",)
    low, high = int(pair.key_low.secure_bits[0]), int(pair.key_high.secure_bits[0])
    spread = f" (low {low:,}, high {high:,})" if low < high else ""
    qber, phase_error = (100.0 * float(x[0]) for x in (pair.key.qber, pair.key.phase_error))
    bound = f"{pair.plob_bits_per_use:.3g} bit per use"
    return (
        f"key of {block}: {bits:,} bits{spread}",
        f"key rate: {rate_words(pair.key_rate_hz)}, {pair.bits_per_use:.3g} bit per use",
        f"errors: {qber:.3g} %, phase errors at most {phase_error:.3g} %",
        f"the most without a node: {bound}; key over it: {_over(pair):.3g}",
    )


def _over(pair: Terrestrial) -> float:
    return pair.bits_per_use / pair.plob_bits_per_use


def _lines(budget: Budget) -> dict[str, float]:
    return {name: float(values[0]) for name, values in budget.lines_db.items()}


def _background_hz(pair: Terrestrial) -> float:
    """Stray clicks of a detector, as the node's protocol counts them."""
    return float(pair.system.detector_stray_hz(pair.light)[0])


FIXED_PAIR_COLUMNS: tuple[Column[Sequence[Terrestrial]], ...] = (
    Column("pair", "", "Name of the two together.", each(lambda p: p.name)),
    Column("link_a", "", "Name of the first link.", each(lambda p: p.links[0].name)),
    Column("link_b", "", "Name of the second link.", each(lambda p: p.links[1].name)),
    column("protocol", each(lambda p: p.protocol_name)),
    column("duration_s", each(lambda p: p.duration_s)),
    column("loss_a_db", each(lambda p: p.loss_db[0]), digits=3),
    column("loss_b_db", each(lambda p: p.loss_db[1]), digits=3),
    column("scintillation_index_a", each(lambda p: float(p.light.arms[0].variance[0]))),
    column("scintillation_index_b", each(lambda p: float(p.light.arms[1].variance[0]))),
    column("background_hz", each(_background_hz), digits=4),
    column("secure_bits", each(lambda p: int(p.key.secure_bits[0]))),
    column("secure_bits_low", each(lambda p: int(p.key_low.secure_bits[0]))),
    column("secure_bits_high", each(lambda p: int(p.key_high.secure_bits[0]))),
    column("key_rate_hz", each(lambda p: p.key_rate_hz)),
    column("sifted_bits", each(lambda p: float(p.key.sifted_bits[0])), digits=1),
    column("qber", each(lambda p: float(p.key.qber[0])), digits=6),
    column("phase_error", each(lambda p: float(p.key.phase_error[0])), digits=6),
    column("uses", each(lambda p: p.uses)),
    column("bits_per_use", each(lambda p: p.bits_per_use), digits=12),
    column("plob_bits_per_use", each(lambda p: p.plob_bits_per_use)),
    column("over_plob", each(_over), digits=6),
    column("over_plob_channel", each(lambda p: p.bits_per_use / p.plob_channel_bits_per_use),
           digits=9),
    column("reason", each(lambda p: p.key.why_zero[0])),
)  # fmt: skip
"""Columns of ``satqkd link NAME --json`` of a pair, and of ``satqkd link`` for all of them."""

FIXED_PAIR_SCREEN = (
    "pair", "loss_a_db", "loss_b_db", "bits_per_use", "key_rate_hz", "over_plob", "qber",
    "phase_error", "reason", "secure_bits", "duration_s", "protocol", "plob_bits_per_use",
    "over_plob_channel", "link_a", "link_b",
)  # fmt: skip
"""Columns worth a place on a terminal where several pairs stand below each other."""
