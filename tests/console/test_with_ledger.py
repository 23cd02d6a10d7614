"""Pages of a mission that keeps a ledger: plans, what was flown, what is damaged."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from satqkd.cli.app import app as command_line
from satqkd.network.ledger import ContactFailed, ContactFlown, Ledger

NOW = datetime(2016, 12, 19, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept(mission_folder, tmp_path_factory):
    """The small mission with a ledger and two plans in it; to be read only."""
    folder = tmp_path_factory.mktemp("kept") / "m"
    shutil.copytree(mission_folder, folder)
    with (folder / "mission.yaml").open("a") as file:
        file.write("\nledger: ledger.sqlite\n")
    named = ["--mission", str(folder / "mission.yaml"), "--stations", str(folder / "stations.yaml")]
    plan = ["plan", "--out", str(folder / "plan"), "--pictures", "none", "--days", "1", *named]
    for minute, more in enumerate(([], ["--set", "limits.min_elevation=25 deg"])):
        at = ["--now", f"2016-12-18T12:0{minute}Z", *more]
        done = CliRunner().invoke(command_line, [*plan, *at], catch_exceptions=False)
        assert done.exit_code == 0
    with Ledger.open(folder / "ledger.sqlite", author="a test", now=NOW) as ledger:
        force = ledger.plan_in_force()
        assert force is not None
        first, second, *_ = sorted(force.scheduled)
        note = "<b>fine</b>"
        ledger.append_all(
            [
                ContactFlown(contact_key=first, note=note),
                ContactFailed(contact_key=second, why="fog"),
            ]
        )
    return folder


@pytest.fixture
def own(kept, desk_of, browser_of):
    """A browser at its desk, when the plan is over but for an hour."""
    return browser_of(desk_of(kept, now=NOW + timedelta(hours=11)))


def names(own):
    return re.findall(
        r'scope="row">(?:<a[^>]*>)?(\d{8}T\d{6}Z-[0-9a-f]{8})', own.get("/plans").text
    )


def test_every_plan_is_listed_the_last_one_in_force(own):
    text = own.get("/plans").text
    last, first = names(own)
    assert f"2 plans kept, {last} in force" in text
    assert f"/compare?a={first}&amp;b={last}" in text
    assert "limits.min_elevation" in text


def test_losses_say_what_trying_changes_does_to_the_plan_in_force(own):
    """Nothing was tried of a plan of the desk; the command that tries puts its own in force."""
    assert "the whole window anew, in force" in own.get("/losses").text


def test_two_plans_beside_each_other_say_what_they_deliver(own):
    """The other way round the same amounts stand the other way round."""
    last, first = names(own)
    amounts = []
    for a, b in ((first, last), (last, first)):
        text = own.get(f"/compare?a={a}&b={b}").text
        assert "What changes, and why" in text
        amounts.append(re.search(r"<h1>.*?([\d.]+ \w+) → ([\d.]+ \w+)", text).groups())
    assert amounts[0] == amounts[1][::-1]
    assert len(set(amounts[0])) == 2


def test_names_of_plans_are_those_of_the_ledger(own):
    last, _ = names(own)
    for other in ("20161218T120000Z-00000000", "../plan", f"{last}/../{last}", f"./{last}", ""):
        answer = own.get("/compare", params={"a": last, "b": other})
        assert answer.status_code == 404, other


def test_the_log_says_what_became_of_contacts(own):
    text = own.get("/log").text
    assert "1 flown, 1 failed" in text
    assert "fog" in text
    assert "&lt;b&gt;fine&lt;/b&gt;" in text


def test_a_changed_plan_of_the_ledger_is_not_compared(own, kept, tmp_path, desk_of, browser_of):
    shutil.copytree(kept, tmp_path / "m")
    last, first = names(own)
    with (tmp_path / "m" / "plans" / first / "passes.csv").open("a") as file:
        file.write("\n")
    answer = browser_of(desk_of(tmp_path / "m")).get(f"/compare?a={first}&b={last}")
    assert answer.status_code == 409
    assert "changed since the plan was made" in answer.text
    assert str(tmp_path) not in answer.text


def test_a_damaged_ledger_is_said_and_not_shown(kept, tmp_path, desk_of, browser_of):
    shutil.copytree(kept, tmp_path / "m")
    path = tmp_path / "m" / "ledger.sqlite"
    path.write_bytes(b"no ledger at all" * 100)
    answer = browser_of(desk_of(tmp_path / "m")).get("/log")
    assert answer.status_code == 409
    assert "ledger.sqlite" in answer.text
    assert str(tmp_path) not in answer.text


def test_what_others_book_is_seen_at_once(kept, tmp_path, desk_of, browser_of):
    shutil.copytree(kept, tmp_path / "m")
    browser = browser_of(desk_of(tmp_path / "m", now=NOW + timedelta(hours=11)))
    before = browser.get("/log").text
    with Ledger.open(tmp_path / "m" / "ledger.sqlite", author="other", now=NOW) as ledger:
        third = sorted(ledger.plan_in_force().scheduled)[2:3]
        ledger.append_all([ContactFlown(contact_key=key) for key in third])
        count = len(ledger.events())
    after = browser.get("/log").text
    assert f"The ledger: {count} entries" in after
    assert (before == after) == (not third)


def test_a_clock_before_the_ledger_is_said_before_anything_is_done(kept, desk_of, browser_of):
    for late_h, told in ((-1, True), (1, False)):
        own = browser_of(desk_of(kept, now=NOW + timedelta(hours=late_h)))
        assert ("Nothing can be booked" in own.get("/week").text) == told
