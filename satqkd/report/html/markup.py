"""Markup from plain values: what is not markup already is escaped, always."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from satqkd.report.export.printable import visible

Child = str | Markup | None
"""Text, which is escaped, or markup; None is nothing."""

VOID = frozenset({"br", "circle", "input", "line", "meta", "path", "rect", "wbr"})
"""Elements that hold nothing."""


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """Return an element.

    Parameters
    ----------
    name
        Of the element.
    children
        What it holds; text is escaped, and characters that act instead of showing are written out.
    attributes
        ``_`` becomes ``-``, a trailing one is dropped (``class_``); None leaves one out, an empty
        text writes the name alone.

    Examples
    --------
    >>> print(tag("td", "a < b", class_="n", data_col="x"))
    <td class="n" data-col="x">a &lt; b</td>
    """
    written = "".join(_attribute(key, said) for key, said in attributes.items() if said is not None)
    if name in VOID:
        end = ">" if name in {"br", "input", "meta"} else "/>"
        return Markup(f"<{name}{written}{end}")  # noqa: S704 - attributes are escaped
    inside = joined(children)
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704 - what is inside is escaped


def joined(children: Iterable[Child]) -> Markup:
    """Return pieces in a row, text among them escaped."""
    pieces = [_safe(child) for child in children if child is not None]
    return Markup("".join(pieces))  # noqa: S704 - each is escaped


def _safe(child: str | Markup) -> str:
    return str(child if isinstance(child, Markup) else escape(visible(child)))


def _attribute(key: str, said: str | float) -> str:
    name = key.rstrip("_").replace("_", "-")
    if said == "":
        return f" {name}"
    text = visible(said) if isinstance(said, str) else f"{said:.6g}"
    return f' {name}="{escape(text)}"'
