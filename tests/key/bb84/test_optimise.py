from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import differential_evolution

from satqkd.clicks.detector import Detector
from satqkd.clicks.pass_clicks import pass_clicks
from satqkd.clicks.source import DecoySource
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.objective import LEAST_CHECK_CLICKS
from satqkd.key.bb84.optimise import objective_of, optimise
from satqkd.key.bb84.settings import Settings, counts_with
from satqkd.key.statistics.newton import maximise


def passes_of(best_db, *, seconds=300.0):
    best = np.atleast_1d(np.asarray(best_db, dtype=float))
    loss_db = best[:, np.newaxis] + 10 * np.linspace(-1, 1, 50) ** 2
    return pass_clicks(
        10 ** (-0.1 * loss_db).ravel(),
        background_rate_hz=100.0,
        source=DecoySource(
            pulse_rate_hz=1e8,
            intensities=(0.8, 0.1, 0.0),
            probabilities=(0.5, 0.25, 0.25),
            p_key_basis=0.5,
            intrinsic_error=0.01,
        ),
        detector=Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9),
        weight_s=np.full(50 * best.size, seconds / 50),
        starts=50 * np.arange(best.size + 1),
    )


def preset(count):
    return Settings(
        intensities=np.tile([0.8, 0.1, 0.0], (count, 1)),
        probabilities=np.tile([0.5, 0.25, 0.25], (count, 1)),
        p_key_basis=np.full(count, 0.5),
    )


@pytest.mark.parametrize("bases", ["one", "both"])
@pytest.mark.parametrize("decoys", [1, 2])
def test_finds_what_evolution_finds(decoys, bases):
    """At least 0.9999 of the key of a differential evolution over the same unknowns."""
    protocol, passes = DecoyBB84(key_bases=bases), passes_of([33.0, 34.55])
    found = optimise(passes, protocol=protocol, decoys=decoys).secure_bits
    for i, ours in enumerate(found.tolist()):
        alone = passes.take(slice(i, i + 1))
        score, size = objective_of(alone, protocol=protocol, decoys=decoys)
        best = differential_evolution(
            lambda x, score=score: -score(x.reshape(x.shape[0], -1, 1))[:, 0],
            [(-6, 6)] * size,
            vectorized=True,
            updating="deferred",
            seed=1,
            popsize=15,
            maxiter=120,
            tol=1e-8,
            polish=False,
        )
        assert ours + 1 >= 0.9999 * -best.fun > 0


def test_no_lower_maximum_is_taken_for_the_highest():
    """Chernoff's bound has two of nearly the same key; a lower one loses 2 % at 37.3 dB."""
    passes = passes_of([37.304, 37.318, 37.333, 37.348, 37.362])
    protocol = DecoyBB84(bound="chernoff", key_bases="both")
    score, size = objective_of(passes, protocol=protocol, decoys=2)
    draw, highest = np.random.default_rng(1), np.zeros(5)
    for _ in range(12):
        start = draw.normal(0.0, 1.3, (size, 5))
        highest = np.maximum(highest, maximise(score, start, score(start[:, np.newaxis])[0])[1])

    found = optimise(passes, protocol=protocol, decoys=2).secure_bits

    # Two bases are each rounded down.
    assert (found + 2 >= 0.9999 * highest).all()
    assert found[0] > 17_000


def test_settings_make_the_key_that_is_told():
    """Flown with the settings found, the passes give the key found, and obey the rules."""
    passes, protocol = passes_of(np.linspace(24, 40, 9)), DecoyBB84()
    found = optimise(passes, protocol=protocol, decoys=2)
    counts = counts_with(passes, found.settings, receiver_p_key_basis=0.5)
    mu, p = found.settings.intensities, found.settings.probabilities

    assert protocol.secure_bits(counts).tolist() == found.secure_bits.tolist()
    assert (mu[:, 0] > mu[:, 1] + mu[:, 2]).all()
    assert p.sum(axis=1) == pytest.approx(1.0)
    assert (p > 0).all()
    assert (counts.check_clicks.sum(axis=1) >= LEAST_CHECK_CLICKS)[found.secure_bits > 0].all()


@pytest.mark.parametrize("bound", ["hoeffding", "chernoff"])
def test_worse_passes_never_make_more(bound):
    """Along loss the best key falls, and no zero lies between two keys."""
    best_db = np.linspace(20, 50, 121)
    found = optimise(passes_of(best_db), protocol=DecoyBB84(bound=bound), decoys=2)

    # Found to 1e-4.
    assert (found.secure_bits[1:] <= found.secure_bits[:-1] * (1 + 1e-4)).all()
    assert found.secure_bits[0] > 1e6
    assert found.secure_bits[-1] == 0


def test_beats_the_preset_wherever_it_makes_key():
    """Fixed settings are inside the bounds, so the best are at least as good."""
    passes, protocol = passes_of(np.linspace(20, 45, 40)), DecoyBB84(key_bases="both")
    fixed = protocol.secure_bits(counts_with(passes, preset(40), receiver_p_key_basis=0.5))

    found = optimise(passes, protocol=protocol, decoys=2).secure_bits
    assert (found >= fixed).all()
    assert found.sum() > 1.1 * fixed.sum()


class TestGroups:
    """One setting for all passes of a satellite."""

    def test_lies_between_the_preset_and_each_pass_its_own(self):
        """A week's one setting makes more than the preset and less than the best of every pass."""
        passes, protocol = passes_of(np.linspace(24, 40, 12)), DecoyBB84()
        group = np.repeat([0, 1, 2], 4)
        fixed = protocol.secure_bits(counts_with(passes, preset(12), receiver_p_key_basis=0.5))
        own = optimise(passes, protocol=protocol, decoys=2).secure_bits
        shared = optimise(passes, protocol=protocol, decoys=2, group=group)

        assert shared.settings.p_key_basis.shape == (3,)
        for number in range(3):
            here = group == number
            assert fixed[here].sum() <= shared.secure_bits[here].sum()
            assert shared.secure_bits[here].sum() <= own[here].sum() * (1 + 1e-4) + 4

    def test_equal_passes_share_their_own_optimum(self):
        """A group of copies is flown as one of them."""
        protocol = DecoyBB84()
        one = optimise(passes_of([30.0]), protocol=protocol, decoys=2).secure_bits.item()
        four = optimise(
            passes_of([30.0] * 4), protocol=protocol, decoys=2, group=np.zeros(4, dtype=np.int64)
        )

        assert four.secure_bits == pytest.approx([one] * 4, rel=1e-4)


def test_a_receiver_that_follows_the_sender_makes_more():
    """An efficient choice on both sides sifts less away than a passive splitter."""
    passes, protocol = passes_of([24.0, 30.0]), DecoyBB84()
    passive = optimise(passes, protocol=protocol, decoys=1)
    active = optimise(passes, protocol=protocol, decoys=1, receiver_p_key_basis=None)

    assert (active.secure_bits > 1.3 * passive.secure_bits).all()


def test_passes_depend_on_nothing_but_themselves():
    """Company changes no pass."""
    passes, protocol = passes_of(np.linspace(24, 48, 25)), DecoyBB84()
    together = optimise(passes, protocol=protocol, decoys=2).secure_bits
    alone = [
        optimise(passes.take(slice(i, i + 1)), protocol=protocol, decoys=2).secure_bits.item()
        for i in (0, 7, 15, 24)
    ]

    assert together[[0, 7, 15, 24]].tolist() == pytest.approx(alone, rel=1e-9)


def test_no_passes_need_no_settings():
    """An empty table gives an empty answer."""
    none = passes_of([30.0]).take(np.zeros(0, dtype=np.int64))
    found = optimise(none, protocol=DecoyBB84(), decoys=2)

    assert found.secure_bits.size == 0
    assert found.settings.intensities.shape == (0, 3)


def test_nothing_but_decoys_is_optimised():
    """Three decoys have no analysis."""
    with pytest.raises(NonPhysicalError, match="must be 1 or 2"):
        optimise(passes_of([30.0]), protocol=DecoyBB84(), decoys=3)


def test_maximising_ends_on_top_of_a_hill():
    """Many bent ridges at once, each from the same start."""
    tops = np.array([[0.5, -1.0, 2.0], [0.2, 1.5, -0.5]])

    def hills(x):
        u = x - tops[:, np.newaxis]
        return 5.0 - u[0] ** 2 - 10.0 * (u[1] - 0.3 * u[0] ** 2) ** 2

    start = np.zeros((2, 3))
    x, value = maximise(hills, start, hills(start[:, np.newaxis])[0])

    assert value == pytest.approx(5.0, abs=1e-3)
    assert x == pytest.approx(tops, abs=0.05)
