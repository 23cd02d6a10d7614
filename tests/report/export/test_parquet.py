"""Parquet holds what the CSV holds, with kinds, units and meanings."""

import json
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from satqkd.errors import SatqkdError
from satqkd.passes.instants import Instants
from satqkd.report.export import parquet
from satqkd.report.export.folder import write_folder
from satqkd.report.export.json import records
from satqkd.report.export.parquet import to_parquet
from satqkd.report.export.series_files import series_choice, series_file
from satqkd.report.tables import series as series_table
from satqkd.report.tables.column import Column, Labels, Masked, nothing
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.series import SERIES_COLUMNS, series_parts


def test_without_pyarrow_the_way_to_mend_it_is_said(monkeypatch, tmp_path):
    """In place of a traceback; nothing is written."""
    monkeypatch.setattr(parquet, "find_spec", lambda _: None)

    with pytest.raises(SatqkdError, match=r"pip install 'satqkd\[parquet\]'"):
        to_parquet(PASS_COLUMNS, [], tmp_path / "passes.parquet")
    assert list(tmp_path.iterdir()) == []


def test_pyarrow_is_not_imported_before_it_is_needed():
    """Nor asked for."""
    code = "import sys, satqkd.report.export.parquet; sys.exit('pyarrow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestWithPyarrow:
    @pytest.fixture(autouse=True)
    def pq(self):
        return import_module("pyarrow.parquet")

    def test_rows_are_those_of_the_json(self, pq, plan, scheduled_series, tmp_path):
        """Instants as timestamps, what is missing null."""
        for columns, report in (
            (PASS_COLUMNS, pass_report(plan.forecast, plan=plan)),
            (SERIES_COLUMNS, scheduled_series(plan)),
        ):
            to_parquet(columns, [report], tmp_path / "table.parquet")
            found = pq.read_table(tmp_path / "table.parquet").to_pylist()
            told = json.loads(json.dumps(records(columns, report)))
            utc = {column.name for column in columns if column.unit == "UTC"}

            for row, want in zip(found, told, strict=True):
                for name, value in want.items():
                    if name in utc and value is not None:
                        shown = row[name].isoformat(timespec="milliseconds")
                        assert shown == value.replace("Z", "+00:00")
                    else:
                        assert row[name] == value, name

    def test_columns_carry_unit_and_meaning(self, pq, plan, scheduled_series, tmp_path):
        """So that the file explains itself."""
        to_parquet(SERIES_COLUMNS, [scheduled_series(plan)], tmp_path / "s.parquet")
        schema = pq.read_schema(tmp_path / "s.parquet")

        assert str(schema.field("utc").type) == "timestamp[us, tz=UTC]"
        assert schema.field("usable").type == "bool"
        for column in SERIES_COLUMNS:
            said = schema.field(column.name).metadata
            assert said[b"unit"].decode() == column.unit
            assert said[b"description"].decode() == column.description

    def test_a_series_is_written_part_by_part(
        self, pq, plan, scheduled_series, tmp_path, monkeypatch
    ):
        """A group of rows each, in a folder with its hash."""
        monkeypatch.setattr(series_table, "SAMPLES_AT_ONCE", 10)
        files = series_file(series_choice(0, "parquet"), series_parts(plan))
        write_folder(tmp_path / "plan", files)
        read = pq.ParquetFile(tmp_path / "plan" / "series.parquet")

        assert read.num_row_groups == 2
        assert read.metadata.num_rows == scheduled_series(plan).size

    def test_a_table_without_rows_has_its_columns(self, pq, make_plan, tmp_path):
        """Instants among them."""
        to_parquet(SERIES_COLUMNS, series_parts(make_plan(())), tmp_path / "s.parquet")
        found = pq.read_table(tmp_path / "s.parquet")

        assert found.num_rows == 0
        assert found.column_names == [column.name for column in SERIES_COLUMNS]

    def test_every_kind_of_column_is_kept(self, pq, tmp_path):
        """Missing cells, columns that say nothing, mixtures of numbers, a leap second."""
        some = np.array([True, False])
        leap = Instants(day=np.array([57_753] * 2), tick=np.array([86_400, 0]), digits=0)
        values = {
            "bits": ("bit", None, Masked(np.array([2**62, 7]), some), [2**62, None]),
            "none": ("bit", None, nothing(2), [None, None]),
            "flag": ("", None, [True, None], [True, None]),
            "text": ("", None, Labels(np.array([0, -1]), ["a", ""]), ["a", ""]),
            "loss": ("dB", 1, Masked(np.array([0.25, np.nan]), some), [0.2, None]),
            "mixed": ("", 2, [1, 2.345], [1.0, 2.35]),
            "words": ("", None, [1, "a"], ["1", "a"]),
            "utc": ("UTC", None, Masked(leap, some), ["2017-01-01 00:00:00+00:00", "None"]),
        }
        columns = [
            Column(name, unit, "", lambda _, given=given: given, digits=digits)
            for name, (unit, digits, given, _) in values.items()
        ]
        to_parquet(columns, [None], tmp_path / "t.parquet")
        found = pq.read_table(tmp_path / "t.parquet").to_pydict()
        found["utc"] = [str(moment) for moment in found["utc"]]

        assert found == {name: told for name, (_, _, _, told) in values.items()}

    def test_a_later_part_of_another_kind_is_refused_by_name(self, tmp_path):
        """Rather than a file that no program can read."""
        column = Column("bits", "bit", "", lambda source: source)

        with pytest.raises(ValueError, match="column bits"):
            to_parquet([column], [[1, 2], ["many"]], tmp_path / "t.parquet")
        assert list(tmp_path.iterdir()) == []
