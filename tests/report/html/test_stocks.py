"""Stock of pairs: charts and tables say what is left of what is held, used and given."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.report.html.stocks import (
    WORDS,
    stock_chart,
    stock_charts,
    stock_table,
    stock_title,
)
from satqkd.report.plan_folder import read_plan
from satqkd.report.stock_course import Ahead, Arrived, PairStock, stocks_of

NOW = datetime(2016, 12, 22, 12, tzinfo=UTC)


def hours(number):
    return NOW + timedelta(hours=number)


def stock(held=48_000, need=24_000, coming=(), **more):
    """A pair that by default holds two days of its need, looked at for three."""
    return PairStock(
        station_a="A", station_b="B", now=NOW, end=hours(72), held_bits=held, need_bits_day=need,
        deliveries=tuple(Arrived(utc=hours(at), bits=bits) for at, bits in coming), **more,
    )  # fmt: skip


def test_without_a_delivery_it_is_dry_when_its_days_are_over():
    one = stock()
    assert one.days_left == 2.0
    assert one.dry_utc() == hours(48)
    assert one.state == "no inflow"


def test_a_delivery_puts_it_off_and_its_failure_does_not():
    """48 kbit, 1 kbit an hour, 10 more after 40 h: dry after 58 h, without them after 48."""
    one = stock(coming=[(40, 10_000)])
    assert one.dry_utc() == hours(58)
    assert one.dry_utc(next_fails=True) == hours(48)
    assert one.state == "low"
    assert stock(coming=[(40, 100_000)]).state == "ok"
    assert stock(held=20_000, coming=[(1, 100_000)]).state == "low"  # less than a day
    assert stock(held=0, coming=[(1, 100_000)]).state == "dry"


def test_a_pair_without_a_need_is_never_dry():
    one = stock(need=0, coming=[(5, 10)])
    assert (one.dry_utc(), one.days_left, one.state) == (None, None, "ok")


def test_what_is_not_given_is_not_known():
    assert stock(held=None).state == stock(need=None).state == "not known"
    assert stock(held=None).course() == ()


@settings(max_examples=40)
@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 71), st.integers(1, 10**6)), max_size=6),
)
def test_the_course_is_that_of_a_count_step_by_step(held, need, coming):
    """Held, used and given in 288 steps of a quarter of an hour, against the corners."""
    one = stock(held=held, need=need, coming=sorted(coming))
    left, dry = float(held), False
    given_at = {4 * at: 0 for at, _ in coming}
    for at, bits in coming:
        given_at[4 * at] += bits
    for step in range(1, 72 * 4 + 1):
        dry = dry or need / 96.0 > left + 1e-6
        left = max(left - need / 96.0, 0.0) + given_at.get(step, 0)
    assert one.course()[-1][1] == pytest.approx(left, abs=1e-3)
    assert dry == (one.dry_utc() is not None)
    assert all(bits >= 0.0 for _, bits in one.course())


def test_the_pairs_of_a_plan_get_what_its_tables_say(shipped):
    plan = read_plan(shipped)
    now = datetime(2016, 12, 19, tzinfo=UTC)
    found = stocks_of(plan, now=now, held_bits={}, need_bits_day={})
    keys = [row for row in plan.tables["keys.csv"] if row["kind"] != "pool"]
    assert [(one.station_a, one.station_b) for one in found] == [
        (row["station_a"], row["station_b"]) for row in keys
    ]
    for one, row in zip(found, keys, strict=True):
        assert one.delivered_bits == one.to_come_bits == int(row["delivered_bits"])
    late = stocks_of(plan, now=datetime(2017, 1, 1, tzinfo=UTC), held_bits={}, need_bits_day={})
    assert all(one.to_come_bits == 0 for one in late)


def corners(page, kind):
    moves = re.search(rf'd="M([\d. -]+)" class="{kind}"', page).group(1).split()
    return list(zip(map(float, moves[::2]), map(float, moves[1::2]), strict=True))


def test_the_planned_line_goes_through_what_is_held():
    """It begins at now with 48 kbit, and is at 0 after 48 of 72 h: two thirds of the way."""
    page = stock_chart(stock(), name="s")
    (x, top), (at, foot), (end, _) = corners(page, "planned")
    assert at - x == pytest.approx((end - x) * 48.0 / 72.0, abs=0.2)
    # the axis reaches from 0 to 60 kbit in steps of 20
    assert foot - top == pytest.approx((196.0 - 26.0 - 12.0) * 48.0 / 60.0, abs=0.2)
    assert page.count('class="runs-dry"') == 1
    assert page.count('class="need"') == 1


def test_marks_are_there_only_for_what_is_known():
    bare = stock_chart(stock(held=None, need=None, coming=[(5, 10), (9, 20)]), name="s")
    assert bare.count('class="delivery"') == 2
    for kind in ("planned", "held", "need", "runs-dry", "band"):
        assert f'class="{kind}"' not in bare
    assert "not known" in bare
    full = stock(
        past=((hours(-24), 72_000.0), (NOW, 48_000.0)),
        ahead=(Ahead(utc=hours(24), p10_bits=1e4, p50_bits=2e4, p90_bits=3e4),),
    )
    page = stock_chart(full, name="s")
    assert page.count('class="held"') == page.count('class="band"') == 1


def test_every_state_has_its_word_and_the_table_the_raw_values():
    pairs = [stock(), stock(held=None), stock(held=0), stock(coming=[(1, 10**6)]),
             stock(held=10, coming=[(60, 1)])]  # fmt: skip
    page = read(stock_table(pairs, {}))
    for state in ("no inflow", "not known", "dry", "ok", "low"):
        assert WORDS[state] in page.text
    held = [own["data-raw"] for _, own in page.elements if own.get("data-col") == "held_bits"]
    assert held == ["48000", "", "0", "48000", "10"]
    assert "there is no ledger" not in page.text
    alone = read(stock_table([stock(held=None, need=None)], {}))
    assert "there is no ledger" in alone.text


def test_titles_name_who_needs_something():
    assert stock_title([stock()]) == "A – B runs dry on Sat 24 Dec"
    assert stock_title([stock(held=0)]) == "A – B is dry"
    assert stock_title([stock(coming=[(1, 10**6)])]) == "Every pair has key for 2.0 days or more"
    assert "not known" in stock_title([stock(held=None)])
    assert "need a day is not given" in stock_title([stock(need=None)] * 2)
    assert stock_title([stock(held=0), stock(need=None)]) == (
        "A – B is dry; of 1 of 2 pairs it is not known"
    )


def test_hostile_names_stay_words():
    one = PairStock(station_a="<script>x</script>", station_b="L" * 5000, now=NOW, end=hours(5),
                    held_bits=1, need_bits_day=1)  # fmt: skip
    for part in (stock_table([one], {}), stock_charts([one], name="s")):
        assert read(part).of("script") == []


def test_of_many_pairs_the_first_are_drawn():
    page = stock_charts([stock()] * 40, name="s")
    assert page.count("<figure") == 30
    assert "10 more pairs" in page
