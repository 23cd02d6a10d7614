"""When several stations see a satellite at once, as a table: one row a contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from satqkd.forecast.contact_id import slug
from satqkd.forecast.obstacles import lost_in_words
from satqkd.forecast.seen import largest, smallest, time_mean
from satqkd.forecast.views import View
from satqkd.passes.table import Tracks
from satqkd.report.tables.column import Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.named import (
    clipped_columns,
    norad_ids,
    satellite_names,
    span_columns,
)
from satqkd.units import FloatArray


def joint_columns(stations: Sequence[str]) -> tuple[Column[View], ...]:
    """Columns of the table for stations of these names; those of a station begin with its name."""
    own = [
        column
        for place, name in enumerate(prefixes(stations))
        for column in _station_columns(place, name)
    ]
    return (*_SHARED, *own, _REASON, _NOTE)


def joint_screen(stations: Sequence[str]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first."""
    names = prefixes(stations)
    return (
        "start_utc", "satellite", "usable_s", "lowest_elevation_max_deg", "duration_s", "reason",
        *(f"{name}_usable_s" for name in names),
        *(f"{name}_elevation_max_deg" for name in names),
        "loss_sum_min_db", *(f"{name}_loss_db" for name in names), "loss_difference_db",
        "range_sum_min_km", "range_sum_max_km",
        *(f"{name}_elevation_min_deg" for name in names),
        *(f"{name}_range_min_km" for name in names),
        *(f"{name}_sun_elevation_max_deg" for name in names),
        "end_utc", "dark_s", "range_difference_max_km", "best_utc", "direction",
        *(f"{name}_lost_to" for name in names),
        *(f"{name}_scintillation_index_mean" for name in names), "note",
    )  # fmt: skip


def prefixes(stations: Sequence[str]) -> list[str]:
    """Begin of the names of each station's columns, none twice."""
    names = [
        slug(name, otherwise=f"station{place}").replace("-", "_")
        for place, name in enumerate(stations, start=1)
    ]
    return [
        name if names.count(name) == 1 else f"{name}_{place}"
        for place, name in enumerate(names, start=1)
    ]


def _of(get: Callable[[View], FloatArray], fold: Fold) -> Callable[[View], Values]:
    return lambda report: fold(report.tracks[0], get(report))


Fold = Callable[[Tracks, FloatArray], FloatArray]
"""One number a window of a value at every sample."""


def _stations(report: View) -> Values:
    names = [report.mission.stations[index].site.name for index in report.stations]
    return [" + ".join(names)] * len(report.contacts)


def _dark_s(report: View) -> Values:
    highest = reduce(np.maximum, (track.sun_elevation_deg for track in report.tracks))
    dark = highest < report.mission.limits.max_sun_elevation_deg
    return report.tracks[0].per_pass(np.where(dark, report.tracks[0].weight_s, 0.0))


def _lowest_deg(report: View) -> FloatArray:
    return reduce(np.minimum, (track.elevation_deg for track in report.tracks))


def _sum_km(report: View) -> FloatArray:
    return 1e-3 * reduce(np.add, (track.range_m for track in report.tracks))


def _difference_km(report: View) -> FloatArray:
    ranges = [track.range_m for track in report.tracks]
    return 1e-3 * (reduce(np.maximum, ranges) - reduce(np.minimum, ranges))


def _at_best(report: View, series: FloatArray) -> Values:
    """Value of a series at the best instant of each window; None where there is no link."""
    return present(series[report.best_samples], report.linked)


def _best_utc(report: View) -> Values:
    seconds = report.tracks[0].time_s[report.best_samples]
    return present(np.array(report.timebase.iso(seconds), dtype=object), report.linked)


def _loss_difference_db(report: View) -> FloatArray:
    losses = [arm.budget.total_db for arm in report.series.arms]
    return reduce(np.maximum, losses) - reduce(np.minimum, losses)


def _direction(report: View) -> Values:
    return [report.mission.spacecraft[index].direction for index in report.contacts.satellite]


def _lost_to(report: View, place: int) -> Values:
    lost_s = report.arms[place].usage.lost_s
    return [lost_in_words(lost_s[:, window]) or None for window in range(len(report.contacts))]


def _note(report: View) -> Values:
    return [
        "; ".join(
            report.missing[craft, own] for own in report.stations if (craft, own) in report.missing
        )
        or None
        for craft in report.contacts.satellite.tolist()
    ]


_SHARED: tuple[Column[View], ...] = (
    column("satellite", lambda r: satellite_names(r.mission, r.contacts.satellite)),
    column("norad_id", lambda r: norad_ids(r.mission, r.contacts.satellite)),
    column("stations", _stations),
    *span_columns(lambda r: (r.timebase, r.contacts)),
    *clipped_columns(lambda r: r.contacts),
    Column("dark_s", "s",
           "Time in which the Sun is low enough at all of them, by the mission's limit.",
           _dark_s, digits=1),
    column("usable_s", lambda report: report.usable_s),
    Column("lowest_elevation_max_deg", "°",
           "Elevation at the station that sees it lowest, at the best instant for that one.",
           _of(_lowest_deg, largest), digits=3, screen_digits=2),
    Column("range_sum_min_km", "km", "Smallest sum of the slant ranges at one instant.",
           _of(_sum_km, smallest), digits=2),
    Column("range_sum_max_km", "km", "Largest sum.", _of(_sum_km, largest), digits=2),
    Column("range_difference_max_km", "km",
           "Largest difference of two of the slant ranges at one instant.",
           _of(_difference_km, largest), digits=2),
    column("direction", _direction),
    Column("best_utc", "UTC",
           "Instant at which the losses of all links add up to least, whatever the Sun.",
           _best_utc),
    Column("loss_sum_min_db", "dB", "That sum, up to the detectors' inputs: the loss of pairs of "
           "photons, one on each link.", lambda report: _at_best(report, report.sum_db), digits=2),
    Column("loss_difference_db", "dB",
           "Largest loss less the smallest at that instant: how uneven the links are.",
           lambda report: _at_best(report, _loss_difference_db(report)), digits=2),
)  # fmt: skip


_REASON: Column[View] = column("reason", lambda report: report.reasons)
_NOTE: Column[View] = column("note", _note)


def _station_columns(place: int, name: str) -> tuple[Column[View], ...]:
    """Columns of one of the stations."""

    def folded(get: Callable[[Tracks], FloatArray], fold: Fold) -> Callable[[View], Values]:
        return _of(lambda report: get(report.tracks[place]), fold)

    return (
        Column(
            f"{name}_pass_id", "", "The station's pass that the window is a part of.",
            lambda report: report.pass_id[place],
        ),
        Column(
            f"{name}_usable_s", "s",
            "Time of the window that the limits of mission and station leave; the mount acquires "
            "and follows the window as if it were a pass.",
            lambda report: report.arms[place].cells.seconds(report.arms[place].usage.usable),
            digits=1,
        ),
        Column(
            f"{name}_lost_s", "s", "What they take: the rest of the window.",
            lambda report: report.arms[place].usage.lost_s.sum(axis=0), digits=1,
        ),
        Column(
            f"{name}_lost_to", "", "What takes how much of it; empty where nothing is lost.",
            lambda report: _lost_to(report, place),
        ),
        Column(f"{name}_elevation_min_deg", "°", "Lowest elevation there.",
               folded(_elevation_deg, smallest), digits=3, screen_digits=2),
        Column(f"{name}_elevation_max_deg", "°", "Highest elevation there.",
               folded(_elevation_deg, largest), digits=3, screen_digits=2),
        Column(f"{name}_range_min_km", "km", "Smallest slant range.",
               folded(_range_km, smallest), digits=2),
        Column(f"{name}_range_max_km", "km", "Largest slant range.",
               folded(_range_km, largest), digits=2),
        Column(f"{name}_sun_elevation_max_deg", "°", "Highest elevation of the Sun there.",
               folded(lambda tracks: tracks.sun_elevation_deg, largest), digits=2),
        Column(
            f"{name}_loss_db", "dB", "Loss of its link at the best instant for all.",
            lambda report: _at_best(report, report.series.arms[place].budget.total_db), digits=2,
        ),
        Column(
            f"{name}_scintillation_index_mean", "",
            "Variance of the transmittance over its mean squared, mean over the window.",
            lambda report: present(
                time_mean(report.tracks[place], report.series.arms[place].budget.variance),
                report.linked
            ),
            digits=5,
        ),
    )  # fmt: skip


def _elevation_deg(tracks: Tracks) -> FloatArray:
    return tracks.elevation_deg


def _range_km(tracks: Tracks) -> FloatArray:
    return 1e-3 * tracks.range_m
