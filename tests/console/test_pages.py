"""Every page opens, whatever the plan lacks, and shows names as text."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from satqkd.report.html.losses import losses_title
from satqkd.report.plan_folder import read_plan

PATHS = ("/", "/week", "/losses", "/pairs", "/log", "/plans", "/export", "/help")
DAY = datetime(2016, 12, 19, 12, 0, tzinfo=UTC)


class Seen(HTMLParser):
    """Elements of a page, and what stands in its title."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.titles = [], [], []
        self._open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self._open.append(tag)

    def handle_data(self, data):
        if self._open and self._open[-1] == "h1":
            self.titles.append(data)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass


def rows_of(folder, name="passes.csv"):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def copied(mission_folder, tmp_path):
    """A copy of the small mission and its plan, to be changed."""
    shutil.copytree(mission_folder, tmp_path / "m")
    return tmp_path / "m"


def rewritten(folder, changes, *, without=(), columns=()):
    """Change cells of passes.csv, leave out tables and columns, and mend the hashes."""
    plan = folder / "plan"
    rows = rows_of(plan)
    kept = [name for name in rows[0] if name not in columns]
    with (plan / "passes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(changes(row) for row in rows)
    told = json.loads((plan / "plan.json").read_text())
    for name in without:
        (plan / name).unlink()
        told["files"].pop(name)
    told["files"]["passes.csv"] = hashlib.sha256((plan / "passes.csv").read_bytes()).hexdigest()
    return plan / "plan.json", told


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_one_title_landmarks_and_nothing_inline(browser, path):
    answer = browser.get(path)
    seen = Seen(answer.text)
    assert answer.status_code == 200
    assert seen.tags.count("h1") == 1
    assert {"header", "nav", "main", "footer"} <= set(seen.tags)
    assert "".join(seen.titles).strip()
    scripts = [value for tag, name, value in seen.attributes if tag == "script" and name == "src"]
    assert scripts == ["/static/desk.js"] * seen.tags.count("script")
    assert "style" not in seen.tags
    assert not [one for one in seen.attributes if one[1] == "style" or one[1].startswith("on")]
    fetched = [value for _, name, value in seen.attributes if name in {"src", "href", "action"}]
    assert all(value.startswith(("/", "#")) for value in fetched)


@pytest.mark.parametrize("path", ["/week", "/losses"])
def test_numbers_of_a_page_are_those_of_the_file(browser, mission_folder, path):
    rows = rows_of(mission_folder / "plan")
    text = browser.get(path).text
    found = 0
    for number, inside in re.findall(r'<tr data-row="(\d+)">(.*?)</tr>', text, re.DOTALL):
        cells = re.findall(r'data-col="([^"]+)" data-raw="([^"]*)"', inside)
        if "pass_id" not in text or not set(dict(cells)) <= set(rows[0]):
            continue  # a table of another file
        assert {name: rows[int(number) - 1][name] for name, _ in cells} == {
            name: value.replace("&#39;", "'").replace("&#34;", '"') for name, value in cells
        }
        found += 1
    assert found or "data-table" in text


def test_tonight_is_what_the_command_says(browser, mission_folder):
    """Contacts, in their order, and the page of each."""
    text = browser.get("/").text
    wanted = [row for row in rows_of(mission_folder / "plan") if row["status"] == "scheduled"]
    shown = re.findall(r'data-contact="([^"]+)"', text)
    assert shown == [row["contact_key"] for row in sorted(wanted, key=lambda r: r["rise_utc"])]
    for key in shown:
        assert browser.get(f"/pass/{key}").status_code == 200


def test_every_contact_has_its_page(browser, mission_folder):
    for row in rows_of(mission_folder / "plan"):
        answer = browser.get(f"/pass/{row['contact_key']}")
        assert answer.status_code == 200
        raw = dict(re.findall(r'data-col="([^"]+)" data-raw="([^"]*)"', answer.text))
        assert raw["secure_bits"] == row["secure_bits"]


def test_a_contact_that_is_not_flown_has_its_curves(browser, mission_folder):
    """Followed again from the mission's files; of a pass by day the Sun takes all of it."""
    rows = rows_of(mission_folder / "plan")
    daylight = next(row for row in rows if row["limit"] == "daylight")
    page = browser.get(f"/pass/{daylight['contact_key']}").text
    assert "data-cursor" in page
    assert "taken by a limit" in page
    assert "daylight: Sun " in page
    assert "no part could make key" in page


def test_curves_of_other_files_are_not_drawn(copied, desk_of, browser_of):
    """They would be of another mission than the plan; the page says so and shows the rest."""
    rows = rows_of(copied / "plan")
    left = next(row for row in rows if row["status"] == "rejected")
    with (copied / "stations.yaml").open("a", encoding="utf-8") as file:
        file.write("# later\n")
    page = browser_of(desk_of(copied)).get(f"/pass/{left['contact_key']}").text
    assert "data-cursor" not in page
    assert "has changed since the plan" in page
    assert str(copied) not in page


def test_nothing_is_offered_of_what_is_past(mission_folder, desk_of, browser_of):
    """A contact that has risen can be neither pinned nor banned."""
    rows = [row for row in rows_of(mission_folder / "plan") if row["contact_key"]]
    first = min(rows, key=lambda row: row["rise_utc"])
    at = datetime.fromisoformat(first["rise_utc"])
    for now, offered in ((at - timedelta(seconds=1), True), (at, False)):
        page = browser_of(desk_of(mission_folder, now=now)).get(f"/pass/{first['contact_key']}")
        assert ('action="/draft/pin"' in page.text) is offered


@pytest.mark.parametrize(
    "path", ["/nope", "/pass/none-such", "/pass/..%2f..%2fetc%2fpasswd", "/compare?a=x&b=y"]
)
def test_what_is_not_there_is_said_on_a_page_that_leads_on(browser, path):
    answer = browser.get(path)
    seen = Seen(answer.text)
    assert answer.status_code == 404
    assert seen.titles == ["There is no such page here"]
    assert {"/", "/week", "/plans"} <= {
        value for tag, name, value in seen.attributes if (tag, name) == ("a", "href")
    }


def test_losses_say_one_sum(browser, mission_folder):
    """The title is what the bars below add up to."""
    title = losses_title(read_plan(mission_folder / "plan"))
    assert f"<h1>{title}</h1>" in browser.get("/losses").text


def test_of_what_is_not_flown_nothing_is_counted_on(browser, mission_folder):
    for row in rows_of(mission_folder / "plan"):
        text = browser.get(f"/pass/{row['contact_key']}").text
        flown = row["status"] == "scheduled"
        assert ("counted on" in text) == flown
        assert bool(re.search("<h1>[^<]*: not flown</h1>", text)) != flown
        assert "which has no series.csv" not in text


def test_the_script_and_the_sheet_are_small(browser):
    assert len(browser.get("/static/desk.js").content) <= 15_000
    assert len(browser.get("/static/desk.css").content) <= 20_000


def test_looks_come_from_the_list_alone(browser):
    browser.cookies.set("desk-look", "local.night")
    text = browser.get("/week").text
    assert 'id="tz-local" checked' in text
    assert 'id="th-night" checked' in text
    browser.cookies.set("desk-look", "<b>.<i>")
    assert 'id="tz-utc" checked' in browser.get("/week").text


def test_no_plan_says_how_to_make_one(tmp_path, desk_of, browser_of):
    for path in PATHS[:-1]:
        answer = browser_of(desk_of(tmp_path)).get(path)
        assert answer.status_code == 200
        assert "No plan yet" in answer.text
        assert "satqkd plan" in answer.text


def test_a_table_that_was_changed_is_not_shown(copied, desk_of, browser_of):
    own = browser_of(desk_of(copied))
    assert own.get("/week").status_code == 200
    with (copied / "plan" / "passes.csv").open("a") as file:
        file.write("\n")
    answer = own.get("/week")
    assert answer.status_code == 409
    assert "passes.csv is not what plan.json says" in answer.text
    assert str(copied) not in answer.text
    assert "data-raw" not in answer.text


def test_a_plan_of_another_mission_is_refused(mission_folder, desk_of, browser_of):
    answer = browser_of(desk_of(mission_folder, mission_name="Other")).get("/")
    assert answer.status_code == 409
    assert "Micius over China" in answer.text
    assert "Other" in answer.text


def test_a_plan_that_ended_says_so(mission_folder, desk_of, browser_of):
    own = browser_of(desk_of(mission_folder, now=DAY + timedelta(days=9)))
    assert "ended 8 days ago" in own.get("/").text
    for path in PATHS:
        assert own.get(path).status_code == 200


def test_before_the_plan_begins_the_first_night_is_shown(mission_folder, desk_of, browser_of):
    own = browser_of(desk_of(mission_folder, now=DAY - timedelta(days=9)))
    assert "data-contact" in own.get("/").text


def test_after_the_last_contact_tonight_is_over(mission_folder, desk_of, browser_of):
    own = browser_of(desk_of(mission_folder, now=datetime(2016, 12, 19, 23, 30, tzinfo=UTC)))
    assert "none after it in this plan" in own.get("/").text


def test_nothing_scheduled_says_what_became_of_the_contacts(copied, desk_of, browser_of):
    def nothing(row):
        return row | {"status": "rejected", "planned_bits": "0"}

    path, told = rewritten(copied, nothing)
    path.write_text(json.dumps(told))
    own = browser_of(desk_of(copied))
    assert "Nothing is scheduled" in own.get("/").text
    for address in PATHS:
        assert own.get(address).status_code == 200


def test_a_plan_of_an_older_version_opens(copied, desk_of, browser_of):
    """Its manifest says files, mission and little else; its tables have fewer columns."""
    newer = ("contact_key", "clashes_with", "limit", "limit_value", "reached_value",
             "bits_at_stake", "change_needed", "pin", "scheduled_start_utc",
             "scheduled_end_utc")  # fmt: skip
    path, told = rewritten(
        copied, lambda row: row, without=("nights.csv", "deliveries.csv", "blocks.csv"),
        columns=newer,
    )  # fmt: skip
    path.write_text(json.dumps({"files": told["files"], "mission": told["mission"]}))
    own = browser_of(desk_of(copied))
    for address in PATHS:
        assert own.get(address).status_code == 200, address
    assert "Tonight is not in this plan" in own.get("/").text
    assert "not in this plan" in own.get("/week").text
    name = rows_of(copied / "plan")[0]["pass_id"]
    assert own.get(f"/pass/{name}").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=x>',
        "\u202egnol si eman siht", "a" * 5_000, "../../etc", "'; DROP TABLE", "x\u0000y",
    ],
)  # fmt: skip
def test_hostile_names_are_text(copied, desk_of, browser_of, name):
    """No element comes of a name, wherever it stands; what acts instead of showing is spelt out."""
    ordinary = {path: Seen(browser_of(desk_of(copied)).get(path).text).tags for path in PATHS}
    hostile = name.replace("\u0000", "")

    def renamed(row):
        return row | {"station": hostile, "satellite": hostile, "reason": hostile}

    path, told = rewritten(copied, renamed)
    text = json.dumps(told).replace(json.dumps(told["mission"]), json.dumps(hostile))
    for station in told["models"]["stations"]:
        text = text.replace(json.dumps(station["name"]), json.dumps(hostile))
    for craft in told["models"]["satellites"]:
        text = text.replace(
            f'"name": {json.dumps(craft["name"])}', f'"name": {json.dumps(hostile)}'
        )
    path.write_text(text)
    own = browser_of(desk_of(copied))
    for address in PATHS:
        answer = own.get(address)
        assert answer.status_code == 200, address
        seen = Seen(answer.text)
        assert set(seen.tags) <= set(ordinary[address]) | {"p", "small", "em", "b"}
        assert seen.tags.count("script") == 1
        assert "\u202e" not in answer.text


def test_long_lists_come_in_pages(mission_folder, browser, monkeypatch):
    monkeypatch.setattr("satqkd.console.pages.losses.ROWS", 5)
    rows = [row for row in rows_of(mission_folder / "plan") if row["status"] != "scheduled"]
    seen = []
    for page in range(1, -(-len(rows) // 5) + 1):
        text = browser.get(f"/losses?page={page}").text
        table = text[text.index('id="filter"') :]
        seen += re.findall(r'href="/pass/([^"]+)"', table)
    assert sorted(seen) == sorted(row["contact_key"] for row in rows)
    last = browser.get("/losses?page=999999").text
    assert f"of {len(rows)}" in last
    assert browser.get("/losses?page=x").status_code == 200


def test_a_filter_keeps_what_it_names(browser, mission_folder):
    rows = [row for row in rows_of(mission_folder / "plan") if row["status"] != "scheduled"]
    text = browser.get("/losses?find=jinan%20daylight").text
    shown = re.findall(r'href="/pass/([^"]+)"', text[text.index('id="filter"') :])
    wanted = [r for r in rows if r["station"] == "Jinan" and "daylight" in r["reason"]]
    assert sorted(shown) == sorted(row["contact_key"] for row in wanted)
    assert wanted


def test_a_large_plan_is_drawn_a_day_at_a_time(browser, monkeypatch):
    monkeypatch.setattr("satqkd.console.pages.week.MOST_DRAWN", 3)
    text = browser.get("/week").text
    assert "too large to draw at once" in text
    assert browser.get("/week?day=2016-12-19").status_code == 200
    assert browser.get("/week?day=9999-99-99").status_code == 200


def test_a_clock_that_stands_says_so(browser, mission_folder, desk_of, browser_of):
    assert "(stands)" not in browser.get("/week").text
    standing = replace(desk_of(mission_folder), clock_stands=True)
    assert "(stands)" in browser_of(standing).get("/week").text


def test_a_night_of_many_contacts_comes_in_pages(browser, monkeypatch):
    whole = re.findall(r'data-contact="([^"]+)"', browser.get("/").text)
    monkeypatch.setattr("satqkd.console.pages.tonight.CONTACTS", 1)
    seen = [
        re.findall(r'data-contact="([^"]+)"', browser.get(f"/?page={page}").text)
        for page in range(1, len(whole) + 1)
    ]
    assert [key for (key,) in seen] == whole
    assert len(whole) > 1
