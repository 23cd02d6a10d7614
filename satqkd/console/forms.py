"""Forms of the desk: each works without script, and carries what shows that its page was ours."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from satqkd.console.desk import Desk
from satqkd.report.html.markup import Child, tag

TOKEN: Final = "form"  # noqa: S105 -- the name of a field
"""Field that holds the token of the desk."""
LONGEST_WHY: Final = "300"
"""Longest reason that a form takes. [characters]"""


def form(
    desk: Desk,
    action: str,
    *children: Child,
    sent: dict[str, str] | None = None,
    class_: str = "act",
    files: bool = False,
) -> Markup | None:
    """Return a form; none at a desk that is open for reading only.

    Parameters
    ----------
    desk
        Whose.
    action
        Where it is sent to.
    children
        What it asks and its buttons.
    sent
        What is sent along with it.
    class_
        Its class.
    files
        Whether it sends a file.
    """
    if desk.read_only:
        return None
    held = {TOKEN: desk.secrets.form, **(sent or {})}
    hidden = [tag("input", type="hidden", name=name, value=said) for name, said in held.items()]
    return tag(
        "form",
        *hidden,
        *children,
        method="post",
        action=action,
        class_=class_,
        enctype="multipart/form-data" if files else None,
    )


def button(words: str, *, act: str | None = None, first: bool = False) -> Markup:
    """Return what sends a form; ``act`` is what keys find it by."""
    return tag("button", words, data_act=act, class_="first" if first else None)


def text(label: str, name: str, *, value: str = "", hint: str = "", needed: bool = False) -> Markup:
    """Return a field of one line with its label."""
    own = tag(
        "input",
        type="text",
        name=name,
        value=value or None,
        placeholder=hint or None,
        maxlength=LONGEST_WHY,
        required="" if needed else None,
    )
    return tag("label", f"{label} ", own, class_="line")
