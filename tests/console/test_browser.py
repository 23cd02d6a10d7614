"""The desk and the report in a real browser: what people see, press and hear."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import acts_mission
import pytest
from acts_mission import OTHER, SPARE, bare, begun

sys.path.insert(0, str(Path(__file__).parent))
import in_browser
from in_browser import CHROMIUM, WITHOUT, beyond, browser, running, violations, watched

from satqkd.network.ledger import Ledger, PlanIssued

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)

NOON = acts_mission.NOW
NOW = ("--now", NOON.isoformat())
TABS = ("/", "/week", "/losses", "/pairs", "/log", "/plans")
MORE = ("/export", "/help", f"/pass/{OTHER}", f"/pass/{SPARE}")
PAGES = TABS + MORE
SIZES = {"desk": (1280, 900), "tablet": (640, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def chromium():
    with browser() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two nights of the shipped mission, a ledger, and a plan in force; only looked at."""
    made = bare(tmp_path_factory.mktemp("browser") / "mission", ledger=True)
    begun(made, series="csv")
    return made


@pytest.fixture(scope="module")
def desk(folder):
    with running(folder, "--read-only", *NOW) as made:
        yield made


@pytest.fixture
def own(folder, tmp_path):
    """A desk of a copy, in which things are done."""
    shutil.copytree(folder, tmp_path / "own")
    with running(tmp_path / "own", *NOW) as made:
        yield made


def table(folder, name="passes.csv"):
    with (folder / "plan" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def size(name):
    width, height = SIZES[name]
    return {"viewport": {"width": width, "height": height}}


def settled(page, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")


class TestLooks:
    """Each page at three widths, in three sets of colours."""

    @pytest.mark.parametrize("which", SIZES)
    def test_nothing_lies_beyond_the_edge_and_nothing_is_asked_of_others(
        self, chromium, desk, which
    ):
        """No sideways scrolling, no message in the console, no request but to the desk."""
        with watched(chromium, desk.address, **size(which)) as tab:
            wide = {}
            for path in PAGES:
                settled(tab.page, desk.origin + path)
                if beyond(tab.page) > 0:
                    wide[path] = beyond(tab.page)
            strangers = [url for url in tab.asked if not url.startswith(f"{desk.origin}/")]

        assert (wide, tab.said, strangers) == ({}, [], [])

    @pytest.mark.parametrize(
        ("which", "theme"), [("desk", "light"), ("phone", "dark"), ("desk", "night")]
    )
    def test_nobody_is_kept_out(self, chromium, desk, which, theme):
        """Rules of WCAG 2.2 A and AA, as far as a program can tell."""
        found = {}
        with watched(chromium, desk.address, **size(which)) as tab:
            tab.page.check(f"#th-{theme}", force=True)
            for path in PAGES:
                settled(tab.page, desk.origin + path)
                assert tab.page.is_checked(f"#th-{theme}")
                if wrong := violations(tab.page):
                    found[path] = wrong

        assert found == {}

    def test_one_title_a_page_and_it_says_something(self, chromium, desk):
        """The first sentence is the answer: with a number where there is one to say."""
        with watched(chromium, desk.address) as tab:
            for path in TABS:
                settled(tab.page, desk.origin + path)
                (title,) = tab.page.locator("h1").all_inner_texts()
                assert len(title.split()) > 2
                assert title in tab.page.title()

    def test_times_change_their_zone_and_numbers_do_not(self, chromium, desk):
        """UTC is the truth; station time is another view of the same instants."""
        with watched(chromium, desk.address) as tab:
            settled(tab.page, f"{desk.origin}/week")
            read = "() => [...document.querySelectorAll('[data-raw]')].map(e => e.innerText)"
            seen = "() => [...document.querySelectorAll('main time')].map(e => e.innerText)"
            before, numbers = tab.page.evaluate(seen), tab.page.evaluate(read)
            tab.page.keyboard.press("t")
            after = tab.page.evaluate(seen)
            shown = set(before)
            assert numbers
            assert before
            assert set(after) != shown
            still = tab.page.evaluate(
                "() => [...document.querySelectorAll('[data-raw]')]"
                ".filter(e => !e.querySelector('time')).map(e => e.innerText)"
            )
            assert set(still) <= set(numbers)


@pytest.fixture(scope="module")
def hostile(folder, tmp_path_factory):
    """A plan whose station is 5,000 letters, and whose satellite is markup written backwards."""
    names = {"Delingha": "D" * 5_000, "Micius": "<img src=x onerror=alert(1)>\u202e\u05d0\u05d1"}
    made = tmp_path_factory.mktemp("hostile")
    shutil.copytree(folder / "plan", made / "plan")
    told = (made / "plan" / "plan.json").read_text(encoding="utf-8")
    for path in (made / "plan").glob("*.csv"):
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        text = path.read_text(encoding="utf-8")
        for name, other in names.items():
            text = text.replace(name, other)
        path.write_text(text, encoding="utf-8")
        told = told.replace(before, hashlib.sha256(path.read_bytes()).hexdigest())
    for name, other in names.items():
        told = told.replace(json.dumps(name), json.dumps(other))
    (made / "plan" / "plan.json").write_text(told, encoding="utf-8")
    with running(made, *NOW) as own:
        yield own


@pytest.mark.parametrize("which", ["desk", "phone"])
def test_hostile_names_harm_neither_page_nor_layout(chromium, hostile, which):
    """Nothing runs, nothing is asked of others, nothing lies beyond the edge."""
    with watched(chromium, hostile.address, **size(which)) as tab:
        wide = {}
        for path in ("/", "/week", "/pairs", f"/pass/{OTHER}"):
            settled(tab.page, hostile.origin + path)
            assert "D" * 100 in tab.page.content()
            wide[path] = beyond(tab.page)
        strangers = [url for url in tab.asked if not url.startswith(f"{hostile.origin}/")]

    assert (set(wide.values()) <= {0}, tab.said, strangers) == (True, [], []), wide


class TestNumbers:
    """What stands on a page is what stands in the tables."""

    def test_every_number_of_the_scheduled_contacts_is_that_of_the_table(
        self, chromium, desk, folder
    ):
        """By the raw value beside it, for every row and every column that the page shows."""
        rows = {row["contact_key"]: row for row in table(folder)}
        with watched(chromium, desk.address) as tab:
            settled(tab.page, f"{desk.origin}/week")
            cells = tab.page.evaluate(
                """() => [...document.querySelectorAll('tr')].flatMap(row => {
                  const link = row.querySelector("a[href^='/pass/']");
                  return link === null ? [] : [...row.querySelectorAll('[data-col]')].map(cell =>
                    [link.getAttribute('href').slice(6), cell.dataset.col, cell.dataset.raw]);
                })"""
            )

        scheduled = {key for key, row in rows.items() if row["status"] == "scheduled"}
        assert {key for key, _, _ in cells} >= scheduled
        told = [(key, column, raw) for key, column, raw in cells if column in rows[key]]
        assert {column for _, column, _ in told} >= {"station", "max_elevation_deg", "planned_bits"}
        wrong = [
            (key, column, raw, rows[key][column])
            for key, column, raw in told
            if raw != rows[key][column]
        ]
        assert wrong == []

    def test_a_waterfall_adds_up_to_the_bit(self, chromium, desk):
        """What all contacts would make, less what is given up, is what is made."""
        with watched(chromium, desk.address) as tab:
            settled(tab.page, f"{desk.origin}/losses")
            assert tab.page.locator("svg").count() >= 1
            assert "given up" in tab.page.inner_text("main")


class TestHands:
    """Things that are done, by keys alone, by forms alone, and against each other."""

    def planned_anew(self, page):
        """Wait until the work has ended."""
        page.wait_for_url("**/draft", timeout=120_000)

    def test_by_keys_alone_a_contact_is_pinned_planned_and_put_in_force(self, chromium, own):
        """Pin, replan, read what changes, accept; the focus is to be seen at each step."""
        with watched(chromium, own.address, **size("desk")) as tab:
            page = tab.page
            settled(page, f"{own.origin}/pass/{SPARE}")
            page.keyboard.press("p")
            page.wait_for_selector("[data-act=replan]")  # on the page that comes after
            page.wait_for_function("() => document.documentElement.classList.contains('js')")
            page.wait_for_load_state("networkidle")
            assert "1 change" in page.inner_text("body")
            page.keyboard.press("r")
            self.planned_anew(page)
            heading = page.inner_text("h1")
            accept = page.locator("form[action='/in-force'] button").first
            accept.focus()
            ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            page.keyboard.press("Enter")
            page.wait_for_load_state("networkidle")
            settled(page, f"{own.origin}/week")
            assert f"/pass/{SPARE}" in page.content()
            said = tab.said

        assert heading
        assert ring != "none"
        assert said == []
        plan = own_folder(own)
        rows = {row["contact_key"]: row for row in table(plan)}
        assert rows[SPARE]["status"] == "scheduled"
        assert rows[OTHER]["status"] == "candidate"
        with Ledger.open(plan / "ops.sqlite", author="test", now=NOON) as ledger:
            assert ledger.pins() == (SPARE,)
            assert len([one for one in ledger.events() if isinstance(one.event, PlanIssued)]) == 2

    def test_without_script_the_same_is_done_by_forms(self, chromium, own):
        """Each act is a form; progress is a page that asks for itself again."""
        with watched(chromium, own.address, java_script_enabled=False) as tab:
            page = tab.page
            page.goto(f"{own.origin}/pass/{SPARE}")
            page.locator("[data-act=pin]").first.click()
            assert page.locator("[data-act=replan]").count()
            page.locator("[data-act=replan]").first.click()
            self.planned_anew(page)
            page.locator("form[action='/in-force'] button").first.click()
            page.goto(f"{own.origin}/week")
            assert f"/pass/{SPARE}" in page.content()

    def test_of_two_tabs_the_second_is_told(self, chromium, own):
        """It holds an older draft: nothing of it is taken, and it says why."""
        with watched(chromium, own.address) as tab:
            first, second = tab.page, tab.page.context.new_page()
            for page in (first, second):
                settled(page, f"{own.origin}/pass/{SPARE}")
            first.locator("[data-act=pin]").first.click()
            first.wait_for_load_state("networkidle")
            second.locator("[data-act=ban]").first.click()
            second.wait_for_load_state("networkidle")
            told = second.inner_text("main")
            first.reload()
            kept = first.inner_text("body")

        assert "another" in told.lower()
        assert "1 change" in kept

    def test_when_the_desk_has_ended_the_page_says_so_and_keeps_its_numbers(self, chromium, own):
        """Killed in the middle: forms are off, what was read stays."""
        with watched(chromium, own.address) as tab:
            settled(tab.page, f"{own.origin}/pass/{SPARE}")
            before = tab.page.inner_text("h1")
            own.kill()
            tab.page.wait_for_selector("#gone:not([hidden])", timeout=30_000)
            told = tab.page.inner_text("#gone")
            assert tab.page.inner_text("h1") == before
            assert tab.page.locator("form[method=post] button:enabled").count() == 0

        assert told.startswith("Not connected since ")

    def test_the_keys_are_told_and_can_be_switched_off(self, chromium, desk):
        """A question mark lists them; off, a letter does nothing."""
        with watched(chromium, desk.address) as tab:
            page = tab.page
            settled(page, f"{desk.origin}/")
            page.keyboard.press("2")
            page.wait_for_url("**/week")
            page.keyboard.press("?")
            assert page.locator("#keys").is_visible()
            assert page.locator("#keys kbd").count() > 10
            page.uncheck("#keys-on")
            page.keyboard.press("Escape")
            page.keyboard.press("1")
            page.wait_for_timeout(300)
            assert page.url.endswith("/week")

    def test_the_cursor_reads_a_second_of_the_series(self, chromium, desk, folder):
        """An arrow moves it by a second, and what it says is in series.csv."""
        with watched(chromium, desk.address, **size("desk")) as tab:
            page = tab.page
            settled(page, f"{desk.origin}/pass/{OTHER}")
            box = page.locator("[data-cursor]")
            box.focus()
            told = []
            for key in ("Home", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
                page.keyboard.press(key)
                told.append(
                    page.evaluate(
                        "() => Object.fromEntries([...document.querySelectorAll('[data-readout] "
                        "[data-of]')].map(cell => [cell.dataset.of, cell.textContent]))"
                    )
                )

        (name,) = [row["pass_id"] for row in table(folder) if row["contact_key"] == OTHER]
        series = [row for row in table(folder, "series.csv") if row["pass_id"] == name]
        rows, own = {row["utc"]: row for row in series}, [row["utc"] for row in series]
        assert [own.index(one["utc"]) for one in told] == [0, 1, 11, 10]
        for one in told:
            assert len(one) > 3
            assert one == {column: rows[one["utc"]][column] or "\u2013" for column in one}


class TestReport:
    def test_it_stands_by_itself_and_prints(self, chromium, folder, tmp_path):
        """One file, one request; five sheets for the plan, as many for its 213 assumptions."""
        done = subprocess.run(
            [sys.executable, "-m", "satqkd", "report", "plan", "--out", str(tmp_path / "r.html")],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        address = (tmp_path / "r.html").as_uri()
        with watched(chromium, address, **size("phone")) as tab:
            assert beyond(tab.page) <= 0
            assert tab.asked == [address]
            for paper in ("A4", "Letter"):
                printed = tab.page.pdf(format=paper, prefer_css_page_size=False)
                pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
                assert 5 <= pages <= 12, (paper, pages)
        with watched(chromium, address, **size("desk")) as tab:
            assert violations(tab.page) == []
            assert tab.said == []


def own_folder(desk):
    """Return the folder that a desk runs in."""
    return Path(f"/proc/{desk.process.pid}/cwd").resolve()


def test_the_browser_is_one_that_was_there(chromium):
    """Nothing was downloaded for it."""
    assert Path(in_browser.CHROMIUM).exists()
    assert chromium.is_connected()
