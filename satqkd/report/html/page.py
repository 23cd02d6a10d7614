"""A page that stands by itself: one frame, one policy of what it may load, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jinja2
from markupsafe import Markup

_STYLES: Final = ("tokens.css", "report.css", "parts.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page."""

    name: str
    """Where links to it lead; letters alone."""
    short: str
    """What the list of contents calls it."""
    heading: str
    body: Markup


def page(
    what: str,
    *,
    version: str,
    title: str,
    running: str,
    figures: Markup,
    sections: Sequence[Section],
    own: Sequence[str] = (),
    **told: Any,
) -> str:
    """Return a page as one HTML file.

    Parameters
    ----------
    what
        What kind of page it is, in a word: the name of its template, which fills ``page.html``.
    version
        Of satqkd, that made it.
    title
        Its heading.
    running
        What stands at the foot of each printed sheet.
    figures
        What heads it, under the title.
    sections
        Its parts, in their order.
    own
        Style sheets of its own, after those of every page.
    told
        What its template names beside.
    """
    css = Markup("".join(map(_text, (*_STYLES, *own))))  # noqa: S704 - our own files
    return (
        _frames()
        .get_template(f"{what}.html")
        .render(
            what=what,
            css=css,
            version=version,
            title=title,
            running=_quoted(running),
            figures=figures,
            sections=sections,
            **told,
        )
    )


@cache
def _frames() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )


@cache
def _text(name: str) -> str:
    return (files("satqkd.report.html") / name).read_text(encoding="utf-8")


def _quoted(words: str) -> Markup:
    """Return text for a style sheet: every character but the plainest as its number."""
    return Markup("").join(
        one if one.isascii() and (one.isalnum() or one in " ,.-") else f"\\{ord(one):06x}"
        for one in words[:120]
    )
