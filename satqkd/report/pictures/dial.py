"""The sky over one place as a disc: zenith in the middle, north up, east to the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from satqkd.passes.horizon_line import broken_line
from satqkd.passes.station import Station
from satqkd.report.pictures.style import BLACK, GREY, PALE, draw_line
from satqkd.units import BoolArray, FloatArray

RADIUS_PX = 140.0
"""Of the circle that stands for the horizon. [px]"""
_LEAST_GAP_DEG = 11.0
"""Angle at the rim between two numbers, so that they do not touch. [°]"""
UNSEEN = "#efefef"
MOON_PX = 5.0
"""Radius of the Moon, some ten times its own. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dial:
    """Where one station's sky lies in axes whose units are pixels, growing downward."""

    axes: Axes
    x_px: float
    """Centre."""
    y_px: float

    def at(self, azimuth_deg: FloatArray, elevation_deg: FloatArray) -> tuple[FloatArray, ...]:
        """Pixels of some directions; elevations below 0 lie outside the circle. [px]"""
        angle = np.radians(azimuth_deg)
        beyond = RADIUS_PX * (90.0 - elevation_deg) / 90.0
        return self.x_px + beyond * np.sin(angle), self.y_px - beyond * np.cos(angle)

    def draw(self, station: Station) -> None:
        """Draw the rings, the cross, their letters, and what the station cannot see."""
        self._unseen(station)
        for elevation, colour in ((60.0, PALE), (30.0, PALE), (0.0, GREY)):
            radius = RADIUS_PX * (90.0 - elevation) / 90.0
            self.axes.add_artist(
                Circle(
                    (self.x_px, self.y_px), radius, fill=False, edgecolor=colour,
                    linewidth=0.6, zorder=1.5 if elevation else 2.4,
                )
            )  # fmt: skip
        draw_line(self.axes, *self._across(0.0), color=PALE, linewidth=0.5, zorder=1.5)
        draw_line(self.axes, *self._across(90.0), color=PALE, linewidth=0.5, zorder=1.5)
        for elevation in (60.0, 30.0):
            said = self._text(135.0, elevation, f"{elevation:.0f}°", size=6.5)
            said.set_zorder(6)
            said.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
        for azimuth, letter in ((0.0, "N"), (90.0, "E"), (180.0, "S"), (270.0, "W")):
            self._text(azimuth, -27.0, letter, size=8.5, weight="bold")

    def _across(self, azimuth_deg: float) -> tuple[FloatArray, ...]:
        return self.at(np.array([azimuth_deg, azimuth_deg + 180.0]), np.zeros(2))

    def _unseen(self, station: Station) -> None:
        """Fill what lies below the station's horizon or its lowest elevation."""
        corner, height = broken_line(station)
        azimuth = np.union1d(np.arange(0.0, 361.0, 2.0), corner)
        lowest = np.interp(azimuth, corner, height, period=360.0)
        rim, line = self.at(azimuth, np.zeros_like(azimuth)), self.at(azimuth, lowest)
        ring = [
            np.concatenate([outer, inner[::-1]]) for outer, inner in zip(rim, line, strict=True)
        ]
        self.axes.add_artist(
            Polygon(np.column_stack(ring), facecolor=UNSEEN, linewidth=0, zorder=1.0)
        )

    def track(
        self,
        azimuth_deg: FloatArray,
        elevation_deg: FloatArray,
        usable: BoolArray,
        *,
        colour: str,
        line: Any,
    ) -> None:
        """Draw a pass, thick where it may carry key."""
        x, y = self.at(azimuth_deg, elevation_deg)
        draw_line(self.axes, x, y, color=colour, linewidth=0.7, zorder=3)
        draw_line(
            self.axes,
            np.where(usable, x, np.nan),
            np.where(usable, y, np.nan),
            color=colour,
            linestyle=line,
            linewidth=2.6,
            dash_capstyle="butt",
            solid_capstyle="round",
            zorder=4,
        )

    def grey_track(self, azimuth_deg: FloatArray, elevation_deg: FloatArray) -> None:
        """Draw a pass among many."""
        x, y = self.at(azimuth_deg, elevation_deg)
        draw_line(self.axes, x, y, color=GREY, linewidth=0.5, zorder=2.5)

    def dots(self, azimuth_deg: FloatArray, elevation_deg: FloatArray, *, colour: str) -> None:
        """Mark where a satellite stands at some instants."""
        x, y = self.at(azimuth_deg, elevation_deg)
        look = {"ls": "", "marker": "o", "ms": 2.6, "mfc": "white", "mec": colour, "mew": 0.6}
        draw_line(self.axes, x, y, **look, zorder=5)

    def moon(
        self, azimuth_deg: float, elevation_deg: float, *, illuminated: float, colour: str
    ) -> None:
        """Draw the Moon, the brighter the more of it is illuminated, in a ring of a colour."""
        x, y = self.at(np.array(azimuth_deg), np.array(elevation_deg))
        self.axes.add_patch(
            Circle(
                (float(x), float(y)), MOON_PX, facecolor=moon_shade(illuminated),
                edgecolor=colour, linewidth=1.4, zorder=2.8,
            )
        )  # fmt: skip

    def number(self, text: str, *, rise_deg: float, rim_deg: float, colour: str) -> None:
        """Write a number over the rim, with a line to where the pass rises."""
        ends = self.at(np.array([rise_deg, rim_deg]), np.array([1.0, -7.0]))
        draw_line(self.axes, *ends, color=colour, linewidth=0.7)
        self._text(rim_deg, -12.0, text, size=7.5, weight="bold", color=BLACK)

    def _text(self, azimuth_deg: float, elevation_deg: float, text: str, **look: Any) -> Text:
        x, y = self.at(np.array(azimuth_deg), np.array(elevation_deg))
        return self.axes.text(float(x), float(y), text, ha="center", va="center", **look)


def moon_shade(illuminated: float) -> str:
    """Grey for an illuminated share: white a full Moon, dark a new one."""
    return f"{0.25 + 0.75 * illuminated:.2f}"


def spread_deg(angles_deg: FloatArray) -> FloatArray:
    """Move angles apart until neighbours, also across north, keep a gap; order is kept. [°]"""
    count = angles_deg.size
    if count < 2:
        return angles_deg
    gap = min(_LEAST_GAP_DEG, 360.0 / count * 0.95)
    order = np.argsort(angles_deg, kind="stable")
    spread = angles_deg[order].astype(np.float64)
    for _ in range(200):
        short = gap - np.diff(np.append(spread, spread[0] + 360.0))
        push = np.maximum(short, 0.0) / 2
        if not np.any(push > 6e-3):
            break
        spread += np.roll(push, 1) - push
    moved = np.empty(count)
    moved[order] = spread
    return moved
