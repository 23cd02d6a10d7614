"""The parts by which a clock is found, followed and counted, each against something else."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tagged_pass import TaggedPass

from satqkd.distil.clock.follow import LOST
from satqkd.distil.clock.lock import locked
from satqkd.distil.clock.nominal import PS_PER_S, Nominal
from satqkd.distil.clock.offset import BUNCH, BUNCHES, MOST_SHARE, Bunch, best_offset, told
from satqkd.distil.clock.periodogram import MOST_OFFSET, search
from satqkd.distil.clock.spread import histogram, spread
from satqkd.distil.sent import EverySent, SomeSent

FAR = 5.0
"""Standard deviations that chance goes beyond once in 1.7 million tries."""


@given(
    rate=st.sampled_from([1e8, 6.25e8, 1.25e9, 123_456_789.25]),
    origin=st.integers(-(10**15), 10**18),
    since=st.lists(st.integers(0, 86_400 * PS_PER_S), min_size=1, max_size=20),
)
def test_pulses_of_a_day_are_counted_with_their_fractions(
    rate: float, origin: int, since: list[int]
) -> None:
    times = np.array([origin + one for one in since], dtype=np.int64)
    whole, part = Nominal(rate_hz=rate, origin_ps=origin).pulses(times)
    for got, more, one in zip(whole.tolist(), part.tolist(), since, strict=True):
        exact = Fraction(rate) * one / PS_PER_S
        # part is below 2.5e9, of which a double holds 5e-7
        assert abs(got + Fraction(more) - exact) < 1e-6


def _clicks(
    nature: np.random.Generator, *, many: int, light: float, sigma: float, offset: float
) -> np.ndarray:
    """Half a second of 100 MHz, off by a relative offset, and even background."""
    pulse = nature.integers(0, 50_000_000, round(many * light)) + nature.normal(
        0.0, sigma, round(many * light)
    )
    time_s = np.concatenate(
        [pulse / (1e8 * (1.0 + offset)), nature.uniform(0.0, 0.5, many - pulse.size)]
    )
    return np.sort(np.rint(time_s * PS_PER_S).astype(np.int64))


@pytest.mark.parametrize(("light", "sigma", "offset"), [(1.0, 0.05, 3e-5), (0.4, 0.12, -4.9e-5)])
def test_a_pulse_train_is_as_strong_as_its_spread_lets_it(
    light: float, sigma: float, offset: float
) -> None:
    many = 4_000
    times = _clicks(np.random.default_rng(4), many=many, light=light, sigma=sigma, offset=offset)
    nominal = Nominal(rate_hz=1e8, origin_ps=0)
    found = search(times, nominal=nominal, begin_ps=0, length_ps=PS_PER_S // 2)
    # characteristic function of a Gaussian; its mean over n clicks is off by 1/sqrt(2 n) at most
    visible = light * math.exp(-2.0 * math.pi**2 * sigma**2)
    assert found.visibility == pytest.approx(visible, abs=FAR / math.sqrt(2.0 * many))
    assert found.power == pytest.approx(many * found.visibility**2, rel=1e-12)
    # Cramér and Rao for the frequency of an arrow of n V² against noise; trials 0.25 Hz apart
    error = math.sqrt(6.0 / (many * visible**2)) / (math.pi * 0.5)
    assert found.offset_hz == pytest.approx(1e8 * offset, abs=FAR * error + 0.13)
    assert found.certain
    # what was found makes whole numbers of the light
    turns = nominal.pulses(times)[1] + found.turn
    since_s = times / PS_PER_S - 0.25
    turns += since_s * (found.offset_hz + 0.5 * found.drift_hz_s * since_s)
    mean = np.exp(2j * np.pi * turns).mean()
    assert mean.real == pytest.approx(found.visibility, rel=1e-6)
    assert mean.imag == pytest.approx(0.0, abs=1e-6)


def test_a_rate_that_drifts_is_found_with_its_drift() -> None:
    nature = np.random.default_rng(10)
    times = np.sort(nature.uniform(0.0, 0.25, 4_000))
    # whole pulses of 1.25 GHz that came nearest to these times, at an offset that drifts
    drift_hz_s, since_s = 400.0, times - 0.125
    turns = 1.25e9 * times + since_s * (30_000.0 + 0.5 * drift_hz_s * since_s)
    times -= (turns - np.rint(turns)) / 1.25e9
    found = search(
        np.rint(times * PS_PER_S).astype(np.int64),
        nominal=Nominal(rate_hz=1.25e9, origin_ps=0),
        begin_ps=0,
        length_ps=PS_PER_S // 4,
    )
    # the last trials lie 8 Hz/s and 0.5 Hz apart
    assert found.drift_hz_s == pytest.approx(drift_hz_s, abs=8.0)
    assert found.offset_hz == pytest.approx(30_000.0, abs=0.26)
    assert found.visibility > 0.97


def test_chance_seldom_comes_near_what_is_needed() -> None:
    nature = np.random.default_rng(5)
    nominal = Nominal(rate_hz=1e8, origin_ps=0)
    powers, needed = [], 0.0
    for _ in range(200):
        times = np.sort(nature.integers(0, PS_PER_S // 50, 400))
        found = search(times, nominal=nominal, begin_ps=0, length_ps=PS_PER_S // 50)
        powers.append(found.power)
        needed = found.needed
        assert not found.certain
    # the largest of M exponential values has the mean ln M + 0.577 and the deviation 1.28
    trials = math.exp(needed) * 1e-9
    independent = 2.0 * MOST_OFFSET * 1e8 / 50.0
    mean, error = float(np.mean(powers)), 1.28 / math.sqrt(200.0)
    assert math.log(independent) + 0.577 - FAR * error < mean
    assert mean < math.log(trials) + 0.577 + FAR * error


def test_the_clock_is_followed_to_a_hundredth_of_a_pulse() -> None:
    own = TaggedPass(clicks_hz=3e4, seconds=4.0)
    made, tags = own.flown()
    (stretch,) = locked(tags.tags.time_ps, rate_hz=own.rate_hz).stretches
    # the true time at which pulses came, which no click tells
    pulse = np.arange(1_000_000, made.pulses - 1_000_000, 99_991)
    exact = own.start_ps + np.rint(own.flight.arrival_s(pulse) * PS_PER_S).astype(np.int64)
    number, off = stretch.number(exact)
    assert np.ptp(number - pulse) == 0
    assert float(np.sqrt(np.mean(off**2))) < 0.01
    # five clicks a window of 5 ms alone would give 0.02
    assert float(np.max(np.abs(off))) < 0.03 < LOST


@pytest.mark.parametrize(("gap_s", "stretches"), [(0.05, 1), (2.0, 2)])
def test_a_count_goes_over_a_short_gap_and_ends_at_a_long_one(gap_s: float, stretches: int) -> None:
    own = TaggedPass(clicks_hz=3e4, seconds=4.0, background_hz=0.0)
    _, tags = own.flown()
    times = tags.tags.time_ps
    since = times - times[0]
    kept = np.abs(since - 2 * PS_PER_S) > 0.5 * gap_s * PS_PER_S
    found = locked(times[kept], rate_hz=own.rate_hz).stretches
    assert len(found) == stretches
    if stretches == 1:
        number, _ = found[0].number(times[kept])
        assert np.ptp(number - tags.place[kept]) == 0


@pytest.mark.parametrize(("sigma", "light"), [(0.02, 1.0), (0.05, 0.5), (0.15, 0.7), (0.2, 0.9)])
def test_spread_and_background_are_told_apart(sigma: float, light: float) -> None:
    many = 200_000
    nature = np.random.default_rng(6)
    off = np.concatenate(
        [nature.normal(0.0, sigma, round(light * many)), nature.uniform(-0.5, 0.5, many)]
    )[:many]
    off = (off + 0.5) % 1.0 - 0.5
    got = spread(histogram(off))
    # by the first two harmonics, which know neither bins nor rounds
    first, second = (abs(np.exp(2j * np.pi * k * off).mean()) for k in (1, 2))
    other = math.sqrt(math.log(first / second) / (6.0 * math.pi**2))
    # the second harmonic of the widest is 0.04 ± 0.0016, which moves sigma by 0.9 %
    assert other == pytest.approx(sigma, rel=0.045)
    assert got.sigma == pytest.approx(other, rel=0.02)
    assert got.sigma == pytest.approx(sigma, rel=0.045)
    assert got.light == pytest.approx(light, abs=0.04)


def _record(nature: np.random.Generator, many: int) -> EverySent:
    bit, basis = (nature.integers(0, 2, many, dtype=np.uint8) for _ in range(2))
    return EverySent(bit=bit, basis=basis, intensity=np.zeros(many, dtype=np.uint8))


def _bunches(
    nature: np.random.Generator, sent: EverySent, *, shift: int, wrong: float, size: int
) -> list[Bunch]:
    bunches = []
    for own in np.array_split(np.arange(sent.bit.size), BUNCHES):
        place = np.sort(nature.choice(own, size, replace=False))
        basis = nature.integers(0, 2, size, dtype=np.uint8)
        bit = sent.bit[place] ^ (nature.random(size) < wrong)
        other = nature.integers(0, 2, size, dtype=np.uint8)
        bit = np.where(basis == sent.basis[place], bit, other).astype(np.uint8)
        bunches.append(Bunch(number=place - shift, bit=bit, basis=basis))
    return bunches


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), sparse=st.booleans())
def test_the_best_offset_is_that_of_trying_all(seed: int, sparse: bool) -> None:  # noqa: FBT001
    nature = np.random.default_rng(seed)
    every = _record(nature, 400)
    bunches = _bunches(nature, every, shift=7, wrong=0.1, size=6)
    some = np.flatnonzero(nature.random(400) < 0.8)
    part = SomeSent(pulse=some, bit=every.bit[some], basis=every.basis[some],
                    intensity=every.intensity[some])  # fmt: skip
    got = best_offset(bunches, part if sparse else every, low=-40, high=40)
    known = set(some.tolist()) if sparse else set(range(400))
    tallies = {}
    for offset in range(-40, 41):
        pairs = [
            (int(every.bit[at + offset]), bit)
            for bunch in bunches
            for at, bit, basis in zip(
                bunch.number.tolist(), bunch.bit.tolist(), bunch.basis.tolist(), strict=True
            )
            if at + offset in known and every.basis[at + offset] == basis
        ]
        tallies[offset] = (sum(2 * (sent == read) - 1 for sent, read in pairs), len(pairs))
    assert tallies[got.offset][0] == max(excess for excess, _ in tallies.values())
    assert 2 * got.agreeing - got.compared == tallies[got.offset][0]
    assert got.compared == tallies[got.offset][1]
    assert got.tried == 81
    excess, compared = tallies[got.offset]
    bound = math.log10(81) - excess**2 / (2 * compared) / math.log(10)
    assert got.log10_chance == pytest.approx(min(bound, 0.0))


def test_the_right_offset_is_found_among_many_and_no_other_is_taken() -> None:
    nature = np.random.default_rng(7)
    every = _record(nature, 300_000)
    bunches = _bunches(nature, every, shift=1234, wrong=0.05, size=BUNCH)
    found = best_offset(bunches, every, low=-100_000, high=160_000)
    assert (found.offset, found.certain, found.rival, found.slipped) == (1234, True, None, 0)
    # a range that ends one before it holds no answer
    for low, high in ((-100_000, 1233), (1235, 160_000)):
        other = best_offset(bunches, every, low=low, high=high)
        assert not other.certain
        assert "which chance does too" in other.why_not


def test_a_record_of_few_pulses_is_searched_by_those_that_coincide() -> None:
    nature = np.random.default_rng(9)
    every = _record(nature, 4_000)
    far = np.sort(nature.choice(8_000_000, 4_000, replace=False))
    sparse = SomeSent(pulse=far, bit=every.bit, basis=every.basis, intensity=every.intensity)
    bunches = [
        replace(bunch, number=far[bunch.number] - 5_000)
        for bunch in _bunches(nature, every, shift=0, wrong=0.05, size=BUNCH)
    ]
    number = np.concatenate([bunch.number for bunch in bunches])
    some = sparse.promising(number, low=-8_000_000, high=8_000_000)
    assert some is not None
    assert 5_000 in some.tolist()
    assert some.size < 100
    found = best_offset(bunches, sparse, low=-8_000_000, high=8_000_000)
    assert (found.offset, found.certain, found.tried) == (5_000, True, 16_000_001)
    # most clicks may be of pulses without a record
    thin = nature.random(4_000) < 0.3
    thinned = SomeSent(pulse=far[thin], bit=every.bit[thin], basis=every.basis[thin],
                       intensity=every.intensity[thin])  # fmt: skip
    few = best_offset(bunches, thinned, low=-8_000_000, high=8_000_000)
    assert (few.offset, few.certain) == (5_000, True)
    strange = replace(sparse, bit=nature.integers(0, 2, 4_000, dtype=np.uint8))
    assert not best_offset(bunches, strange, low=-8_000_000, high=8_000_000).certain
    none = best_offset(bunches, sparse, low=5_001, high=5_001)
    assert (none.compared, none.certain, none.log10_chance) == (0, False, 0.0)


def test_a_count_that_slips_by_one_is_seen() -> None:
    nature = np.random.default_rng(8)
    every = _record(nature, 100_000)
    bunches = _bunches(nature, every, shift=50, wrong=0.05, size=BUNCH)
    slipped = [
        replace(bunch, number=bunch.number - 1) if at >= 5 else bunch
        for at, bunch in enumerate(bunches)
    ]
    found = best_offset(slipped, every, low=0, high=1000)
    assert (found.offset, found.slipped, found.certain) == (50, 3, False)
    assert "the count slips: 3 of 8" in found.why_not


@given(st.integers(0, 10_000))
def test_clicks_that_are_told_are_few_and_apart(clicks: int) -> None:
    own = told(clicks)
    places = [at for one in own for at in range(clicks)[one]]
    assert len(set(places)) == len(places) <= MOST_SHARE * clicks
    assert len(places) == sum(one.stop - one.start for one in own)
    assert len(own) == (BUNCHES if MOST_SHARE * clicks >= BUNCHES else 0)
    if clicks >= BUNCHES * BUNCH / MOST_SHARE:
        assert len(places) == BUNCHES * BUNCH
