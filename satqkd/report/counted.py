"""Numbers of things in words."""

from __future__ import annotations


def counted(number: int, what: str, *, many: str = "") -> str:
    """Return a number with its noun, in the plural where it belongs.

    Examples
    --------
    >>> counted(1, "pair"), counted(2, "pair"), counted(0, "pass", many="passes")
    ('1 pair', '2 pairs', '0 passes')
    """
    return f"{number:,} {what if number == 1 else many or what + 's'}"
