"""The table of what a plan would gain if one thing were different."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.network.what_if import WhatIf
from satqkd.report.tables.column import Column, each
from satqkd.report.tables.definitions import column

WHAT_IF_COLUMNS: tuple[Column[Sequence[WhatIf]], ...] = (
    Column("change", "", "What is different.", each(lambda one: one.change.what)),
    Column("from", "", "How it is.", each(lambda one: one.change.before)),
    Column("to", "", "What is tried; all else stays.", each(lambda one: one.change.after)),
    Column("worth_gain_bits", "bit", "Worth of the changed plan beyond that of the plan as it is: "
           "weighted bits, under a clear sky.", each(lambda one: one.gain_bits), digits=0),
    column("amounts_met", each(lambda one: one.amounts_met)),
    Column("all_delivered_bits", "bit", "Key delivered to pairs that ask for it.",
           each(lambda one: one.delivered_bits)),
    Column("all_made_bits", "bit", "Key of all blocks.", each(lambda one: one.made_bits)),
    Column("passes_with_key", "", "Passes that make key by themselves.",
           each(lambda one: one.passes_with_key)),
    Column("contacts_scheduled", "", "Contacts scheduled.", each(lambda one: one.scheduled)),
    Column("set_values", "", "What '--set' says to plan so, path and value, several with '; ' "
           "between; empty where it is no value of the files.",
           each(lambda one: one.change.in_set)),
)  # fmt: skip
"""Columns of ``what_if.csv``: the plan made again for each change, best first."""

WHAT_IF_SCREEN = (
    "change", "worth_gain_bits", "to", "from", "all_delivered_bits", "all_made_bits",
    "contacts_scheduled", "passes_with_key",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def what_if_screen(tried: Sequence[WhatIf]) -> tuple[str, ...]:
    """Return those columns; where amounts are asked for, how many are met beside what is gained."""
    if all(one.amounts_met is None for one in tried):
        return WHAT_IF_SCREEN
    return (*WHAT_IF_SCREEN[:2], "amounts_met", *WHAT_IF_SCREEN[2:])
