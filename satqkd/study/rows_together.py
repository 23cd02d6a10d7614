"""All rows of a study in one file, read in a moment; what counts is the file of each row.

::

    points/a1-1.parquet ─ its bytes hash to 5f… ─▶ rows.parquet has a1-1 under 5f…: taken from there
    points/b2-1.parquet ─ its bytes hash to 77… ─▶ rows.parquet has another, or none: read itself
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from satqkd.study.rows_file import plain_of, row_of_plain, row_schema
from satqkd.study.work import Row

TOGETHER: Final = "rows.parquet"
_HASH: Final = "sha256"
"""Column of the hash of each row's own file."""


def hash_of(data: bytes) -> str:
    """Return what the bytes of a row's file are known by."""
    return hashlib.sha256(data).hexdigest()


def together(rows: Mapping[str, Row]) -> bytes:
    """Return the file of all rows.

    Parameters
    ----------
    rows
        By the hash of the file of each.
    """
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    plain = [{**plain_of(row), _HASH: known} for known, row in rows.items()]
    file = io.BytesIO()
    table = pa.Table.from_pylist(plain, schema=_schema())
    pq.write_table(table, file, write_statistics=False, write_page_checksum=True)
    return file.getvalue()


def read_together(path: Path) -> dict[str, Row]:
    """Return the rows of such a file by their hashes; nothing where it is not as it was written."""
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
        if not table.schema.equals(_schema()):
            return {}
        return {plain[_HASH]: row_of_plain(plain) for plain in table.to_pylist()}
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return {}


def _schema() -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- an extra

    return row_schema().append(pa.field(_HASH, pa.string()))
