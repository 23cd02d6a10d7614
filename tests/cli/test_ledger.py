"""``satqkd ledger``, ``pin``, ``ban``, ``out`` and ``undo``, as an operator types them."""

from __future__ import annotations

import csv
import io
import json

import pytest

NOW = ("--now", "2016-12-22T12:40:00Z")
PAIR = {"station_a": "Xinglong", "station_b": "Nanshan"}
EVENTS = [
    {
        "event": "key made",
        "block": "x1",
        "maker": "Micius",
        "station": "Xinglong",
        "bits": 2_000_000,
        "epsilon": 1e-9,
        "made_at": "2016-12-22T01:00:00Z",
    },
    {
        "event": "key made",
        "block": "n1",
        "maker": "Micius",
        "station": "Nanshan",
        "bits": 1_000_000,
        "epsilon": 1e-9,
        "made_at": "2016-12-21T20:40:00+08:00",
    },
    {"event": "key relayed", "satellite": "Micius", "pair": PAIR, "bits": 900_000},
    {"event": "key delivered", "pair": PAIR, "bits": 800_000},
]


@pytest.fixture
def ran(satqkd, campaign):
    """Run a command in the campaign's folder; it has to end with this code."""

    def run(*words: str, code: int = 0):
        answer = satqkd(*words, cwd=campaign)
        assert answer.returncode == code, answer.stderr + answer.stdout
        return answer

    return run


@pytest.fixture
def booked(ran, campaign):
    """Key made, relayed and delivered, booked from a file."""
    lines = [json.dumps(event) + "\n" for event in EVENTS]
    (campaign / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    ran("ledger", "book", "events.jsonl", *NOW)
    return campaign


@pytest.mark.usefixtures("booked")
def test_a_day_at_the_desk(ran):
    """Spend, show, audit: the same numbers everywhere."""
    told = ran("ledger", "spend", "Xinglong,Nanshan", "25600", "--for", "vpn", *NOW)
    assert told.stdout == "5: 25,600 bit of Nanshan – Xinglong spent for vpn\n"
    stock = json.loads(ran("ledger", "show", "--json", "--now", "2016-12-23T12:40:00Z").stdout)
    pair, *pools = stock["stock"]
    assert (pair["station_a"], pair["station_b"], pair["satellite"]) == (
        "Nanshan",
        "Xinglong",
        None,
    )
    assert pair["held_bits"] == 800_000 - 25_600
    assert pair["on_the_way_bits"] == 100_000
    assert pair["held_rekeys"] == 3025  # 774,400 / 256
    assert pair["held_pad_bytes"] == 96_800
    assert pair["oldest_d"] == 2.0
    assert pair["held_epsilon"] == 2e-9
    assert {one["station_a"]: one["held_bits"] for one in pools} == {
        "Nanshan": 100_000,
        "Xinglong": 1_100_000,
    }
    audit = ran("ledger", "audit").stdout
    assert "5 entries, every hash and every balance as it should be" in audit
    assert "3,000,000 bit made, 25,600 spent" in audit
    text = ran("ledger", "show", *NOW).stdout
    assert "774,400" in text
    assert "plan in force: none" in text


@pytest.mark.usefixtures("booked")
def test_an_overdraw_is_refused_with_what_is_there(ran):
    """Exit code 2; nothing is booked."""
    answer = ran("ledger", "spend", "Xinglong,Nanshan", "1 Mbit", *NOW, code=2)
    assert "what Nanshan – Xinglong can spend is 800,000 bit" in answer.stderr
    assert "4 entries" in ran("ledger", "audit").stdout


def test_a_file_is_booked_whole_or_not_at_all(ran, booked):
    """The block of line 2 was made already: line 1 is not booked either."""
    note = {"event": "note", "text": "x"}
    text = f"{json.dumps(note)}\n{json.dumps(EVENTS[0])}\n"
    (booked / "more.jsonl").write_text(text, encoding="utf-8")
    answer = ran("ledger", "book", "more.jsonl", *NOW, code=2)
    assert "block x1 was made already" in answer.stderr
    (booked / "odd.jsonl").write_text('{"event": "note"}\n', encoding="utf-8")
    answer = ran("ledger", "book", "odd.jsonl", *NOW, code=2)
    assert "odd.jsonl:1: note: text is missing" in answer.stderr
    assert "4 entries" in ran("ledger", "audit").stdout


def test_an_export_is_taken_in_hash_for_hash(ran, booked):
    """Into a new ledger; then only what is new; never another history."""
    ran("ledger", "export", "-o", "all.jsonl")
    ran("ledger", "import", "all.jsonl", "--ledger", "copy.sqlite")
    ran("ledger", "note", "later", *NOW)
    ran("ledger", "export", "-o", "all.jsonl", "--force")
    told = ran("ledger", "import", "all.jsonl", "--ledger", "copy.sqlite").stderr
    assert "1 entry taken over" in told
    hashes = [
        json.loads(ran("ledger", "audit", "--json", "--ledger", name).stdout)["last_sha256"]
        for name in ("ledger.sqlite", "copy.sqlite")
    ]
    assert hashes[0] == hashes[1]
    ran("ledger", "note", "elsewhere", "--ledger", "copy.sqlite", *NOW)
    answer = ran("ledger", "import", "all.jsonl", "--ledger", "copy.sqlite", code=2)
    assert "6 entries already, the file 5" in answer.stderr
    ran("ledger", "note", "here", *NOW)
    ran("ledger", "export", "-o", "all.jsonl", "--force")
    answer = ran("ledger", "import", "all.jsonl", "--ledger", "copy.sqlite", code=2)
    assert "two histories" in answer.stderr
    lines = (booked / "all.jsonl").read_text(encoding="ascii").replace("900000", "900001")
    (booked / "all.jsonl").write_text(lines, encoding="ascii")
    answer = ran("ledger", "import", "all.jsonl", "--ledger", "new.sqlite", code=2)
    assert "all.jsonl:3: entry 3: is not what was written" in answer.stderr
    assert not (booked / "new.sqlite").exists()


def test_damage_gives_exit_code_1(ran, booked):
    """Of the audit; other commands refuse with 2 and change nothing."""
    path = booked / "ledger.sqlite"
    path.write_bytes(path.read_bytes().replace(b'"bits":900000', b'"bits":100000'))
    answer = ran("ledger", "audit", code=1)
    assert "damaged: entry 3: is not what was written: its hash differs" in answer.stdout
    assert "2 entries before the damage are whole" in answer.stdout
    for words in (("ledger", "show"), ("ledger", "note", "x", *NOW)):
        assert "entry 3: is not what was written" in ran(*words, code=2).stderr


def test_pins_bans_and_outages_are_kept_until_undone(ran, campaign):
    """In the file that the mission names."""
    mission = campaign / "mission.yaml"
    text = mission.read_text(encoding="utf-8").replace("duration:", "ledger: ops.db\nduration:")
    mission.write_text(text, encoding="utf-8")
    ran("pin", "micius-xinglong-1918", "--why", "visitors", *NOW)
    ran("ban", "micius-nanshan-1919", *NOW)
    ran("out", "Lijiang", "2016-12-22", "+2d", "--why", "dome sticks", *NOW)
    assert (campaign / "ops.db").exists()
    assert not (campaign / "ledger.sqlite").exists()
    told = json.loads(ran("ledger", "show", "--json", *NOW).stdout)
    assert told["pinned"] == {"micius-xinglong-1918": 1}
    assert told["banned"] == {"micius-nanshan-1919": 2}
    assert told["out"] == [
        {
            "sequence": 3,
            "station": "Lijiang",
            "start_utc": "2016-12-22T00:00:00.000Z",
            "end_utc": "2016-12-24T12:40:00.000Z",
            "why": "dome sticks",
        }
    ]
    assert ran("undo", *NOW).stdout == "4: entry 3 undone\n"
    assert ran("undo", "1", *NOW).stdout == "5: entry 1 undone\n"
    told = json.loads(ran("ledger", "show", "--json", *NOW).stdout)
    assert (told["pinned"], told["out"]) == ({}, [])
    assert "undone already" in ran("undo", "1", *NOW, code=2).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pin", "micius-xinglong"), "no contact of this mission can be called"),
        (("ban", "micius-xinglang-1918"), "no contact of this mission can be called"),
        (("out", "Lijang", "now", "+1d", "--why", "x"), "write 'Lijiang'"),
        (("out", "Lijiang", "+1d", "now", "--why", "x"), "is not before"),
        (("undo",), "there is no ledger yet"),
        (("undo", "5"), "there is no entry 5: nothing is booked yet"),
        (("ledger", "spend", "Xinglong", "1"), "is no pair of stations"),
        (("ledger", "spend", "Xinglong,Nanchang", "1"), "fix: correct the names, or book first"),
        (
            ("ledger", "fail", "micius-xinglang-1918", "--why", "x"),
            "no contact of this mission can",
        ),
        (("ledger", "import", "none.jsonl"), "holds no entry"),
        (("ledger", "note", "x", "--now", "yesterday"), "--now: 'yesterday' is no date"),
    ],
)
def test_what_cannot_be_meant_is_refused(ran, campaign, words, told):
    """And no ledger is made for it."""
    (campaign / "none.jsonl").write_text("\n", encoding="utf-8")
    assert told in ran(*words, code=2).stderr
    assert not (campaign / "ledger.sqlite").exists()


def test_without_a_ledger_a_mission_is_as_before(ran, campaign):
    """To check makes none, named or not."""
    ran("check")
    (campaign / "mission.yaml").write_text(
        "ledger: ops.db\n" + (campaign / "mission.yaml").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    ran("check")
    assert not [one for one in campaign.iterdir() if one.suffix in {".db", ".sqlite"}]


def planned(ran, *more: str):
    """Plan without pictures and draws."""
    return ran("plan", "--samples", "0", "--pictures", "none", "--series", "none", *more)


def test_a_plan_of_a_mission_with_a_ledger_is_kept(ran, campaign):
    """Under its id, never changed; plan/ is a copy of it; the ledger says what it decides."""
    ran("ledger", "note", "begin", *NOW)
    planned(ran, *NOW)
    (first,) = (campaign / "plans").iterdir()
    assert first.name.startswith("20161222T124000Z-")
    kept = {one.name: one.read_bytes() for one in first.iterdir()}
    assert {one.name: one.read_bytes() for one in (campaign / "plan").iterdir()} == kept
    manifest = json.loads(kept["plan.json"])
    assert (manifest["plan_id"], manifest["parent"]) == (first.name, None)

    planned(ran, "--days", "3", "--now", "2016-12-22T13:00:00Z")
    assert {one.name: one.read_bytes() for one in first.iterdir()} == kept
    (second,) = set((campaign / "plans").iterdir()) - {first}
    assert second.name.partition("-")[2] != first.name.partition("-")[2], "other inputs"
    manifest = json.loads((campaign / "plan" / "plan.json").read_bytes())
    assert (manifest["plan_id"], manifest["parent"]) == (second.name, first.name)
    planned(ran, "--now", "2016-12-22T13:00:00Z")
    (third,) = set((campaign / "plans").iterdir()) - {first, second}
    assert third.name.partition("-")[2] == first.name.partition("-")[2], "the same inputs"

    ran("ledger", "export", "-o", "all.jsonl")
    lines = (campaign / "all.jsonl").read_text(encoding="ascii").splitlines()
    body = json.loads(lines[1])["body"]
    rows = list(csv.DictReader(io.StringIO(kept["passes.csv"].decode())))
    assert {one["contact_key"]: one["status"] for one in body["decisions"]} == {
        row["contact_key"]: row["status"] for row in rows
    }
    assert {one["contact_key"]: one["planned_bits"] for one in body["decisions"]} == {
        row["contact_key"]: int(row["planned_bits"]) for row in rows
    }
    assert {one["path"] for one in body["inputs"]} >= {"mission.yaml", "stations.yaml"}
    shown = json.loads(ran("ledger", "show", "--json", *NOW[:1], "2016-12-23").stdout)
    assert shown["plan_in_force"] == third.name


def test_a_plan_heeds_what_the_ledger_wishes(ran, campaign):
    """Pins, bans and outages; what is of another window is told and left out."""
    ran("pin", "micius-xinglong-1994", *NOW)
    ran("pin", "micius-xinglong-2999", *NOW)
    ran("ban", "micius-lijiang-1918", "--why", "visitors", *NOW)
    ran("out", "Nanshan", "2016-12-19", "2016-12-26", "--why", 'dome "sticks": {badly}', *NOW)
    told = planned(ran, "--pin", "micius-delingha-1949", *NOW).stderr
    assert "'satqkd pin micius-xinglong-2999' (entry 2 of the ledger) is of no contact" in told
    text = (campaign / "plan" / "passes.csv").read_text(encoding="utf-8")
    rows = {row["contact_key"]: row for row in csv.DictReader(io.StringIO(text))}
    for key in ("micius-xinglong-1994", "micius-delingha-1949"):
        assert (rows[key]["status"], rows[key]["pin"]) == ("scheduled", "pinned")
    assert rows["micius-lijiang-1918"]["pin"] == "banned"
    told = ran("ledger", "commit", "micius-xinglong-199", *NOW).stderr
    assert "no plan of this ledger has a contact micius-xinglong-199; if it is none, " in told
    assert "'satqkd undo 6' takes it back" in told
    assert "note:" not in ran("ledger", "commit", "micius-xinglong-1994", *NOW).stderr
    nanshan = [row for row in rows.values() if row["station"] == "Nanshan"]
    assert all(row["status"] == "rejected" for row in nanshan)
    assert any('dome "sticks": {badly}' in row["reason"] for row in nanshan)
    ran("undo", "4", *NOW)
    planned(ran, *NOW)
    text = (campaign / "plan" / "passes.csv").read_text(encoding="utf-8")
    assert "badly" not in text


def test_a_damaged_ledger_stops_a_plan_before_it_begins(ran, campaign):
    """Nothing is written; without a ledger there are no plans/."""
    planned(ran)
    assert not (campaign / "plans").exists()
    ran("ledger", "note", "begin", *NOW)
    (campaign / "ledger.sqlite").write_bytes(b"")
    before = (campaign / "plan" / "plan.json").read_bytes()
    told = ran("plan", *NOW, code=2).stderr
    assert "is empty: a ledger never is" in told
    assert (campaign / "plan" / "plan.json").read_bytes() == before
    assert not (campaign / "plans").exists()


def test_stock_ahead_begins_with_what_the_ledger_says(ran, booked):
    """Day by day, with use; nothing is booked by looking."""
    mission = booked / "mission.yaml"
    text = mission.read_text(encoding="utf-8")
    pair = "between: [Xinglong, Nanshan], weight: 1"
    assert pair in text
    mission.write_text(text.replace(pair, f"{pair}, use: 20 bit/s"), encoding="utf-8")
    before = json.loads(ran("ledger", "audit", "--json").stdout)
    asked = ("ledger", "ahead", "--samples", "20", "--bits", "100 kbit", "--now")
    answer = ran(*asked, "2016-12-24T00:00:00Z", "--json")
    assert "no plan is in force" in answer.stderr
    rows = [row for row in json.loads(answer.stdout) if row["station_a"] == "Xinglong"]
    first, second = rows[:2]
    assert (first["station_b"], first["at_utc"]) == ("Nanshan", "2016-12-25T00:00:00.000Z")
    assert first["begin_bits"] == 800_000
    assert first["ahead_p10_bits"] <= first["ahead_p50_bits"] <= first["ahead_p90_bits"]
    assert first["ahead_p50_rekeys"] == first["ahead_p50_bits"] // 256
    assert first["ahead_p50_pad_bytes"] == first["ahead_p50_bits"] // 8
    assert 0.0 <= first["asked_there"] <= 1.0
    assert first["dry_by_then"] <= second["dry_by_then"]
    text = ran(*asked, "2016-12-25T00:00:00Z", "--at", "2016-12-25T11:00:00Z").stdout
    # 800 kbit at 20 bit/s last 40,000 s, 11.1 h
    assert "Xinglong – Nanshan holds 800,000 bit now" in text
    late = ran(*asked, "2016-12-27T00:00:00Z", code=2).stderr
    assert "window ended at 2016-12-26T00:00:00Z" in late
    assert json.loads(ran("ledger", "audit", "--json").stdout) == before


def test_stock_ahead_goes_on_with_the_plan_in_force(ran, campaign):
    """A day later, and says when that plan would change."""
    mission = campaign / "mission.yaml"
    text = mission.read_text(encoding="utf-8")
    mission.write_text(text.replace("duration: 7 d", "duration: 4 d"), encoding="utf-8")
    ran("ledger", "note", "begin", "--now", "2016-12-21T11:00:00Z")
    planned(ran, "--now", "2016-12-21T11:30:00Z")
    with (campaign / "plan" / "deliveries.csv").open(encoding="utf-8", newline="") as file:
        given = sum(
            int(row["given_bits"])
            for row in csv.DictReader(file)
            if {row["station_a"], row["station_b"]} == {"Nanshan", "Lijiang"}
        )
    asked = ("ledger", "ahead", "--samples", "20", "--json")
    answer = ran(*asked, *NOW)
    assert answer.stderr == ""
    last = [row for row in json.loads(answer.stdout) if row["station_b"] == "Lijiang"][-1]
    assert given > 0
    # no climate is given of either: in every realisation all comes
    assert last["ahead_p10_bits"] == pytest.approx(given, abs=100)
    ran("ban", "micius-lijiang-1964", *NOW)
    assert "contacts are others than in the plan in force" in ran(*asked, *NOW).stderr
