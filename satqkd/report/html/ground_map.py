"""Where a satellite goes over the ground, and from where stations see it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from satqkd.network.ground_track import GroundTrack
from satqkd.report.html.land import Region, land_in
from satqkd.report.html.markup import tag
from satqkd.report.html.places import Place, region_of
from satqkd.report.html.svg import line, path, picture, px, rect, text
from satqkd.report.html.tables import boxed
from satqkd.report.html.written import fixed, minus

WIDTH: Final = 460.0
LONGEST_NAME: Final = 16
MOST_ROWS: Final = 40
"""Rows of the table beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A region on paper, as wide for a degree of longitude as for one of latitude."""

    region: Region

    @property
    def scale(self) -> float:
        return WIDTH / (self.region.east - self.region.west)

    @property
    def height(self) -> float:
        return self.scale * (self.region.north - self.region.south)

    def at(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        own = self.region
        return self.scale * (longitude_deg - own.west), self.scale * (own.north - latitude_deg)

    def lines(
        self, longitude_deg: Sequence[float], latitude_deg: Sequence[float]
    ) -> Iterator[list[tuple[float, float]]]:
        """Yield a line in pieces: cut where it jumps around the Earth, and outside the sheet."""
        near = [self.region.near(one) for one in longitude_deg]
        corners = list(zip(near, latitude_deg, strict=True))
        piece: list[tuple[float, float]] = []
        for before, here in pairwise([*corners[:1], *corners]):
            if abs(here[0] - before[0]) > 180.0:
                shift = math.copysign(360.0, before[0] - here[0])
                yield [*piece, self.at(here[0] + shift, here[1])]
                piece = [self.at(before[0] - shift, before[1])]
            piece.append(self.at(*here))
        yield piece


def ground_map(
    track: GroundTrack,
    places: Sequence[Place],
    *,
    name: str,
    label: str,
    key: tuple[datetime, datetime] | None = None,
) -> Markup:
    """Draw the ground track of a contact half a revolution either way, and who sees it from where.

    Parameters
    ----------
    track
        Of :func:`satqkd.network.ground_track.ground_track`: nothing is computed here.
    places
        The stations; the map is fitted to them.
    name, label
        Unique in the page; what it is of.
    key
        From when to when the contact makes key: drawn thick.
    """
    sheet = _Sheet(region=region_of(places))
    inside = tag(
        "svg",
        rect(0, 0, WIDTH, sheet.height, "sea"),
        _land(sheet),
        *_grid(sheet),
        *_circles(sheet, track, places),
        *_track(sheet, track, key),
        width=px(WIDTH),
        height=px(sheet.height),
        aria_hidden="true",
    )
    top = track.middle
    drawn = picture(
        inside,
        *_names(sheet, places),
        rect(0.5, 0.5, WIDTH - 1, sheet.height - 1, "frame"),
        width=WIDTH,
        height=sheet.height,
        name=name,
        title=f"Ground track of {label}",
        told=f"At {track.utc[top]:%H:%M:%S} UTC {track.satellite} stands over "
        f"{place_words(track.latitude_deg[top], track.longitude_deg[top])}, "
        f"{track.height_m[top] / 1000.0:.0f} km high. Drawn half a revolution either way, with "
        f"the circles within which {len(track.circles)} stations see it.",
        class_="map",
    )
    return tag("figure", drawn, _legend(), _as_table(track, label), class_="map-of")


def place_words(latitude_deg: float, longitude_deg: float) -> str:
    """Return a place on the Earth.

    Examples
    --------
    >>> place_words(-12.34, 179.96), place_words(5.0, -3.26)
    ('12.3° S 180.0° E', '5.0° N 3.3° W')
    """
    north, east = "N" if latitude_deg >= 0.0 else "S", "E" if longitude_deg >= 0.0 else "W"
    return f"{abs(latitude_deg):.1f}° {north} {abs(longitude_deg):.1f}° {east}"


def _land(sheet: _Sheet) -> Markup:
    moves = [
        "M" + " ".join(f"{px(x)} {px(y)}" for x, y in (sheet.at(*corner) for corner in ring)) + "Z"
        for ring in land_in(sheet.region)
    ]
    return tag("path", d="".join(moves), fill_rule="evenodd", class_="land")


def _grid(sheet: _Sheet) -> Iterator[Markup]:
    own = sheet.region
    step = 10.0 if own.east - own.west <= 120.0 else 30.0
    mark = step * math.ceil(own.west / step)
    while mark <= own.east:
        x, _ = sheet.at(mark, own.south)
        yield line(x, 0, x, sheet.height, "grid")
        value = mark - 360.0 * round(mark / 360.0)
        if 24.0 < x < WIDTH - 24.0:
            yield text(
                x, sheet.height - 5, _degrees(value, "E", "W"), "small halo", anchor="middle"
            )
        mark += step
    mark = step * math.ceil(own.south / step)
    while mark <= own.north:
        _, y = sheet.at(own.west, mark)
        yield line(0, y, WIDTH, y, "grid")
        if 14.0 < y < sheet.height - 20.0:
            yield text(4, y - 3, _degrees(mark, "N", "S"), "small halo")
        mark += step


def _degrees(value: float, above: str, below: str) -> str:
    if value in {0.0, 180.0, -180.0}:
        return f"{abs(value):.0f}°"
    return f"{abs(value):.0f}° {above if value > 0.0 else below}"


def _circles(sheet: _Sheet, track: GroundTrack, places: Sequence[Place]) -> Iterator[Markup]:
    served = {one.name for one in places if one.served}
    for one in sorted(track.circles, key=lambda own: own.station in served):
        kind = "sees served" if one.station in served else "sees"
        for piece in sheet.lines(one.longitude_deg.tolist(), one.latitude_deg.tolist()):
            yield path(piece, kind)


def _track(
    sheet: _Sheet, track: GroundTrack, key: tuple[datetime, datetime] | None
) -> Iterator[Markup]:
    lon, lat = track.longitude_deg.tolist(), track.latitude_deg.tolist()
    for piece in sheet.lines(lon, lat):
        yield path(piece, "way")
    if key is not None:
        inside = [n for n, when in enumerate(track.utc) if key[0] <= when <= key[1]]
        if len(inside) > 1:
            first, last = inside[0], inside[-1] + 1
            for piece in sheet.lines(lon[first:last], lat[first:last]):
                yield path(piece, "key")
    top = track.middle
    x, y = sheet.at(sheet.region.near(lon[top]), lat[top])
    after = min(top + 2, len(lon) - 1)
    ahead = sheet.at(sheet.region.near(lon[after]), lat[after])
    turn = math.atan2(ahead[1] - y, ahead[0] - x)
    corners = [(x + 11.0 * math.cos(turn), y + 11.0 * math.sin(turn))]
    corners += [(x + 8.0 * math.cos(turn + a), y + 8.0 * math.sin(turn + a)) for a in (2.5, -2.5)]
    moves = " ".join(f"{px(a)} {px(b)}" for a, b in corners)
    yield tag("path", d=f"M{moves}Z", class_="arrow")


def _names(sheet: _Sheet, places: Sequence[Place]) -> Iterator[Markup]:
    """Write names beside their stations, each where there is room; one without is left out."""
    taken: list[tuple[float, float, float, float]] = []
    for one in sorted(places, key=lambda own: not own.served):
        x, y = sheet.at(sheet.region.near(one.longitude_deg), one.latitude_deg)
        yield tag("circle", cx=px(x), cy=px(y), r="5" if one.served else "3.5",
                  class_="station served" if one.served else "station")  # fmt: skip
        taken.append((x - 5, y - 5, x + 5, y + 5))
        cut = one.name if len(one.name) <= LONGEST_NAME else one.name[: LONGEST_NAME - 1] + "…"
        wide = 7.4 * len(cut)
        for left, base in ((x + 8, y + 4), (x - 8 - wide, y + 4), (x - wide / 2, y - 9),
                           (x - wide / 2, y + 18)):  # fmt: skip
            box = (left, base - 10, left + wide, base + 3)
            free = not any(
                box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken
            )
            if free and left > 2 and left + wide < WIDTH - 2 and 10 < base < sheet.height - 4:
                taken.append(box)
                yield text(left, base, cut, "head halo" if one.served else "halo")
                break


def _legend() -> Markup:
    marks: Mapping[str, tuple[Markup, str]] = {
        "way": (line(0, 7, 18, 7, "way"), "ground track"),
        "key": (tag("path", d="M0 7 18 7", class_="key"), "makes key"),
        "arrow": (tag("path", d="M15 7 3 12 3 2Z", class_="arrow"), "at its highest"),
        "served": (tag("circle", cx="9", cy="7", r="5", class_="station served"), "its station"),
        "sees": (line(0, 7, 18, 7, "sees"), "stations see it within"),
    }
    shown = [
        tag("li", tag("svg", shape, viewBox="0 0 18 14", class_="wide-mark", aria_hidden="true"),
            words)
        for shape, words in marks.values()
    ]  # fmt: skip
    return tag("ul", *shown, class_="legend")


def _as_table(track: GroundTrack, label: str) -> Markup:
    step = -(-len(track.utc) // MOST_ROWS)
    first = track.middle % step
    rows = [
        tag(
            "tr",
            tag("th", f"{track.utc[n]:%H:%M:%S}", scope="row", class_="n"),
            tag("td", minus(f"{track.latitude_deg[n]:.2f}"), class_="n"),
            tag("td", minus(f"{track.longitude_deg[n]:.2f}"), class_="n"),
            tag("td", fixed(track.height_m[n] / 1000.0, 1), class_="n"),
        )
        for n in range(first, len(track.utc), step)
    ]
    heads = ("UTC", "Latitude °", "Longitude °", "Height km")
    caption = f"Ground track of {label}"
    head = tag("tr", *(tag("th", word, scope="col", class_="n") for word in heads))
    own = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows))
    return tag("details", tag("summary", "The same as a table"), boxed(own, caption))
