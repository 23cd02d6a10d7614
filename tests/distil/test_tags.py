"""Times of clicks become numbers of pulses, all of them right, or the log is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tagged_pass import TaggedPass, every_sent, some_sent

from satqkd.clicks.timing_gate import gate_share
from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.distil.click_log import ClickLog
from satqkd.distil.clock.offset import BUNCH, BUNCHES
from satqkd.distil.recovered import Recovered, recovered
from satqkd.distil.simulate import Simulated
from satqkd.distil.simulate_tags import Tagged
from satqkd.distil.tags import Tags
from satqkd.errors import SatqkdError

FAR = 5.0
"""Standard deviations that chance goes beyond once in 1.7 million tries."""

SIX_SIGMA = "the jitter is a sixth of half a period at most: chance moves no click by a pulse"
PASSES = {
    "10 kHz at 100 MHz": TaggedPass(background_hz=1e4),
    "1 MHz at 100 MHz": TaggedPass(clicks_hz=1e6, background_hz=1e5, seconds=0.3),
    "10 kHz at 1.25 GHz": TaggedPass(
        rate_hz=1.25e9, jitter_s=60e-12, gate_s=0.5e-9, background_hz=5e3
    ),
    "100 kHz at 625 MHz, coming near": TaggedPass(
        rate_hz=625e6,
        clicks_hz=1e5,
        seconds=1.5,
        jitter_s=120e-12,
        gate_s=0.8e-9,
        culmination_s=200.0,
        clock_offset=-1e-5,
    ),
    "mostly background": TaggedPass(background_hz=9e4, seconds=3.0),
    "ever brighter": TaggedPass(clicks_hz=4e4, shape=(0.1, 0.2, 0.4, 0.6, 0.8, 1.0)),
    "no background, a clock since 1970 in days": TaggedPass(background_hz=0.0, start_ps=2 * 10**18),
}


def _recovered(own: TaggedPass, log: ClickLog) -> Recovered:
    nature = np.random.default_rng(3)
    return recovered(log, detector=own.detector, source=own.source, nature=nature)


def _share(own: TaggedPass) -> float:
    return gate_share(gate_s=own.gate_s, sigma_s=own.jitter_s, period_s=1.0 / own.rate_hz)


def _assert_right(own: TaggedPass, made: Simulated, tags: Tagged, got: Recovered) -> None:
    """Every click that is light has its own number, and every one lost its reason."""
    seen, clock = got.seen, got.seen.clock
    assert clock is not None
    assert seen.kept + seen.lost.total == seen.clicks == tags.place.size
    stretches = [one for one in clock.stretches if not one.why_not]
    time_s = (tags.tags.time_ps - tags.tags.time_ps[0]) / 1e12
    followed = np.zeros(time_s.size, dtype=np.bool_)
    for one in stretches:
        followed |= (time_s >= one.begin_s) & (time_s < one.end_s)
    light = int(np.count_nonzero(followed & (tags.place >= 0)))
    # what is told, doubled or outside the gate is lost; all else has its place, and no other
    gone = (1.0 - _share(own)) * light
    taken = np.isin(made.bob.places.numbers(), got.bob.places.numbers(), assume_unique=True)
    assert np.isin(got.bob.places.numbers(), made.bob.places.numbers(), assume_unique=True).all()
    known = light - int(np.count_nonzero(taken))
    assert known <= seen.lost.told + gone + FAR * np.sqrt(gone) + 0.001 * light
    at = np.searchsorted(made.bob.places.numbers(), got.bob.places.numbers())
    assert np.array_equal(got.alice.bit.unpacked(), made.alice.bit.unpacked()[at])
    assert np.array_equal(got.alice.key_basis.unpacked(), made.alice.key_basis.unpacked()[at])
    for mine, theirs in zip(got.alice.intensity, made.alice.intensity, strict=True):
        assert np.array_equal(mine.unpacked(), theirs.unpacked()[at])
    # background in the gate of a pulse that clicked is all that may change what was read
    other = (got.bob.bit.unpacked() != made.bob.bit.unpacked()[at]) | (
        got.bob.key_basis.unpacked() != made.bob.key_basis.unpacked()[at]
    )
    assert int(np.count_nonzero(other)) <= seen.tossed + 5


@pytest.mark.parametrize("own", PASSES.values(), ids=PASSES.keys())
def test_every_click_of_a_pass_gets_its_own_pulse(own: TaggedPass) -> None:
    assert 6.0 * own.jitter_s <= 0.5 / own.rate_hz, SIX_SIGMA
    made, tags = own.flown()
    got = _recovered(own, own.log(made, tags))
    _assert_right(own, made, tags, got)
    clock = got.seen.clock
    assert clock is not None
    assert len(clock.stretches) == 1
    assert got.seen.lost.without_clock <= 0.02 * tags.place.size
    light = np.count_nonzero(tags.place >= 0)
    # besides chance, the clock itself is off by a hundredth of a period at most
    assert clock.sigma_s == pytest.approx(own.jitter_s, rel=FAR / np.sqrt(light) + 0.02)
    assert clock.light == pytest.approx(light / tags.place.size, abs=FAR / np.sqrt(light))
    assert clock.sigma_expected_s == own.jitter_s
    part, share = light / tags.place.size, _share(own)
    assert clock.in_gate_expected == pytest.approx(share, rel=1e-12)
    inside = part * share + (1.0 - part) * own.gate_s * own.rate_hz
    assert clock.in_gate == pytest.approx(inside, abs=0.5 * FAR / np.sqrt(tags.place.size))
    assert got.seen.lost.told == BUNCHES * BUNCH


def test_the_rate_is_that_of_the_flight() -> None:
    own = TaggedPass(clicks_hz=1e5, seconds=4.0, culmination_s=30.0, background_hz=1e4)
    made, tags = own.flown()
    clock = _recovered(own, own.log(made, tags)).seen.clock
    assert clock is not None
    (one,) = clock.stretches
    for at_s, seen in zip((0.0, own.seconds), one.rate_offset, strict=True):
        # derivative of the time of flight, from tests' own formula
        along_m = 7_600.0 * (at_s - own.culmination_s)
        shift = 7_600.0 * along_m / (SPEED_OF_LIGHT_M_S * np.hypot(own.nearest_m, along_m))
        # within a window of 5 ms the shift moves by 2e-9; rates of 1e5 clicks are good to 1e-9
        assert seen == pytest.approx(1.0 / (1.0 + own.clock_offset + shift) - 1.0, abs=5e-9)


def test_stretches_between_clouds_are_numbered_by_what_lies_between() -> None:
    own = TaggedPass(clicks_hz=2e4, seconds=14.0, shape=(1.0, 1.0, 0.0, 0.5, 0.0, 0.0, 1.0))
    made, tags = own.flown()
    got = _recovered(own, own.log(made, tags))
    _assert_right(own, made, tags, got)
    clock = got.seen.clock
    assert clock is not None
    assert [one.why_not for one in clock.stretches] == ["", "", ""]
    begins = [one.begin_s for one in clock.stretches]
    # a clock is followed into noise for some windows of 20 ms until it is given up
    assert begins == pytest.approx([0.0, 6.0, 12.0], abs=1.0)
    tried = [one.offset.tried for one in clock.stretches if one.offset is not None]
    assert max(tried) < 1_000_000


def test_a_record_of_every_pulse_gives_the_same_pulses() -> None:
    own = TaggedPass(seconds=0.15, clicks_hz=2e5, background_hz=5e4)
    made, tags = own.flown()
    some = _recovered(own, own.log(made, tags))
    log = replace(own.log(made, tags), sent=every_sent(made, np.random.default_rng(4)))
    every = _recovered(own, log)
    assert np.isin(some.bob.places.numbers(), every.bob.places.numbers(), assume_unique=True).all()
    assert every.seen.lost.without_record == 0
    more = every.bob.places.size - some.bob.places.size
    assert more == pytest.approx(some.seen.lost.without_record, abs=20)


def test_it_does_not_matter_that_the_receiver_listened_longer() -> None:
    own = TaggedPass(seconds=3.0)
    made, tags = own.flown()
    nature = np.random.default_rng(8)
    first = int(tags.tags.time_ps[0])
    more = np.sort(nature.integers(-2 * 10**12, 0, 10_000)) + first
    longer = replace(
        tags.tags,
        time_ps=np.concatenate([more, tags.tags.time_ps]),
        detector=np.concatenate([nature.integers(0, 4, more.size), tags.tags.detector]),
    )
    log = replace(own.log(made, tags), received=longer)
    place = _recovered(own, log).bob.places.numbers()
    assert np.isin(place, made.bob.places.numbers()).all()
    assert place.size > 0.9 * made.bob.places.size - 960


def _refusal(own: TaggedPass, log: ClickLog) -> str:
    with pytest.raises(SatqkdError) as caught:
        _recovered(own, log)
    return str(caught.value)


@pytest.mark.parametrize("wrong", [1.0002, 0.9998, 0.5, 0.3])
def test_a_wrong_rate_is_refused(wrong: float) -> None:
    own = TaggedPass(seconds=2.0)
    made, tags = own.flown()
    other = replace(own, rate_hz=wrong * own.rate_hz)
    said = _refusal(other, replace(own.log(made, tags), pulse_rate_hz=other.rate_hz))
    assert f"no pulse train within 5e-05 of {100.0 * wrong:g} MHz" in said


def test_twice_the_rate_counts_pulses_that_nobody_sent() -> None:
    own = TaggedPass(seconds=2.0, gate_s=1e-9, jitter_s=200e-12)
    made, tags = own.flown()
    other = replace(own, rate_hz=2.0 * own.rate_hz)
    said = _refusal(other, replace(own.log(made, tags), pulse_rate_hz=other.rate_hz))
    assert "the transmitter's clock is found" in said
    assert "does not fit the" in said


def test_background_alone_holds_no_clock() -> None:
    own = TaggedPass()
    made, _ = own.flown()
    time_ps = np.sort(np.random.default_rng(2).integers(0, 6 * 10**12, 60_000))
    tags = Tags(
        time_ps=time_ps,
        detector=np.zeros(time_ps.size, dtype=np.uint8),
        detector_basis=np.ones(1, dtype=np.uint8),
        detector_bit=np.ones(1, dtype=np.uint8),
    )
    log = ClickLog(received=tags, sent=some_sent(made), pulses=made.pulses, pulse_rate_hz=1e8)
    assert "no pulse train within 5e-05 of 100 MHz is in the clicks" in _refusal(own, log)
    for few in (0, 150):
        some = replace(tags, time_ps=time_ps[:few], detector=tags.detector[:few])
        assert f"{few} clicks are too few, or too far apart" in _refusal(
            own, replace(log, received=some)
        )


def test_the_record_of_another_pass_is_refused() -> None:
    own = TaggedPass(seconds=0.1, clicks_hz=2e5)
    made, tags = own.flown()
    strange, _ = replace(own, seed=12).flown()
    log = replace(own.log(made, tags), sent=every_sent(strange, np.random.default_rng(5)))
    assert "which chance does too" in _refusal(own, log)


def test_a_record_that_repeats_itself_is_refused() -> None:
    own = TaggedPass(seconds=0.1, clicks_hz=2e5)
    made, tags = own.flown()
    nature = np.random.default_rng(6)
    every = every_sent(made, nature)
    again = np.arange(made.pulses) % 50
    bit, basis = (nature.integers(0, 2, 50, dtype=np.uint8)[again] for _ in range(2))
    sent = replace(every, bit=bit, basis=basis)
    read = tags.tags.detector.copy()
    light = tags.place >= 0
    place = tags.place[light]
    read[light] = 2 * basis[place] + bit[place]
    received = replace(tags.tags, detector=read)
    log = replace(own.log(made, tags), received=received, sent=sent)
    assert "chance does not explain" in _refusal(own, log)


def test_times_of_another_unit_are_refused() -> None:
    own = TaggedPass(seconds=1.0)
    made, tags = own.flown()
    times = tags.tags.time_ps.copy()
    times[0] = 0
    # one stray click an hour before does no harm
    early = replace(own.log(made, tags), received=replace(tags.tags, time_ps=times))
    assert _recovered(own, early).seen.lost.without_clock >= 1
    times[0] = -(10**18)
    far = replace(own.log(made, tags), received=replace(tags.tags, time_ps=times))
    assert "the clicks reach over 1.01e+06 s, and a log over 86400 s at most" in _refusal(own, far)
