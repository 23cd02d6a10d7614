"""Key of terrestrial links as a table: one row a session."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.terrestrial import TerrestrialLink
from satqkd.report.tables.column import Column, Source, Values, nothing
from satqkd.report.tables.definitions import column
from satqkd.report.tables.keys import clear_key_columns
from satqkd.report.tables.named import span_columns
from satqkd.report.tables.together import COUNTED_COLUMNS, Get, protocol_column, same_in_all

SESSION_SCREEN = (
    "start_utc", "link", "secure_bits", "secure_bits_low", "secure_bits_high", "qber",
    "phase_error", "duration_s", "loss_a_db", "loss_b_db", "protocol", "sifted_bits", "end_utc",
    "direction",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first; why there is no key stands
below the table."""


def link_of(found: Forecast) -> TerrestrialLink:
    """What makes key over the ground."""
    if found.link is None:
        raise ValueError("these contacts are with a satellite")
    return found.link


def link_columns(get: Get[Source]) -> tuple[Column[Source], ...]:
    """Columns of who makes key over the ground."""
    name = same_in_all(get, lambda found: link_of(found).name)
    return (column("link", name), protocol_column(get))


def _loss_db(place: int) -> Callable[[Forecast], Values]:
    def values(found: Forecast) -> Values:
        every = found.yields.light.loss_mean_db
        return np.asarray(every[place]) if place < len(every) else nothing(len(found))

    return values


SESSION_COLUMNS: tuple[Column[Forecast], ...] = (
    *link_columns(lambda found: (found, found.contacts.satellite)),
    column("direction", lambda f: [link_of(f).direction] * len(f)),
    *span_columns(lambda found: (found.timebase, found.contacts)),
    column("loss_a_db", _loss_db(0), digits=2),
    column("loss_b_db", _loss_db(1), digits=2),
    *clear_key_columns(),
    *COUNTED_COLUMNS,
)
"""Columns of ``satqkd forecast`` of terrestrial links."""
