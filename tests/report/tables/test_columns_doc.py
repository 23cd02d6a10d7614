"""The page of columns is the table of columns."""

from pathlib import Path

from satqkd.report.tables.columns_doc import columns_page, columns_table
from satqkd.report.tables.deliveries import KEY_COLUMNS
from satqkd.report.tables.joint import joint_columns
from satqkd.report.tables.passes import PASS_COLUMNS
from satqkd.report.tables.series import SERIES_COLUMNS
from satqkd.report.tables.sights import SIGHT_COLUMNS
from satqkd.report.tables.terrestrial import LINK_COLUMNS

PAGE = Path(__file__).parents[3] / "docs" / "columns.md"


def test_the_page_in_docs_is_up_to_date():
    """Make it anew with the command the page itself names."""
    assert PAGE.read_text(encoding="utf-8") == columns_page()


def test_every_column_is_described_in_one_sentence():
    """No cell of the table is broken, none is empty."""
    for column in (
        *PASS_COLUMNS,
        *SERIES_COLUMNS,
        *KEY_COLUMNS,
        *joint_columns(("one", "other")),
        *SIGHT_COLUMNS,
        *LINK_COLUMNS,
    ):
        assert column.description.endswith("."), column.name
        assert "|" not in column.description
        assert "\n" not in column.description


def test_a_table_has_a_line_a_column():
    """Beside its two header lines."""
    assert len(columns_table(PASS_COLUMNS).splitlines()) == len(PASS_COLUMNS) + 2
