"""Instability of clock comparisons against averaging time, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from satqkd.report.export.printable import visible
from satqkd.report.tables.clocks import significant
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.timing.curve import Curve
from satqkd.timing.result import TimingResult
from satqkd.units import FloatArray

DECADES_S: Final = (1e-2, 1e5)
"""First and last averaging time of the curves. [s]"""


def averaging_times_s(*, per_decade: int) -> FloatArray:
    """Averaging times over :data:`DECADES_S`, evenly spaced in their logarithm. [s]"""
    first, last = np.log10(DECADES_S)
    return np.logspace(first, last, round((last - first) * per_decade) + 1)


def _cells(get: Callable[[Curve], Sequence[Cell]]) -> Callable[[Sequence[Curve]], Values]:
    return lambda curves: [cell for curve in curves for cell in get(curve)]


def _each(get: Callable[[Curve], Cell]) -> Callable[[Sequence[Curve]], Values]:
    return _cells(lambda curve: [get(curve)] * curve.tau_s.size)


def _reasons(curve: Curve) -> list[Cell]:
    """Why a cell is blank: no comparison at all, or a contact that is over."""
    over = curve.why_not or "longer than the contact"
    return [None if np.isfinite(value) else over for value in curve.tdev_s.tolist()]


INSTABILITY_COLUMNS: tuple[Column[Sequence[Curve]], ...] = (
    Column("clock", "", "Name of the clocks, or the orbit.", _each(lambda c: c.name)),
    Column("loss_db", "dB", "Loss of each way; none where a rate of clicks is stated.",
           _each(lambda c: c.loss_db), digits=2),
    Column("averaging_s", "s", "Averaging time.", _cells(lambda c: significant(c.tau_s))),
    Column("tdev_ps", "ps", "Time deviation, noise of the clocks included.",
           _cells(lambda c: significant(1e12 * c.tdev_s))),
    Column("mdev", "", "Modified Allan deviation.", _cells(lambda c: significant(c.mdev))),
    Column("limit_tdev_ps", "ps", "Time deviation from counting photons alone.",
           _cells(lambda c: significant(1e12 * c.limit_s))),
    Column("limit_mdev", "", "Modified Allan deviation from counting photons alone.",
           _cells(lambda c: significant(c.limit_mdev))),
    Column("reason", "", "Why there is none.", _cells(_reasons), below=True),
)  # fmt: skip
"""Columns of ``instability.csv`` and of ``satqkd clock NAME`` over a link that stands still."""


def comparison_text(name: str, result: TimingResult) -> str:
    """Say in a line what one comparison over a link that stands still gives."""
    why = result.why_not[0]
    if why is not None:
        return f"{visible(name)}: no comparison: {why}"
    statistical, offset = (
        f"{1e12 * float(value[0]):.3g} ps"
        for value in (result.statistical_s, result.offset_uncertainty_s)
    )
    return (
        f"{visible(name)}, {result.method}: {float(result.data_rate_hz[0]):,.0f} Hz for "
        f"{float(result.contact_s[0]):,.0f} s; mean offset to {statistical} from noise, "
        f"{offset} with systematic terms"
    )
