"""One value that cannot be taken as it is written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from satqkd.errors import SatqkdError

NO_SUCH_KEY = "no such key here"
"""Message of every finding about a key that nothing reads."""


class Mistake(SatqkdError, ValueError):  # noqa: N818 -- reads well where it is raised
    """A value that cannot be taken, before its file and line are added."""

    def __init__(self, message: str, fix: str) -> None:
        self.message = message
        self.fix = fix
        super().__init__(f"{message}\n  fix: {fix}")


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return the fix for a name that is not among the ``known`` ones.

    Examples
    --------
    >>> did_you_mean("gausian", ["flat-top", "gaussian"])
    "write 'gaussian'"
    >>> did_you_mean("donut", ["flat-top", "gaussian"])
    'use one of: flat-top, gaussian'
    """
    names = sorted(set(known))
    folded = {name.casefold(): name for name in names}
    near = get_close_matches(written.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"write '{folded[near[0]]}'"
    if not names:
        return "remove it"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"use one of: {shown}"


def meant(fix: str) -> str:
    """Return the name that :func:`did_you_mean` proposed; empty where it proposed none.

    Examples
    --------
    >>> meant(did_you_mean("gausian", ["flat-top", "gaussian"]))
    'gaussian'
    >>> meant(did_you_mean("donut", ["flat-top", "gaussian"]))
    ''
    """
    known, name = fix.startswith("write '"), fix.removeprefix("write '").removesuffix("'")
    return name if known else ""


def quoted(text: str) -> str:
    """Quote what the user wrote, shortened and without control characters.

    Examples
    --------
    >>> quoted("300 mm")
    "'300 mm'"
    """
    return repr(text if len(text) <= 60 else text[:59] + "…")
