"""On which clock instants are shown: said in every table, also in the night it is put back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from satqkd.report.html.night import run_sheet_table
from satqkd.report.html.written import time_cell
from satqkd.report.run_sheet import Step

BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
"""European summer time ends: the last Sunday of October, 01:00 UTC (2000/84/EC)."""


def sheet_of(minutes, zone):
    steps = [
        Step(event="rise", utc=BACK + timedelta(minutes=n), azimuth_deg=None, elevation_deg=None,
             loss_db=None)
        for n in minutes
    ]  # fmt: skip
    text = str(run_sheet_table(steps, zone, steps[0].utc, label="a contact"))
    heads = re.findall(r'<th scope="col" class="\w">(.*?)</th>', text)
    return heads, re.findall(r'<td class="n soft">(.*?)</td>', text)


def test_a_run_sheet_over_the_change_says_which_clock_each_step_is_on():
    """Five minutes before 02:55 becomes 02:00, and ten after; 00:55 UTC is not 01:05 UTC."""
    heads, local = sheet_of((-5, 10), "Europe/Berlin")
    assert heads[2] == "station time"
    assert local == ["02:55:00 UTC+2", "02:10:00 UTC+1"]


@pytest.mark.parametrize(
    ("minutes", "zone", "said", "shown"),
    [
        ((-90, -70), "Europe/Berlin", "UTC+2", ["01:30:00", "01:50:00"]),
        ((90, 100), "Europe/Berlin", "UTC+1", ["03:30:00", "03:40:00"]),
        ((-5, 10), "Asia/Shanghai", "UTC+8", ["08:55:00", "09:10:00"]),
    ],
)
def test_any_other_says_it_once(minutes, zone, said, shown):
    heads, local = sheet_of(minutes, zone)
    assert (heads[2], local) == (said, shown)


@pytest.mark.parametrize(
    ("hour", "form", "shown"),
    [
        (-1, "time", "02:00:00 UTC+2"), (0, "minute", "02:00 UTC+1"),
        (0, "both", "Sun 25 Oct 02:00 UTC+1"), (0, "day", "Sun 25 Oct"), (1, "time", "03:00:00"),
    ],
)  # fmt: skip
def test_an_hour_that_comes_twice_is_told_apart(hour, form, shown):
    text = f"{BACK + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}"
    assert f'<span class="l">{shown}</span>' in time_cell(
        text, ZoneInfo("Europe/Berlin"), form=form
    )


def unsaid(page):
    """Headings of columns with instants that do not say on which clock they are."""
    found = set()
    for one in re.findall(r"<table.*?</table>", page, re.DOTALL):
        head, _, body = one.partition("</thead>")
        heads = re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)
        for row in re.findall(r"<tr.*?</tr>", body.partition("<tfoot")[0], re.DOTALL):
            cells = re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row, re.DOTALL)
            instants = (n for n, cell in enumerate(cells) if "<time" in cell)
            found |= {heads[n] for n in instants if "UTC" not in heads[n]}
    return found


def test_every_table_with_instants_says_their_clock(shipped):
    page = (shipped / "report.html").read_text(encoding="utf-8")
    assert page.count("<time") > 100
    assert unsaid(page) == set()
