"""Where the key goes adds up to the bit; what is not flown is listed as the tables have it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.report.html.blocks import block_by_block
from satqkd.report.html.contact import Contact, contacts_of, zones_of
from satqkd.report.html.losses import GroundBits, losses_title, terms, waterfall
from satqkd.report.html.not_flown import causes, causes_chart, limits_table
from satqkd.report.html.pairs import pairs_tables
from satqkd.report.html.passes import not_flown_title, windows_table
from satqkd.report.html.written import instant_of
from satqkd.report.plan_folder import PlanFolder, read_plan


def plan_of(**tables):
    empty = ("passes.csv", "together.csv", "keys.csv", "blocks.csv", "deliveries.csv")
    held = dict.fromkeys(empty, ())
    held |= {name.replace("_csv", ".csv"): tuple(rows) for name, rows in tables.items()}
    return PlanFolder(path=Path("plan"), manifest={"files": {}}, tables=held)


def block(every, made, possible=2, scheduled=1, **more):
    return {
        "satellite": "S", "station_a": "A", "station_b": "", "gathers": "week",
        "possible": str(possible), "scheduled": str(scheduled), "all_bits": str(every),
        "block_bits": str(made), "separate_bits": "0", "opening": "", **more,
    }  # fmt: skip


def pool(stock, spent, spare, lost=0):
    return {
        "kind": "pool", "satellite": "S", "station_a": "A", "station_b": "",
        "pool_bits": str(spent + spare), "stock_bits": str(stock), "spent_bits": str(spent),
        "spare_bits": str(spare), "lost_bits": str(lost),
    }  # fmt: skip


def given(kind, bits, weight="1.0", pair=("A", "B")):
    return {
        "kind": kind, "satellite": "S", "station_a": pair[0], "station_b": pair[1],
        "weight": weight, "delivered_bits": str(bits),
    }  # fmt: skip


@pytest.fixture(scope="module")
def plan(shipped):
    return read_plan(shipped)


def test_the_shipped_week_adds_up_to_the_bit(plan):
    """All = given up + made, made = 2 × delivered + spare, each summed here from the files."""
    found = terms(plan)
    blocks, keys = plan.tables["blocks.csv"], plan.tables["keys.csv"]
    every = sum(int(row["all_bits"]) for row in blocks)
    made = sum(int(row["block_bits"]) for row in blocks)
    delivered = sum(int(row["delivered_bits"] or 0) for row in keys)
    spare = sum(int(row["spare_bits"] or 0) for row in keys)
    lost = [one.bits for one in found if one.kind == "lost"]
    assert (found[0].bits, sum(lost)) == (every, every - made)
    (own,) = [one for one in found if one.what == "made by the plan"]
    assert own.bits == made == 2 * delivered + spare
    assert found[-1].bits == spare == every - sum(lost) - 2 * delivered
    assert not [one for one in found if "not accounted" in one.what]


def test_every_total_is_the_sum_of_what_stands_above_it(plan):
    """Also with stock on board, joint contacts, terrestrial links and key that is lost."""
    mixed = plan_of(
        blocks_csv=[
            block(9000, 5000), block(700, 0, scheduled=0),
            block(4000, 3000, station_b="B"), block(60, 50, station_b="C"),
        ],
        keys_csv=[
            given("delivery", 2000), given("joint", 3000), given("joint", 50, "", ("A", "C")),
            pool(1000, 2000, 500, 40), pool(0, 2000, 1500),
        ],
    )  # fmt: skip
    links = (GroundBits(name="fibre", bits=777), GroundBits(name="air", bits=1))
    for found in (terms(plan), terms(mixed), terms(mixed, links)):
        running = 0
        for one in found:
            running += one.change
            assert one.sign != "=" or one.bits == running, one
    (own,) = [one for one in terms(mixed) if one.what.startswith("relayed")]
    assert (own.bits, own.beside) == (4000, "= 2 × 0.00")
    assert [one.bits for one in terms(mixed) if one.what.startswith("made together")] == [3000, 50]
    assert "40 bit lost" in terms(mixed)[-1].beside


def test_what_no_pair_asks_for_is_not_given_up():
    """Of a pair that makes its key together no pool is asked for, and of no pair nothing is."""
    together = plan_of(
        blocks_csv=[
            block(3000, 3000, station_b="B"), block(900_000, 0, scheduled=0),
            block(700, 0, scheduled=0, station_b="B"), block(50, 0, scheduled=0, station_b="C"),
        ],
        keys_csv=[given("joint", 3000)],
    )  # fmt: skip
    found = terms(together)
    assert found[0].bits == 3700
    assert sum(one.bits for one in found if one.kind == "lost") == 700
    assert "900 kbit" in waterfall(together, name="w")
    assert "no pair asks for" in waterfall(together, name="w")
    asked = plan_of(
        blocks_csv=[block(5000, 4000), block(900_000, 0, scheduled=0)],
        keys_csv=[given("delivery", 0), pool(0, 4000, 4000)],
    )
    assert terms(asked)[0].bits == 905_000


def test_tables_that_do_not_add_up_are_said_to():
    wrong = plan_of(
        blocks_csv=[block(5000, 4000)], keys_csv=[given("delivery", 1500), pool(0, 3000, 900)]
    )
    (own,) = [one for one in terms(wrong) if "not accounted for" in one.what]
    assert own.bits == 4000 - 3000 - 900
    assert "not accounted for" in waterfall(wrong, name="w")


def test_a_plan_without_blocks_counts_each_contact_alone():
    old = plan_of(
        passes_csv=[
            {"status": "scheduled", "planned_bits": "3000", "secure_bits": "9"},
            {"status": "candidate", "planned_bits": "", "secure_bits": "2000"},
            {"status": "rejected", "planned_bits": "", "secure_bits": "7"},
        ],
        keys_csv=[given("delivery", 1400), pool(0, 2800, 200)],
    )
    found = terms(old)
    assert [one.bits for one in found] == [5000, 2000, 3000, 2800, 200]


def test_bars_are_as_long_as_their_bits(plan):
    """Bars of the picture, in px, are in the ratio of the bits, to a tenth of a pixel."""
    page = waterfall(plan, name="w")
    found = [one for one in terms(plan) if one.bits]
    drawing = page[: page.index("</svg>")]
    wide = [float(one) for one in re.findall(r'<rect [^>]*width="([\d.]+)"', drawing)]
    scale = wide[0] / found[0].bits
    for px, one in zip(wide, found, strict=True):
        assert px == pytest.approx(max(scale * one.bits, 1.0), abs=0.11)


def test_the_picture_and_the_table_say_the_same_bits(plan):
    page = read(waterfall(plan, name="w"))
    said = page.text.replace("\u2009", "")
    for one in terms(plan):
        assert f"{one.what}: {one.bits} bit" in said  # in the words of the picture
    raw = [own["data-raw"] for name, own in page.elements if own.get("data-col") == "bits"]
    assert raw == [str(one.bits) for one in terms(plan)]
    for cell in page.cells:
        assert cell.raw == plan.tables["blocks.csv"][cell.row - 1][cell.column]


def test_the_title_says_what_share_is_given_up(plan):
    found = terms(plan)
    lost = sum(one.bits for one in found if one.kind == "lost")
    assert f"({100.0 * lost / found[0].bits:.0f} %)" in losses_title(plan)


def test_causes_count_every_contact_once(plan):
    contacts = contacts_of(plan)
    left = [one for one in contacts if one.status != "scheduled"]
    assert sum(causes(contacts).values()) == len(left)
    page = causes_chart(contacts, name="c")
    assert all(f"{count} {cause}" in page for cause, count in causes(contacts).items())


def test_every_contact_that_is_not_flown_is_listed_with_its_limit(plan):
    left = [one for one in contacts_of(plan) if one.status != "scheduled"]
    page = read(limits_table(left, zones_of(plan)))
    assert {cell.row for cell in page.cells} == {one.number for one in left}
    for cell in page.cells:
        assert cell.raw == plan.passes[cell.row - 1][cell.column]
    daylight = next(one.number for one in left if one.row["limit"] == "daylight")
    cells = {cell.column: cell for cell in page.cells if cell.row == daylight}
    assert cells["limit_value"].text == "\u221212°"
    assert {"reached_value", "bits_at_stake", "change_needed", "reason"} <= set(cells)
    assert "No such contact" in limits_table((), {})


def test_the_report_shows_it_with_the_same_bits(shipped, plan):
    page = read((shipped / "report.html").read_text(encoding="utf-8"))
    raw = [own["data-raw"] for _, own in page.elements if own.get("data-col") == "bits"]
    assert raw == [str(one.bits) for one in terms(plan)]
    assert losses_title(plan) in page.text


def test_of_many_blocks_those_of_which_most_is_given_up_are_listed():
    many = plan_of(blocks_csv=[block(1000 + 10 * n, 1000) for n in range(150)], keys_csv=[])
    page = read(block_by_block(many, level="h3"))
    rows = {cell.row for cell in page.cells if cell.table == "blocks.csv"}
    assert rows == set(range(51, 151))
    assert "50 more blocks" in page.text


def test_windows_of_two_stations_lead_to_their_pages():
    """Keys go from row to row by these links."""
    row = {
        "contact_key": "k1", "satellite": "S", "station_a": "A", "station_b": "<b>",
        "start_utc": "2026-01-02T10:00:00.000Z", "end_utc": "2026-01-02T10:05:00.000Z",
        "status": "scheduled", "planned_bits": "1000",
    }  # fmt: skip
    one = Contact(
        row=row, number=1, file="together.csv", stations=("A", "<b>"), status="scheduled",
        rise=instant_of(row["start_utc"]), set=instant_of(row["end_utc"]),
        middle=instant_of(row["start_utc"]), bits=1000, zone=None,
    )  # fmt: skip
    page = str(windows_table([one], {}, link=lambda own: f"/pass/{own['contact_key']}"))
    assert 'href="/pass/k1"' in page
    assert "<b>" not in page
    assert "href" not in str(windows_table([one], {}))


def test_of_no_contacts_none_is_flown():
    assert not_flown_title(()) == "No satellite rises over a station"


def test_of_many_pools_those_with_most_key_are_listed():
    rows = [pool(0, 100 * n, 0) for n in range(130)]
    page = read(pairs_tables(rows))
    assert {cell.row for cell in page.cells if cell.table == "keys.csv"} == set(range(31, 131))
    assert "30 more pools" in page.text
