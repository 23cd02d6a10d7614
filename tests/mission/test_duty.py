"""Rest and radio time as rows over contacts, worked out by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.mission.duty import DownlinkTime, RestTime
from satqkd.mission.rules import Plannable
from satqkd.schedule.rules import Rule

MIN_S = 60.0
DAY_S = 86_400.0


def contacts(rows):
    """Contacts of (satellite, stations, start, end, sifted bits); times in minutes."""
    return Plannable(
        satellite=tuple(row[0] for row in rows),
        design=tuple(row[0].split("-")[0] for row in rows),
        stations=tuple(tuple(row[1].split("+")) for row in rows),
        contact_key=tuple(f"{row[0]}-{row[1]}-{number}" for number, row in enumerate(rows)),
        revolution=np.arange(len(rows)),
        start_s=np.array([MIN_S * row[2] for row in rows]),
        end_s=np.array([MIN_S * row[3] for row in rows]),
        sifted_bits=np.array([float(row[4]) for row in rows]),
    )


FEW = contacts(
    [
        ("Shell-1", "Graz", 0, 5, 6e6),
        ("Shell-1", "Matera", 20, 26, 3e6),
        ("Shell-1", "Calern", 30, 34, 0),
        ("Shell-2", "Graz", 10, 15, 9e6),
        ("Shell-2", "Graz+Matera", 1445, 1450, 1.2e7),
    ]
)


def kept(rules, count):
    """Every choice of contacts that some rules allow."""
    return {
        chosen
        for size in range(count + 1)
        for chosen in combinations(range(count), size)
        if all(rule.keeps(np.isin(np.arange(count), chosen)) for rule in rules)
    }


class TestRest:
    def test_two_contacts_with_less_than_the_rest_between_are_kept_apart(self):
        """15 min between the first two, 4 between the next."""
        (rule,) = RestTime(at_least_s=10 * MIN_S, satellite="Shell-1").rules(FEW)

        assert rule.contacts.tolist() == [1, 2]
        assert (rule.use.tolist(), rule.most) == ([1.0, 1.0], 1.0)
        assert rule.name == "10 min of rest of Shell-1"

    def test_as_long_as_the_rest_is_enough(self):
        """From the end of one to the begin of the next."""
        found = list(RestTime(at_least_s=15 * MIN_S, satellite="Shell-1").rules(FEW))

        assert [rule.contacts.tolist() for rule in found] == [[1, 2]]
        found = list(RestTime(at_least_s=15.1 * MIN_S, satellite="Shell-1").rules(FEW))
        assert [rule.contacts.tolist() for rule in found] == [[0, 1], [1, 2]]

    def test_the_satellites_of_a_constellation_rest_each_by_itself(self):
        """None of the five stands against one of the other satellite."""
        found = list(RestTime(at_least_s=30 * MIN_S, satellite="Shell").rules(FEW))

        assert [rule.contacts.tolist() for rule in found] == [[0, 1, 2]]

    def test_a_station_rests_whatever_it_served(self):
        """5 min between the satellites at Graz; a joint contact is one of its contacts too."""
        (rule,) = RestTime(at_least_s=6 * MIN_S, station="Graz").rules(FEW)
        assert rule.contacts.tolist() == [0, 3]
        assert rule.name == "6 min of rest of Graz"

        (first, second) = RestTime(at_least_s=1431 * MIN_S, station="Graz").rules(FEW)
        assert (first.contacts.tolist(), second.contacts.tolist()) == ([0, 3], [3, 4])

    def test_of_no_contact_there_is_no_rule(self):
        """A station that nothing passes."""
        assert list(RestTime(at_least_s=60.0, station="Ngari").rules(FEW)) == []

    def test_choices_that_it_allows_are_those_whose_neighbours_rest(self):
        """Every choice of ten contacts at random times, twenty times, against the definition."""
        rng = np.random.default_rng(3)
        for _ in range(20):
            start = rng.uniform(0.0, 200.0, 10)
            rows = [("A", "Graz", b, b + 5.0, 1.0) for b in start]
            rules = list(RestTime(at_least_s=15 * MIN_S, satellite="A").rules(contacts(rows)))
            expected = {
                chosen
                for size in range(11)
                for chosen in combinations(range(10), size)
                if all(abs(start[a] - start[b]) >= 20.0 for a, b in combinations(chosen, 2))
            }
            assert kept(rules, 10) == expected

    @pytest.mark.parametrize(
        ("whose", "told"),
        [
            ({}, "station is missing, and so is satellite"),
            ({"satellite": "Shell", "station": "Graz"}, "station stands beside satellite"),
        ],
    )
    def test_it_is_of_a_satellite_or_of_a_station(self, whose, told):
        """Not of both, not of none."""
        with pytest.raises(NonPhysicalError, match=told):
            RestTime(at_least_s=60.0, **whose)


class TestDownlink:
    def test_a_contact_takes_the_radio_for_its_traffic(self):
        """6 Mbit sifted, 4 bit each, 0.2 Mbit/s: 120 s; 3 Mbit: 60 s; of 2 min a day."""
        rule = DownlinkTime(rate_bit_s=2e5, bits_per_sifted=4.0, at_most_s=120.0)
        first, second, third = rule.rules(FEW)

        assert first.contacts.tolist() == [0, 1]
        assert first.use.tolist() == [120.0, 60.0]
        assert first.most == 120.0
        assert (second.contacts.tolist(), second.use.tolist()) == ([3], [180.0])
        assert (third.contacts.tolist(), third.use.tolist()) == ([4], [240.0])

    def test_of_one_satellite(self):
        """The others are free."""
        rule = DownlinkTime(
            rate_bit_s=2e5, bits_per_sifted=4.0, at_most_s=120.0, satellite="Shell-2", each="window"
        )
        (found,) = rule.rules(FEW)

        assert found.contacts.tolist() == [3, 4]

    def test_the_reason_tells_what_is_used_of_how_much(self):
        """With the contact that finds no room."""
        rule = DownlinkTime(rate_bit_s=2e5, bits_per_sifted=4.0, at_most_s=150.0)
        first = next(iter(rule.rules(FEW)))
        chosen = np.array([True, False, False, False, False])

        assert first.in_words(chosen, 1) == "radio each day of Shell-1: 3 of 2.5 min"

    def test_what_hardly_exceeds_is_told_with_as_many_digits_as_it_takes(self):
        """Never 2 of 2 min."""
        rule = Rule(
            name="radio", contacts=np.array([0]), use=np.array([120.004]), most=120.0,
            unit="min", per_unit=60.0,
        )  # fmt: skip

        assert rule.in_words(np.zeros(1, dtype=bool), 0) == "radio: 2.0001 of 2 min"
