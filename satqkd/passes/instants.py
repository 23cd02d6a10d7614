"""Instants as whole numbers, and their ISO 8601 text a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from satqkd.units import IntArray

_UNIX_MJD = 40_587
"""1970-01-01 as a modified Julian date. [d]"""
_MOST_DIGITS = 9
"""Most decimals of a second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants(Sequence[str]):
    """Instants in UTC; as a sequence, their ISO 8601 texts with ``Z``."""

    day: IntArray
    """UTC dates, modified Julian. [d]"""
    tick: IntArray
    """Time since midnight in units of 10^-digits s; from 86,400 s on within a leap second."""
    digits: int
    """Decimals of the second."""

    def __post_init__(self) -> None:
        if not 0 <= self.digits <= _MOST_DIGITS:
            raise ValueError(f"a second has 0 to {_MOST_DIGITS} decimals here, not {self.digits}")

    def __len__(self) -> int:
        return int(self.day.size)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Instants: ...
    def __getitem__(self, index: int | slice) -> str | Instants:
        if isinstance(index, slice):
            return self.take(index)
        row = range(len(self))[index]
        return self.take(slice(row, row + 1)).tolist()[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def take(self, rows: IntArray | slice) -> Instants:
        """Return some of them, in the order of ``rows``."""
        return Instants(day=self.day[rows], tick=self.tick[rows], digits=self.digits)

    def tolist(self) -> list[str]:
        """Return the texts.

        Examples
        --------
        >>> Instants(day=np.array([57_753]), tick=np.array([86_400]), digits=0).tolist()
        ['2016-12-31T23:59:60Z']
        """
        texts: list[str] = self.text().astype(f"U{self.text_length}").tolist()
        return texts

    @property
    def text_length(self) -> int:
        """Length of each text. [characters]"""
        return 21 + self.digits if self.digits else 20

    def text(self) -> npt.NDArray[np.bytes_]:
        """Return the texts as ASCII, all of one length: HH:MM:SS.sss, 86,400 s reads 23:59:60.

        By definition of ISO 8601 and of the leap second (ITU-R TF.460).
        """
        count = len(self)
        text = np.empty((count, self.text_length), dtype=np.uint8)
        text[:, :10] = _dates(self.day)
        second, part = np.divmod(self.tick, 10**self.digits)
        minute = np.minimum(second // 60, 1439)
        for place, mark in ((10, "T"), (13, ":"), (16, ":"), (-1, "Z")):
            text[:, place] = ord(mark)
        for place, two in ((11, minute // 60), (14, minute % 60), (17, second - 60 * minute)):
            text[:, place] = two // 10 + ord("0")
            text[:, place + 1] = two % 10 + ord("0")
        if self.digits:
            text[:, 19] = ord(".")
        for place in range(19 + self.digits, 19, -1):
            text[:, place] = part % 10 + ord("0")
            part //= 10
        return text.view(f"S{self.text_length}")[:, 0]

    def utc64(self) -> npt.NDArray[np.datetime64]:
        """Return them to the microsecond, rounded down; a leap second is the next one's midnight.

        By definition of the Unix epoch; neither numpy nor the calendars built on it have 23:59:60.
        """
        finer = self.digits - 6
        micros = self.tick // 10**finer if finer > 0 else self.tick * 10**-finer
        whole = (self.day - _UNIX_MJD) * 86_400_000_000 + micros
        return np.asarray(whole.astype("datetime64[us]"))


def _dates(day: IntArray) -> npt.NDArray[np.uint8]:
    """YYYY-MM-DD of modified Julian dates, shape (n, 10)."""
    distinct, which = np.unique(day, return_inverse=True)
    days = (distinct - _UNIX_MJD).astype("datetime64[D]")
    dates = np.datetime_as_string(days).astype("S10")
    return np.asarray(dates.view(np.uint8).reshape(-1, 10)[which])
