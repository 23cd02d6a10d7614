"""What satqkd refuses, on a page: the words of the command line without where files lie."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from satqkd.console.layout import Page
from satqkd.console.spoken import without_paths
from satqkd.report.html.markup import joined, tag

MOST_LINES: Final = 60
"""So many are shown."""


def said(message: str) -> Markup:
    """Return a message, a paragraph a line."""
    lines = without_paths(message).splitlines()
    shown = [tag("p", line.strip()) for line in lines[:MOST_LINES] if line.strip()]
    more = len(lines) - MOST_LINES
    if more > 0:
        shown.append(tag("p", f"and {more} lines more"))
    return joined(shown)


def refused_page(message: str, back: str, *, conflict: bool) -> Page:
    """Return the page of an act that was refused.

    Parameters
    ----------
    message
        Why.
    back
        Where it was asked.
    conflict
        Whether somebody else changed something first.
    """
    first = without_paths(message).splitlines()[0] if message else "refused"
    title = first if conflict else "Nothing was done"
    body = joined((tag("div", said(message), class_="notice stop", role="alert"),
                   tag("p", tag("a", "Back", href=back, class_="button"))))  # fmt: skip
    return Page(title=title[:200], body=body, status=409 if conflict else 422)
