"""Columns of a Parquet file, one row a click."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from satqkd.calibration.click_columns import (
    NUMBERED,
    SCALARS,
    SENT,
    Complaints,
    Values,
    complain_of_kind,
    complain_of_name,
    refused,
)
from satqkd.config.mistake import Mistake, quoted
from satqkd.config.quantity import parse_number
from satqkd.errors import SatqkdError

MOST_ROWS: Final = 100_000_000
"""More clicks in one file are refused."""

NAMES: Final = (*NUMBERED, *SENT)
"""Columns that a table of clicks has."""


def columns_of(data: bytes, *, file: str) -> dict[str, Values]:
    """Return the columns of a table, and the scalars in its metadata.

    Raises
    ------
    SatqkdError
        Without pyarrow.
    InputError
        If it is no Parquet, damaged, too long, or holds what is no column of a click log.
    """
    if find_spec("pyarrow") is None:
        raise SatqkdError(
            f"{file}: Parquet needs pyarrow, which is not installed\n"
            "  fix: pip install 'satqkd[parquet]', or give the log as .npz"
        )
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    complaints = Complaints(file=file, findings=[])
    try:
        table = pq.ParquetFile(pa.BufferReader(data))
        schema = table.schema_arrow
        if table.metadata.num_rows > MOST_ROWS:
            raise refused(file, f"has more than {MOST_ROWS} rows", "split it")
        scalars = _scalars(schema.metadata or {}, complaints)
        _check_schema(schema, complaints)
        complaints.stop()
        columns = {name: table.read([name]).column(name) for name in schema.names}
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        said = " ".join(str(error).split())[:120]
        raise refused(file, f"is no Parquet, or is damaged: {said}", "copy it again") from error
    for name, column in columns.items():
        if column.null_count:
            complaints.add(name, f"is empty in {column.null_count} rows", "fill it in every row")
    complaints.stop()
    return scalars | {name: np.asarray(column.to_numpy()) for name, column in columns.items()}


def _check_schema(schema: Any, complaints: Complaints) -> None:
    """Note unknown columns, columns that stand there twice, and other kinds than whole numbers."""
    import pyarrow as pa  # noqa: PLC0415

    for name in dict.fromkeys(schema.names):
        if complain_of_name(name, NAMES, complaints):
            continue
        if schema.names.count(name) > 1:
            complaints.add(name, "stands there twice", "keep one of the two")
            continue
        kind = schema.field(name).type
        plain = pa.types.is_integer(kind) or pa.types.is_boolean(kind)
        if plain:
            complain_of_kind(name, np.dtype(kind.to_pandas_dtype()), complaints)
        else:
            complaints.add(name, f"is of {kind}, not of whole numbers", "save it as integers")


def _scalars(metadata: Mapping[bytes, bytes], complaints: Complaints) -> dict[str, Values]:
    """Read the scalars among the metadata of a file; the rest there is of other programs."""
    found: dict[str, Values] = {}
    for name in SCALARS:
        text = metadata.get(name.encode())
        if text is None:
            continue
        written = text.decode(errors="replace")
        try:
            found[name] = np.array(_whole(written) if name == "pulses" else parse_number(written))
        except Mistake as mistake:
            complaints.add(name, mistake.message, mistake.fix)
    return found


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Mistake(f"{quoted(text)} is no whole number", "write it in digits alone")
    return int(text)
