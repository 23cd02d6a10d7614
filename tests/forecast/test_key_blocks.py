"""Blocks of several contacts of one satellite with the same stations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.forecast import key_blocks as module
from satqkd.forecast.key_blocks import half_way_deg, key_blocks, pooled_by_satellite
from satqkd.forecast.stream import forecast
from satqkd.key.bb84.best_of import BestOf
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.single_photon import SinglePhotonBB84
from satqkd.mission.blocks import Until, period_of

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def node(shipped):
    return shipped("twin-field-node", days=4)


@pytest.fixture(scope="module")
def passes(shipped):
    mission = shipped("jinan-1-constellation", days=4)
    return forecast(replace(mission, clocks=(), demands=()))


@pytest.fixture(scope="module")
def windows(node, joint):
    return joint(node)


@pytest.fixture(params=["passes", "joint contacts"])
def found(request, passes, windows):
    return {"passes": passes, "joint contacts": windows}[request.param]


def usable(found):
    return np.flatnonzero(found.yields.usable_s > 0.0)


def dated(found, rows, time_s):
    """Give some contacts other instants, and make them the only usable ones."""
    usable_s = np.zeros(len(found))
    usable_s[rows] = 1.0
    contacts = found.contacts
    if found.pair is None:
        (arm,) = contacts.arms
        moment_s = arm.culmination_s.copy()
        moment_s[rows] = time_s
        arms = (replace(arm, culmination_s=moment_s),)
        contacts = replace(contacts, arms=arms, listed_s=moment_s)
    else:
        moment_s = contacts.start_s.copy()
        moment_s[rows] = time_s
        contacts = replace(contacts, start_s=moment_s, listed_s=moment_s)
    return replace(found, contacts=contacts, yields=replace(found.yields, usable_s=usable_s))


def made_by(found, protocol):
    """The same passes with another protocol, key of the whole blocks only."""
    systems = tuple(replace(one, protocol=protocol) for one in found.yields.systems)
    return replace(found, yields=replace(found.yields, systems=systems))


class TestSpans:
    def test_a_contact_alone_is_the_forecast_of_the_contact(self, found):
        """Same key, sifted bits and errors, of all contacts with any usable time."""
        alone = key_blocks(found, "pass")
        own, keys = np.concatenate(alone.members), found.yields.keys

        assert sorted(own.tolist()) == usable(found).tolist()
        assert alone.keys.secure_bits.tolist() == keys.secure_bits[own].tolist()
        assert alone.keys.sifted_bits.tolist() == keys.sifted_bits[own].tolist()
        assert alone.keys.qber.tolist() == keys.qber[own].tolist()
        assert alone.separate_bits.tolist() == keys.secure_bits[own].tolist()
        assert (alone.end_s == alone.first_end_s).all()
        assert (alone.start_s < alone.end_s).all()

    @pytest.mark.parametrize("span", ["pass", "night", "week", 1e6])
    def test_every_usable_contact_is_in_one_block_of_its_own_ends(self, found, span):
        """Nothing lost, nothing twice, no block of other stations or satellites."""
        made, contacts = key_blocks(found, span), found.contacts

        assert sorted(np.concatenate(made.members).tolist()) == usable(found).tolist()
        for block, members in enumerate(made.members):
            assert set(contacts.satellite[members].tolist()) == {made.satellite[block]}
            for mine, theirs in zip(made.stations, contacts.stations, strict=True):
                assert set(theirs[members].tolist()) == {mine[block]}
            assert (np.diff(found.contacts.listed_s[members]) > 0.0).all()

    def test_a_night_holds_several_contacts_and_no_two_evenings(self, passes):
        """Passes 95 minutes apart around local midnight share a night; a day later is another."""
        found = key_blocks(passes, "night")

        assert any(own.size > 1 for own in found.members)
        for own in found.members:
            assert np.ptp(passes.contacts.listed_s[own]) < 0.6 * DAY_S

    def test_a_week_holds_all_of_four_days(self, found):
        """One block a satellite and its stations."""
        ends = np.stack([found.contacts.satellite, *found.contacts.stations])[:, usable(found)]

        assert len(key_blocks(found, "week")) == len(np.unique(ends, axis=1).T)

    def test_a_week_of_the_constellation_is_a_block_a_pair(self, passes):
        """Four satellites, each over all stations."""
        mission = passes.mission

        assert len(key_blocks(passes, "week")) == len(mission.spacecraft) * len(mission.stations)

    def test_a_week_is_counted_from_the_start_of_the_window(self, found, monkeypatch):
        """The next one begins when the last has run out."""
        monkeypatch.setattr(module, "WEEK_S", 2 * DAY_S)
        weeks = [
            found.contacts.listed_s[own] // (2 * DAY_S) for own in key_blocks(found, "week").members
        ]

        assert all(len(set(week.tolist())) == 1 for week in weeks)
        assert {week[0] for week in weeks} == {0.0, 1.0}

    def test_a_size_is_reached_or_there_is_no_key(self, found):
        """Complete blocks hold it, and would not without their last contact."""
        sifted = found.yields.keys.sifted_bits
        first = key_blocks(found, "week").members[0]
        wanted = 0.999 * float(sifted[first][:2].sum())
        pooled = key_blocks(found, wanted)

        assert set(pooled.complete) == {True, False}
        for block, done in enumerate(pooled.complete):
            own = sifted[pooled.members[block]]
            assert (own.sum() >= wanted) == done
            assert own[:-1].sum() < wanted
            if not done:
                assert pooled.keys.secure_bits[block] == 0
                why = pooled.keys.why_zero[block]
                assert f"of {wanted:,.0f} sifted bits when the window ends" in why

    def test_an_amount_of_key_closes_a_block_with_the_contact_that_brings_it(self, found):
        """Without its last contact a block would hold less; the last takes what is left."""
        week = key_blocks(found, "week")
        richest = int(np.argmax(week.keys.secure_bits))
        wanted = 0.3 * float(week.keys.secure_bits[richest])
        pooled = key_blocks(found, Until(bits=wanted))
        last = {own: block for block, own in enumerate(zip(
            pooled.satellite.tolist(), *(ends.tolist() for ends in pooled.stations), strict=True
        ))}  # fmt: skip

        assert len(pooled) > len(last)
        assert all(pooled.complete)
        for block, own in enumerate(pooled.members):
            system = found.yields.systems[found.yields.system[own[0]]]
            before = [
                int(system.bits_of(system.pooled(found.yields.collected, [own[:count]]))[0])
                for count in range(1, own.size)
            ]
            assert all(bits < wanted for bits in before)
            if block not in last.values():
                assert pooled.keys.secure_bits[block] >= wanted

    def test_bits_told_of_an_unfinished_block_are_those_counted(self, passes):
        """Also where each contact has a protocol of its own: never more than was asked for."""
        careful = DecoyBB84(epsilon_sec=1e-12, key_bases="both")
        daring = DecoyBB84(epsilon_sec=1e-9, key_bases="one")
        several = made_by(passes, BestOf(of=(careful, daring)))
        sifted = several.yields.keys.sifted_bits
        halved = replace(several.yields.keys, sifted_bits=0.5 * sifted)
        several = replace(several, yields=replace(several.yields, keys=halved))
        own = key_blocks(several, "week").members[0]
        wanted = 1.01 * float(halved.sifted_bits[own].sum())
        pooled = key_blocks(several, wanted)

        block = next(i for i, done in enumerate(pooled.complete) if not done)
        counted = halved.sifted_bits[pooled.members[block]].sum()
        assert pooled.keys.sifted_bits[block] > counted
        assert pooled.keys.why_zero[block].startswith(f"{counted:,.0f} of {wanted:,.0f} sifted")

    @pytest.mark.parametrize("size", [0.0, -1.0, float("nan")])
    def test_a_block_without_size_is_refused(self, found, size):
        """A size has to be above 0."""
        with pytest.raises(NonPhysicalError, match="must be above 0"):
            key_blocks(found, size)


class TestPooling:
    def test_clicks_add_up(self, passes):
        """Pulses, clicks and errors of a block are those of its passes."""
        yields = passes.yields
        for own in key_blocks(passes, "week").members:
            system = yields.systems[yields.system[own[0]]]
            pooled = system.pooled(yields.collected, [own])
            for name in ("pulses", "key_clicks", "key_errors", "check_clicks", "check_errors"):
                each = getattr(yields.collected, name)[own]
                assert getattr(pooled, name)[0] == pytest.approx(each.sum(axis=0), rel=1e-12)

    def test_good_passes_leave_more_together(self, passes):
        """Finite-key yields are not additive: the statistics are paid once."""
        found = key_blocks(passes, "week")
        keyed = found.separate_blocks > 1

        assert keyed.any()
        assert (found.keys.secure_bits[keyed] > found.separate_bits[keyed]).all()
        assert (found.end_s[keyed] > found.first_end_s[keyed] + 0.9 * DAY_S).all()

    def test_a_week_leaves_more_than_its_joint_contacts_and_comes_later(self, windows):
        """The statistics are paid once; that of all is the pooled key of the satellite."""
        week = key_blocks(windows, "week")

        assert len(week) == 1
        assert week.members[0].size > 2
        pooled = pooled_by_satellite(windows)[0].secure_bits[0]
        assert week.keys.secure_bits[0] == pooled > week.separate_bits[0]
        assert week.end_s[0] - week.first_end_s[0] > 2.9 * DAY_S
        assert week.keys.sifted_bits[0] == pytest.approx(
            windows.yields.keys.sifted_bits[week.members[0]].sum(), rel=1e-3
        )

    def test_risk_is_charged_once_a_block_and_adds_up_over_blocks(self, found):
        """Composed: so many times the budget of a block as blocks of the ends have left key."""
        blocks = key_blocks(found, "night")
        system = found.yields.systems[0]
        one = system.protocol.epsilon_sec + system.protocol.epsilon_cor
        ends = list(zip(*(own.tolist() for own in (blocks.satellite, *blocks.stations)),
                        strict=True))  # fmt: skip

        assert [budget.block for budget in blocks.budgets] == pytest.approx([one] * len(blocks))
        assert blocks.keyed_so_far.max() > 1
        for pair in set(ends):
            own = [place for place, other in enumerate(ends) if other == pair]
            made = np.cumsum(blocks.keys.secure_bits[own] > 0)
            assert blocks.keyed_so_far[own].tolist() == made.tolist()

    def test_keyless_blocks_risk_nothing(self, node, joint):
        """The second pair of the shipped node makes no key."""
        mdi = joint(node, node.together[1])

        assert set(key_blocks(mdi, "night").keyed_so_far.tolist()) == {0}

    def test_blocks_of_several_protocols_are_made_by_the_best_and_risk_the_worst(self, passes):
        """The pool as a whole takes the protocol that gives it most; its budget is the largest."""
        careful = DecoyBB84(epsilon_sec=1e-12, key_bases="both")
        daring = DecoyBB84(epsilon_sec=1e-9, key_bases="one")
        alone, several = (
            [key_blocks(made_by(passes, protocol), "week") for protocol in protocols]
            for protocols in ((careful, daring), (BestOf(of=(careful, daring)),))
        )
        (best,) = several
        bits = np.array([blocks.keys.secure_bits for blocks in alone])

        assert best.keys.secure_bits.tolist() == bits.max(axis=0).tolist()
        assert set(bits.argmax(axis=0).tolist()) == set(best.keys.choice)
        assert best.budgets == alone[1].budgets != alone[0].budgets

    def test_no_usable_contact_is_no_block(self, found):
        """Nothing is pooled, and nothing breaks."""
        empty = key_blocks(dated(found, np.zeros(0, dtype=np.int64), 0.0), "night")

        assert len(empty) == len(empty.keys) == 0
        assert empty.satellite.size == empty.keyed_so_far.size == empty.separate_bits.size == 0

    def test_a_protocol_of_other_sources_is_told_apart(self, passes):
        """One that takes a single intensity refuses three, as for single passes."""
        with pytest.raises(NonPhysicalError, match="single one"):
            key_blocks(made_by(passes, SinglePhotonBB84()), "week")


@pytest.mark.parametrize(
    ("hours", "nights"),
    [
        ((27.5, 28.5), 2),  # 2023-03-02 03:30 and 04:30 UTC: noon over Jinan is at 04:12
        ((28.5, 51.5), 1),
        ((14.0, 27.5), 1),
    ],
)
def test_nights_part_at_noon_of_the_stations_sun(passes, hours, nights):
    """117.12° east is 7 h 48 min ahead of UTC."""
    table = passes.passes
    jinan = np.flatnonzero((table.station == 0) & (table.satellite == 0))[:2]

    assert len(key_blocks(dated(passes, jinan, 3600.0 * np.array(hours)), "night")) == nights


def test_a_night_of_two_stations_reaches_over_midnight_and_not_over_noon(windows):
    """Noon of 117° east is at 4.2 UTC: contacts at 3, 10 and 17 UTC are of two nights."""
    first = usable(windows)[:3]
    moved = dated(windows, first, 3600.0 * np.array([3.0, 10.0, 17.0]))

    assert [own.tolist() for own in key_blocks(moved, "night").members] == [
        [first[0]],
        first[1:].tolist(),
    ]


@pytest.mark.parametrize(
    ("text", "bits", "told"),
    [
        ("until 1 Mbit", 1e6, "until 1 Mbit"),
        ("until 250 kbit", 2.5e5, "until 250 kbit"),
        (" until  1500  bit ", 1500.0, "until 1.5 kbit"),
    ],
)
def test_an_amount_of_key_is_read_and_told(text, bits, told):
    """As people write it."""
    found = period_of(text)

    assert found == Until(bits=bits)
    assert str(found) == told
    assert period_of(str(found)) == found


@pytest.mark.parametrize(
    "text", ["until", "until 1", "until 0 bit", "until nan bit", "until inf bit", "until 1 d",
             "until 3 Tbit", "1 Mbit", "till 1 Mbit", "until -1 kbit"],
)  # fmt: skip
def test_what_is_no_amount_of_key_is_refused(text):
    """With what could be written."""
    with pytest.raises(NonPhysicalError, match="until 1 Mbit"):
        period_of(text)


def test_half_way_is_along_the_shorter_arc():
    """Over the date line too."""
    assert half_way_deg(10.0, 20.0) == 15.0
    assert half_way_deg(170.0, -160.0) % 360.0 == pytest.approx(185.0)
    assert half_way_deg(-160.0, 170.0) % 360.0 == pytest.approx(185.0)


def test_a_block_of_one_contact_has_its_range(found):
    """Low and high of the block are those of the contact, and the key lies between."""
    blocks = key_blocks(found, "pass")
    alone = blocks.first

    assert blocks.ranged.any()
    np.testing.assert_array_equal(blocks.ranged, found.yields.ranged[alone])
    for ours, theirs in (
        (blocks.keys_low, found.yields.keys_low),
        (blocks.keys_high, found.yields.keys_high),
    ):
        np.testing.assert_array_equal(ours.secure_bits, theirs.secure_bits[alone])
    week = key_blocks(found, "week")
    assert (week.keys_low.secure_bits <= week.keys.secure_bits).all()
    assert (week.keys.secure_bits <= week.keys_high.secure_bits).all()
    assert (week.keys_low.secure_bits < week.keys_high.secure_bits).any()


def test_without_a_stated_range_a_block_has_none(found):
    """Low and high are then the key itself, and nothing is collected for them."""
    plain = replace(
        found,
        yields=replace(
            found.yields, collected_ends=None, ranged=np.zeros_like(found.yields.ranged)
        ),
    )
    blocks = key_blocks(plain, "week")

    assert not blocks.ranged.any()
    np.testing.assert_array_equal(blocks.keys_low.secure_bits, blocks.keys.secure_bits)
