"""The table of what a plan would gain if one thing were different."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.network.what_if import WhatIf
from satqkd.report.tables.column import Column, each

WHAT_IF_COLUMNS: tuple[Column[Sequence[WhatIf]], ...] = (
    Column("change", "", "What is different.", each(lambda one: one.change.what)),
    Column("from", "", "How it is.", each(lambda one: one.change.before)),
    Column("to", "", "What is tried; all else stays.", each(lambda one: one.change.after)),
    Column("worth_gain_bits", "bit", "Worth of the changed plan beyond that of the plan as it is: "
           "weighted bits, under a clear sky.", each(lambda one: one.gain_bits), digits=0),
    Column("all_delivered_bits", "bit", "Key delivered to pairs that ask for it.",
           each(lambda one: one.delivered_bits)),
    Column("all_made_bits", "bit", "Key of all blocks.", each(lambda one: one.made_bits)),
    Column("amounts_met", "", "Amounts met, of those that are asked for then.",
           each(lambda one: one.met)),
    Column("passes_with_key", "", "Passes that make key by themselves.",
           each(lambda one: one.passes_with_key)),
    Column("contacts_scheduled", "", "Contacts scheduled.", each(lambda one: one.scheduled)),
)  # fmt: skip
"""Columns of ``what_if.csv``: the plan made again for each change, best first."""

WHAT_IF_SCREEN = (
    "change", "from", "to", "worth_gain_bits", "all_delivered_bits", "all_made_bits",
    "contacts_scheduled", "amounts_met", "passes_with_key",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""
