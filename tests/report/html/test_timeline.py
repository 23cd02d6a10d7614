"""The drawing of the days: joint contacts, numbers that do not cover each other, thinned lines."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.html.contact import Contact
from satqkd.report.html.ground_rate import GroundRate
from satqkd.report.html.svg import WITHIN_PX, thinned
from satqkd.report.html.timeline import LEVEL, ROW, TOP, Span, timeline
from satqkd.report.html.written import kbit

BEGIN = datetime(2016, 12, 19, tzinfo=UTC)
WEEK = Span(begin=BEGIN, end=BEGIN + timedelta(days=7))


def contact(hour, bits=1000, *, stations=("A",), status="scheduled"):
    at = BEGIN + timedelta(hours=hour)
    return Contact(
        row={"satellite": "S"}, number=1, file="passes.csv", stations=stations, rise=at, set=at,
        middle=at, status=status, bits=bits, zone=None,
    )  # fmt: skip


def drawn(contacts, nights=(), stations=("A", "B")):
    return timeline(contacts, stations, nights, WEEK, skies={}, letters={}, name="week")


def test_a_joint_contact_stands_in_both_rows_and_is_tied():
    alone, joint = drawn([contact(5)]), drawn([contact(5, stations=("A", "B"))])
    assert (alone.count('class="bar"'), alone.count('class="tie"')) == (1, 0)
    assert (joint.count('class="bar"'), joint.count('class="tie"')) == (2, 1)


def test_each_status_has_a_shape_of_its_own():
    page = drawn([contact(5), contact(30, status="candidate"), contact(50, 0, status="rejected")])
    assert [page.count(f'class="{kind}"') for kind in ("bar", "lost", "tick")] == [1, 1, 1]


@given(st.lists(st.tuples(st.floats(0.0, 167.0), st.integers(1, 10**7)), max_size=60))
def test_numbers_never_cover_each_other(contacts):
    """By their boxes, as wide as the digits are at 11 px, in any order and however dense."""
    page = drawn([contact(hour, bits) for hour, bits in contacts], stations=("A",))
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="value"[^>]*>([^<]*)<', page)
    boxes = [(float(x), float(y), 3.4 * len(words)) for x, y, words in found]
    for place, (x, y, half) in enumerate(boxes):
        for a, b, own in boxes[:place]:
            assert abs(x - a) > half + own or abs(y - b) >= LEVEL - 0.11


@given(st.lists(st.tuples(st.floats(0.0, 167.0), st.integers(1, 10**7)), min_size=1, max_size=60))
def test_a_number_stands_beside_no_taller_bar_and_the_largest_has_one(contacts):
    """It would be read as that bar's; of several that are largest one has its number."""
    page = drawn([contact(hour, bits) for hour, bits in contacts], stations=("A",))
    most = max(bits for _, bits in contacts)
    bars = [(890.0 * hour / 168.0, max(25.0 * bits / most, 3.0)) for hour, bits in contacts]
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="value"[^>]*>([^<]*)<', page)
    for x, y, words in found:
        half, foot = 3.4 * len(words), TOP + ROW - float(y) - 3
        near = [tall for at, tall in bars if abs(at - float(x)) < half + 2.9]
        assert all(tall <= foot + 0.11 for tall in near)
    assert kbit(most) in [words for _, _, words in found]


def test_nights_are_shaded_from_event_to_event():
    """Dark from 12 to 18 h of the first day: an eighth to a quarter … of 890 px over 7 days."""
    nights = [
        {"station": "A", "sky_event": event, "event_utc": f"2016-12-19T{hour}:00:00Z"}
        for event, hour in (("dark", 12), ("light", 18))
    ]
    page = drawn([contact(5)], nights)
    (x, width) = re.search(
        r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*class="dark"', page
    ).groups()
    assert float(x) == pytest.approx(890.0 * 12.0 / 168.0, abs=0.06)
    assert float(width) == pytest.approx(890.0 * 6.0 / 168.0, abs=0.06)


def test_a_night_without_end_lasts_to_the_end_of_the_chart():
    nights = [{"station": "A", "sky_event": "dark", "event_utc": "2016-12-25T12:00:00Z"}]
    page = drawn([contact(5)], nights)
    (width,) = re.search(r'width="([\d.]+)"[^>]*class="dark"', page).groups()
    assert float(width) == pytest.approx(890.0 * 12.0 / 168.0, abs=0.06)


near = st.floats(-0.5, 0.5)  # px: of the size of what is left out
points = st.lists(st.tuples(near, near), max_size=40)


@given(points)
def test_a_thinned_line_passes_every_point(line):
    """Each point left out lies near the stretch that stands for it; both ends are kept."""
    kept = thinned(line)
    assert kept[:1] == line[:1]
    assert kept[-1:] == line[-1:]
    if len(kept) < 2:
        return
    for x, y in line:
        near = min(distance((x, y), a, b) for a, b in pairwise(kept))
        assert near <= WITHIN_PX + 1e-9


def distance(point, a, b):
    """From a point to a stretch, by trying a thousand places on it and refining the best."""
    low, high = 0.0, 1.0
    for _ in range(4):
        shares = [low + (high - low) * n / 200 for n in range(201)]
        best = min(shares, key=lambda s: math.dist(point, along(a, b, s)))
        step = (high - low) / 200
        low, high = max(best - step, 0.0), min(best + step, 1.0)
    return math.dist(point, along(a, b, best))


def along(a, b, share):
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def test_a_terrestrial_link_is_a_line_with_its_rate_in_a_row_of_its_own():
    """Neither bar nor tick: a line over the whole chart, with its rate in words."""
    links = [GroundRate(name=name, rate_hz=rate) for name, rate in (("fibre", 5400.0), ("air", 0))]
    page = timeline([], ("A", "B"), (), WEEK, skies={}, letters={}, name="w", links=links)
    assert [page.count(f'class="{kind}"') for kind in ("rate", "bar", "tick")] == [2, 0, 0]
    heights = [float(one) for one in re.findall(r'y1="([^"]+)"[^>]*class="rate"', page)]
    assert heights == sorted(set(heights))
    assert min(heights) > TOP + 2 * ROW
    assert page.count(">5.40 kbit/s<") == 1
    assert "fibre gives 5.40 kbit/s" in page
