"""The table of terrestrial links of a plan: what each makes in its window."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.network.ground_key import GroundKey
from satqkd.report.tables.column import Column, each
from satqkd.report.tables.definitions import column

GROUND_LINK_COLUMNS: tuple[Column[Sequence[GroundKey]], ...] = (
    column("link", each(lambda one: one.link.name)),
    column("protocol", each(lambda one: one.link.protocol_name)),
    column("direction", each(lambda one: one.link.direction)),
    Column("session_s", "s", "Length of a session, whose key is one block; sessions follow each "
           "other through the window.", each(lambda one: one.link.session_s), digits=1),
    Column("window_sessions", "", "Sessions of the window; the last may be cut short.",
           each(lambda one: one.sessions)),
    Column("keyed_sessions", "", "Those of them that leave key.", each(lambda one: one.keyed)),
    column("key_rate_hz", each(lambda one: one.session.key_rate_hz)),
    Column("ground_bits", "bit", "Key of all sessions of the window, under a clear sky; no part of "
           "what the plan makes or delivers.", each(lambda one: one.secure_bits)),
)  # fmt: skip
"""Columns of ``links.csv``: one row a terrestrial link, or two with a node between them."""
