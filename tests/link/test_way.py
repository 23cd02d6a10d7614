"""What follows from the way light goes."""

from __future__ import annotations

import pytest

from satqkd.link.scene import Scene
from satqkd.link.way import STATION_WAYS, WAYS


@pytest.mark.parametrize(
    ("direction", "sender"), [("downlink", "satellite"), ("uplink", "station")]
)
def test_who_sends_and_where_that_is(direction, sender):
    """What is said by the roles belongs to the places again."""
    way = STATION_WAYS[direction]
    roles = way.roles("satellite", "station")

    assert roles[0] == sender
    assert way.places(*roles) == ("satellite", "station")
    assert way.ground_sends is (sender == "station")


def test_only_a_receiver_within_the_air_meets_turbulence():
    """Far away the wavefront is flat, and between satellites there is no air."""
    spoiled = {direction: way.at_receiver("air") for direction, way in WAYS.items()}

    assert spoiled == {"downlink": "air", "uplink": None, "inter-satellite": None}


def test_nothing_blurs_light_between_satellites():
    """Whatever the air below is like."""
    blurred = WAYS["inter-satellite"].blurred(Scene, "air", "sender", "taker")

    assert (blurred.spread_db, blurred.variance) == (0.0, 0.0)
