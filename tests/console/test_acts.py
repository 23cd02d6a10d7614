"""Pin, replan, look, accept: what the desk does, held against the ledger and the plans."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from acts_mission import BEGUN, FLOWN, NOW, OTHER, SPARE, SURE, TWIN, bare, work_in

from satqkd.console import acts
from satqkd.console.draft import ConflictError, Draft
from satqkd.console.draft_values import Limit, Tried
from satqkd.console.draft_wishes import Ban, Free, Lift, Out, Pin
from satqkd.console.in_force import put_in_force
from satqkd.console.jobs import Jobs
from satqkd.console.replanning import compared, replan
from satqkd.errors import SatqkdError
from satqkd.network.ledger import (
    Banned,
    ContactCommitted,
    Pinned,
    PlanIssued,
    PlanPutInForce,
    StationOut,
    audit,
)
from satqkd.report.plan_folder import file_of, read_plan


def silent(words: str, done: float | None, of: float | None) -> None:
    """Be told nothing."""
    del words, done, of


def out(station: str, begin_h: float, end_h: float) -> Out:
    """Return an outage, in hours from :data:`NOW`."""
    start, end = NOW + timedelta(hours=begin_h), NOW + timedelta(hours=end_h)
    return Out(station=station, start=start, end=end, why="dome sticks")


@pytest.fixture(scope="module")
def answered(first, tmp_path_factory) -> Path:
    """The same with an answer to a draft that pins one contact; not to be changed."""
    folder = tmp_path_factory.mktemp("answered") / "mission"
    shutil.copytree(first, folder)
    work = work_in(folder)
    acts.add(work, 0, Pin(contact_key=SPARE, why="visitors"))
    replan(work, 1, tell=silent)
    return folder


@pytest.fixture
def office(first, tmp_path) -> Path:
    """Return a copy of the first."""
    return Path(shutil.copytree(first, tmp_path / "mission"))


@pytest.fixture
def asked(answered, tmp_path) -> Path:
    """Return a copy of the second."""
    return Path(shutil.copytree(answered, tmp_path / "mission"))


def book_of(work):
    return work.store().book()


def booked(work, *events, at=NOW):
    """Book something behind the desk's back."""
    store = work_in(work.mission.parent, now=at).store()
    with store.open(write=True) as ledger:
        return ledger.append_all(events)


def scheduled(folder: Path) -> set[str]:
    return {row["contact_key"] for row in read_plan(folder).passes if row["status"] == "scheduled"}


def test_pin_replan_look_accept(asked):
    """The plan in force changes by the last of these alone, and the ledger says all of it."""
    work = work_in(asked, by="Ann")
    parent = book_of(work).in_force
    draft = acts.draft_of(work)
    before = scheduled(work.plan)
    found = compared(work, draft)
    changes = {one.contact_key: one for one in found.changes}

    assert SPARE not in before
    assert (changes[SPARE].what, changes[SPARE].why) == ("added", "pinned")
    assert changes[OTHER].what in {"dropped", "cut"}
    assert any("secret bits delivered" in one for one in draft.answer.notes)
    assert draft.answer.parent == parent
    assert book_of(work).plans.keys() == {parent}

    made = put_in_force(
        work, draft.answer.plan_id, expected_parent=parent, version=draft.version, note="they come"
    )
    book = book_of(work)
    assert made.note == ""
    assert [type(one.event).__name__ for one in made.entries] == ["Pinned", "PlanIssued", "Note"]
    assert len({one.act for one in made.entries}) == 1
    assert {one.author for one in made.entries} == {"satqkd desk, Ann"}
    assert book.in_force == draft.answer.plan_id
    assert book.plans[book.in_force].parent == parent
    assert [one.contact_key for one in book.wishes.pins.values()] == [SPARE]
    assert SPARE in scheduled(work.plan)
    assert (work.plan / "plan.json").read_bytes() == (
        work.store().plans / book.in_force / "plan.json"
    ).read_bytes()
    assert acts.draft_of(work) == Draft(version=draft.version + 1)
    assert audit(work.store().path).faults == ()

    back = put_in_force(
        work, parent, expected_parent=book.in_force, version=0, note="they do not come"
    )
    assert isinstance(back.entries[0].event, PlanPutInForce)
    assert book_of(work).in_force == parent
    assert scheduled(work.plan) == before


def test_what_the_plan_decides_is_what_its_tables_say(asked):
    """The event that is booked and the tables are of one plan."""
    work = work_in(asked)
    plan_id = acts.draft_of(work).answer.plan_id
    event = work.store().proposal(plan_id)
    folder = work.store().folder_of(plan_id)
    assert event.scheduled == scheduled(folder)
    assert read_plan(folder).manifest["plan_id"] == plan_id
    (folder / "proposal.json").write_bytes(file_of(read_plan(folder), "proposal.json") + b" ")
    with pytest.raises(SatqkdError, match=r"proposal\.json is not what plan\.json says"):
        work.store().proposal(plan_id)


def test_two_tabs(asked):
    """The second is told, whatever the first did: changed the draft, accepted, discarded."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    plan_id, parent = draft.answer.plan_id, draft.answer.parent
    acts.add(work, draft.version, Ban(contact_key=SURE))
    with pytest.raises(ConflictError, match="another tab changed the draft"):
        put_in_force(work, plan_id, expected_parent=parent, version=draft.version)
    with pytest.raises(ConflictError, match="is not the answer to the draft any more"):
        put_in_force(work, plan_id, expected_parent=parent, version=draft.version + 1)
    with pytest.raises(ConflictError, match="another tab"):
        acts.discard(work, draft.version)
    with pytest.raises(ConflictError, match="another tab"):
        replan(work, draft.version, tell=silent)
    assert book_of(work).in_force == parent


def test_a_folder_that_is_no_copy_of_the_plan_in_force_stays(asked):
    """Such as a kept plan that a desk was opened with: kept plans never change."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    parent, new = draft.answer.parent, draft.answer.plan_id
    put_in_force(work, new, expected_parent=parent, version=draft.version)
    kept = replace(work, plan=work.store().plans / parent)
    before = {one.name: one.read_bytes() for one in kept.plan.iterdir()}
    made = put_in_force(kept, parent, expected_parent=new, version=0, note="back")
    assert "is left as it is" in made.note
    assert book_of(work).in_force == parent
    assert {one.name: one.read_bytes() for one in kept.plan.iterdir()} == before
    assert SPARE in scheduled(work.plan)


def test_discarding_leaves_no_plan_behind(asked):
    """The one that waited is gone; those of the ledger, and of other hands, stay."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    store, parent = work.store(), draft.answer.parent
    other = store.plans / "20161220T130000Z-0123abcd"
    other.mkdir()
    acts.discard(work, draft.version)
    names = {one.name for one in store.plans.iterdir() if one.is_dir()}
    assert names == {parent, other.name}
    with pytest.raises(SatqkdError, match="is kept"):
        store.proposal(draft.answer.plan_id)


def test_somebody_else_booked_meanwhile(asked):
    """A wish of the command line, or another plan in force, makes the answer one to another
    question; a note does not."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    plan_id, parent = draft.answer.plan_id, draft.answer.parent
    with pytest.raises(ConflictError, match="another plan was put in force first"):
        put_in_force(work, plan_id, expected_parent=None, version=draft.version)
    booked(work, Banned(contact_key=SURE))
    with pytest.raises(ConflictError, match="what the plan heeds is another now"):
        put_in_force(work, plan_id, expected_parent=parent, version=draft.version)
    assert acts.draft_of(work) == draft
    assert book_of(work).plans.keys() == {parent}


def test_killed_between_booking_and_emptying_the_draft(asked):
    """The plan is in force, and the draft that led to it is none any more."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    text = work.draft_file().path.read_bytes()
    put_in_force(
        work, draft.answer.plan_id, expected_parent=draft.answer.parent, version=draft.version
    )
    work.draft_file().path.write_bytes(text)

    assert acts.draft_of(work).empty
    again = acts.add(work, draft.version, Free(contact_key=SPARE))
    assert again.changes == (Free(contact_key=SPARE),)
    assert again.answer is None


def test_a_plan_without_a_committed_contact_is_not_put_in_force(asked):
    """Neither an answer nor a plan of before."""
    work = work_in(asked)
    draft = acts.draft_of(work)
    new, parent = draft.answer.plan_id, draft.answer.parent
    put_in_force(work, new, expected_parent=parent, version=draft.version)
    booked(work, ContactCommitted(contact_key=SPARE))
    with pytest.raises(SatqkdError, match=f"lacks {SPARE}: committed contacts stay"):
        put_in_force(work, parent, expected_parent=new, version=0, note="back")
    assert book_of(work).in_force == new
    with pytest.raises(SatqkdError, match=r"why is empty"):
        put_in_force(work, parent, expected_parent=new, version=0)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ((Pin(contact_key=OTHER), out("Delingha", 0.0, 48.0)), (OTHER, "outage: dome sticks")),
        ((Pin(contact_key=SURE), Pin(contact_key=TWIN)), (SURE, TWIN, "clash")),
    ],
)
def test_what_cannot_be_planned_names_both(office, changes, names):
    """And nothing is solved, nor changed: the draft stays."""
    work = work_in(office)
    plans = sorted(one.name for one in work.store().plans.iterdir())
    for version, change in enumerate(changes):
        acts.add(work, version, change)
    with pytest.raises(SatqkdError) as refused:
        replan(work, 2, tell=silent)
    assert all(name in str(refused.value) for name in names)
    assert acts.draft_of(work).changes == changes
    assert set(plans) == {
        one.name for one in work.store().plans.iterdir() if not one.name.startswith("draft")
    }


def test_a_ban_comes_too_late_for_what_is_near(office):
    """Within two hours of its rise a contact stays; nothing is planned."""
    rise = min(
        row["rise_utc"] for row in read_plan(office / "plan").passes if row["contact_key"] == SURE
    )
    near = NOW.fromisoformat(rise) - timedelta(hours=1)
    work = work_in(office, now=near)
    acts.add(work, 0, Ban(contact_key=SURE))
    with pytest.raises(SatqkdError, match=f"{SURE}: too near to be changed"):
        replan(work, 1, tell=silent)


def test_committed_contacts_stay(office):
    """No ban, and no outage now, changes one."""
    work = work_in(office)
    booked(work, ContactCommitted(contact_key=SURE))
    with pytest.raises(SatqkdError, match=f"{SURE} cannot be changed: it is commanded, and stays"):
        acts.add(work, 0, Ban(contact_key=SURE))
    with pytest.raises(SatqkdError, match=f"(?s){SURE} is committed.*Xinglong cannot be out then"):
        acts.add(work, 0, out("Xinglong", -1.0, 24.0))
    assert acts.draft_of(work).empty
    acts.add(work, 0, out("Xinglong", 12.0, 24.0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Pin(contact_key="micius-atlantis-3"), "no contact of this mission can be called"),
        (Free(contact_key=SURE), "is neither pinned nor banned"),
        (out("Atlantis", 0.0, 1.0), "there is no station 'Atlantis'"),
        (out("Lijiang", -9.0, -1.0), "the outage is over"),
        (Lift(entry=1), "is no outage that holds"),
        (Limit(path="limits.min_elevation", value="95 deg"), "min_elevation"),
        (Limit(path="limits.no_such_thing", value="1"), "no_such_thing"),
        (Tried(what="range", sets="limits.max_range=-4 km"), "max_range"),
    ],
    ids=lambda one: getattr(one, "name", None),
)
def test_what_cannot_be_drafted_is_refused_at_once(office, change, words):
    work = work_in(office)
    with pytest.raises(SatqkdError, match=words):
        acts.add(work, 0, change)
    assert acts.draft_of(work) == Draft()
    assert not work.draft_file().path.exists()


def test_what_was_tried_of_other_files_is_refused(office):
    """Its paths count stations: of files that changed since they could name another one."""
    work, tried = work_in(office), Tried(what="range", sets="limits.max_range=1300 km")
    text = (office / "stations.yaml").read_text(encoding="utf-8")
    (office / "stations.yaml").write_text(f"# moved\n{text}", encoding="utf-8")
    with pytest.raises(SatqkdError, match=r"stations\.yaml"):
        acts.add(work, 0, tried)
    assert acts.draft_of(work) == Draft()
    (office / "stations.yaml").write_text(text, encoding="utf-8")
    assert acts.add(work, 0, tried).changes == (tried,)


def test_every_act_without_a_ledger_says_how_to_begin_one(tmp_path):
    work = work_in(bare(tmp_path / "mission", ledger=False))
    for act in (
        lambda: acts.draft_of(work),
        lambda: acts.add(work, 0, Pin(contact_key=SURE)),
        lambda: acts.undo(work, 0),
        lambda: acts.discard(work, 0),
        lambda: put_in_force(work, "x", expected_parent=None, version=0),
        lambda: replan(work, 0, tell=silent),
    ):
        with pytest.raises(SatqkdError, match=r"keeps no ledger(?s:.*)satqkd ledger note"):
            act()
    assert sorted(one.name for one in work.mission.parent.iterdir()) == [
        "data",
        "mission.yaml",
        "stations.yaml",
    ]


def test_the_first_plan_and_a_wish_of_the_ledger(tmp_path):
    """A mission whose ledger has no plan yet; by a process of its own, which says how far it is.

    What the draft changes of the ledger's wishes is booked with the plan.
    """
    folder = bare(tmp_path / "mission", ledger=True)
    work = work_in(folder, now=BEGUN)
    with work.store().open(write=True) as ledger:
        ledger.append(Pinned(contact_key=SPARE))
        ledger.append(StationOut(station="Lijiang", start=BEGUN, end=NOW, why="road closed"))
    acts.add(work, 0, Ban(contact_key=SPARE, why="no visitors"))
    acts.add(work, 1, Limit(path="limits.min_elevation", value="25 deg"))
    jobs = Jobs()
    seen = set()
    try:
        job = jobs.start("replan", {"work": work.to_plain(), "version": 2})
        while job.running:
            seen.add(job.at)
            job = jobs.wait(job.id, 0.05)
    finally:
        jobs.close()
    assert (job.status, job.message) == ("done", "")
    assert {"following contacts", "planning"} & seen
    draft = acts.draft_of(work)
    assert draft.answer.plan_id == job.result["plan_id"]
    assert draft.answer.parent is None
    assert compared(work, draft) is None

    put_in_force(work, draft.answer.plan_id, expected_parent=None, version=draft.version)
    book = book_of(work)
    plan = book.plans[book.in_force]
    assert isinstance(plan, PlanIssued)
    assert not book.wishes.pins
    assert [one.contact_key for one in book.wishes.bans.values()] == [SPARE]
    assert "the draft limits.min_elevation=25 deg" in plan.set_values
    rows = {row["contact_key"]: row for row in read_plan(work.plan).passes}
    assert rows[SPARE]["reason"] == "banned: by the mission"
    assert all(float(row["max_elevation_deg"]) > 25.0 for row in rows.values()
               if row["status"] == "scheduled")  # fmt: skip
    assert FLOWN in scheduled(work.plan)
    gone = [row for key, row in rows.items() if "lijiang" in key and row["status"] == "scheduled"]
    assert all(row["rise_utc"] > NOW.isoformat() for row in gone)


def test_a_stopped_replan_keeps_the_draft(office):
    """A cancelled job has changed nothing, and another can begin."""
    work = work_in(office)
    draft = acts.add(work, 0, Ban(contact_key=SURE))
    jobs = Jobs()
    try:
        job = jobs.start("replan", {"work": work.to_plain(), "version": 1})
        assert jobs.cancel(job.id).status == "stopped"
        assert jobs.running() is None
    finally:
        jobs.close()
    assert acts.draft_of(work) == draft
