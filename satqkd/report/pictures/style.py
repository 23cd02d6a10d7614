"""The look that all pictures share: size, colours, type."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D

from satqkd.forecast.contact_id import slug
from satqkd.report.export.printable import visible

WIDTH_PX = 1200
"""Width of every picture. [pixels]"""
DPI = 150
"""Resolution of every picture. [pixels/inch]"""
_TITLE_COLUMNS, _SUBTITLE_COLUMNS, _TITLE_LINE_PX = 88, 130, 27.0

BLACK = "#1a1a1a"
GREY = "#8c8c8c"
PALE = "#d9d9d9"
NIGHT = "#dfe6f0"
ORANGE = "#e69f00"
SKY_BLUE = "#56b4e9"
GREEN = "#009e73"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE, BLACK)
"""Colours for things of equal rank, told apart with every kind of colour vision [1]_.

.. [1] M. Okabe and K. Ito, "Color universal design", 2008 (palette recalled).
"""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)))

_STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.0,
    "text.parse_math": False,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titley": 1.0,  # where it would come to stand anyway; else each axis is measured for it
    "axes.labelsize": 8.0,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.color": BLACK,
    "ytick.color": BLACK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": PALE,
    "grid.linewidth": 0.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


_in_style: ContextVar[bool] = ContextVar("_in_style", default=False)
"""Whether what is drawn now is drawn with these settings."""


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with satqkd's settings, whatever the user's own matplotlib file says.

    Matplotlib checks each of some 330 settings when they are set, so they are set once for what
    is drawn within a drawing.
    """
    if _in_style.get():
        yield
        return
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        before = _in_style.set(True)
        try:
            yield
        finally:
            _in_style.reset(before)


def new_figure(height_px: float) -> Figure:
    """Return an empty figure, 1200 pixels wide."""
    figure = Figure(figsize=(WIDTH_PX / DPI, height_px / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def axes_at(
    figure: Figure, *, left: float, top: float, width: float, height: float, **options: Any
) -> Axes:
    """Return axes whose frame lies at the given pixels from the picture's upper left corner."""
    height_px = figure.get_figheight() * DPI
    box = (
        left / WIDTH_PX,
        1.0 - (top + height) / height_px,
        width / WIDTH_PX,
        height / height_px,
    )
    return figure.add_axes(box, **options)


def pixel_axes(figure: Figure) -> Axes:
    """Return axes over the whole picture, unseen, in pixels from its upper left corner."""
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0.0, WIDTH_PX)
    axes.set_ylim(figure.get_figheight() * DPI, 0.0)
    return axes


def draw_line(axes: Axes, x: npt.ArrayLike, y: npt.ArrayLike, **look: Any) -> None:
    """Draw a line or markers in axes whose limits are set.

    It looks as by ``axes.plot``, which takes most of its time for limits and for reading its
    arguments.
    """
    axes.add_artist(Line2D(np.ravel(x), np.ravel(y), **look))


def headline(figure: Figure, title: str, subtitle: str = "") -> None:
    """Write the message of a picture over it, and how to read it below that."""
    height_px = figure.get_figheight() * DPI
    lines = _wrapped(title, _TITLE_COLUMNS)
    below_px = 22 + _TITLE_LINE_PX * (lines.count("\n") + 1)
    figure.text(
        0.0125, 1 - 14 / height_px, lines, size=11, weight="bold", va="top", linespacing=1.15
    )
    figure.text(
        0.0125,
        1 - below_px / height_px,
        _wrapped(subtitle, _SUBTITLE_COLUMNS),
        size=8,
        color="#505050",
        va="top",
        linespacing=1.25,
    )


def headline_px(title: str, subtitle: str = "") -> float:
    """Height that :func:`headline` needs. [px]"""
    lines = _wrapped(subtitle, _SUBTITLE_COLUMNS).count("\n") + 1 if subtitle else 0
    return 24.0 + _TITLE_LINE_PX * (_wrapped(title, _TITLE_COLUMNS).count("\n") + 1) + 22.0 * lines


def notice(title: str, text: str) -> Figure:
    """Return a picture for when there is nothing to draw: it says so and why."""
    with house_style():
        figure = new_figure(260)
        headline(figure, title)
        figure.text(
            0.5, 0.4, _wrapped(text, 80), size=12, ha="center", va="center", linespacing=1.5
        )
        return figure


def png(figure: Figure) -> bytes:
    """Return the picture as PNG bytes, the same for the same picture."""
    with house_style():
        buffer = io.BytesIO()
        figure.savefig(
            buffer,
            format="png",
            dpi=DPI,
            metadata={"Software": None},
            pil_kwargs={"compress_level": 3},
        )
        return buffer.getvalue()


def label(
    name: str,
    *,
    limit: int = 28,
    otherwise: str = "",
    width_px: float | None = None,
    size_pt: float = 8.5,
    weight: str = "normal",
) -> str:
    """Return a name that the pictures' font can draw, harmless and not too long.

    Parameters
    ----------
    name
        Anything a file may have held. One with characters the font has no glyph for becomes its
        :func:`~satqkd.forecast.contact_id.slug`.
    limit
        Longest answer. [characters]
    otherwise
        What to write when nothing is left of such a name; its Python escapes by default.
    width_px, size_pt, weight
        Room for it in such type; what is wider is cut on the right and ends in ``…``.
    """
    text = visible(name, limit=limit)
    if any(ord(char) not in _glyphs() for char in text):
        escapes = text.encode("ascii", "backslashreplace").decode("ascii")
        text = visible(slug(name, otherwise=otherwise or escapes), limit=limit)
    return text if width_px is None else _cut(text, width_px, size_pt, weight)


def _cut(text: str, width_px: float, size_pt: float, weight: str) -> str:
    """Cut ``text`` on the right until it is no wider than its room; no bracket is left open."""
    if text_width_px(text, size_pt, weight=weight) <= width_px:
        return text
    fitting = (_closed(text[:size]).rstrip() + "…" for size in range(len(text) - 1, 0, -1))
    return next(
        (cut for cut in fitting if text_width_px(cut, size_pt, weight=weight) <= width_px), "…"
    )


def _closed(text: str) -> str:
    """Cut a text before a bracket that does not end in it."""
    return text if text.count("(") <= text.count(")") else text[: text.rindex("(")]


@lru_cache(maxsize=10_000)
def text_width_px(text: str, size_pt: float, *, weight: str = "normal") -> float:
    """Width of a line of text. [px]"""
    font = get_font(_font_path(weight))
    font.set_size(size_pt, DPI)
    font.set_text(text)
    return float(font.get_width_height()[0]) / 64.0


def bits(count: float) -> str:
    """Return a number of bits as people say it.

    Examples
    --------
    >>> bits(312), bits(45_210), bits(1_234_567)
    ('312 bit', '45.2 kbit', '1.23 Mbit')
    """
    return f"{short(count)[0]} {short(count)[1]}bit"


def short(count: float) -> tuple[str, str]:
    """Return a number to three digits and the prefix that goes with it."""
    exponent = 0 if count < 1 else int(math.log10(float(f"{count:.2e}"))) // 3
    exponent = min(exponent, 4)
    value = count / 1000.0**exponent
    prefix = ("", "k", "M", "G", "T")[exponent]
    return three_digits(value) if exponent else f"{value:.0f}", prefix


def three_digits(value: float) -> str:
    """Return a number below 1,000 to three digits, or two decimals.

    Examples
    --------
    >>> three_digits(2.0), three_digits(24.04), three_digits(561.3)
    ('2.00', '24.0', '561')
    """
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{decimals}f}"


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(_font_path()).get_charmap())


@cache
def _font_path(weight: str = "normal") -> str:
    wanted = FontProperties(family="DejaVu Sans", weight=weight)
    return str(findfont(wanted, fallback_to_default=True))


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width))
