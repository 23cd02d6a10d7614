"""Published figures beside ours as a table: one row a figure."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from satqkd.report.tables.column import Column, each
from satqkd.report.tables.definitions import column
from satqkd.validation.case import Outcome
from satqkd.validation.described import input_text
from satqkd.validation.summary import Counted
from satqkd.validation.told import ratio_text


def _inputs(outcome: Outcome, *, assumed: bool) -> str:
    return "; ".join(input_text(e) for e in outcome.case.inputs if e.assumed == assumed)


VALIDATION_COLUMNS: tuple[Column[Sequence[Outcome]], ...] = (
    Column("case", "", "Id of the case.", each(lambda o: o.case.id)),
    column("point", each(lambda o: o.point)),
    column("published", each(lambda o: o.published)),
    column("ours", each(lambda o: o.ours_text)),
    column("unit", each(lambda o: o.unit)),
    Column("deviation", "", "Ours against published: difference, fraction or ratio.",
           each(lambda o: o.deviation_text)),
    Column("claimed", "", "How near satqkd says it comes.", each(lambda o: o.claimed)),
    column("verdict", each(lambda o: o.status)),
    column("kind", each(lambda o: o.kind)),
    Column("origin", "", "Published value: measured, computed, or a program's output.",
           each(lambda o: o.of.origin)),
    Column("seen", "", "How it came to us: read, digitised, recalled, by hand.",
           each(lambda o: o.of.seen)),
    Column("independent", "", "Whether it was measured and seen, and nothing fitted to it.",
           each(lambda o: o.of.independent)),
    Column("counts_as", "", "Published figure as which it is counted, once with all of the name.",
           each(lambda o: o.of.counts_as)),
    column("ratio", each(lambda o: o.ratio)),
    Column("interval_width", "", "High end over low end of an interval, in the same terms; empty "
           "where the low end is 0.",
           each(lambda o: None if o.width is None or isinf(o.width) else o.width)),
    column("assumed_inputs", each(lambda o: o.case.assumed_inputs)),
    Column("ours_value", "", "Our value in full; of an interval the low end.",
           each(lambda o: o.ours[0] if isinstance(o.ours, tuple) else o.ours)),
    Column("ours_high", "", "High end of an interval.",
           each(lambda o: o.ours[1] if isinstance(o.ours, tuple) else None)),
    Column("deviation_value", "", "Deviation in full, in the terms of the claim.",
           each(lambda o: o.deviation)),
    Column("paper", "", "Number of the paper among the ten.", each(lambda o: o.case.paper)),
    Column("title", "", "What the case is about.", each(lambda o: o.case.title)),
    column("cite", each(lambda o: o.case.cite)),
    Column("known", "", "How the published value came to us, in words.",
           each(lambda o: o.case.known)),
    Column("inputs_published", "", "Inputs that were printed, and where.",
           each(lambda o: _inputs(o, assumed=False))),
    Column("inputs_assumed", "", "Inputs that are not printed, and why so.",
           each(lambda o: _inputs(o, assumed=True))),
    Column("assumed", "", "What is not printed, in words.",
           each(lambda o: "; ".join(o.case.assumed))),
    Column("why", "", "Why the claim is no nearer.", each(lambda o: o.why)),
    Column("not_reproduced", "", "Why ours is known to lie outside the claim.",
           each(lambda o: o.of.not_reproduced)),
)  # fmt: skip
"""Columns of ``satqkd validate --json``; a terminal shows some of them."""

COUNTED_COLUMNS: tuple[Column[Sequence[Counted]], ...] = (
    Column("figure", "", "Published figure, by the first case that holds it.",
           each(lambda c: c.name)),
    column("published", each(lambda c: c.farthest.published)),
    column("ours", each(lambda c: c.farthest.ours_text)),
    column("unit", each(lambda c: c.farthest.unit)),
    column("ratio", each(lambda c: ratio_text(c.farthest))),
    column("verdict", each(lambda c: c.status)),
    column("assumed_inputs", each(lambda c: c.farthest.case.assumed_inputs)),
)  # fmt: skip
"""Columns of the independent figures on a terminal."""
