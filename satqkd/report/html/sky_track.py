"""Where a satellite goes over the sky of a station, and what its light loses on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from satqkd.report.html.markup import tag
from satqkd.report.html.svg import line, path, picture, px, rect, text
from satqkd.report.html.written import instant_of
from satqkd.report.plan_folder import Row, number

SIZE: Final = 170.0
RADIUS: Final = 62.0
CLEAR_OF_ARROW: Final = 9.0
"""Marks of minutes nearer to the end than this would blur its arrow. [px]"""
CURVE: Final = (300.0, 130.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample of a contact that pages draw."""

    utc: datetime
    azimuth_deg: float
    elevation_deg: float
    loss_db: float
    in_plan: bool
    """Whether the plan makes key of it."""


SAMPLE_COLUMNS: Final = ("utc", "azimuth_deg", "elevation_deg", "total_loss_db", "in_plan")
"""Columns of series.csv that are read."""


def samples(rows: Sequence[Row]) -> tuple[Sample, ...]:
    """Read the samples of a contact; one with an empty cell is left out."""
    found = []
    for row in rows:
        azimuth, height = number(row, "azimuth_deg"), number(row, "elevation_deg")
        loss = number(row, "total_loss_db")
        if azimuth is not None and height is not None and loss is not None:
            found.append(
                Sample(
                    utc=instant_of(row["utc"]),
                    azimuth_deg=azimuth,
                    elevation_deg=height,
                    loss_db=loss,
                    in_plan=row.get("in_plan", row.get("usable")) == "true",
                )
            )
    return tuple(found)


def sky_track(own: Sequence[Sample], row: Row, *, name: str, label: str) -> Markup:
    """Draw the way of a satellite over the sky, north up and east right.

    Parameters
    ----------
    own
        Its samples; without any the points of its row are shown alone.
    row
        Of passes.csv.
    name, label
        Unique in the page; what it is of.
    """
    drawn = list(_way(own)) if own else list(_points(row))
    told = _told(row)
    return picture(
        *_dial(),
        *drawn,
        width=SIZE,
        height=SIZE,
        name=name,
        title=f"Sky track of {label}",
        told=told,
        class_="dial",
    )


def _place(azimuth_deg: float, elevation_deg: float) -> tuple[float, float]:
    away = RADIUS * (90.0 - max(elevation_deg, 0.0)) / 90.0
    turn = math.radians(azimuth_deg)
    return SIZE / 2 + away * math.sin(turn), SIZE / 2 - away * math.cos(turn)


def _dial() -> Iterator[Markup]:
    middle = SIZE / 2
    yield tag("circle", cx=px(middle), cy=px(middle), r=px(RADIUS), class_="sky")
    for height in (30.0, 60.0):
        share = RADIUS * (90.0 - height) / 90.0
        yield tag("circle", cx=px(middle), cy=px(middle), r=px(share), class_="ring")
        yield text(middle - share * 0.71, middle + share * 0.71, f"{height:.0f}°", "small")
    yield line(middle - RADIUS, middle, middle + RADIUS, middle, "ring")
    yield line(middle, middle - RADIUS, middle, middle + RADIUS, "ring")
    for letter, x, y in (
        ("N", middle, middle - RADIUS - 6),
        ("S", middle, middle + RADIUS + 15),
        ("E", middle + RADIUS + 11, middle + 4),
        ("W", middle - RADIUS - 11, middle + 4),
    ):
        yield text(x, y, letter, "head", anchor="middle")


def _way(own: Sequence[Sample]) -> Iterator[Markup]:
    at = [_place(one.azimuth_deg, one.elevation_deg) for one in own]
    yield path(at, "way")
    for begin, end in key_spans(own):
        yield path(at[begin : end + 1], "key")
    minute = own[0].utc.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for place in range(1, len(own)):
        if own[place].utc >= minute:
            if math.dist(at[place], at[-1]) > CLEAR_OF_ARROW:
                yield _tick(at[place - 1], at[place])
            minute += timedelta(minutes=1)
    if len(own) > 1:
        yield _arrow(at)


def key_spans(own: Sequence[Sample]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each stretch in which the plan makes key."""
    begun: int | None = None
    for place, one in enumerate(own):
        if one.in_plan and begun is None:
            begun = place
        elif not one.in_plan and begun is not None:
            yield begun, place - 1
            begun = None
    if begun is not None:
        yield begun, len(own) - 1


def _tick(before: tuple[float, float], here: tuple[float, float]) -> Markup:
    dx, dy = here[0] - before[0], here[1] - before[1]
    size = math.hypot(dx, dy) or 1.0
    across = (-4.0 * dy / size, 4.0 * dx / size)
    return line(
        here[0] - across[0], here[1] - across[1], here[0] + across[0], here[1] + across[1], "minute"
    )


def _arrow(at: Sequence[tuple[float, float]]) -> Markup:
    end = at[-1]
    far = next((one for one in reversed(at) if math.dist(one, end) > 3.0), at[0])
    turn = math.atan2(end[1] - far[1], end[0] - far[0])
    corners = [end]
    corners += [
        (end[0] - 10.0 * math.cos(turn + side), end[1] - 10.0 * math.sin(turn + side))
        for side in (0.4, -0.4)
    ]
    moves = " ".join(f"{px(x)} {px(y)}" for x, y in corners)
    return tag("path", d=f"M{moves}Z", class_="arrow")


def _points(row: Row) -> Iterator[Markup]:
    found = []
    for azimuth, height in (
        ("rise_azimuth_deg", None),
        ("culmination_azimuth_deg", "max_elevation_deg"),
        ("set_azimuth_deg", None),
    ):
        turn = number(row, azimuth)
        high = 0.0 if height is None else number(row, height)
        if turn is not None and high is not None:
            found.append(_place(turn, high))
    for x, y in found:
        yield tag("circle", cx=px(x), cy=px(y), r="4", class_="point")


def _told(row: Row) -> str:
    rise, top = number(row, "rise_azimuth_deg"), number(row, "max_elevation_deg")
    sets = number(row, "set_azimuth_deg")
    if rise is None or top is None or sets is None:
        return "The satellite over the sky of the station."
    return f"It rises at azimuth {rise:.0f}°, stands {top:.0f}° high and sets at {sets:.0f}°."


def loss_curve(own: Sequence[Sample], *, name: str, label: str, use: str = "makes key") -> Markup:
    """Draw the loss of a contact over time, shaded where it makes key, or what ``use`` says."""
    wide, high = CURVE
    left, top, foot = 26.0, 18.0, 20.0
    begin, end = own[0].utc, own[-1].utc
    low = 10.0 * math.floor(min(one.loss_db for one in own) / 10.0)
    most = 10.0 * math.ceil(max(one.loss_db for one in own) / 10.0)
    most = max(most, low + 10.0)

    def x(when: datetime) -> float:
        return left + (wide - left) * ((when - begin) / max(end - begin, timedelta(seconds=1)))

    def y(loss_db: float) -> float:
        return top + (high - top - foot) * (most - loss_db) / (most - low)

    step = 10.0 if most - low <= 50.0 else 20.0
    marks = [low + step * n for n in range(int((most - low) / step) + 1)]
    minutes = _minutes(begin, end)
    least = min(own, key=lambda one: one.loss_db)
    return picture(
        *(
            rect(x(own[a].utc), top, x(own[b].utc) - x(own[a].utc), high - top - foot, "inplan")
            for a, b in key_spans(own)
        ),
        *(line(left, y(mark), wide, y(mark), "rule") for mark in marks),
        *(text(left - 4, y(mark) + 4, f"{mark:.0f}", "small", anchor="end") for mark in marks),
        *(text(x(at), high - 5, f"{at:%H:%M}", "small", anchor="middle") for at in minutes),
        text(left + 3, top - 6, "loss, dB (UTC)", "head"),
        path([(x(one.utc), y(one.loss_db)) for one in own], "curve"),
        width=wide,
        height=high,
        name=name,
        title=f"Loss of {label}",
        told=f"Least {least.loss_db:.1f} dB at {least.utc:%H:%M:%S} UTC; shaded where it {use}.",
        class_="loss",
    )


def _minutes(begin: datetime, end: datetime) -> list[datetime]:
    """Return some round minutes with room for their names."""
    first = begin.replace(second=0, microsecond=0) + timedelta(minutes=1)
    count = max(int((end - first) / timedelta(minutes=1)) + 1, 0)
    step = max(math.ceil(count / 4), 1)
    shown = [first + timedelta(minutes=n) for n in range(0, count, step)]
    edge = (end - begin) / 14
    return [at for at in shown if begin + edge <= at <= end - edge]
