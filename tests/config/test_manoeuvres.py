"""Manoeuvres of satellites as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

NUMBER = "    norad_id: 41731\n"
WRITTEN = """\
    manoeuvres:
      - 2016-12-25T01:00Z to 2016-12-25T02:00Z by 0.3 m/s
      - 2016-12-22T10:00Z
"""


def with_moves(work, text):
    return work.replace(NUMBER, NUMBER + text)


def test_they_belong_to_the_satellite_in_the_order_of_time(work):
    """Instants and intervals; the change of velocity is for people."""
    (craft,) = with_moves(work, WRITTEN).load().spacecraft
    first, second = craft.satellite.manoeuvres
    assert first.from_ == first.to == datetime(2016, 12, 22, 10, tzinfo=UTC)
    assert second.to == datetime(2016, 12, 25, 2, tzinfo=UTC)
    assert (first.delta_v_m_s, second.delta_v_m_s) == (None, 0.3)


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("[yesterday]", "manoeuvres[0]", "is no date and time"),
        ("[2016-12-22T10:00Z, 2016-12-23T10:00]", "manoeuvres[1]", "has no time zone"),
        ("2016-12-22T10:00Z", "manoeuvres", "must be a list"),
        ("[2016-12-22T10:00Z, 2016-12-22T09:00Z to 2016-12-22T11:00Z]", "manoeuvres", "overlap"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(work, text, where, told):
    """File, line and fix."""
    (finding,) = with_moves(work, f"    manoeuvres: {text}\n").findings()
    assert finding.where == f"satellites[0].{where}"
    assert told in finding.message
    assert finding.line
    assert finding.fix
