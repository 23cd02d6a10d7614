"""Drawing in text: shapes with classes, whose colours are those of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from satqkd.report.html.markup import Child, tag
from satqkd.units import FloatArray

WITHIN_PX: Final = 0.15
"""A line that is drawn with fewer points passes those left out so near. [px]"""


def picture(
    *shapes: Child, width: float, height: float, name: str, title: str, told: str, class_: str = ""
) -> Markup:
    """Return a picture with its words.

    Parameters
    ----------
    shapes
        What is drawn, from back to front.
    width, height
        Of its own scale. [px]
    name
        Unique in the page: its words are found by it.
    title, told
        What it shows, and its numbers, for those who do not see it.
    class_
        For the style of the page.
    """
    return tag(
        "svg",
        tag("title", title, id=f"{name}-t"),
        tag("desc", told, id=f"{name}-d"),
        *shapes,
        viewBox=f"0 0 {px(width)} {px(height)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        class_=class_ or None,
    )


def px(value: float) -> str:
    """Write a coordinate to a tenth of a pixel.

    Examples
    --------
    >>> px(12.04), px(3.96), px(-0.04)
    ('12', '4', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def rect(x: float, y: float, width: float, height: float, class_: str, **more: str) -> Markup:
    """Return a rectangle."""
    return tag("rect", x=px(x), y=px(y), width=px(width), height=px(height), class_=class_, **more)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Return a straight line."""
    return tag("line", x1=px(x1), y1=px(y1), x2=px(x2), y2=px(y2), class_=class_)


def text(x: float, y: float, words: Child, class_: str = "", *, anchor: str = "start") -> Markup:
    """Return words; ``y`` is their base line."""
    shown = None if anchor == "start" else anchor
    return tag("text", words, x=px(x), y=px(y), class_=class_ or None, text_anchor=shown)


def path(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """Return a line through points, thinned to what can be seen."""
    moves = " ".join(f"{px(x)} {px(y)}" for x, y in thinned(points))
    return tag("path", d=f"M{moves}", class_=class_)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points that a line needs to pass all of them within :data:`WITHIN_PX`.

    The point that lies furthest from a stretch is kept until none lies too far.

    Examples
    --------
    >>> thinned([(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (3.0, 5.0)])
    [(0.0, 0.0), (2.0, 0.0), (3.0, 5.0)]

    References
    ----------
    .. [1] D. H. Douglas and T. K. Peucker, *Cartographica* 10, 112 (1973) (recalled).
    """
    if len(points) < 3:
        return list(points)
    at = np.array(points)
    kept, open_ = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_:
        begin, end = open_.pop()
        if end - begin < 2:
            continue
        away = _away(at[begin], at[end], at[begin + 1 : end])
        furthest = int(np.argmax(away))
        if away[furthest] > WITHIN_PX:
            place = begin + 1 + furthest
            kept.add(place)
            open_ += [(begin, place), (place, end)]
    return [points[place] for place in sorted(kept)]


def _away(a: FloatArray, b: FloatArray, points: FloatArray) -> FloatArray:
    """Return how far points, shape (n, 2), are from the straight piece between two others."""
    step, to = b - a, points - a
    square = float(step @ step)
    along = np.clip(to @ step / square, 0.0, 1.0) if square else np.zeros(len(points))
    return np.asarray(np.hypot(*(to - along[:, None] * step).T))
