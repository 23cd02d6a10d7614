"""Tables of a distilled contact: its blocks, what was counted, what was said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.block import Distilled
from satqkd.distil.exchange import Exchange
from satqkd.distil.reconcile.trial import Trial
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.report.tables.column import Column, each, field_of_each
from satqkd.report.tables.definitions import column
from satqkd.units import FloatArray

STAGES: Final = ("sift", "estimate", "reconcile", "verify", "amplify", "authenticate")
"""In their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """Clicks of one intensity, both ends in one basis."""

    block: int
    basis: str
    intensity: float
    expected_clicks: float | None
    """None where nothing was forecast."""
    clicks: int
    expected_errors: float | None
    errors: int

    @property
    def clicks_off(self) -> float | None:
        """How far off the clicks are. [σ]"""
        if self.expected_clicks is None:
            return None
        return _off(self.clicks, self.expected_clicks, math.inf)

    @property
    def errors_off(self) -> float | None:
        """How far off the errors are, for as many clicks. [σ]"""
        if not self.expected_clicks or self.expected_errors is None:
            return None
        share = self.expected_errors / self.expected_clicks
        return _off(self.errors, share * self.clicks, self.clicks)


def _off(found: int, mean: float, trials: float) -> float | None:
    """Distance from the mean of a binomial distribution; Poissonian for endless trials."""
    variance = mean * (1.0 - mean / trials)
    return (found - mean) / math.sqrt(variance) if variance > 0.0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """What was said about a block at one stage."""

    block: int
    stage: str
    rounds: int
    alice_bits: int
    bob_bits: int
    seconds: float


def count_rows(blocks: Sequence[Distilled]) -> list[CountRow]:
    """List what was counted of blocks that came so far."""
    return [row for block in blocks for row in _counted(block)]


def _counted(block: Distilled) -> Iterator[CountRow]:
    counts, expected = block.counts, block.terms.expected
    if counts is None:
        return
    forecast = bool(expected.key_clicks.any() or expected.check_clicks.any())
    intensities = np.ravel(np.broadcast_to(counts.intensities, counts.key_clicks.shape))

    def rows(basis: str, *columns: FloatArray) -> Iterator[CountRow]:
        for kind, (mean, found, mean_wrong, wrong) in enumerate(
            zip(*(own[0].tolist() for own in columns), strict=True)
        ):
            yield CountRow(
                block=block.terms.block,
                basis=basis,
                intensity=float(intensities[kind]),
                expected_clicks=mean if forecast else None,
                clicks=int(found),
                expected_errors=mean_wrong if forecast else None,
                errors=int(wrong),
            )

    yield from rows(
        "key", expected.key_clicks, counts.key_clicks, expected.key_errors, counts.key_errors
    )
    yield from rows(
        "check",
        expected.check_clicks,
        counts.check_clicks,
        expected.check_errors,
        counts.check_errors,
    )


def stage_rows(blocks: Sequence[Distilled]) -> list[StageRow]:
    """List what was said about blocks, and how long both ends took."""
    return [
        StageRow(
            block=block.terms.block,
            stage=stage,
            rounds=sum(one.rounds for one in _said(block, stage)),
            alice_bits=sum(one.alice.total_bits for one in _said(block, stage)),
            bob_bits=sum(one.bob.total_bits for one in _said(block, stage)),
            seconds=block.seconds.get(stage, 0.0),
        )
        for block in blocks
        for stage in STAGES
        if stage in block.seconds
    ]


def _said(block: Distilled, stage: str) -> list[Exchange]:
    return [one for one in block.exchanges if one.stage == stage]


def efficiency(block: Distilled) -> float | None:
    r"""Bits told over Shannon's limit, :math:`f = \mathrm{leak} / (n\,h(Q))`.

    By definition. None without errors, or where correction was not reached.
    """
    limit = block.sifted_bits * float(
        binary_entropy(np.array(block.wrong_bits / max(block.sifted_bits, 1)))
    )
    return block.leak_bits / limit if limit > 0.0 and block.leak_bits else None


def _true_qber(block: Distilled) -> float | None:
    return block.wrong_bits / block.sifted_bits if block.sifted_bits else None


def _stated(block: Distilled) -> int | None:
    return None if block.stated is None else int(block.stated.secure_bits[0])


def _proven(block: Distilled) -> int | None:
    return None if block.proven is None else int(block.proven.secure_bits[0])


def _earned(block: Distilled) -> int:
    return 0 if block.earned is None else len(block.earned[0])


DISTILLED_COLUMNS: tuple[Column[Sequence[Distilled]], ...] = (
    column("block_number", each(lambda one: one.terms.block)),
    Column("pulse_clicks", "", "Pulses that clicked, in whatever basis.",
           field_of_each("clicks")),
    Column("key_string_bits", "bit", "Sifted bits that were counted and become key.",
           field_of_each("sifted_bits")),
    Column("check_string_bits", "bit", "Sifted bits that were told to test the phase.",
           field_of_each("check_bits")),
    Column("check_qber", "", "Error fraction of the latter, known before any bit is corrected; "
           "empty where both bases make key.", field_of_each("check_qber"), digits=6),
    Column("true_qber", "", "Error fraction of the bits that become key, by both ends' records.",
           each(_true_qber), digits=6),
    Column("reconcile_leak_bits", "bit", "What Alice told to correct Bob's bits, counted from the "
           "transcript.", field_of_each("leak_bits")),
    Column("reconcile_efficiency", "", "The same over Shannon's limit for the errors there were.",
           each(efficiency), digits=4),
    Column("frames", "", "Parts of the block that were corrected in step.",
           field_of_each("frames")),
    column("told_frames", field_of_each("told_frames")),
    column("rounds", field_of_each("rounds")),
    Column("stated_bits", "bit", "Key that the proof allows for what was counted, with the error "
           "correction that the mission states; empty where it did not come so far.",
           each(_stated)),
    Column("proven_bits", "bit", "Key that the proof allows with what was really told.",
           each(_proven)),
    Column("distilled_bits", "bit", "Key that both ends hold, the same.", field_of_each("bits")),
    Column("empty_pulse_bits", "bit", "Sifted bits of empty pulses that do not count as private, "
           "since Bob said where his errors are: at most as many as he said.",
           field_of_each("empty_pulse_bits")),
    Column("tag_key_bits", "bit", "Authentication key spent on the tags of what was said.",
           field_of_each("authentication_bits")),
    Column("earned_key_bits", "bit", "New key set aside for tags of a later block; not in "
           "distilled_bits.", each(_earned)),
    Column("failure_probability", "", "At most how probably the keys are not secret, or not the "
           "same.", field_of_each("failure_probability")),
    Column("hash_family", "", "Hash that made the key; empty without key.",
           field_of_each("family")),
    Column("why_none", "", "Why the block gives no key; empty where it does.",
           field_of_each("why_none")),
)  # fmt: skip
"""Columns of ``distilled.csv``, a row a block."""

DISTILLED_SCREEN: Final = (
    "block_number", "key_string_bits", "true_qber", "reconcile_efficiency", "rounds",
    "proven_bits", "distilled_bits",
)  # fmt: skip
"""Columns on a terminal, the most important first."""


def trial_columns(round_trip_s: float) -> tuple[Column[Sequence[Trial]], ...]:
    """Return the columns of the table that compares engines, over a link."""
    return (
        Column("engine", "", "Way to correct errors, as in --reconcile.",
               each(lambda one: one.engine.name)),
        Column("trial_efficiency", "", "Bits announced over Shannon's limit, on a random string.",
               field_of_each("efficiency"), digits=4),
        column("told_frames", field_of_each("told_frames")),
        column("rounds", field_of_each("rounds")),
        Column("latency_s", "s", "Round trips of that many rounds; computers come on top.",
               each(lambda one: one.latency_s(round_trip_s)), digits=3),
        Column("computer_s", "s", "Time that both ends took here for the random string.",
               field_of_each("seconds"), digits=3),
        Column("trial_key_bits", "bit", "Key to be expected of the block with this efficiency.",
               field_of_each("key_bits")),
    )  # fmt: skip


COUNTED_COLUMNS: tuple[Column[Sequence[CountRow]], ...] = (
    column("block_number", field_of_each("block")),
    Column("basis", "", "Basis of both ends: `key` or `check`.", field_of_each("basis")),
    column("intensity", field_of_each("intensity"), digits=6),
    Column("expected_clicks", "", "Clicks that the forecast expects; empty without one.",
           field_of_each("expected_clicks"), digits=2),
    Column("counted_clicks", "", "Clicks that were counted.", field_of_each("clicks")),
    Column("clicks_off_sigma", "σ", "How far off they are; 0 to be expected.",
           field_of_each("clicks_off"), digits=2),
    Column("expected_errors", "", "Errors among the clicks that the forecast expects; empty "
           "without one.",
           field_of_each("expected_errors"), digits=2),
    Column("counted_errors", "", "Errors among the clicks that were counted.",
           field_of_each("errors")),
    Column("errors_off_sigma", "σ", "How far off they are, for as many clicks as were counted.",
           field_of_each("errors_off"), digits=2),
)  # fmt: skip
"""Columns of ``counted.csv``, a row a block, basis and intensity."""

COUNTED_SCREEN: Final = (
    "basis", "intensity", "expected_clicks", "counted_clicks", "clicks_off_sigma",
    "expected_errors", "counted_errors", "errors_off_sigma",
)  # fmt: skip
"""Columns on a terminal, the most important first."""

SAID_COLUMNS: tuple[Column[Sequence[StageRow]], ...] = (
    column("block_number", field_of_each("block")),
    Column("stage", "", "Stage of distillation.", field_of_each("stage")),
    column("rounds", field_of_each("rounds")),
    Column("alice_said_bits", "bit", "What the transmitter's end said.",
           field_of_each("alice_bits")),
    Column("bob_said_bits", "bit", "What the receiver's end said.", field_of_each("bob_bits")),
)  # fmt: skip
"""Columns of ``said.csv``, a row a block and stage."""

_TIME: Final[Column[Sequence[StageRow]]] = Column(
    "seconds", "s", "Time both ends took here; not in said.csv, which is the same each time.",
    field_of_each("seconds"), digits=4,
)  # fmt: skip
TIMED_COLUMNS: Final = (*SAID_COLUMNS, _TIME)
"""The same with how long it took."""
