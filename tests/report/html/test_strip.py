"""The night by station: nothing is drawn over something else, however many contacts there are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from satqkd.report.html.contact import contacts_of, station_names
from satqkd.report.html.strip import CHARACTER, strip
from satqkd.report.html.verdict import in_words, night_words, verdict_box
from satqkd.report.html.which_night import first_night, night_at, noon_after
from satqkd.report.plan_folder import read_plan


@pytest.fixture(scope="module")
def plan(shipped):
    return read_plan(shipped)


@pytest.fixture(scope="module")
def night(plan):
    return first_night(plan, contacts_of(plan))


def numbers(markup):
    """Of each row the numbers with their place."""
    found = {}
    pattern = r'<text x="([\d.]+)" y="([\d.]+)" class="value"[^>]*>([^<]+)</text>'
    for x, y, words in re.findall(pattern, str(markup)):
        found.setdefault(float(y), []).append((float(x), words))
    return found


def test_every_scheduled_contact_of_the_night_has_bar_and_number(plan, night):
    contacts = contacts_of(plan)
    drawn = strip(plan, contacts, night, station_names(plan, contacts), now=night.now)
    shown = [words for row in numbers(drawn).values() for _, words in row]
    assert len(shown) == len(night.contacts)
    assert str(drawn).count('class="bar"') == len(night.contacts) + 1  # one in the legend


def test_numbers_of_a_crowded_night_keep_apart(plan, night):
    first = next(one for one in contacts_of(plan) if one.status == "scheduled")
    many = [
        replace(first, rise=first.rise + timedelta(minutes=n), set=first.set + timedelta(minutes=n))
        for n in range(30)
    ]
    rows = numbers(strip(plan, many, night, first.stations, now=night.now))
    assert rows
    for row in rows.values():
        assert 1 < len(row) <= 30
        for (x, words), (other, more) in pairwise(sorted(row)):
            assert other - x >= CHARACTER * (len(words) + len(more)) / 2 - 0.2  # drawn to 0.1 px


def test_the_night_is_that_from_noon_to_noon(plan):
    """30 minutes after the last contact has set, the next night is shown."""
    contacts = contacts_of(plan)
    begin = datetime(2016, 12, 19, 8, 0, tzinfo=UTC)
    shown = night_at(plan, contacts, begin)
    last = max(one.set for one in shown.contacts)
    assert shown.until == noon_after(begin, plan)
    assert begin < shown.contacts[0].rise < last < shown.until
    soon = night_at(plan, contacts, last + timedelta(minutes=29))
    assert soon.contacts[-1].contact_key == shown.contacts[-1].contact_key
    later = night_at(plan, contacts, last + timedelta(minutes=31))
    assert later.contacts[0].rise > shown.until
    end = datetime(2016, 12, 26, 12, 0, tzinfo=UTC)
    assert night_at(plan, contacts, end) is None


def test_the_verdict_counts_what_is_still_to_be_flown(night):
    words = [one.verdict for one in night.contacts]
    assert f"{words.count('watch')}" in night_words(night)
    flown = replace(night, contacts=tuple(replace(one, state="flown") for one in night.contacts))
    assert night_words(flown) == "Nothing is left to fly tonight"
    assert "Next:" not in verdict_box(flown, night.now)
    now = night.contacts[0].rise - timedelta(hours=3, minutes=4)
    assert in_words(timedelta(hours=3, minutes=4)) in verdict_box(night, now)
