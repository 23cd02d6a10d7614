"""Clicks with numbers become both ends' records, one a pulse, and every one is accounted for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tagged_pass import TaggedPass, some_sent

from satqkd.distil.click_log import ClickLog, NumberedClicks
from satqkd.distil.recovered import one_a_pulse, recovered
from satqkd.distil.sent import EverySent, SomeSent
from satqkd.distil.tags import Tags
from satqkd.errors import NonPhysicalError, SatqkdError


def _numbered(pulse: list[int], basis: list[int], bit: list[int]) -> NumberedClicks:
    return NumberedClicks(
        pulse=np.array(pulse, dtype=np.int64),
        basis=np.array(basis, dtype=np.uint8),
        bit=np.array(bit, dtype=np.uint8),
    )


def test_numbered_clicks_are_the_records_they_came_of() -> None:
    own = TaggedPass(seconds=0.5)
    made, _ = own.flown()
    clicks = NumberedClicks(
        pulse=made.bob.places.numbers(),
        basis=made.bob.key_basis.unpacked().astype(np.uint8),
        bit=made.bob.bit.unpacked().astype(np.uint8),
    )
    log = ClickLog(received=clicks, sent=some_sent(made), pulses=made.pulses, pulse_rate_hz=None)
    nature = np.random.default_rng(0)
    got = recovered(log, detector=own.detector, source=own.source, nature=nature)
    assert np.array_equal(got.alice.places.numbers(), made.alice.places.numbers())
    assert np.array_equal(got.bob.places.numbers(), made.bob.places.numbers())
    for mine, theirs in [
        (got.alice.bit, made.alice.bit),
        (got.alice.key_basis, made.alice.key_basis),
        (got.bob.bit, made.bob.bit),
        (got.bob.key_basis, made.bob.key_basis),
        *zip(got.alice.intensity, made.alice.intensity, strict=True),
    ]:
        assert mine.equals(theirs)
    assert got.pulses == made.pulses
    seen = got.seen
    assert (seen.kept, seen.clicks, seen.lost.total) == (made.bob.places.size,) * 2 + (0,)
    assert seen.clock is None


def test_one_click_of_a_pulse_counts() -> None:
    clicks = _numbered([1, 1, 4, 7, 7, 7, 9, 9], [1, 1, 0, 1, 1, 1, 0, 1], [1, 1, 0, 0, 1, 0, 1, 1])
    got, tossed = one_a_pulse(clicks, np.random.default_rng(1))
    assert got.pulse.tolist() == [1, 4, 7, 9]
    assert tossed == 2
    assert got.basis[:3].tolist() == [1, 0, 1]
    assert got.bit[:2].tolist() == [1, 0]
    none, tossed = one_a_pulse(_numbered([], [], []), np.random.default_rng(1))
    assert (none.size, tossed) == (0, 0)


def test_what_is_random_is_even_and_independent() -> None:
    many = 20_000
    twice = np.repeat(np.arange(many), 2).tolist()
    clicks = _numbered(twice, [0, 1] * many, [0, 0] * many)
    got, tossed = one_a_pulse(clicks, np.random.default_rng(2))
    assert tossed == many
    same_basis, _ = one_a_pulse(
        _numbered(twice, [0, 0] * many, [0, 1] * many), np.random.default_rng(2)
    )
    assert not same_basis.basis.any()
    for drawn in (got.bit, got.basis, got.bit ^ got.basis, same_basis.bit):
        # 5 deviations of a fair coin
        assert int(drawn.sum()) == pytest.approx(0.5 * many, abs=2.5 * np.sqrt(many))


def test_clicks_without_a_record_are_dropped_and_counted() -> None:
    own = TaggedPass()
    sent = SomeSent(
        pulse=np.array([2, 4, 6]),
        bit=np.array([0, 1, 1], dtype=np.uint8),
        basis=np.array([1, 1, 0], dtype=np.uint8),
        intensity=np.array([0, 2, 1], dtype=np.uint8),
    )
    log = ClickLog(
        received=_numbered([0, 2, 3, 6, 6, 8], [1] * 6, [0, 0, 1, 1, 1, 0]),
        sent=sent,
        pulses=9,
        pulse_rate_hz=1e8,
    )
    nature = np.random.default_rng(0)
    got = recovered(log, detector=own.detector, source=own.source, nature=nature)
    assert got.bob.places.numbers().tolist() == got.alice.places.numbers().tolist() == [2, 6]
    assert got.alice.bit.unpacked().tolist() == [False, True]
    assert [own.unpacked().tolist() for own in got.alice.intensity] == [
        [True, False],
        [False, True],
        [False, False],
    ]
    lost = got.seen.lost
    assert (lost.without_record, lost.doubled, lost.total, got.seen.kept) == (3, 1, 4, 2)


def test_a_log_of_another_payload_is_refused() -> None:
    own = TaggedPass()
    sent = EverySent(**{name: np.zeros(3, dtype=np.uint8) for name in ("bit", "basis")},
                     intensity=np.array([0, 3, 0], dtype=np.uint8))  # fmt: skip
    log = ClickLog(received=_numbered([0], [1], [0]), sent=sent, pulses=3, pulse_rate_hz=1.001e8)

    def refusal(log: ClickLog) -> str:
        with pytest.raises(SatqkdError) as caught:
            recovered(
                log,
                detector=own.detector,
                source=own.source,
                nature=np.random.default_rng(0),
            )
        return str(caught.value)

    assert "the log is of 100.1 MHz, the source has 100 MHz" in refusal(log)
    other = replace(log, pulse_rate_hz=1e8)
    assert "a pulse of intensity 3, the source 3 intensities" in refusal(other)
    none = SomeSent(
        pulse=np.array([1]), **{name: np.zeros(1, dtype=np.uint8) for name in ("bit", "basis")},
        intensity=np.zeros(1, dtype=np.uint8),
    )  # fmt: skip
    said = refusal(replace(other, sent=none))
    assert "none of 1 clicks is of a pulse that the transmitter recorded" in said


def test_values_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(NonPhysicalError, match="bit must have 2 rows"):
        _numbered([1, 2], [0, 0], [1])
    with pytest.raises(NonPhysicalError, match="pulse must not fall"):
        _numbered([2, 1], [0, 0], [1, 1])
    labels = {name: np.zeros(2, dtype=np.uint8) for name in ("bit", "basis", "intensity")}
    for wrong in ([1, 1], [-1, 3]):
        with pytest.raises(NonPhysicalError, match="pulse must rise"):
            SomeSent(pulse=np.array(wrong), **labels)
    with pytest.raises(NonPhysicalError, match="basis must have 2 rows"):
        EverySent(**{**labels, "basis": np.zeros(3, dtype=np.uint8)})
    two = {name: np.zeros(2, dtype=np.uint8) for name in ("detector_basis", "detector_bit")}
    some = np.array([0, 1], dtype=np.uint8)
    with pytest.raises(NonPhysicalError, match="time_ps must not fall"):
        Tags(time_ps=np.array([2, 1]), detector=some, **two)
    with pytest.raises(NonPhysicalError, match="detector names one that is not described"):
        Tags(time_ps=np.array([1, 2]), detector=2 * some, **two)
