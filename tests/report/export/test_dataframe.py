"""Data frames for notebooks, without the cost for everyone else."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from satqkd.passes.instants import Instants
from satqkd.report.export.dataframe import to_frame
from satqkd.report.tables.column import Column, Masked, nothing
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.series import SERIES_COLUMNS

SOME = np.array([True, False, True])


def frame(values, unit="", digits=None):
    return to_frame([Column("x", unit, "", lambda _: values, digits=digits)], None)["x"]


def test_a_frame_has_a_row_a_pass_and_numbers_in_number_columns(plan):
    """Absent values are missing values."""
    frame = to_frame(PASS_COLUMNS, pass_report(plan.forecast, plan=plan))

    assert frame.shape == (len(plan.forecast.passes), len(PASS_COLUMNS))
    assert frame["secure_bits"].dtype.kind == "i"
    assert frame["loss_min_db"].dtype.kind == "f"
    assert frame["loss_min_db"].isna().sum() == 1


def test_instants_are_datetimes_in_utc(plan, scheduled_series):
    """Whether a table gives them as text or as whole numbers."""
    passes = to_frame(PASS_COLUMNS, pass_report(plan.forecast, plan=plan))
    series = to_frame(SERIES_COLUMNS, scheduled_series(plan))

    assert passes["rise_utc"].dtype == series["utc"].dtype == "datetime64[us, UTC]"
    rise = plan.forecast.timebase.iso(plan.forecast.passes.rise_s)
    assert sorted(passes["rise_utc"]) == sorted(map(pd.Timestamp, rise))
    assert series["utc"].isin(passes["rise_utc"]).any()


def test_missing_instants_and_leap_seconds_have_their_places():
    """Pandas knows no second 60."""
    moments = Instants(day=np.array([57_753] * 3), tick=np.array([86_400, 0, 1]), digits=0)
    told = [pd.Timestamp("2017-01-01T00:00:00Z"), pd.NaT, pd.Timestamp("2016-12-31T00:00:01Z")]

    for values in (Masked(moments, SOME), Masked(moments, SOME).tolist()):
        assert frame(values, "UTC").tolist() == told


def test_a_text_that_is_no_instant_is_refused():
    """A local time among UTC, say."""
    with pytest.raises(ValueError, match="no instant in UTC"):
        frame(["2017-01-01T08:00:00+08:00"], "UTC")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (Masked(np.array([1, 2, 2**62]), SOME), "Int64"),
        ([1, None, 2**62], "Int64"),
        (Masked(np.array([True, False, False]), SOME), "boolean"),
        (Masked(np.array([0.5, np.nan, 1.25]), SOME), "float64"),
        (nothing(3), "float64"),
        (np.array([1, 2, 3]), "int64"),
        (["a", None, "b"], "str"),
    ],
)
def test_missing_values_leave_numbers_what_they_are(values, kind):
    """Whole numbers stay whole, flags flags."""
    found = frame(values, digits=1 if kind == "float64" else None)

    assert found.dtype == kind
    assert found.isna().tolist() == [value is None for value in list(values)]
    told = [value for value in list(values) if value is not None]
    assert found.dropna().tolist() == [
        round(value, 1) if isinstance(value, float) else value for value in told
    ]


def test_pandas_is_not_imported_before_it_is_needed():
    """Importing the module costs no third of a second."""
    code = "import sys, satqkd.report.export.dataframe; sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
