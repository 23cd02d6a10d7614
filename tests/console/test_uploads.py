"""A log that a browser sends: told what is wrong, shown what would be booked, then booked."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import pytest
from acts_mission import FLOWN, NOW, SURE, work_in
from typer.testing import CliRunner

from satqkd.cli.app import app as command_line
from satqkd.console.exporting import export, export_folder, require_forms
from satqkd.console.uploads import LARGEST_BYTES, book, preview, shown_name, upload_of
from satqkd.errors import InputError, LedgerError, SatqkdError

LOG = f"""utc,satellite,station,contact_key,sifted_bits,key_bits,qber
2016-12-19T16:52:14Z,Micius,Xinglong,{FLOWN},900000,250000,0.011
2016-12-19T18:27:00Z,Micius,Nanshan,micius-nanshan-1919,0,0,
"""


def silent(words: str, done: float | None, of: float | None) -> None:
    """Be told nothing."""
    del words, done, of


@pytest.fixture(scope="module")
def office(first, tmp_path_factory) -> Path:
    """Return a copy of the mission with a plan in force; its ledger grows."""
    return Path(shutil.copytree(first, tmp_path_factory.mktemp("log") / "mission"))


def test_a_log_is_shown_and_booked_once(office):
    """Nothing is booked by looking; twice is refused."""
    work = work_in(office, by="Ann")
    entries = len(work.store().book().plans)
    found = preview(work, upload_of("monday.csv", LOG.encode()), tell=silent)

    assert len(work.store().book().plans) == entries
    assert work.store().book().contacts.state(FLOWN) is None
    assert found.name == "monday.csv"
    assert found.words[:2] == (
        f"{FLOWN} flown",
        "micius-nanshan-1919 failed: the log has no sifted bits of it",
    )
    assert found.known == ()
    assert found.told[0].startswith("1 of 2 contacts gave key, 250,000 bit")
    made = book(work, found.to_plain()["events"])
    assert {one.author for one in made} == {"satqkd desk, Ann"}
    assert len({one.act for one in made}) == 1
    state = work.store().book().contacts.state
    assert (state(FLOWN), state("micius-nanshan-1919")) == ("flown", "failed")
    with pytest.raises(LedgerError, match="already"):
        book(work, found.events)
    again = preview(work, upload_of("monday.csv", LOG.encode()), tell=silent)
    assert again.events == ()
    assert set(again.known) == {FLOWN, "micius-nanshan-1919"}
    other = LOG.replace(",250000,", ",260000,")
    told = preview(work, upload_of("other.csv", other.encode()), tell=silent).told
    assert any("260,000" in one and one.endswith("what is booked stays") for one in told)


def tracking(folder: Path) -> str:
    """A tracking data message of the contact that was flown: where it stood highest."""
    with (folder / "plan" / "passes.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [one for one in csv.DictReader(file) if one["contact_key"] == FLOWN]
    at = row["culmination_utc"].rstrip("Z")
    return "\n".join(
        [
            "CCSDS_TDM_VERS = 2.0", "CREATION_DATE = 2016-12-20T00:00:00", "ORIGINATOR = TEST",
            "META_START", "TIME_SYSTEM = UTC", "PARTICIPANT_1 = Xinglong",
            "PARTICIPANT_2 = Micius", "MODE = SEQUENTIAL", "PATH = 2,1", "ANGLE_TYPE = AZEL",
            "META_STOP", "DATA_START", f"ANGLE_1 = {at} {row['culmination_azimuth_deg']}",
            f"ANGLE_2 = {at} {row['max_elevation_deg']}", f"RECEIVE_FREQ = {at} 3.5e14",
            "DATA_STOP", "",
        ]
    )  # fmt: skip


def test_tracking_data_is_noted_once_and_as_the_command_notes_it(office, tmp_path, monkeypatch):
    """A note to its contact, which stays what it was; what else is in it is told as left aside."""
    text = tracking(office)
    work, sent = work_in(office), upload_of("x.tdm", text.encode())
    state = work.store().book().contacts.state(FLOWN)
    found = preview(work, sent, tell=silent)
    assert [one["event"] for one in found.events] == ["note"]
    assert any("left aside: RECEIVE_FREQ" in one for one in found.told)
    book(work, found.events)
    again = preview(work, sent, tell=silent)
    assert (again.events, again.known) == ((), (FLOWN,))
    assert work.store().book().contacts.state(FLOWN) == state

    (tmp_path / "x.tdm").write_text(text, encoding="utf-8")
    monkeypatch.chdir(office)
    words = ["flown", str(tmp_path / "x.tdm"), "--now", NOW.isoformat()]
    done = CliRunner().invoke(command_line, words, catch_exceptions=False)
    assert done.exit_code == 0
    assert "1 entry" not in done.output  # by its hash the command knows what the desk booked
    with work.store().open(write=False) as ledger:
        notes = [one for one in ledger.events() if one.event.name == "note"]
    assert len(notes) == 1
    assert f"sha256 {hashlib.sha256(text.encode()).hexdigest()[:12]}" in notes[0].event.text


def test_what_is_wrong_in_tracking_data_is_told_by_line(office):
    """At once, as of a log."""
    text = tracking(office).replace("RECEIVE_FREQ = ", "RECEIVE_FREQ ")
    with pytest.raises(InputError) as refused:
        upload_of("../x.tdm", text.encode())
    assert refused.value.findings[0].place == "x.tdm:15"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("utc,satelite,sifted_bits\n", "log.csv:1", "satelite"),
        (LOG.replace("900000", "many"), "log.csv:2", "sifted_bits"),
        (LOG.replace("2016-12-19T18", "19.12.2016 18"), "log.csv:3", "utc"),
    ],
)
def test_what_is_wrong_is_told_by_line(text, place, words):
    with pytest.raises(InputError) as refused:
        upload_of("log.csv", text.encode())
    assert refused.value.findings[0].place == place
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds nothing"),
        (b" \n\n", "holds nothing"),
        (b"x" * (LARGEST_BYTES + 1), "more than 2 MB"),
        (b"\x00\x01\x02\xff", "log.csv"),
        (b"PK\x03\x04" + bytes(300), "log.csv"),
    ],
)
def test_what_is_no_log_is_refused(data, words):
    with pytest.raises(SatqkdError, match=words):
        upload_of("log.csv", data)


def test_a_contact_of_another_mission_is_told(office):
    text = LOG.replace("Xinglong", "Atlantis")
    with pytest.raises(InputError, match="Atlantis"):
        preview(work_in(office), upload_of("log.csv", text.encode()), tell=silent)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("<img onerror=x>.csv", "<img onerror=x>.csv"),
        ("a\u202e\nb.csv", "a??b.csv"),
        ("x" * 5000, "x" * 80),
        ("", "log.csv"),
    ],
)
def test_the_name_of_a_file_is_only_shown(name, shown):
    assert shown_name(name) == shown


def test_files_are_handed_over(office, tmp_path):
    """Calendars and a schedule of one station, as 'satqkd export' writes them."""
    folder = Path(shutil.copytree(office, tmp_path / "mission"))
    work = work_in(folder)
    made = export(work, ["ics", "ssf"], ["Xinglong"], tell=silent)

    assert made.contacts == 2
    assert made.folder == "plan-export"
    found = {one.name for one in export_folder(work).iterdir()}
    assert found == {*made.files, "export.json"}
    calendar = next(one for one in made.files if one.endswith(".ics"))
    assert SURE in (export_folder(work) / calendar).read_text()
    for forms, stations in ((["exe"], []), ([], []), (["ics"], ["Atlantis"])):
        with pytest.raises(SatqkdError):
            export(work, forms, stations, tell=silent)


def test_forms_are_in_their_order():
    assert require_forms(["ssf", "ics"]) == ["ics", "ssf"]
