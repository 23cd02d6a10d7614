"""Data frames for notebooks, without the cost for everyone else."""

import subprocess
import sys

from satqkd.report.export.dataframe import to_frame
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report


def test_a_frame_has_a_row_a_pass_and_numbers_in_number_columns(plan):
    """Absent values are missing values."""
    frame = to_frame(PASS_COLUMNS, pass_report(plan.forecast, plan=plan))

    assert frame.shape == (len(plan.forecast.passes), len(PASS_COLUMNS))
    assert frame["secure_bits"].dtype.kind == "i"
    assert frame["loss_min_db"].dtype.kind == "f"
    assert frame["loss_min_db"].isna().sum() == 1


def test_pandas_is_not_imported_before_it_is_needed():
    """Importing the module costs no third of a second."""
    code = "import sys, satqkd.report.export.dataframe; sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
