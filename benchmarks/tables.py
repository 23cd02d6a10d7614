"""Tables: series.csv of a million rows, by writers of our own and by others.

    python benchmarks/tables.py [ROWS]

The rows are those of every pass of the mission in the repository's root, one second each, repeated
as often as it takes. Every writer gets the same arrays, 65,536 rows at a time, in a process of its
own, and writes to memory that is thrown away. Peers: pandas, and pyarrow and polars where
installed. ``digits`` are decimals as series.csv has them; without them a writer prints floats its
own way. Memory is what a writer needs beside the arrays.
"""

from __future__ import annotations

import csv
import io
import math
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

for threads in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[threads] = "1"

import numpy as np
from side_by_side import versions

from satqkd.config.load import load_mission
from satqkd.forecast.stream import forecast
from satqkd.passes.instants import Instants
from satqkd.report.export.csv import csv_chunks, to_csv
from satqkd.report.export.dataframe import to_frame
from satqkd.report.export.json import json_chunks
from satqkd.report.export.parquet import write_parquet
from satqkd.report.tables.column import Column, Labels, Masked
from satqkd.report.tables.series import SERIES_COLUMNS, series_report

ROOT = Path(__file__).parents[1]
PART = 1 << 16
REPEATS = 3


class Parts:
    """A table of any length from the columns of a short one."""

    def __init__(self, rows):
        found = forecast(load_mission(ROOT / "mission.yaml"))
        report = series_report(found.with_series(every=True))
        self.have = {column.name: column.values(report) for column in SERIES_COLUMNS}
        self.columns = [
            Column(c.name, c.unit, c.description, self._taken(c.name), digits=c.digits)
            for c in SERIES_COLUMNS
        ]
        count = report.forecast.sampled.tracks.time_s.size
        self.parts = [
            np.arange(begin, min(begin + PART, rows)) % count for begin in range(0, rows, PART)
        ]

    def _taken(self, name):
        """What fills a column: rows of the short table."""

        def taken(rows):
            """Some rows of the column."""
            values = self.have[name]
            if isinstance(values, Masked | Labels | Instants):
                return values.take(rows)
            return values[rows]

        return taken


def cell_by_cell(table):
    """The way of 0.1.0: a Python string a cell."""

    def text(cell, digits):
        """One cell as CSV has it."""
        if cell is None or isinstance(cell, str):
            return cell or ""
        if isinstance(cell, bool):
            return "true" if cell else "false"
        return f"{cell:.{digits}f}" if digits is not None else repr(cell)

    def rounded(cell, digits):
        """A float rounded to its digits, without a minus before 0."""
        if not isinstance(cell, float) or digits is None or not math.isfinite(cell):
            return cell
        return round(cell, digits) + 0.0

    size = 0
    for rows in table.parts:
        columns = [
            [text(rounded(cell, c.digits), c.digits) for cell in c.values(rows).tolist()]
            for c in table.columns
        ]
        for row in zip(*columns, strict=True):
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerow(row)
            size += len(out.getvalue())
    return size


def ours(table):
    """CSV of our own."""
    return sum(map(len, csv_chunks(table.columns, table.parts)))


def ours_json(table):
    """JSON of our own."""
    return sum(map(len, json_chunks(table.columns, table.parts)))


def ours_parquet(table):
    """Parquet by pyarrow, as satqkd writes it."""
    out = io.BytesIO()
    write_parquet(table.columns, table.parts, out)
    return out.tell()


def frames(table):
    """Frames with the columns of instants as text."""
    for rows in table.parts:
        frame = to_frame(table.columns, rows)
        frame["utc"] = table.have["utc"].take(rows).text().astype("U24")
        yield frame


def pandas(table):
    """CSV of pandas, floats its own way."""
    return sum(len(frame.to_csv(index=False, lineterminator="\n")) for frame in frames(table))


def pandas_digits(table):
    """CSV of pandas, floats formatted to their digits first."""
    digits = {c.name: c.digits for c in table.columns if c.digits is not None}
    size = 0
    for frame in frames(table):
        for name, many in digits.items():
            frame[name] = frame[name].map(f"{{:.{many}f}}".format, na_action="ignore")
        size += len(frame.to_csv(index=False, lineterminator="\n"))
    return size


def arrow_table(table, rows, *, digits):
    """Some rows as a table of pyarrow; with digits, floats are decimals."""
    import pyarrow as pa

    found = pa.Table.from_pandas(next(frames(one(table, rows))), preserve_index=False)
    if digits:
        for at, column in enumerate(table.columns):
            if column.digits is not None:
                fixed = found.column(at).cast(pa.decimal128(28, column.digits))
                found = found.set_column(at, column.name, fixed)
    return found


def one(table, rows):
    """The same table with one part."""
    alone = object.__new__(Parts)
    alone.have, alone.columns, alone.parts = table.have, table.columns, [rows]
    return alone


def arrow_text(table, rows, *, digits):
    """Some rows as CSV of pyarrow."""
    import pyarrow as pa
    from pyarrow.csv import WriteOptions, write_csv

    out = pa.BufferOutputStream()
    how = WriteOptions(quoting_style="needed", quoting_header="needed")
    write_csv(arrow_table(table, rows, digits=digits), out, how)
    return out.getvalue()


def pyarrow(table):
    """CSV of pyarrow, floats its own way."""
    return sum(arrow_text(table, rows, digits=False).size for rows in table.parts)


def pyarrow_digits(table):
    """CSV of pyarrow, floats as decimals."""
    return sum(arrow_text(table, rows, digits=True).size for rows in table.parts)


def polars_text(table, rows, *, digits):
    """Some rows as CSV of polars."""
    import polars as pl

    text = table.have["utc"].take(rows).text().astype("U24").tolist()
    frame = pl.DataFrame(
        {
            column.name: text if column.name == "utc" else polars_values(column, rows)
            for column in table.columns
        }
    )
    if digits:
        frame = frame.with_columns(
            pl.col(column.name).cast(pl.Decimal(28, column.digits))
            for column in table.columns
            if column.digits is not None
        )
    out = io.BytesIO()
    frame.write_csv(out)
    return out.getvalue()


def polars_values(column, rows):
    """One column as polars takes it."""
    values = column.values(rows)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return to_frame([column], rows)[column.name].to_numpy()
    return values if isinstance(values, np.ndarray) else list(values)


def polars(table):
    """CSV of polars, floats its own way."""
    return sum(len(polars_text(table, rows, digits=False)) for rows in table.parts)


def polars_digits(table):
    """CSV of polars, floats as decimals."""
    return sum(len(polars_text(table, rows, digits=True)) for rows in table.parts)


def same_bytes(table, name):
    """Whether a peer writes what we write, on the first part; all round as we do before."""
    rows = table.parts[0]
    told = to_csv(table.columns, rows)
    if name in {"pandas", "pandas, digits"}:
        alone = one(table, rows)
        found = next(frames(alone))
        if name.endswith("digits"):
            for column in table.columns:
                if column.digits is not None:
                    found[column.name] = found[column.name].map(
                        f"{{:.{column.digits}f}}".format, na_action="ignore"
                    )
        wrote = found.to_csv(index=False, lineterminator="\n")
    else:
        text = arrow_text if name.startswith("pyarrow") else polars_text
        wrote = bytes(text(table, rows, digits=name.endswith("digits"))).decode()
    if wrote == told:
        return "the same bytes"
    plain = wrote.replace('"', "") == told.replace('"', "")
    return "the same but for quotes" if plain else "other bytes"


WAYS = {
    "cell by cell (0.1.0)": cell_by_cell,
    "ours": ours,
    "pandas": pandas,
    "pandas, digits": pandas_digits,
    "pyarrow": pyarrow,
    "pyarrow, digits": pyarrow_digits,
    "polars": polars,
    "polars, digits": polars_digits,
    "ours, JSON": ours_json,
    "ours, Parquet": ours_parquet,
}


def measure(name, rows):
    """Print CPU seconds, megabytes above the arrays, size and equality of one way."""
    table = Parts(rows)
    short = one(table, table.parts[0])
    short.parts = [table.parts[0][:1000]]
    WAYS[name](short)  # imports and tables of digits
    before = getrusage(RUSAGE_SELF).ru_maxrss
    taken = []
    for _ in range(1 if name.startswith("cell") else REPEATS):
        begin = time.process_time()
        size = WAYS[name](table)
        taken.append(time.process_time() - begin)
    more = getrusage(RUSAGE_SELF).ru_maxrss - before
    known = name.startswith(("ours", "cell"))
    equal = "" if known else f", {same_bytes(table, name)}"
    print(
        f"  {name:22} {sorted(taken)[len(taken) // 2]:7.2f} s CPU  {more / 1024:5.0f} MB above  "
        f"{size / 1e6:6.1f} MB written{equal}",
        flush=True,
    )


def processor():
    """Name the processor and how many of its cores there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")
    return f"{name}, {os.cpu_count()} cores"


def main() -> None:
    """Run every writer in a process of its own; or the one that is named."""
    if len(sys.argv) > 2:
        measure(sys.argv[1], int(sys.argv[2]))
        return
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    print(versions("numpy", "pandas", "pyarrow", "polars"))
    print(processor())
    print(f"series.csv, {rows:,} rows, {len(SERIES_COLUMNS)} columns:")
    for name in WAYS:
        peer = name.partition(",")[0] if "Parquet" not in name else "pyarrow"
        if peer in {"pyarrow", "polars"} and find_spec(peer) is None:
            print(f"  {name:22} not installed")
            continue
        subprocess.run([sys.executable, __file__, name, str(rows)], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
