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
from satqkd.units import IntArray

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


def link_columns(
    get: Callable[[Source], tuple[Forecast, IntArray]],
) -> tuple[Column[Source], ...]:
    """Columns of who makes key; ``get`` returns the sessions, and something for each row."""

    def of_each(what: Callable[[TerrestrialLink], str]) -> Callable[[Source], Values]:
        def values(source: Source) -> Values:
            found, rows = get(source)
            return [what(link_of(found))] * rows.size

        return values

    return (
        column("link", of_each(lambda link: link.name)),
        column("protocol", of_each(lambda link: link.protocol_name)),
    )


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
    column("reason", lambda f: f.reason),
    column("sifted_bits", lambda f: f.yields.keys.sifted_bits, digits=1),
    column("qber", lambda f: f.yields.keys.qber, digits=6),
    column("phase_error", lambda f: f.yields.keys.phase_error, digits=6),
)
"""Columns of ``satqkd forecast`` of terrestrial links."""
