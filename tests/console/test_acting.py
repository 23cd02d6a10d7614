"""What is done through forms: without script, and only by pages of this desk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from acts_mission import NOW, OTHER, SPARE, SURE

from satqkd.console.acting import PATHS, acting_routes
from satqkd.console.desk import Desk
from satqkd.console.draft import Answer, DraftFile
from satqkd.console.memory import Reader
from satqkd.console.posts import POSTS
from satqkd.console.workplace import heeded, wished_in
from satqkd.network.ledger import Banned, Ledger, Note, Pinned

ORIGIN = {"origin": "http://127.0.0.1:8790"}
WORKS = """
import json, sys
sys.stdin.readline()
print(json.dumps({"at": "planning", "done": 5e5, "of": 1e6}), flush=True)
sys.stdin.readline()
"""
"""A worker that does not come to an end."""
LOG = """utc,satellite,station,contact_key,sifted_bits,key_bits
2016-12-19T16:52:14Z,Micius,Xinglong,micius-xinglong-1918,900000,250000
"""


def desk_in(folder: Path, *, read_only: str = "") -> Desk:
    """A desk of a mission whose ledger is named in its file."""
    ledger = folder / "ops.sqlite"
    return Desk(
        plan=folder / "plan",
        mission=folder / "mission.yaml",
        stations=folder / "stations.yaml",
        mission_name=None,
        ledger=ledger,
        clock=lambda: NOW,
        clock_stands=True,
        read_only=read_only,
        reader=Reader(path=ledger),
    )


class Tab:
    """A tab of the browser: sends the forms of the page that it holds."""

    def __init__(self, client) -> None:
        self.client = client
        self.page = ""

    def open(self, path: str):
        found = self.client.get(path)
        self.page = found.text
        return found

    def form(self, action: str, nth: int = 0) -> dict[str, str]:
        """Return the hidden fields of a form of the page."""
        wanted = rf'<form method="post" action="{re.escape(action)}".*?</form>'
        found = re.findall(wanted, self.page, re.DOTALL)
        tags = re.findall(r"<input[^>]*>", found[nth])
        pairs = [
            (re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one))
            for one in tags
            if "checkbox" not in one
        ]
        return {name[1]: value[1] if value else "" for name, value in pairs if name}

    def send(self, action: str, files=None, **said: object):
        """Send a form of the page, with what is typed into it."""
        data = {**self.form(action), **said}
        return self.client.post(
            action, data=data, files=files, headers=ORIGIN, follow_redirects=False
        )


@pytest.fixture
def office(first, tmp_path) -> Path:
    """Return a copy of the mission."""
    return Path(shutil.copytree(first, tmp_path / "mission"))


@pytest.fixture
def desk(office):
    made = desk_in(office)
    yield made
    made.jobs.close()


@pytest.fixture
def tab_of(browser_of):
    """Return how a tab is made."""

    def made(desk: Desk) -> Tab:
        return Tab(browser_of(desk, more=acting_routes(desk)))

    return made


def ended(desk: Desk, answer) -> object:
    """Wait for the job that an answer leads to."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    return desk.jobs.wait(where.removeprefix("/job/"), 240.0)


def test_pin_replan_look_accept_by_forms(desk, tab_of, office):
    """Each answer leads back to a page; the plan in force changes by the last form alone."""
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    pinned = tab.send("/draft/pin")
    assert pinned.status_code == 303
    assert pinned.headers["location"] == f"/pass/{SPARE}"
    page = tab.open(f"/pass/{SPARE}").text
    assert "1 change, not planned yet" in page
    assert "Unpin" in page
    assert ">Pin</button>" not in page
    for path in ("/", "/week", "/losses", "/pairs", "/log", "/plans", "/export"):
        assert "1 change, not planned yet" in tab.open(path).text, path

    job = ended(desk, tab.send("/replan"))
    assert (job.status, job.message) == ("done", "")
    told = tab.client.get(f"/job/{job.id}.json").json()
    assert told["running"] is False
    shown = tab.client.get(f"/job/{job.id}", follow_redirects=False)
    assert (shown.status_code, shown.headers["location"]) == (303, "/draft")
    page = tab.open("/draft").text
    assert f'<a href="/pass/{SPARE}">Nanshan, ' in page
    assert "What changes, and why" in page
    assert "added" in page
    assert "in force · B:" in page
    before = (office / "plan" / "plan.json").read_bytes()

    def past():
        return re.search("<h1>(Of .* past contacts: .* not booked)</h1>", tab.open("/log").text)[1]

    flown = past()
    tab.open("/draft")
    accepted = tab.send("/in-force", by="Ann <b>", note="they come")
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/plans")
    assert "desk-by=" in accepted.headers["set-cookie"]
    assert (office / "plan" / "plan.json").read_bytes() != before
    page = tab.open("/plans").text
    assert "2 plans kept" in page
    assert "Ann &lt;b&gt;" in page
    assert "Draft:" not in page
    rows = tab.open("/week").text
    assert SPARE in rows
    assert past() == flown  # the contacts before the new plan are still asked for

    names = re.findall(r'value="(2016[0-9A-Za-z-]+)"', tab.open("/plans").text)
    new, old = names[0], names[1]
    tab.open(f"/compare?a={new}&b={old}")
    silent = tab.send("/in-force", note="")
    assert silent.status_code == 422
    tab.open(f"/compare?a={new}&b={old}")
    assert tab.send("/in-force", note="they do not come").status_code == 303
    assert (office / "plan" / "plan.json").read_bytes() == before


def test_the_second_tab_is_told(desk, tab_of):
    first, second = tab_of(desk), tab_of(desk)
    first.open(f"/pass/{SPARE}")
    second.open(f"/pass/{SURE}")
    assert first.send("/draft/pin").status_code == 303
    told = second.send("/draft/ban")
    assert told.status_code == 409
    assert "another tab changed the draft: 1 change, the last: pin" in told.text
    second.open(f"/pass/{SURE}")
    assert second.send("/draft/ban").status_code == 303
    first.open("/draft")
    assert "2 changes" in first.page
    assert first.send("/draft/undo").headers["location"] == "/draft"
    first.open("/draft")
    assert first.send("/draft/discard").status_code == 303
    assert "Nothing is drafted" in first.open("/draft").text


def test_what_cannot_be_planned_keeps_the_draft(desk, tab_of, office):
    """A pin under an outage: both are named, and no path is."""
    tab = tab_of(desk)
    tab.open(f"/pass/{OTHER}")
    tab.send("/draft/pin")
    tab.open("/draft?station=Delingha")
    assert '<option value="Delingha" selected>' in tab.page
    given = {"from": "now", "to": "+1d", "why": "dome sticks"}
    assert tab.send("/draft/outage", station="Delingha", **given).status_code == 303
    tab.open("/draft")
    job = ended(desk, tab.send("/replan"))
    assert job.status == "refused"
    page = tab.open(f"/job/{job.id}").text
    assert OTHER in page
    assert "dome sticks" in page
    assert str(office) not in page
    assert "2 changes, not planned yet" in page


def test_work_is_shown_and_stopped(desk, tab_of, monkeypatch):
    """A page that is made anew without script, and one act at a time."""
    monkeypatch.setattr(desk.jobs, "command", (sys.executable, "-c", WORKS))
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    tab.send("/draft/pin")
    tab.open("/draft")
    where = tab.send("/replan").headers["location"]
    while desk.jobs.running().at == "starting":
        pass
    page = tab.open(where).text
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in page
    assert re.search(r"planning: worth 500.kbit, at most 1.*bit", page)
    assert tab.client.get(f"{where}.json").json()["share"] == 0.5
    tab.open("/draft")
    assert "At work:" in tab.page
    busy = tab.send("/replan")
    assert busy.status_code == 409
    assert "at work already" in busy.text
    tab.open(where)
    assert tab.send(f"{where}/cancel").status_code == 303
    page = tab.open(where).text
    assert "Planning again was stopped" in page
    assert "1 change, not planned yet" in page


def test_a_log_is_sent_looked_at_and_booked(desk, tab_of):
    tab = tab_of(desk)
    tab.open("/log")
    wrong = tab.send("/log", files={"file": ("../x.csv", LOG.replace("900000", "many"))})
    assert wrong.status_code == 422
    assert "x.csv:2" in wrong.text
    tab.open("/log")
    job = ended(desk, tab.send("/log", files={"file": ("<b>monday.csv", LOG)}, kind="log"))
    page = tab.open(f"/job/{job.id}").text
    assert "&lt;b&gt;monday.csv: 2 entries to book" in page
    assert "micius-xinglong-1918 flown" in page
    before = len(desk.reader.read(NOW).entries)
    assert tab.send("/log/book").headers["location"] == "/log"
    assert len(desk.reader.read(NOW).entries) == before + 2
    assert "flown" in tab.open("/log").text
    tab.open(f"/job/{job.id}")
    assert tab.send("/log/book").status_code == 422
    assert len(desk.reader.read(NOW).entries) == before + 2


def test_files_are_handed_over_and_fetched(desk, tab_of):
    tab = tab_of(desk)
    tab.open("/export")
    assert tab.send("/export").status_code == 422
    job = ended(desk, tab.send("/export", forms=["ics", "ssf"], stations=["Xinglong"]))
    assert (job.status, job.message) == ("done", "")
    page = tab.open(f"/job/{job.id}").text
    names = re.findall(r'href="/export/file/([^"]+)"', page)
    assert any(one.endswith(".ics") for one in names)
    got = tab.client.get(f"/export/file/{names[0]}")
    assert got.status_code == 200
    assert "attachment" in got.headers["content-disposition"]
    assert got.headers["x-content-type-options"] == "nosniff"
    for name in ("export.json", "..%2fplan%2fplan.json", "nothing"):
        assert tab.client.get(f"/export/file/{name}").status_code == 404, name


def test_every_form_has_its_act():
    assert set(PATHS) == set(POSTS)


@pytest.mark.parametrize("path", PATHS)
def test_no_act_without_the_token_of_a_page(desk, tab_of, path):
    """Nor by reading."""
    tab = tab_of(desk)
    own = path.replace("{id}", "0")
    for token in ("", "x" * 32):
        told = tab.client.post(own, data={"form": token, "version": "0"}, headers=ORIGIN)
        assert told.status_code == 403
    if path not in {"/log", "/export"}:
        assert tab.client.get(own).status_code in {404, 405}
    assert not (desk.plans / "draft.json").exists()
    assert desk.jobs.latest() is None


def test_a_desk_for_reading_only_has_no_forms(office, tab_of):
    """But shows the draft."""
    desk = desk_in(office)
    writing = tab_of(desk)
    writing.open(f"/pass/{SPARE}")
    writing.send("/draft/pin")
    reading = tab_of(desk_in(office, read_only="another desk of this mission is open"))
    for path in ("/", f"/pass/{SPARE}", "/draft", "/log", "/export", "/plans"):
        page = reading.open(path)
        assert page.status_code == 200
        assert 'method="post"' not in page.text, path
        assert "1 change, not planned yet" in page.text
    told = reading.client.post(
        "/draft/undo", data={"version": "1", "form": desk.secrets.form}, headers=ORIGIN
    )
    assert told.status_code == 403


@pytest.mark.parametrize(
    ("back", "where"),
    [
        ("/week?day=2#x", "/week?day=2#x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_forms_lead_back_to_the_desk_alone(desk, tab_of, back, where):
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    assert tab.send("/draft/pin", back=back).headers["location"] == where


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30, "١"])
def test_a_form_that_is_none_of_ours(desk, tab_of, version):
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    assert tab.send("/draft/pin", version=version).status_code == 422


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "\u202eevil", "x" * 5000])
def test_hostile_words_are_shown_as_words(desk, tab_of, name):
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    told = tab.send("/draft/pin", contact_key=name)
    assert told.status_code == 422
    assert "<img" not in told.text
    assert "\u202e" not in told.text
    tab.open(f"/pass/{SPARE}")
    assert tab.send("/draft/pin", why=name[:300]).status_code in {303, 422}
    page = tab.open("/draft").text
    assert "<img" not in page


def test_without_a_ledger_each_act_says_how_to_begin_one(tab_of, office):
    """And every page opens."""
    text = (office / "mission.yaml").read_text().replace("\nledger: ops.sqlite\n", "\n")
    (office / "mission.yaml").write_text(text)
    for one in office.glob("ops.sqlite*"):
        one.unlink()
    desk = desk_in(office)
    tab = tab_of(desk)
    for path in ("/", "/log", "/draft", "/plans", f"/pass/{SPARE}"):
        assert tab.open(path).status_code == 200
    told = tab.send("/draft/pin")
    assert told.status_code == 422
    assert "satqkd ledger note" in told.text
    tab.open("/draft")
    for action, more in (("/replan", {}), ("/draft/limit", {"value": "15 deg"})):
        assert "keeps no ledger" in tab.send(action, **more).text
    assert str(office) not in told.text


def test_the_first_plan_is_made_at_the_desk(desk, tab_of, office, monkeypatch):
    """Its page asks for it, and what is refused is told, without a plan to show."""
    shutil.rmtree(office / "plan")
    shutil.rmtree(office / "plans")
    for one in office.glob("ops.sqlite*"):
        one.unlink()
    says_no = 'import sys; sys.stdin.readline(); print(\'{"refused": "no elements"}\')'
    monkeypatch.setattr(desk.jobs, "command", (sys.executable, "-c", says_no))
    tab = tab_of(desk)
    assert "No plan yet" in tab.open("/").text
    job = ended(desk, tab.send("/replan"))
    page = tab.open(f"/job/{job.id}").text
    assert "Planning again was refused" in page
    assert "no elements" in page
    assert "Nothing is drafted" in tab.open("/draft").text


def test_a_damaged_draft_is_told_on_every_page(desk, tab_of):
    (desk.plans / "draft.json").write_text("{")
    tab = tab_of(desk)
    assert "The draft cannot be read." in tab.open("/").text
    page = tab.open("/draft").text
    assert "remove it" in page
    assert str(desk.plans) not in page


def test_the_draft_says_where_it_no_longer_fits(desk, tab_of, office):
    """Somebody pinned on the command line what the draft pins."""
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    tab.send("/draft/pin")
    with Ledger.open(office / "ops.sqlite", author="test", now=NOW) as ledger:
        ledger.append(Pinned(contact_key=SPARE))
    assert "is pinned already" in tab.open("/draft").text
    assert tab.send("/draft/undo").status_code == 303
    assert "Nothing is drafted" in tab.open("/draft").text
    assert quote(SPARE) in tab.open(f"/pass/{SPARE}").text


def test_an_answer_is_said_to_be_old_where_somebody_booked_since(desk, tab_of, office):
    """A note changes nothing; a ban on the command line does, and the button is gone."""
    tab = tab_of(desk)
    tab.open(f"/pass/{SPARE}")
    tab.send("/draft/pin")
    held = DraftFile(folder=desk.plans, author="test")
    draft = held.read()
    with Ledger.open(office / "ops.sqlite", author="test", now=NOW) as ledger:
        heeds = heeded(draft.wanted(wished_in(ledger.book)), ledger.book)
        answer = Answer(plan_id="20161220T120000Z-00000000", parent=None, heeds=heeds)
        held.change(draft.version, lambda one: one.answered(answer))
        ledger.append(Note(text="fog"))
    assert "before something else" not in tab.open("/").text
    with Ledger.open(office / "ops.sqlite", author="test", now=NOW) as ledger:
        ledger.append(Banned(contact_key=OTHER))
    assert "planned before something else was booked" in tab.open("/").text


def test_what_acts_is_not_loaded_before_the_first_form():
    """The desk listens within a second: what reads logs, plans and writes files comes later."""
    names = ("posts", "acts", "replanning", "uploads", "exporting")
    told = (
        "import sys, satqkd.console.acting; "
        f"print(any('satqkd.console.' + name in sys.modules for name in {names}))"
    )
    found = subprocess.run(
        [sys.executable, "-c", told], check=True, capture_output=True, text=True, timeout=60
    )
    assert found.stdout == "False\n"
