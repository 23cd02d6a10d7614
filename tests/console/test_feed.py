"""The calendar to subscribe to: what it holds, who may read it, and until when."""

from __future__ import annotations

import re
import shutil
import stat
from dataclasses import replace

import pytest
from acts_mission import NOW, SURE
from typer.testing import CliRunner

from satqkd.cli.app import app as command_line
from satqkd.console.acting import acting_routes
from satqkd.console.published import FILE, published
from satqkd.network.ledger import ContactCommitted, Ledger

MAIL = "ops@example.org"
OURS = {"origin": "http://127.0.0.1:8790"}


@pytest.fixture(scope="module")
def office(first, tmp_path_factory):
    return shutil.copytree(first, tmp_path_factory.mktemp("feed") / "mission")


@pytest.fixture
def desk(office, desk_of):
    made = desk_of(office, now=NOW)
    ledger = office / "ops.sqlite"
    return replace(made, ledger=ledger, clock_stands=True, reader=replace(made.reader, path=ledger))


@pytest.fixture
def browser(desk, browser_of):
    return browser_of(desk, more=acting_routes(desk))


def sent(browser, path, **said):
    token = re.search(r'name="form" value="([0-9a-f]+)"', browser.get("/export").text)[1]
    return browser.post(path, data={"form": token, **said}, headers=OURS, follow_redirects=False)


def stranger(browser, address):
    """Ask as a program that has no cookie."""
    browser.cookies.clear()
    return browser.get(address, follow_redirects=False)


def test_it_is_read_with_its_key_alone_and_is_the_feed_of_the_command(
    desk, browser, office, tmp_path, monkeypatch
):
    """Byte by byte what 'satqkd export --ics --feed' writes of the plan in force."""
    assert sent(browser, "/calendar", mail=MAIL).status_code == 303
    page = browser.get("/export").text
    own = published(desk.plans)
    assert f"/plan.ics?key={own.key}" in page
    assert stat.S_IMODE((desk.plans / FILE).stat().st_mode) == 0o600

    found = stranger(browser, f"/plan.ics?key={own.key}")
    one = stranger(browser, f"/plan.ics?key={own.key}&station=Ngari")
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    monkeypatch.chdir(office)
    words = ["export", "plan", "--ics", "--feed", MAIL, "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(command_line, words, catch_exceptions=False).exit_code == 0
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.ics")}
    assert found.content == min(files.items(), key=lambda item: len(item[0]))[1]
    assert one.content == next(text for name, text in files.items() if "ngari" in name)
    assert b"METHOD:PUBLISH" in found.content


def test_its_key_opens_nothing_else(desk, browser):
    """No page, no form; and no other key opens it."""
    sent(browser, "/calendar", mail=MAIL)
    key = published(desk.plans).key

    assert stranger(browser, f"/week?key={key}").status_code == 403
    assert stranger(browser, f"/plan.ics?key={key[:-1]}").status_code == 403
    assert stranger(browser, "/plan.ics?key=").status_code == 403
    assert stranger(browser, "/plan.ics").status_code == 403
    assert browser.post(f"/plan.ics?key={key}", headers=OURS).status_code == 403
    assert browser.get(f"/plan.ics?key={key}", headers={"host": "evil.example"}).status_code == 421


def test_what_is_booked_is_in_it_at_once(desk, browser, office):
    """A contact that is committed is confirmed to who reads it again."""
    sent(browser, "/calendar", mail=MAIL)
    address = f"/plan.ics?key={published(desk.plans).key}"
    before = browser.get(address).text
    with Ledger.open(office / "ops.sqlite", author="test", now=NOW) as ledger:
        ledger.append(ContactCommitted(contact_key=SURE))
    after = browser.get(address).text

    assert ("STATUS:CONFIRMED" in before, after.count("STATUS:CONFIRMED")) == (False, 1)


def test_a_new_key_shuts_out_the_old_one_and_an_end_everybody(desk, browser):
    sent(browser, "/calendar", mail=MAIL)
    old = published(desk.plans).key
    sent(browser, "/calendar", mail=MAIL)
    new = published(desk.plans).key
    assert new != old
    sent(browser, "/calendar/end")

    assert published(desk.plans) is None
    assert browser.get("/plan.ics").status_code == 404
    assert stranger(browser, f"/plan.ics?key={new}").status_code == 403


@pytest.mark.parametrize("mail", ["", "nobody", "a@b\r\nATTENDEE:x", "a b@c.org"])
def test_no_address_that_is_none(desk, browser, mail):
    """Neither a line of its own in the calendar."""
    before = published(desk.plans)
    answer = sent(browser, "/calendar", mail=mail)

    assert "no mail address" in answer.text
    assert published(desk.plans) == before


def test_a_file_that_is_not_ours_publishes_nothing(tmp_path):
    for text in ("", "[]", '{"key": 1, "mail": "a"}', '{"key": "", "mail": "a"}', "[" * 9_999):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        assert published(tmp_path) is None
