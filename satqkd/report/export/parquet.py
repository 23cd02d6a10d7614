"""Tables as Parquet, for programs that read columns: an extra, ``pip install satqkd[parquet]``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from types import NoneType
from typing import IO, Any

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.report.export.file import require_file
from satqkd.report.export.typed import Typed, filled, rows_of
from satqkd.report.export.utc import INSTANT, instants_of
from satqkd.report.tables.column import Column, Labels, Source, nothing

_NUMBERS = (int, float, NoneType)


def require_parquet() -> None:
    """Raise :class:`SatqkdError` where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise SatqkdError(
            "Parquet needs pyarrow, which is not installed\n"
            "  fix: pip install 'satqkd[parquet]'; pyarrow takes some 170 MB"
        )


def to_parquet(
    columns: Sequence[Column[Source]], sources: Iterable[Source], path: Path | str
) -> None:
    """Write a table to a file, whole or not at all; rows of several sources follow each other.

    Numbers are rounded as in the CSV; instants are timestamps in UTC to the microsecond, a leap
    second the midnight after it; what is missing is null. Unit and meaning of each column stand
    in its metadata. The first source that has rows tells the kind of each column.

    Raises
    ------
    SatqkdError
        Without pyarrow.
    OutputError
        If what stands there is no file.
    """
    require_parquet()
    path = Path(path)
    require_file(path)
    unfinished = path.with_name(f".{path.name}.tmp-{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            write_parquet(columns, sources, file)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_parquet(
    columns: Sequence[Column[Source]], sources: Iterable[Source], file: IO[bytes] | Any
) -> None:
    """Do the same to an open file: one group of rows a source."""
    import pyarrow as pa  # noqa: PLC0415  # an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    with ExitStack() as opened:

        def begin(table: Sequence[Typed]) -> Any:
            schema = _schema(pa, columns, table)
            return opened.enter_context(pq.ParquetWriter(file, schema, compression="zstd"))

        writer: Any = None
        for source in sources:
            table = filled(columns, source)
            if not rows_of(table):
                continue
            writer = writer or begin(table)
            arrays = [
                _array(pa, column, values, kind)
                for column, values, kind in zip(columns, table, writer.schema.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))
        if writer is None:
            begin([Typed(values=nothing(0)) for _ in columns])


def _schema(pa: Any, columns: Sequence[Column[Any]], table: Sequence[Typed]) -> Any:
    return pa.schema(
        pa.field(
            column.name,
            _kind(pa, column, values),
            metadata={"unit": column.unit, "description": column.description},
        )
        for column, values in zip(columns, table, strict=True)
    )


def _kind(pa: Any, column: Column[Any], found: Typed) -> Any:
    """Kind of a column; where no cell tells it, that of its unit."""
    if column.unit == INSTANT:
        return pa.timestamp("us", tz="UTC")
    values = found.values
    if isinstance(values, np.ndarray):
        is_float = column.digits is not None and values.dtype.kind != "b"
        return pa.float64() if is_float else pa.from_numpy_dtype(values.dtype)
    if isinstance(values, Labels) and not any(values.words):
        if column.digits is not None:
            return pa.float64()
        return pa.int64() if column.unit == "bit" else pa.string()
    numbers = isinstance(values, list) and all(type(cell) in _NUMBERS for cell in values)
    return pa.float64() if numbers else pa.string()


def _array(pa: Any, column: Column[Any], found: Typed, kind: Any) -> Any:
    """Return the cells of a column as one array of its kind."""
    found = found.rounded()
    if column.unit == INSTANT:
        moments, missing = instants_of(found)
        return pa.array(moments, type=kind, mask=missing)
    values = found.values
    try:
        if isinstance(values, np.ndarray):
            mask = None if found.where is None else ~found.where
            return pa.array(values, mask=mask).cast(kind)
        if isinstance(values, Labels):
            words = np.array([*values.words, None], dtype=object)[:-1]
            return pa.array(words[values.codes], type=kind)
        if pa.types.is_string(kind):
            return pa.array([None if cell is None else str(cell) for cell in values], type=kind)
        return pa.array(list(values), type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"column {column.name} holds no {kind}: {error}") from error
