"""Numbers as text, a column at a time.

A cell is a few words of four bytes; zero bytes are no text and fall out when a block of rows is
put together. Digits come from tables of four, so a number costs a division and a look-up a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint32]
"""Text of a column, shape (n, words), or a word each, shape (n,), or (1,) for the same in all."""

_ZERO = ord("0")


def constant(text: bytes) -> list[Words]:
    """Return one text for all rows."""
    return [word[None] for word in text_words([text])[0]] if text else []


def text_words(texts: Sequence[bytes]) -> Words:
    """Return texts of any length, shape (n, words); they hold no zero byte."""
    longest = max(map(len, texts), default=0)
    size = max(4 * -(-longest // 4), 4)
    return np.array(texts, dtype=f"S{size}").view(np.uint32).reshape(len(texts), size // 4)


def integer_words(numbers: npt.NDArray[Any]) -> list[Words]:
    """Return whole numbers of at least 0, without leading zeros."""
    words: list[Words] = []
    rest, last = numbers, True
    while True:
        short = _group(4, leading=False, least=int(last))
        if not rest.size or int(rest.max()) < 10_000:
            words.append(short[rest])
            return words[::-1]
        higher = rest // 10_000
        four = rest - 10_000 * higher
        words.append(np.where(higher > 0, _group(4)[four], short[four]))
        rest, last = higher, False


def fraction_words(numbers: npt.NDArray[Any], digits: int, *, trailing: bool) -> list[Words]:
    """Return the decimals of a number with its point; of none, nothing.

    Parameters
    ----------
    numbers
        The decimals as a whole number, below 10^digits.
    digits
        How many there are.
    trailing
        Keep zeros at the end; one decimal is kept anyway.
    """
    words: list[Words] = []
    left = digits
    sizes: list[int] = []
    while left > 0:
        sizes.append(min(left, 4 if sizes else 3))
        left -= sizes[-1]
    rest, nothing_lower = numbers, np.ones(1, dtype=np.bool_)
    for place, size in reversed(list(enumerate(sizes))):
        point = place == 0
        higher = rest // 10**size
        group = rest - 10**size * higher
        text = _group(size, point=point)[group]
        if not trailing:
            cut = _group(size, point=point, trailing=False, least=int(point))[group]
            text = np.where(nothing_lower, cut, text)
            nothing_lower = nothing_lower & (group == 0)
        words.append(text)
        rest = higher
    return words[::-1]


@cache
def _group(
    size: int,
    *,
    leading: bool = True,
    trailing: bool = True,
    least: int = 0,
    point: bool = False,
) -> Words:
    """Text of every number of ``size`` digits, with or without zeros at its ends.

    ``least`` digits stay anyway; with ``point`` a decimal point stands in front.
    """
    numbers = np.arange(10**size)
    text = np.zeros((numbers.size, 4), dtype=np.uint8)
    for place in range(size):
        power = 10 ** (size - 1 - place)
        digit = numbers // power % 10
        kept = np.ones(numbers.size, dtype=np.bool_)
        if not leading and size - place > least:
            kept &= numbers >= power
        if not trailing and place >= least:
            kept &= numbers % (10 * power) > 0
        text[:, place + point] = np.where(kept, digit + _ZERO, 0)
    if point:
        text[:, 0] = ord(".")
    return text.view(np.uint32)[:, 0]
