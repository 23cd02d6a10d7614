"""A plan becomes a folder of files and one JSON document of the same content."""

import json

import pytest

from satqkd.errors import SatqkdError
from satqkd.report.export import parquet, series_files
from satqkd.report.export.csv import to_csv
from satqkd.report.export.folder import write_folder
from satqkd.report.export.json import records, strict_json
from satqkd.report.export.plan_files import plan_files, plan_json, plan_manifest
from satqkd.report.export.series_files import MOST_ROWS, require_series, series_choice
from satqkd.report.pictures.plan import plan_pictures
from satqkd.report.tables import series as series_table
from satqkd.report.tables.deliveries import KEY_COLUMNS, key_report
from satqkd.report.tables.nights import NIGHT_COLUMNS, night_report
from satqkd.report.tables.passes import PLANNED_PASS_COLUMNS, pass_report
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report
from satqkd.report.tables.planned_windows import PLANNED_WINDOW_COLUMNS, planned_windows
from satqkd.report.tables.series import (
    PLANNED_SERIES_COLUMNS,
    series_parts,
    series_rows,
)
from satqkd.report.tables.timed_deliveries import TIMED_DELIVERY_COLUMNS, delivery_report

CSV = series_choice(0, "csv")
TABLES = {"passes.csv", "blocks.csv", "deliveries.csv", "keys.csv", "nights.csv"}
PICTURES = {"timeline.png", "sky.png", "loss.png", "key.png", "blocks.png", "pairs.png"}
NAMES = TABLES | PICTURES


def contents(files):
    return {
        name: content if isinstance(content, str | bytes) else b"".join(content)
        for name, content in files.items()
    }


def test_the_folder_holds_tables_pictures_and_the_manifest(plan, tmp_path):
    """And may be written twice."""
    for _ in range(2):
        write_folder(
            tmp_path / "plan",
            {**plan_files(plan, CSV), **plan_pictures(plan)},
            provenance=plan_manifest(plan, CSV, warnings=["old elements"]),
        )

    found = {entry.name for entry in (tmp_path / "plan").iterdir()}
    assert found == NAMES | {"series.csv", "plan.json"}
    told = json.loads((tmp_path / "plan" / "plan.json").read_bytes())
    assert set(told["files"]) == NAMES | {"series.csv"}
    assert told["warnings"] == ["old elements"]
    assert "series" not in told


def test_the_same_plan_gives_the_same_folder(make_plan):
    """Byte for byte."""
    assert contents(plan_files(make_plan(), CSV)) == contents(plan_files(make_plan(), CSV))
    assert plan_pictures(make_plan()) == plan_pictures(make_plan())


@pytest.mark.parametrize("chosen", [None, ()])
def test_the_document_is_that_of_the_records(make_plan, scheduled_series, chosen):
    """Also when there is no pass at all, whatever the pieces it comes in."""
    plan = make_plan() if chosen is None else make_plan(chosen)
    told = {
        "plan": plan_manifest(plan, CSV),
        "passes": records(PLANNED_PASS_COLUMNS, pass_report(plan.forecast, plan=plan)),
        "series": records(PLANNED_SERIES_COLUMNS, scheduled_series(plan)),
        "together": records(PLANNED_WINDOW_COLUMNS, planned_windows(plan)),
        "deliveries": records(TIMED_DELIVERY_COLUMNS, delivery_report(plan)),
        "blocks": records(PLANNED_BLOCK_COLUMNS, block_report(plan)),
        "keys": records(KEY_COLUMNS, key_report(plan)),
        "nights": records(NIGHT_COLUMNS, night_report(plan)),
    }

    assert b"".join(plan_json(plan, CSV)).decode() == strict_json(told)


class TestSeries:
    @pytest.mark.parametrize(
        ("rows", "asked", "form"),
        [
            (MOST_ROWS, None, "csv"),
            (MOST_ROWS + 1, None, "none"),
            (MOST_ROWS + 1, "csv", "csv"),
            (MOST_ROWS + 1, "parquet", "parquet"),
            (1, "none", "none"),
            (1, "parquet", "parquet"),
        ],
    )
    def test_a_long_one_is_written_only_when_asked_for(self, rows, asked, form):
        """A short one unless asked not to."""
        assert series_choice(rows, asked).form == form

    def test_one_that_is_left_out_says_so(self, plan):
        """On the terminal, in plan.json and by its absence from files and document."""
        choice = series_choice(1_234_567, None)
        line = "series.csv left out: 1,234,567 rows; --series csv writes it"

        assert choice.left_out == line
        assert set(plan_files(plan, choice)) | set(plan_pictures(plan)) == NAMES
        assert plan_manifest(plan, choice)["series"] == line
        document = json.loads(b"".join(plan_json(plan, choice)))
        assert "series" not in document
        assert document["plan"]["series"] == line
        assert series_choice(1, "csv").left_out is None

    @pytest.mark.parametrize("at_once", [1, 10, 1000, 10**6])
    def test_parts_join_to_the_whole(self, make_plan, scheduled_series, monkeypatch, at_once):
        """However few samples are filled at a time, in order of rise and not of stations."""
        plan = make_plan(None, stations=("Xinglong", "Nanshan"), satellites=("LEO-1",), days=2.0)
        whole = to_csv(PLANNED_SERIES_COLUMNS, scheduled_series(plan))
        monkeypatch.setattr(series_table, "SAMPLES_AT_ONCE", at_once)
        parts = list(series_parts(plan))

        assert len(plan.scheduled_key) == 12
        assert len(parts) == {1: 12, 10: 12, 1000: 6, 10**6: 1}[at_once]
        assert b"".join(series_files.series_chunks(parts)).decode() == whole
        assert series_rows(plan) == whole.count("\n") - 1

    def test_parquet_without_pyarrow_is_refused_before_any_work(self, monkeypatch):
        """With the way to mend it."""
        monkeypatch.setattr(parquet, "find_spec", lambda _: None)

        require_series("csv")
        with pytest.raises(SatqkdError, match=r"pip install 'satqkd\[parquet\]'"):
            require_series("parquet")
