"""One row of a study as a Parquet file: whole on the disk, or not there."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from satqkd.errors import Finding, InputError, OutputError, SatqkdError
from satqkd.study.work import Row

SUFFIX: Final = ".parquet"
PART: Final = ".part"
"""What the name of a file ends in that is not whole yet."""


def require_extra() -> None:
    """Raise :class:`SatqkdError` where what studies need is not installed."""
    needed = "pyarrow", "distributed", "cryptography"
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise SatqkdError(
            f"studies need {' and '.join(missing)}, not installed\n"
            "  fix: pip install 'satqkd[study]'"
        )


def write_row(folder: Path, row: Row) -> bytes:
    """Write a row: under another name, to the disk itself, then renamed; return its bytes.

    Raises
    ------
    OutputError
        If the disk is full, or the folder takes no files; nothing half is left.
    """
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = folder / f"{row.key}{SUFFIX}"
    part = path.with_name(f"{path.name}{PART}")
    table, whole = pa.Table.from_pylist([plain_of(row)], schema=row_schema()), io.BytesIO()
    pq.write_table(table, whole, compression="none", write_statistics=False)
    try:
        with part.open("wb") as file:
            file.write(whole.getvalue())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        _forget(part)
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}\n"
            f"  fix: make room, then go on: satqkd study resume {folder.parent}"
        ) from error
    return whole.getvalue()


def read_row(path: Path, data: bytes | None = None) -> Row:
    """Read a row.

    Parameters
    ----------
    path
        Its file.
    data
        The bytes of that where they are read already.

    Raises
    ------
    InputError
        If the file is not as it was written.
    """
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        whole = pa.BufferReader(path.read_bytes() if data is None else data)
        table = pq.ParquetFile(whole).read(use_threads=False)
        if not table.schema.equals(row_schema()):
            raise InputError([_damaged(path)])
        (plain,) = table.to_pylist()
        row = row_of_plain(plain)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise InputError([_damaged(path)]) from error
    if row.key != path.name.removesuffix(SUFFIX):
        raise InputError([_damaged(path)])
    return row


def _damaged(path: Path) -> Finding:
    return Finding(
        file=str(path), line=0, message="is not as it was written",
        fix=f"remove it, and go on: satqkd study resume {path.parent.parent}",
    )  # fmt: skip


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the disk that failed; a part is no row, and cleared away later


def plain_of(row: Row) -> dict[str, Any]:
    """Return a row as its file has it."""
    return {
        "point": row.name,
        "repeat": row.repeat,
        "status": row.status,
        "reason": row.reason,
        "values": list(row.values),
        "month": [month for month, _ in row.months],
        "month_bits": [bits for _, bits in row.months],
    }


def row_of_plain(plain: Mapping[str, Any]) -> Row:
    """Return the row that a file has.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none.
    """
    return Row(
        name=plain["point"],
        repeat=plain["repeat"],
        status=plain["status"],
        reason=plain["reason"],
        values=tuple(plain["values"]),
        months=tuple(zip(plain["month"], plain["month_bits"], strict=True)),
    )


@cache
def row_schema() -> Any:
    """Return the columns of a row's file."""
    import pyarrow as pa  # noqa: PLC0415 -- an extra

    return pa.schema(
        [
            ("point", pa.string()),
            ("repeat", pa.int64()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("values", pa.list_(pa.float64())),
            ("month", pa.list_(pa.string())),
            ("month_bits", pa.list_(pa.float64())),
        ]
    )
