"""Names from files, made harmless to look at."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str, *, limit: int | None = None) -> str:
    r"""Write out every character that acts instead of showing.

    Control characters, ANSI escapes, direction marks, zero-width characters, line separators
    and lone surrogates become their Python escapes.

    Parameters
    ----------
    text
        Anything a file may have held.
    limit
        Longest answer; what is longer is cut and ends in ``…``. None for no limit.

    Examples
    --------
    >>> print(visible("red \x1b[31m alert"))
    red \x1b[31m alert
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _HIDDEN
        else char
        for char in text
    )
