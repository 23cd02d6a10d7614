"""Samples of a contact as a table, and as the page's script reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.html.markup import joined, tag
from satqkd.report.html.tables import Numbered, Shown, table
from satqkd.report.html.written import fixed
from satqkd.report.plan_folder import Row, number

COLUMNS: Final = (
    ("azimuth_deg", "az", "°"), ("elevation_deg", "el", "°"), ("range_km", "range", "km"),
    ("total_loss_db", "loss", "dB"), ("signal_rate_hz", "signal", "/s"),
    ("background_rate_hz", "stray", "/s"), ("qber", "QBER", ""),
)  # fmt: skip
"""Columns of series.csv that a cursor reads out: name, word, unit."""
MOST_SAMPLES: Final = 7_200
"""Of a longer contact the script holds every second, third, … sample."""
MOST_ROWS: Final = 25
"""Rows of the table beside the curves."""


def island(rows: Sequence[Row], *, name: str) -> Markup:
    """Return samples for the script: each column as one text, cells as the file has them.

    ``utc`` and the columns of :data:`COLUMNS`, cells joined by commas, so that what is read out is
    what series.csv holds, digit by digit.
    """
    kept = rows[:: -(-len(rows) // MOST_SAMPLES)]
    held = {
        column: ",".join(row.get(column) or "" for row in kept)
        for column in ("utc", *(column for column, _, _ in COLUMNS))
    }
    safe = json.dumps(held, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        safe = safe.replace(sign, f"\\u{ord(sign):04x}")
    inside = Markup(safe)  # noqa: S704 - nothing in it ends the element
    return tag("script", inside, type="application/json", id=name)


def readout(rows: Sequence[Row], *, name: str) -> Markup:
    """Return where the script writes the sample under the cursor; without it the highest one."""
    top = max(rows, key=lambda row: number(row, "elevation_deg") or 0.0)
    cells = [
        joined(
            (f"{word}\u00a0", tag("output", top.get(column) or "–", data_of=column), unit_of(unit))
        )
        for column, word, unit in COLUMNS
    ]
    said = tag("output", top["utc"], data_of="utc")
    spans = [tag("span", cell) for cell in (said, *cells)]
    return tag("p", *spans, class_="readout", id=f"{name}-out", data_readout="")


def unit_of(unit: str) -> str:
    """Return a unit as it stands behind its number."""
    return unit if unit in {"", "°"} else f"\u00a0{unit}"


def curve_table(rows: Sequence[Row], *, label: str) -> Markup:
    """Return every so many samples as a table."""
    step = -(-len(rows) // MOST_ROWS)
    wide = next((one for one in (1, 5, 10, 15, 20, 30, 60) if one >= step), step)
    kept = [*_every(rows, wide)]
    columns = [
        Shown(heading="UTC", cell=lambda r: r["utc"][11:].rstrip("Z"), column="utc", kind="h"),
        _number("Az °", "azimuth_deg", 2),
        _number("El °", "elevation_deg", 2),
        _number("Range km", "range_km", 1),
        _number("Loss dB", "total_loss_db", 1),
        _number("Signal /s", "signal_rate_hz"),
        _number("Stray /s", "background_rate_hz"),
        _number("QBER %", "qber", 2, 100.0),
        Shown(
            heading="Makes key",
            cell=lambda r: "yes" if r.get("in_plan", r.get("usable")) == "true" else "no",
            kind="t",
        ),
    ]
    caption = f"{label}: samples, one in {wide}" if wide > 1 else f"{label}: every sample"
    inner = table(columns, kept, caption=caption, file="")
    return tag("details", tag("summary", f"The same as a table, one sample in {wide}"), inner)


def _every(rows: Sequence[Row], step: int) -> Iterable[Numbered]:
    for place, row in enumerate(rows):
        if place % step == 0 or place == len(rows) - 1:
            yield Numbered(number=place + 1, row=row)


def _number(heading: str, column: str, digits: int = 0, times: float = 1.0) -> Shown:
    def cell(row: Row) -> str:
        value = number(row, column)
        return fixed(None if value is None else value * times, digits)

    return Shown(heading=heading, cell=cell, column=column)
