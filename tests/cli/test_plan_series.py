"""``satqkd plan --series``: as what the second-by-second table is written."""

import json

LINE = "series.csv left out: 11,227 rows; --series csv writes it"


def test_a_series_that_is_left_out_is_said(satqkd, campaign):
    """On the terminal and in plan.json."""
    done = satqkd("plan", "--series", "none", "--samples", "0", "--pictures", "none", cwd=campaign)

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == LINE
    assert not (campaign / "plan" / "series.csv").exists()
    told = json.loads((campaign / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert told["series"] == LINE
    assert "series.csv" not in told["files"]


def test_an_unknown_form_is_refused_with_those_that_are_known(satqkd, campaign):
    """Before anything is written."""
    done = satqkd("plan", "--series", "xml", cwd=campaign)

    assert done.returncode == 2
    assert done.stderr == "--series: 'xml' is not known\n  fix: write csv, parquet or none\n"
    assert not (campaign / "plan").exists()
