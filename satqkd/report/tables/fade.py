"""Columns of a budget of light: what each loss takes, and how far light falls below its mean."""

from __future__ import annotations

from collections.abc import Callable

from satqkd.clicks.fading import fading_margin_db
from satqkd.link.budget import LINES, Budget
from satqkd.report.tables.column import Column, Source, Values
from satqkd.units import FloatArray, IntArray


def fade_margin_db(budget: Budget, samples: IntArray | slice) -> FloatArray:
    """How far below its mean the light of some samples falls for 1 % of the time. [dB]

    Log-normal scintillation times the power law of a jittering beam, not log-normal as a whole:
    a jittering beam's tail is the longer one. With a bias much larger than the jitter the margin
    is up to a sixth too small.
    """
    return fading_margin_db(
        budget.scintillation_variance[samples],
        pointing_exponent=budget.pointing_exponent[samples],
    )


def budget_columns(
    filled: Callable[[Callable[[Budget], FloatArray]], Callable[[Source], Values]],
) -> tuple[Column[Source], ...]:
    """Columns of every loss line, their sum, scintillation and fade margin.

    Parameters
    ----------
    filled
        Makes of what is asked of a budget what fills a column.
    """

    def line(name: str) -> Callable[[Source], Values]:
        return filled(lambda budget: budget.lines_db[name])

    return (
        *(
            Column(f"{name}_loss_db", "dB", f"Loss: {what}.", line(name), digits=3)
            for name, what in LINES.items()
        ),
        Column("total_loss_db", "dB", "Sum of the losses before, up to the detectors' input: loss "
               "of the mean transmittance.", filled(lambda budget: budget.total_db), digits=3),
        Column("scintillation_index", "", "Variance of the transmittance over its mean squared, by "
               "scintillation and pointing.", filled(lambda budget: budget.variance), digits=5),
        Column("fade_margin_db", "dB", "How far below its mean the light falls for 1 % of the "
               "time, taken log-normal.",
               filled(lambda budget: fade_margin_db(budget, slice(None))), digits=3),
    )  # fmt: skip
