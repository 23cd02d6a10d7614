"""Terrestrial links of a plan: what they make beside it, all the time."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.html.ground_rate import GroundRate, rate_words
from satqkd.report.html.losses import GroundBits
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import bits_words, fixed
from satqkd.report.plan_folder import PlanFolder, Row, number, whole


def ground_rates(plan: PlanFolder) -> tuple[GroundRate, ...]:
    """Return the rate of each link."""
    return tuple(
        GroundRate(name=row["link"], rate_hz=number(row, "key_rate_hz") or 0.0)
        for row in plan.tables["links.csv"]
    )


def ground_bits(plan: PlanFolder) -> tuple[GroundBits, ...]:
    """Return what each link makes in the window."""
    return tuple(
        GroundBits(name=row["link"], bits=whole(row, "ground_bits") or 0)
        for row in plan.tables["links.csv"]
    )


def ground_title(rows: Sequence[Row]) -> str:
    """Say what the links come to."""
    bits = sum(whole(row, "ground_bits") or 0 for row in rows)
    verb = "makes" if len(rows) == 1 else "make"
    return f"{counted(len(rows), 'terrestrial link')} {verb} {bits_words(bits)}"


def ground_table(plan: PlanFolder) -> Markup | None:
    """List the links; None where a plan has none."""
    rows = plan.tables["links.csv"]
    if not rows:
        return None
    columns = [
        Shown(heading="Link", cell=lambda r: r["link"], column="link", kind="h"),
        Shown(heading="Protocol", cell=lambda r: r["protocol"], column="protocol", kind="t"),
        Shown(heading="Through", cell=lambda r: r["direction"], column="direction", kind="t"),
        Shown(heading="Rate", cell=_rate, column="key_rate_hz", kind="n key"),
        Shown(heading="Sessions", cell=lambda r: r["window_sessions"], column="window_sessions"),
        Shown(heading="with key", cell=lambda r: r["keyed_sessions"], column="keyed_sessions"),
        Shown(heading="Minutes each", cell=_minutes, column="session_s"),
        Shown(heading="In the window", cell=_bits, column="ground_bits", kind="n key"),
    ]
    return table(columns, numbered(rows), caption="Terrestrial links", file="links.csv")


def _rate(row: Row) -> str:
    return rate_words(number(row, "key_rate_hz") or 0.0)


def _minutes(row: Row) -> str:
    return fixed((number(row, "session_s") or 0.0) / 60.0)


def _bits(row: Row) -> str:
    return bits_words(whole(row, "ground_bits") or 0)
