"""The waterfall as a table adds up."""

import pytest

from satqkd.report.export.json import records
from satqkd.report.tables.waterfall import WATERFALL_COLUMNS, pass_waterfall


def followed(plan):
    """Passes sample by sample, those without a usable sample as well."""
    return plan.forecast.with_series(every=True)


@pytest.mark.parametrize("at", range(3))
def test_the_lines_add_up_to_the_total(plan, at):
    """At rise, culmination and set."""
    rows = pass_waterfall(followed(plan), plan.passes.status.index("scheduled"))
    terms = [row.term for row in rows]
    db = [row.values[at] for row in rows]
    total = terms.index("total to the detectors")

    assert sum(db[terms.index("range") + 1 : total]) == pytest.approx(db[total], rel=1e-12)


def test_half_the_photons_cost_three_decibels_at_the_detectors(plan):
    """Those of Xinglong see one photon in two."""
    rows = records(WATERFALL_COLUMNS, pass_waterfall(followed(plan), 0))
    total = {row["term"]: row["culmination"] for row in rows}

    cost = total["with detector efficiency"] - total["total to the detectors"]
    assert cost == pytest.approx(3.01, abs=0.011)  # two numbers rounded to 0.01 dB
