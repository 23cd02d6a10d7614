"""The curves of a contact are those of series.csv, and so is what their cursor reads out."""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.network.pass_again import pass_again
from satqkd.report.export.csv import to_csv
from satqkd.report.handed_contacts import planned_mission
from satqkd.report.html.contact import contacts_of
from satqkd.report.html.contact_curves import contact_curves
from satqkd.report.html.curve_data import COLUMNS, MOST_ROWS, island
from satqkd.report.html.curve_limits import nearest_value, taken_spans
from satqkd.report.html.curves import by_cause, curves, used_spans
from satqkd.report.plan_folder import read_plan, rows_of
from satqkd.report.tables.series import SERIES_COLUMNS, series_report

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def plan(shipped):
    return read_plan(shipped)


@pytest.fixture(scope="module")
def one(plan):
    return max(contacts_of(plan), key=lambda own: own.bits if own.status == "scheduled" else 0)


@pytest.fixture(scope="module")
def rows(plan, one):
    return plan.series(one.row["pass_id"])


def test_causes_add_up_to_the_total_loss(rows):
    """Lines of series.csv are written to 0.001 dB: their sum is the total to half of that each."""
    for row in rows:
        lines = [c for c in row if c.endswith("_loss_db") and c != "total_loss_db"]
        assert sum(by_cause(row).values()) == pytest.approx(
            float(row["total_loss_db"]), abs=0.0005 * (len(lines) + 1)
        )


def test_a_loss_without_a_name_is_drawn_as_other():
    row = {"pointing_loss_db": "1.5", "smoke_loss_db": "2.5", "total_loss_db": "4.0"}
    assert by_cause(row)["other"] == 2.5
    assert by_cause(row)["pointing"] == 1.5


def test_the_script_holds_what_the_file_holds_digit_by_digit(rows):
    text = re.search(r"<script[^>]*>(.*)</script>", island(rows, name="d")).group(1)
    held = json.loads(text)
    for column in ("utc", *(name for name, _, _ in COLUMNS)):
        assert held[column].split(",") == [row[column] for row in rows]


def test_nothing_ends_the_script_early():
    evil = "</script><script>alert(1)</script>&\u2028"
    text = str(island([{"utc": evil, "elevation_deg": "1"}], name="d"))
    assert text.count("</script>") == 1
    assert json.loads(re.search(r">(.*)</script>", text).group(1))["utc"] == evil


def test_without_a_script_the_highest_sample_is_read_out(rows):
    page = curves(rows, name="c", label="x")
    top = max(rows, key=lambda row: float(row["elevation_deg"]))
    for column in ("utc", "azimuth_deg", "total_loss_db", "qber"):
        assert f'<output data-of="{column}">{top[column]}</output>' in page


def test_the_shaded_part_is_what_the_plan_flies(rows):
    """Its edges, in px of the drawing, are the first and last sample that series.csv says."""
    page = curves(rows, name="c", label="x")
    (begin, end), *_ = used_spans(rows)
    assert all(row["in_plan"] == "true" for row in rows[begin : end + 1])
    assert sum(row["in_plan"] == "true" for row in rows) == end - begin + 1
    x, wide = map(
        float, re.search(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*"inplan"', page).groups()
    )
    left, right = (float(own) for own in re.search(
        r'data-left="([\d.]+)" data-right="([\d.]+)"', page).groups())  # fmt: skip
    # samples lie a second apart but for the first and the last
    share = (begin + end) / 2 / (len(rows) - 1)
    assert x + wide / 2 == pytest.approx(left + (right - left) * share, abs=1.5)
    assert wide == pytest.approx((right - left) * (end - begin) / (len(rows) - 1), abs=2.0)


def test_higher_is_drawn_higher(rows):
    """The curve of the elevation rises to its top and falls: y falls, then rises."""
    page = curves(rows, name="c", label="x")
    moves = re.search(r'd="M([\d. -]+)" class="curve"', page).group(1).split()
    heights = list(map(float, moves[1::2]))
    top = heights.index(min(heights))
    assert all(a >= b for a, b in pairwise(heights[: top + 1]))
    assert all(a <= b for a, b in pairwise(heights[top:]))


def test_the_cursor_crosses_every_part_and_nothing_else(rows):
    """From the top of the first frame to the foot of the last."""
    drawn = str(curves(rows, name="c", label="x"))
    frames = [
        [
            float(one[1])
            for name in ("y", "height")
            if (one := re.search(rf' {name}="([^"]+)"', tag))
        ]
        for tag in re.findall(r'<rect[^>]*class="ground"[^>]*>', drawn)
    ]
    (cursor,) = re.findall(r'<line[^>]*class="cursor"[^>]*>', drawn)
    ends = [float(re.search(rf' {name}="([^"]+)"', cursor)[1]) for name in ("y1", "y2")]

    assert len(frames) == 5
    assert ends == [frames[0][0], sum(frames[-1])]


def test_the_table_beside_holds_values_of_the_file(rows):
    page = read(curves(rows, name="c", label="x"))
    body = [own for name, own in page.elements if own.get("data-col") == "utc"]
    assert 10 <= len(body) <= MOST_ROWS + 2
    known = {row["utc"] for row in rows}
    assert all(own["data-raw"] in known for own in body)


def test_no_style_and_no_handler(rows):
    page = read(curves(rows, name="c", label="<img onerror=x>"))
    assert page.of("img") == []
    for _, own in page.elements:
        assert not [name for name in own if name.startswith("on") or name == "style"]
    (script,) = page.of("script")
    assert script["type"] == "application/json"


def test_a_contact_that_series_lacks_says_how_to_get_it(plan):
    left = next(one for one in contacts_of(plan) if one.status == "rejected")
    page = contact_curves(plan, left, name="c")
    assert "not in this plan" in page
    assert f"satqkd link {left.row['pass_id']} --out" in page


def test_a_pass_that_is_followed_again_is_what_the_plan_wrote(plan, one, rows):
    """Cell by cell that of series.csv, which was made with all other passes of the mission."""
    mission = planned_mission(plan, mission=ROOT / "mission.yaml", stations=ROOT / "stations.yaml")
    row = one.row
    found = pass_again(
        mission.mission,
        satellite=row["satellite"],
        station=row["station"],
        pass_id=row["pass_id"],
        rise=one.rise,
        set_=one.set,
    )
    again = rows_of(to_csv(SERIES_COLUMNS, series_report(found)).encode())

    assert [{**row, "in_plan": ""} for row in again] == [{**row, "in_plan": ""} for row in rows]


def test_what_limits_take_is_drawn_and_said(rows):
    """Stretch by stretch, each with how near it comes; together all that no sample is usable of."""
    spans = list(taken_spans(rows))
    taken = {place for begin, end, _ in spans for place in range(begin, end + 1)}
    assert taken == {place for place, row in enumerate(rows) if row["obstacle"]}
    assert all(
        rows[begin]["obstacle"] == rows[end]["obstacle"] == name for begin, end, name in spans
    )
    assert {name for _, _, name in spans} == {"range"}
    begin, end, _ = spans[0]
    nearest = min(float(row["range_km"]) for row in rows[begin : end + 1])
    drawn = curves(rows, name="c", label="x")
    told = re.findall(r"out of range \((.*?) at best\)", drawn)
    assert re.sub(r"\D", "", told[0]) == f"{nearest:.0f}"
    assert "taken by a limit" in drawn


def test_a_sun_that_is_too_high_is_told_with_its_height():
    rows = [{"obstacle": "daylight", "sun_elevation_deg": str(10.0 - n)} for n in range(5)]
    assert list(taken_spans(rows)) == [(0, 4, "daylight")]
    assert nearest_value(rows, "daylight") == "Sun 6.0°"
    assert nearest_value(rows, "outage") == ""


def test_the_cursor_stays_small():
    text = (Path(__file__).parents[3] / "satqkd/report/html/cursor.js").read_text()
    assert len(text.splitlines()) <= 60
