"""Both LDPC engines, end to end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.native import SWITCH, native
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.distil.reconcile.engines import engine, engine_names
from satqkd.distil.reconcile.ldpc import LDPC, LDPC_BLIND, LONG_FRAME, SHORTEST, Ldpc
from satqkd.distil.reconcile.ldpc_ends import LdpcAlice, LdpcBob, Plan
from satqkd.distil.reconcile.ldpc_request import Request
from satqkd.errors import NonPhysicalError, ProtocolError
from satqkd.key.post_processing.leakage import leak_bits, one_way_limit_bits
from satqkd.units import BoolArray

BOTH = pytest.mark.parametrize("way", [LDPC, LDPC_BLIND], ids=lambda way: way.name)
# Short frames where a test does not ask for long ones: they are built and decoded sooner.
SHORT = {
    way.name: Ldpc(
        name=way.name,
        frame_bits=4096,
        rate=way.rate,
        requests=way.requests,
        sweeps=way.sweeps,
    )
    for way in (LDPC, LDPC_BLIND)
}


def strings(errors: BoolArray, *, seed: int = 1) -> tuple[Bits, Bits]:
    """A random string, and one that differs by errors."""
    alice = np.random.default_rng(seed).integers(0, 2, errors.size).astype(np.bool_)
    return Bits.pack(alice), Bits.pack(alice ^ errors)


def random_errors(size: int, *, qber: float, seed: int = 2) -> BoolArray:
    """Memoryless ones."""
    return np.random.default_rng(seed).random(size) < qber


def counted(way: Ldpc, found: Reconciled, *, size: int, qber: float) -> None:
    """The leak is what the code and the requests say, bit by bit."""
    plan = way.plan(size, qber=qber, seed=3)
    assert plan is not None
    first, *rest = found.exchange.alice.bits.tolist()
    assert first == plan.deal.frames * plan.code.checks
    assert len(rest) == found.exchange.rounds == found.exchange.bob.bits.size
    if not way.requests and rest:
        whole = np.bitwise_count(~plan.deal.padding(length=plan.frame_words)).sum(axis=1)
        assert rest == [whole[found.told].sum()]


@BOTH
@pytest.mark.parametrize("qber", [0.01, 0.03])
def test_strings_become_equal(way: Ldpc, qber: float) -> None:
    size = 3 * LONG_FRAME - 77
    alice, bob = strings(random_errors(size, qber=qber))
    found = way.run(alice, bob, qber=qber, seed=3)
    assert found.bits.equals(alice)
    assert not bob.equals(alice)  # the caller's string is left alone
    assert not found.told.any()
    counted(way, found, size=size, qber=qber)
    efficiency = found.exchange.alice.total_bits / leak_bits(
        np.array(qber), sifted_bits=np.array(size), ec_efficiency=1.0
    )
    # The table of ldpc_rate.py within what three frames scatter by.
    assert 1.05 < efficiency < (1.20 if way.requests else 1.30)


@BOTH
@given(size=st.integers(0, 9000), qber=st.sampled_from([0.0, 0.02, 0.08]), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_any_length_becomes_equal(way: Ldpc, size: int, qber: float, seed: int) -> None:
    alice, bob = strings(random_errors(size, qber=qber, seed=seed), seed=seed + 100)
    found = SHORT[way.name].run(alice, bob, qber=max(qber, 0.02), seed=seed)
    assert found.bits.equals(alice)
    if size < SHORTEST:
        assert found.told.tolist() == [True] * min(size, 1)
        assert found.exchange.alice.total_bits == size


@BOTH
@pytest.mark.skipif(native() is None, reason="no C here")
def test_both_paths_say_the_same_bytes(way: Ldpc, monkeypatch: pytest.MonkeyPatch) -> None:
    """With frames that fail and bits that are asked for."""
    short = SHORT[way.name]
    alice, bob = strings(random_errors(9_999, qber=0.065))
    built = short.run(alice, bob, qber=0.03, seed=5)
    monkeypatch.setenv(SWITCH, "0")
    plain = short.run(alice, bob, qber=0.03, seed=5)
    assert built.exchange.rounds > 0
    for one, other in (
        (built.exchange.alice, plain.exchange.alice),
        (built.exchange.bob, plain.exchange.bob),
    ):
        assert one.content == other.content
        assert one.bits.tolist() == other.bits.tolist()
    assert built.bits.equals(plain.bits)
    assert built.told.tolist() == plain.told.tolist()


@BOTH
@pytest.mark.parametrize(
    ("qber", "expected"), [(0.04, 0.02), (0.02, 0.04), (0.12, 0.02), (0.5, 0.03)]
)
def test_the_expected_error_fraction_need_not_be_right(
    way: Ldpc, qber: float, expected: float
) -> None:
    short = SHORT[way.name]
    alice, bob = strings(random_errors(16_384, qber=qber))
    found = short.run(alice, bob, qber=expected, seed=3)
    assert found.bits.equals(alice)
    counted(short, found, size=16_384, qber=expected)
    assert found.exchange.rounds <= len(way.requests) + 1
    if qber == 0.5:
        assert found.told.all()


@BOTH
def test_hopeless_strings_are_told_at_once(way: Ldpc) -> None:
    alice, bob = strings(random_errors(10_000, qber=0.4))
    found = way.run(alice, bob, qber=0.4, seed=3)
    assert found.bits.equals(alice)
    assert found.told.tolist() == [True]
    assert found.exchange.alice.bits.tolist() == [10_000]
    assert found.exchange.rounds == 0


@BOTH
@pytest.mark.parametrize("shape", ["bursts", "ramp"])
def test_errors_need_not_be_memoryless(way: Ldpc, shape: str) -> None:
    """2 % on average, in bursts of 32 bits, or rising from 0 to 4 % along four frames."""
    size = 4 * 16_384
    rng = np.random.default_rng(8)
    if shape == "ramp":
        errors = rng.random(size) < np.linspace(0.0, 0.04, size)
    else:
        errors = np.repeat(rng.random(size // 32) < 0.04, 32) & (rng.random(size) < 0.5)
    alice, bob = strings(errors)
    short = Ldpc(
        name=way.name,
        frame_bits=16_384,
        rate=way.rate,
        requests=way.requests,
        sweeps=way.sweeps,
    )
    found = short.run(alice, bob, qber=float(errors.mean()), seed=3)
    assert found.bits.equals(alice)
    # Without dealing words out, the last frame of the ramp has 3.5 % and fails.
    assert found.told.sum() <= (0 if shape == "ramp" else 1)


@BOTH
def test_no_errors_are_no_trouble(way: Ldpc) -> None:
    alice, bob = strings(np.zeros(70_000, dtype=np.bool_))
    found = way.run(alice, bob, qber=0.0, seed=3)
    assert found.bits.equals(alice)
    assert found.exchange.rounds == 0
    plan = way.plan(70_000, qber=0.0, seed=3)
    assert plan is not None
    assert plan.deal.frame_words > 16_384 // 64  # long frames, though two are needed


@pytest.mark.parametrize("qber", [-0.01, 0.51, float("nan")])
@BOTH
def test_an_expected_error_fraction_is_a_fraction(way: Ldpc, qber: float) -> None:
    with pytest.raises(NonPhysicalError, match="qber"):
        way.plan(70_000, qber=qber, seed=3)


@pytest.mark.parametrize("size", [16_384, 65_536])
@pytest.mark.parametrize("qber", [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.11])
def test_one_way_never_tells_less_than_a_frame_needs(size: int, qber: float) -> None:
    """The limit holds for any code that fails once in a hundred frames."""
    plan = LDPC.plan(size, qber=qber, seed=1)
    assert plan is not None
    limit = one_way_limit_bits(
        np.array(qber), sifted_bits=np.array(float(size)), failure_probability=1e-2
    )
    assert plan.code.checks >= limit


def test_names_are_engines() -> None:
    assert engine("ldpc") is LDPC
    assert engine("ldpc-blind") is LDPC_BLIND
    assert {"ldpc", "ldpc-blind"} <= set(engine_names())
    with pytest.raises(NonPhysicalError, match="must be one of"):
        engine("turbo")


def ends(*, qber: float = 0.04, seed: int = 3) -> tuple[LdpcAlice, LdpcBob, Plan, Bits]:
    """Two ends of three short frames that have to ask."""
    way = SHORT["ldpc-blind"]
    alice, bob = strings(random_errors(12_100, qber=qber))
    plan = way.plan(12_100, qber=0.03, seed=seed)
    assert plan is not None
    return LdpcAlice(alice, plan=plan), LdpcBob(bob, plan=plan), plan, alice


def asks(plan: Plan, *, past: int, which: list[int]) -> Bits:
    """A request for the first bits of each frame."""
    asks = np.zeros(plan.deal.frames, dtype=np.bool_)
    asks[which] = True
    each = plan.requests[past]
    return Request(
        asks=asks,
        full=np.zeros_like(asks),
        positions=np.tile(np.arange(each), (len(which), 1)) + past * 500,
    ).to_bits(frame_bits=plan.code.bits)


def test_alice_refuses_what_she_must_not_answer() -> None:
    alice, _, plan, _ = ends()
    alice.begin()
    alice.answer(asks(plan, past=0, which=[0, 2]))
    with pytest.raises(ProtocolError, match="done asks again"):
        alice.answer(asks(plan, past=1, which=[1]))
    again = Request.from_bits(
        asks(plan, past=1, which=[0]),
        frames=plan.deal.frames,
        frame_bits=plan.code.bits,
        each=plan.requests[1],
    )
    twice = Request(asks=again.asks, full=again.full, positions=again.positions - 500)
    with pytest.raises(ProtocolError, match="both ends know"):
        alice.answer(twice.to_bits(frame_bits=plan.code.bits))
    with pytest.raises(ProtocolError, match="another length"):
        alice.answer(Bits.pack(np.ones(7)))
    with pytest.raises(ProtocolError, match="name its frames"):
        alice.answer(Bits.pack([]))


def test_alice_does_not_tell_padding() -> None:
    alice, _, plan, _ = ends()
    alice.begin()
    each = plan.requests[0]
    padding = plan.code.bits - each + np.arange(each)
    asked = Request(
        asks=np.array([False, True, False]),
        full=np.zeros(3, dtype=np.bool_),
        positions=padding[np.newaxis],
    )
    with pytest.raises(ProtocolError, match="both ends know"):
        alice.answer(asked.to_bits(frame_bits=plan.code.bits))


def test_alice_answers_so_often_and_no_more() -> None:
    alice, _, plan, _ = ends()
    alice.begin()
    for past in range(len(plan.requests)):
        if past * 500 + plan.requests[past] >= 4000:
            break
        alice.answer(asks(plan, past=past, which=[0]))
    rest = LdpcAlice(Bits.pack(np.ones(12_100)), plan=plan)
    one_way = Plan(deal=plan.deal, code=plan.code, requests=(), belief=plan.belief, sweeps=9)
    rest = LdpcAlice(Bits.pack(np.ones(12_100)), plan=one_way)
    nothing = Request(
        asks=np.array([True, False, False]),
        full=np.zeros(3, dtype=np.bool_),
        positions=np.zeros((1, 0), dtype=np.int64),
    )
    with pytest.raises(ProtocolError, match="0 times"):
        rest.answer(nothing.to_bits(frame_bits=plan.code.bits))


def test_bob_refuses_messages_that_do_not_fit() -> None:
    alice, bob, _, _ = ends()
    first = alice.begin()
    cut = Bits.pack(first.unpacked()[:-1])
    with pytest.raises(ProtocolError, match="parities"):
        bob.hear(cut)
    request = bob.hear(first)
    assert request is not None
    answer = alice.answer(request)
    for wrong in (answer.unpacked()[1:], np.append(answer.unpacked(), True)):
        with pytest.raises(ProtocolError, match="answer has another length"):
            bob.hear(Bits.pack(wrong))
    bob.hear(answer)  # what does not fit changed nothing


class _Liar(LdpcAlice):
    """Alice, who says something else than she should."""

    seed = 1

    def begin(self) -> Bits:
        said = super().begin().unpacked()
        return Bits.pack(said ^ (np.random.default_rng(self.seed).random(said.size) < 0.3))

    def answer(self, request: Bits) -> Bits:
        said = super().answer(request).unpacked()
        return Bits.pack(~said)


def test_lies_come_to_an_end() -> None:
    """Bob believes what he is told in full, so his bits are not hers."""
    _, bob, plan, bits = ends()
    said = exchange(_Liar(bits, plan=plan), bob, stage="reconcile")
    assert said.rounds == len(plan.requests) + 1
    assert bob.told.all()
    assert Bits.pack(~bob.corrected.unpacked()).equals(bits)


def test_copies_are_wiped() -> None:
    alice, bob, _, _ = ends()
    exchange(alice, bob, stage="reconcile")
    alice.wipe()
    bob.wipe()
    assert not alice._frames.any()
    assert not bob._frames.any()
    assert not bob._value.any()


@BOTH
def test_a_run_wipes_both_copies(way: Ldpc, monkeypatch: pytest.MonkeyPatch) -> None:
    wiped = list[str]()
    monkeypatch.setattr(LdpcAlice, "wipe", lambda _: wiped.append("Alice"))
    monkeypatch.setattr(LdpcBob, "wipe", lambda _: wiped.append("Bob"))
    alice, bob = strings(random_errors(5000, qber=0.02))
    SHORT[way.name].run(alice, bob, qber=0.02, seed=3)
    assert wiped == ["Alice", "Bob"]


def test_a_frame_with_too_few_bits_left_to_ask_for_is_told() -> None:
    _, _, plan, _ = ends()
    greedy = Plan(
        deal=plan.deal, code=plan.code, requests=(3900, 3900), belief=plan.belief, sweeps=5
    )
    alice, bob = strings(random_errors(12_100, qber=0.5))
    his = LdpcBob(bob, plan=greedy)
    # Parities of another string: what Bob is told does not fit them, so no frame gets done.
    said = exchange(_OtherParities(alice, plan=greedy), his, stage="reconcile")
    assert said.rounds == 2
    assert his.told.all()
    assert his.corrected.equals(alice)


class _OtherParities(LdpcAlice):
    """Alice, whose parities are those of no string."""

    def begin(self) -> Bits:
        said = super().begin()
        return Bits.pack(np.random.default_rng(1).integers(0, 2, said.size))


@pytest.mark.parametrize(("qber", "long"), [(0.0099, True), (0.01, False)])
def test_few_errors_make_frames_long(qber: float, *, long: bool) -> None:
    way = Ldpc(name="x", frame_bits=16_384, rate=LDPC.rate, requests=(), sweeps=9)
    plan = way.plan(200_000, qber=qber, seed=1)
    assert plan is not None
    assert (plan.deal.frame_words > 16_384 // 64) is long
