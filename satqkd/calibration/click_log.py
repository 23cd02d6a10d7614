"""A station's own clicks, read from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from satqkd.calibration.click_columns import Values, log_of, refused
from satqkd.calibration.click_npz import arrays_of
from satqkd.calibration.click_parquet import columns_of
from satqkd.distil.click_log import ClickLog
from satqkd.elements.input_file import InputFileError, read_content
from satqkd.errors import InputError

MOST_BYTES: Final = 1_000_000_000
"""Larger files are refused. [B]"""

_READERS: Final[Mapping[str, Callable[..., dict[str, Values]]]] = {
    ".npz": arrays_of,
    ".parquet": columns_of,
}


def read_click_log(path: Path, *, pulses: int | None = None) -> ClickLog:
    """Read what both ends recorded of a block.

    Parameters
    ----------
    path
        An archive of numpy's (``.npz``), or a table (``.parquet``) of clicks whose pulses are
        known; docs/distil.md has the layout of both.
    pulses
        How many pulses were sent while the receiver listened, where the file does not say it.

    Raises
    ------
    InputError
        With what is wrong with the file, and where. Nothing in it is passed over in silence.
    SatqkdError
        For a table without pyarrow.
    """
    file, kind = str(path), path.suffix.casefold()
    if kind not in _READERS:
        raise refused(file, "is neither .npz nor .parquet", "save the log as one of them")
    try:
        data = read_content(path, most_bytes=MOST_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    if not data:
        raise refused(file, "is empty", "copy it again")
    columns = _READERS[kind](data, file=file)
    if pulses is not None:
        said = int(columns.setdefault("pulses", np.array(pulses)))
        if said != pulses:
            message = f"says that {said} pulses were sent, and {pulses} are stated beside it"
            raise refused(file, message, "state them once")
    return log_of(columns, file=file, row_a_click=kind == ".parquet")
