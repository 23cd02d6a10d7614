"""A log that a browser sends: told what is wrong, shown what would be booked, then booked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from acts_mission import FLOWN, SURE, work_in

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
