"""Columns of instants as calendars of other programs know them."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.passes.instants import Instants
from satqkd.report.export.typed import Typed
from satqkd.report.tables.column import Cell
from satqkd.units import BoolArray

INSTANT: Final = "UTC"
"""Unit of columns of instants."""

_ISO = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\dT\d\d:\d\d):(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?Z"
)


def instants_of(column: Typed) -> tuple[npt.NDArray[np.datetime64], BoolArray]:
    """Return instants to the microsecond, and where there is none.

    Raises
    ------
    ValueError
        When a text is no instant in UTC.
    """
    values = column.values
    if isinstance(values, Instants):
        moments = values.utc64()
        missing = np.zeros(len(values), dtype=np.bool_) if column.where is None else ~column.where
    else:
        moments = np.array([_moment(cell) for cell in values], dtype="datetime64[us]")
        missing = np.isnat(moments)
    return np.where(missing, np.datetime64("NaT", "us"), moments), missing


def _moment(cell: Cell) -> np.datetime64:
    """Read one instant; second 60 is the next midnight."""
    if cell is None or cell == "":
        return np.datetime64("NaT", "us")
    read = _ISO.fullmatch(str(cell))
    if read is None:
        raise ValueError(f"{cell!r} is no instant in UTC")
    micro = int((read["part"] or "").ljust(9, "0")[:6])
    second = np.timedelta64(int(read["second"]) * 1_000_000 + micro, "us")
    return np.datetime64(read["minute"], "us") + second
