"""Contacts divided where blocks are full, against closed forms and whole sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.interval_sums import per_interval
from satqkd.errors import NonPhysicalError
from satqkd.key.dividing import Filling, blocks_of
from satqkd.passes.quadrature import even_panels, panels_of


def passing(gap_s=0.0):
    """Two contacts, the second with an interruption in it."""
    return panels_of(
        np.array([0, 1, 3]),
        np.array([0.0, 1000.0, 1150.0 + gap_s]),
        np.array([240.0, 1150.0, 1300.0 + gap_s]),
        longest_s=np.full(3, 80.0),
    )


def filled(panels, rate, **how):
    """Divide contacts whose clicks come at a rate of time, with the light expected."""
    time_s, _ = panels.points()
    clicks_hz = rate(time_s)
    every = np.arange(panels.starts.size - 1)
    total = np.array([panels.integrals(clicks_hz)[a:b].sum() for a, b in _pairs(panels.starts)])
    given_ = {
        "place": every,
        "amount": np.ones(every.size),
        "clicks_hz": clicks_hz,
        "dark_hz": np.zeros(time_s.size),
        "sifted_bits": 0.5 * total,
        "size": np.full(every.size, np.inf),
        "until_s": np.full(every.size, np.inf),
    }
    return blocks_of(panels, Filling(**{**given_, **how})), clicks_hz, total


def _pairs(starts):
    return zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)


def test_a_steady_rate_fills_blocks_evenly():
    """100 clicks a second of which half are kept: 3000 bits a minute; the last takes the rest."""
    panels = passing()
    blocks, clicks_hz, _ = filled(panels, lambda t: np.full_like(t, 100.0), size=np.full(2, 3000.0))

    assert blocks.starts.tolist() == [0, 4, 9]
    expected = [60, 120, 180, 240, 1060, 1120, 1180, 1240, 1300]
    assert blocks.end_s == pytest.approx(expected, abs=1e-5)
    sums = per_interval(blocks.weight_s * clicks_hz[blocks.nodes], blocks.bounds)
    assert sums == pytest.approx(6000.0, rel=1e-7)


def test_a_growing_rate_fills_them_faster():
    """Clicks 10 t: full when 2.5 t² reaches so many sizes."""
    blocks, _, _ = filled(passing(), lambda t: 10.0 * t, size=np.array([20_000.0, np.inf]))

    assert blocks.end_s[:6] == pytest.approx(np.sqrt(8000.0 * np.arange(1, 7)), abs=1e-5)
    assert blocks.end_s[6] == 240.0
    assert blocks.starts.tolist() == [0, 7, 8]


def test_an_interruption_fills_nothing():
    """A block that is half full before it is full half a minute after it."""
    blocks, _, _ = filled(
        passing(gap_s=50.0), lambda t: np.full_like(t, 100.0), size=np.array([np.inf, 6000.0])
    )

    assert blocks.end_s[blocks.starts[1] :] == pytest.approx([1120.0, 1350.0], abs=1e-5)


def test_what_clicks_late_is_a_block_of_its_own():
    """Blocks before it are as if the contact ended there."""
    blocks, _, _ = filled(
        passing(),
        lambda t: np.full_like(t, 100.0),
        size=np.full(2, 3000.0),
        until_s=np.array([200.0, 5000.0]),
    )

    assert blocks.end_s[:4] == pytest.approx([60.0, 120.0, 200.0, 240.0], abs=1e-5)


def test_more_light_makes_more_blocks():
    """Twice the light over the same dark clicks: 150 in place of 100 a second."""
    panels = passing()
    time_s, _ = panels.points()
    blocks, _, _ = filled(
        panels,
        lambda t: np.full_like(t, 100.0),
        place=np.zeros(1, dtype=int),
        amount=np.full(1, 2.0),
        dark_hz=np.full(time_s.size, 50.0),
        sifted_bits=np.full(1, 12_000.0),
        size=np.full(1, 3000.0),
        until_s=np.full(1, np.inf),
    )

    assert blocks.end_s == pytest.approx([40, 80, 120, 160, 200, 240], abs=1e-5)


@given(
    size=st.floats(10.0, 1e5),
    until=st.floats(-10.0, 400.0),
    bend=st.floats(-0.9, 0.9),
    gap=st.floats(0.0, 100.0),
)
def test_blocks_hold_everything_and_each_its_size(size, until, bend, gap):
    """Sums over blocks are sums over contacts; all but the last before a cut hold one size."""
    panels = passing(gap_s=gap)

    def rate(t):
        return 100.0 * (1.0 + bend * np.sin(t / 50.0))

    until_s = np.array([until, np.inf])
    blocks, clicks_hz, total = filled(panels, rate, size=np.full(2, size), until_s=until_s)
    sums = per_interval(blocks.weight_s * clicks_hz[blocks.nodes], blocks.bounds)

    whole = np.add.reduceat(sums, blocks.starts[:-1])
    assert whole == pytest.approx(total, rel=1e-9)
    inner = sums[blocks.starts[1] : -1]
    assert 0.5 * inner == pytest.approx(np.full(inner.size, size), rel=1e-5, abs=1e-3)
    assert 0.5 * sums[-1] < 2.0 * size * (1.0 + 1e-6) or blocks.starts[2] - blocks.starts[1] == 1
    for first, last in _pairs(blocks.starts):
        assert (np.diff(blocks.end_s[first:last]) > 0.0).all()


def test_a_session_that_does_not_change_is_divided_evenly():
    """One node for an hour: three blocks of 20 minutes."""
    blocks, _, _ = filled(
        even_panels(np.zeros(1), np.array([3600.0])),
        lambda t: np.full_like(t, 100.0),
        size=np.full(1, 60_000.0),
    )

    assert blocks.end_s == pytest.approx([1200.0, 2400.0, 3600.0], abs=1e-4)
    assert blocks.weight_s == pytest.approx(np.full(3, 1200.0), abs=1e-4)


def test_a_contact_without_light_is_one_block():
    """Nothing fills it."""
    blocks, _, _ = filled(passing(), np.zeros_like, size=np.full(2, 3000.0))

    assert blocks.starts.tolist() == [0, 1, 2]
    assert blocks.weight_s.sum() == pytest.approx(540.0)


def test_a_size_of_zero_is_refused():
    """It would make endlessly many blocks."""
    with pytest.raises(NonPhysicalError, match="must be above 0"):
        filled(passing(), np.ones_like, size=np.zeros(2))
