"""What contacts give, taken apart and put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import forecast
from satqkd.forecast.yields import Yields
from satqkd.weather.clear_sky import Draws

DRAWS = Draws(samples=10, seed=2)


@pytest.fixture(scope="module", params=["passes", "joint contacts"])
def found(request, shipped, joint):
    if request.param == "passes":
        return forecast(shipped("jinan-1-constellation", days=1), draws=DRAWS)
    return joint(shipped("twin-field-node", days=3), draws=DRAWS)


def columns(yields):
    """What can be compared of yields, contact by contact."""
    keys = (yields.keys, yields.keys_low, yields.keys_high)
    made, light, outlook = yields.made, yields.light, yields.outlook
    return {
        "system": [yields.systems[number] for number in yields.system.tolist()],
        "usable_s": yields.usable_s.tolist(),
        "usable_start_s": yields.usable_start_s.tolist(),
        "usable_end_s": yields.usable_end_s.tolist(),
        "light": [
            values.T.tolist()
            for values in (light.loss_min_db, light.variance, light.stray_hz, light.plob_s)
        ],
        "bits": [key.secure_bits.tolist() for key in keys],
        "why_zero": [key.why_zero for key in keys],
        "ranged": yields.ranged.tolist(),
        "made": [made.bits.tolist(), made.blocks.tolist(), made.low_bits.tolist(),
                 made.expected_bits.tolist()],
        "obstacle": yields.obstacle,
        "reason": yields.reason,
        "outlook": [outlook.expected_bits.tolist(), outlook.median_bits.tolist()],
    }  # fmt: skip


def remade(yields):
    """The key of every contact from what was collected of it."""
    every = [np.array([row]) for row in range(len(yields))]
    return [
        int(
            yields.systems[number]
            .key_of(yields.systems[number].pooled(yields.collected, [row]))
            .secure_bits[0]
        )
        for number, row in zip(yields.system.tolist(), every, strict=True)
    ]


def test_joined_parts_are_the_whole(found):
    """Divided anywhere, put together again: the same columns, the same key of what is kept."""
    yields, rows = found.yields, np.arange(len(found))

    for at in (1, len(found) // 2, len(found) - 1):
        again = Yields.join([yields.take(rows[:at]), yields.take(rows[at:])])

        assert columns(again) == columns(yields)
        assert again.systems == yields.systems
        assert remade(again) == remade(yields) == yields.keys.secure_bits.tolist()


def test_taken_from_what_was_joined_a_part_is_itself(found):
    """In another order, too."""
    yields, rows = found.yields, np.arange(len(found))
    first, second = yields.take(rows[3:]), yields.take(rows[2::-1])

    both = Yields.join([first, second])

    size = len(first)
    assert columns(both.take(np.arange(size))) == columns(first)
    assert columns(both.take(np.arange(size, len(both)))) == columns(second)
    assert remade(both) == remade(first) + remade(second)


def test_every_contact_keeps_the_system_that_makes_its_key(found):
    """Parts may have them in another order, or some of them only."""
    yields = found.yields
    rows = np.arange(len(yields))
    first = replace(yields.take(rows[:2]), systems=("a",), system=np.array([0, 0]))
    second = replace(yields.take(rows[2:5]), systems=("b", "a"), system=np.array([0, 1, 0]))

    both = Yields.join([first, second])

    assert both.systems == ("a", "b")
    assert [both.systems[number] for number in both.system] == ["a", "a", "b", "a", "b"]


def test_an_outlook_that_is_missing_of_some_is_missing_of_all(found):
    """A mean of drawn contacts is not told beside others that were not drawn."""
    drawn = found.yields
    none = replace(drawn, outlook=None, distilled=replace(drawn.made, expected_bits=None))

    both = Yields.join([drawn, none])

    assert both.outlook is None
    assert both.made.expected_bits is None


class TestForecast:
    def test_take_keeps_ids(self, found):
        """Every name stays with its contact, in whatever order."""
        rows = np.array([4, 0, 2])
        some = found.take(rows)

        assert some.pass_id == tuple(
            tuple(own[row] for row in rows.tolist()) for own in found.pass_id
        )
        assert some.contact_key == tuple(found.contact_key[row] for row in rows.tolist())
        assert some.contacts.start_s.tolist() == found.contacts.start_s[rows].tolist()
        for mine, theirs in zip(some.seen, found.seen, strict=True):
            assert mine.min_range_m.tolist() == theirs.min_range_m[rows].tolist()
            assert mine.lost_s.tolist() == theirs.lost_s[:, rows].tolist()
        reasons = [found.yields.reason[row] for row in rows.tolist()]
        assert list(some.yields.reason) == reasons

    def test_join_is_the_inverse_of_take(self, found):
        """Ids, contacts, what they look like, and what they give."""
        rows = np.arange(len(found))
        again = Forecast.join([found.take(rows[:2]), found.take(rows[2:])])

        assert again.pass_id == found.pass_id
        assert again.contact_key == found.contact_key
        assert columns(again.yields) == columns(found.yields)
        assert again.contacts.listed_s.tolist() == found.contacts.listed_s.tolist()

    def test_series_of_some_are_those_of_all(self, found):
        """Followed again, a contact has the light it had among the others."""
        rows = np.flatnonzero(found.yields.usable_s > 0.0)[:2]
        some, every = found.with_series(rows).sampled, found.with_series().sampled

        for place, row in enumerate(rows.tolist()):
            mine, theirs = some.tracks.pass_slice(place), every.tracks.pass_slice(row)
            for one, other in zip(some.arms, every.arms, strict=True):
                assert one.budget.total_db[mine].tolist() == other.budget.total_db[theirs].tolist()
            assert some.usable[mine].tolist() == every.usable[theirs].tolist()
