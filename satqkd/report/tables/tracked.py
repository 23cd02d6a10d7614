"""Table of what telescopes measured of contacts, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from satqkd.calibration.tracked import Tracked
from satqkd.report.counted import counted
from satqkd.report.tables.column import Cell, Column, each
from satqkd.report.tables.definitions import column


def _own(get: Callable[[Tracked], Cell]) -> Callable[[Sequence[Tracked]], list[Cell]]:
    return each(get)


TRACKED_COLUMNS: tuple[Column[Sequence[Tracked]], ...] = (
    column("contact_key", _own(lambda one: one.contact_key)),
    column("satellite", _own(lambda one: one.satellite)),
    column("station", _own(lambda one: one.station)),
    column("culmination_utc", _own(
        lambda one: one.utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")),
    Column("angles", "", "Pairs of angles that were measured.", _own(lambda one: one.angles)),
    Column("azimuth_off_arcsec", "″", "Mean of measured less expected azimuth, times the cosine of "
           "elevation; expected is where a telescope receives the light.",
           _own(lambda one: one.azimuth_arcsec), digits=1),
    Column("elevation_off_arcsec", "″", "Mean of measured less expected elevation, refraction in "
           "both.", _own(lambda one: one.elevation_arcsec), digits=1),
    Column("ranges", "", "Ranges that were measured.", _own(lambda one: one.ranges)),
    Column("range_off_m", "m", "Mean of measured less expected one-way range.",
           _own(lambda one: one.range_m), digits=1),
    Column("late_s", "s", "How late the satellite was, by its angles, without any by its ranges; "
           "early is negative, empty of fewer than three.",
           _own(lambda one: one.late_s), digits=4),
    Column("late_error_s", "s", "One standard deviation of that, by what it leaves.",
           _own(lambda one: one.late_error_s), digits=4),
    Column("late_sigma_s", "s", "How late it might have been by the age of its elements, one "
           "standard deviation; empty where they do not age.",
           _own(lambda one: one.late_sigma_s), digits=2),
)  # fmt: skip
"""What telescopes measured, one contact a row."""

TRACKED_SCREEN = (
    "culmination_utc", "station", "late_s", "late_error_s", "late_sigma_s", "angles",
    "azimuth_off_arcsec", "elevation_off_arcsec", "ranges", "range_off_m", "satellite",
    "contact_key",
)  # fmt: skip
"""Columns for a terminal, the most important first."""


def tracked_words(found: Sequence[Tracked]) -> Iterator[str]:
    """Say what all contacts come to: how late, how scattered, and what follows."""
    late_s = [one.late_s for one in found if one.late_s is not None]
    if late_s:
        mean, many = float(np.mean(late_s)), len(late_s) > 1
        spread = f", scatter {float(np.std(late_s, ddof=1)):.3f} s" if many else ""
        side = "late" if mean >= 0.0 else "early"
        yield f"tracking: {abs(mean):.3f} s {side} over {counted(len(late_s), 'contact')}{spread}"
    beyond = [one.contact_key for one in found if one.beyond]
    if beyond:
        yield (
            f"tracking: {', '.join(beyond)}: off by more than two sigma of the age of its "
            "elements: take newer ones ('satqkd elements fetch')"
        )
