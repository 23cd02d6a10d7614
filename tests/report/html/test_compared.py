"""Two plans over each other: what is drawn and listed is what the comparison says."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.report.compare import Change, Comparison, Delivered, compare
from satqkd.report.html.changes import changes, pairs_compared
from satqkd.report.html.compared import (
    compare_timeline,
    compared_figures,
    compared_title,
    outages_of,
)
from satqkd.report.html.contact import zones_of
from satqkd.report.plan_folder import PlanFolder, read_plan

BEGIN = datetime(2016, 12, 19, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)>"


def change(what, hour, before, after, *, stations=("A",), why=""):
    return Change(
        contact_key=f"s-{stations[0]}-{hour}", satellite="S", stations=stations, what=what,
        begins=BEGIN + timedelta(hours=hour), shift_s=None, bits_before=before,
        bits_after=after, why=why,
    )  # fmt: skip


def plan_of(stations=("A", "B"), outages=(), days=2):
    models = [{"name": one, "site": {"outages": []}} for one in stations]
    models[0]["site"]["outages"] = list(outages)
    window = {
        "start_utc": "2016-12-19T00:00:00Z",
        "end_utc": (BEGIN + timedelta(days=days)).isoformat(),
    }
    tables = dict.fromkeys(("passes.csv", "together.csv", "keys.csv", "nights.csv"), ())
    manifest = {"files": {}, "models": {"stations": models}, "window": window}
    return PlanFolder(path=Path("p"), manifest=manifest, tables=tables)


def compared(*own, after=None, delivered=()):
    return Comparison(
        before=plan_of(), after=after or plan_of(), changes=own, delivered=tuple(delivered)
    )


CHANGES = (
    change("past", -5, 900, 0),
    change("kept", 5, 500, 500),
    change("dropped", 17, 1000, 0, why="banned: by the mission"),
    change("added", 18, 0, 3000, stations=("B",), why="frees its time"),
    change("cut", 20, 800, 600, why="satellite serves A"),
)


def drawn(found):
    page = compare_timeline(found, name="ct")
    return page[: page.index("</svg>")]


def test_each_contact_stands_where_it_is_flown():
    """Grey in both rows; what A alone flies only in the upper, what B alone in the lower."""
    page = drawn(compared(*CHANGES))
    assert [page.count(f'class="{kind}"') for kind in ("both", "only-a", "only-b")] == [4, 1, 1]
    upper = float(re.search(r'y="([\d.]+)"[^>]*"only-a"', page).group(1))
    lower = float(re.search(r'y="([\d.]+)"[^>]*"only-b"', page).group(1))
    assert 22.0 < upper < 42.0  # row of A: 22 to 62, upper half
    assert 82.0 < lower < 102.0  # row of B: 62 to 102, lower half
    for words in ("\u22121.0", "+3.0", "\u22120.2"):
        assert f">{words}</text>" in page


def test_a_joint_contact_is_tied_over_both_rows_of_each_plan():
    joint = change("kept", 5, 9, 9, stations=("A", "B"))
    page = drawn(compared(joint))
    assert (page.count('"both"'), page.count('class="tie"')) == (4, 2)
    only = change("added", 5, 0, 9, stations=("A", "B"))
    assert drawn(compared(only)).count('class="tie"') == 1


def test_a_station_that_is_out_is_hatched_from_when_to_when():
    """Six hours of two days on 912 px are 114 px."""
    out = {"from_": "2016-12-19T12:00:00Z", "to": "2016-12-19T18:00:00Z", "why": "motor"}
    page = drawn(compared(*CHANGES, after=plan_of(outages=[out])))
    (wide,) = re.findall(r'width="([\d.]+)"[^>]*class="out"', page)
    assert float(wide) == pytest.approx(912.0 / 8.0, abs=0.06)
    assert page.count('class="hatch"') > 5
    assert list(outages_of(plan_of(outages=[{"from_": "datetime", "to": "datetime"}]), "A")) == []


def test_a_long_plan_is_not_drawn():
    page = compare_timeline(compared(after=plan_of(days=60)), name="ct")
    assert "<svg" not in page
    assert "not drawn" in page


def test_changes_are_listed_with_their_key_and_cause():
    page = read(changes(compared(*CHANGES), {}))
    said = [own["data-raw"] for _, own in page.elements if own.get("data-col") == "bits"]
    assert said == ["-1000", "3000", "-200"]
    assert "banned: by the mission" in page.text
    assert "kept" not in page.text
    every = read(changes(compared(*CHANGES), {}, every=True))
    assert sum(own.get("data-col") == "bits" for _, own in every.elements) == len(CHANGES)


def test_buttons_stand_only_where_the_page_has_them():
    from markupsafe import Markup  # noqa: PLC0415

    page = changes(compared(*CHANGES), {}, act=lambda _: Markup("<b></b>"))
    assert page.count("<b>") == 3
    assert ">Do</th>" in page
    assert ">Do</th>" not in changes(compared(*CHANGES), {})


def test_figures_and_title_are_the_sums_of_the_pairs():
    pairs = [
        Delivered(satellite="S", station_a="A", station_b="B", bits_before=4000, bits_after=0),
        Delivered(satellite="S", station_a="A", station_b="C", bits_before=1000, bits_after=6000),
    ]
    found = compared(*CHANGES, delivered=pairs)
    assert compared_title(found) == "B delivers 1.00 kbit more: 5.00 kbit → 6.00 kbit"
    figures = read(compared_figures(found)).text
    for words in ("2 → 1 of 2", "+20 %", "none for A – B", "3 → 3", "1 kept, 1 cut"):
        assert words in figures
    page = read(pairs_compared(found))
    raw = [own["data-raw"] for _, own in page.elements if "data-raw" in own]
    assert raw == ["4000", "0", "1000", "6000"]
    assert "+1.0" in page.text


def test_a_plan_against_itself_changes_nothing(shipped):
    plan = read_plan(shipped)
    found = compare(plan, plan)
    flown = sum(row["status"] == "scheduled" for row in plan.passes)
    page = compare_timeline(found, name="ct")
    assert page[: page.index("</svg>")].count('class="both"') == 2 * flown
    assert "No contact changes" in changes(found, zones_of(plan))
    assert compared_title(found).startswith("Plan B is plan A")


def test_hostile_names_stay_words():
    found = Comparison(
        before=plan_of((EVIL, "B")), after=plan_of((EVIL, "L" * 5000)),
        changes=(change("added", 5, 0, 9, stations=(EVIL,), why=EVIL),),
        delivered=(Delivered(satellite=EVIL, station_a=EVIL, station_b="\u202ex", bits_before=1,
                             bits_after=0),),
    )  # fmt: skip
    parts = (
        compare_timeline(found, name="ct"), changes(found, {}), pairs_compared(found),
        compared_figures(found),
    )  # fmt: skip
    for part in parts:
        page = read(part)
        assert page.of("img") == []
        assert "\u202e" not in page.text
