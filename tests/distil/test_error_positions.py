"""Whether it costs key that everybody knows where errors are: the argument of docs/security.md.

One pulse at a time, and Eve with a memory of her own: x is Alice's bit, e whether Bob's differs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.key.statistics.entropy import binary_entropy

State = npt.NDArray[np.complex128]
"""Amplitudes of Alice's qubit, Bob's and Eve's memory, shape (2, 2, memory)."""

HADAMARD = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2.0)


def _entropy(matrix: npt.NDArray[np.complex128]) -> float:
    """Of a state that need not have trace 1. [bit]"""
    weights = np.linalg.eigvalsh(matrix)
    some = weights[weights > 1e-14]
    return float(-(some * np.log2(some)).sum())


def _eve(state: State, x: int, y: int) -> npt.NDArray[np.complex128]:
    return np.outer(state[x, y], state[x, y].conj())


def _private_bits(state: State, *, errors_are_public: bool) -> float:
    """H(x | Eve) or H(x | Eve, e) when both measure in the key basis. [bit]"""
    joint, eve = 0.0, 0.0
    if errors_are_public:
        for e in (0, 1):
            parts = [_eve(state, x, x ^ e) for x in (0, 1)]
            joint += sum(_entropy(own) for own in parts)
            eve += _entropy(parts[0] + parts[1])
        return joint - eve
    parts = [_eve(state, x, 0) + _eve(state, x, 1) for x in (0, 1)]
    return sum(_entropy(own) for own in parts) - _entropy(parts[0] + parts[1])


def _phase_error(state: State) -> float:
    """How often both differ when they measure in the other basis."""
    other = np.einsum("ax,by,xye->abe", HADAMARD, HADAMARD, state)
    return float((np.abs(other[0, 1]) ** 2).sum() + (np.abs(other[1, 0]) ** 2).sum())


def _states(count: int) -> list[State]:
    """Pairs that Eve has turned in any way: from nearly perfect ones to mere noise."""
    generator = np.random.default_rng(1)
    states = []
    for scale in generator.uniform(0.0, 1.5, count):
        state = scale * (generator.normal(size=(2, 2, 4)) + 1j * generator.normal(size=(2, 2, 4)))
        state[0, 0, 0] += 1.0
        state[1, 1, 0] += 1.0
        states.append(state / np.linalg.norm(state))
    return states


def test_a_pair_of_qubits_is_as_private_as_its_phase_error_says_although_errors_are_public() -> (
    None
):
    """H(x | Eve, e) >= 1 - h(phase error) for every state, within rounding."""
    for state in _states(2000):
        bound = 1.0 - float(binary_entropy(np.array(_phase_error(state))))
        assert _private_bits(state, errors_are_public=True) >= bound - 1e-9


def test_it_is_the_bound_that_is_kept_not_what_eve_knows() -> None:
    """Of some states errors give much away: finer statistics than a phase error leave less."""
    lost = [
        _private_bits(own, errors_are_public=False) - _private_bits(own, errors_are_public=True)
        for own in _states(2000)
    ]
    assert min(lost) > -1e-9
    assert max(lost) > 0.5


def test_an_empty_pulse_is_private_only_while_errors_are_not_public() -> None:
    """Alice's bit never left her; Eve sends Bob a bit that she remembers."""
    state = np.zeros((2, 2, 2), dtype=np.complex128)
    for x in (0, 1):
        for y in (0, 1):
            state[x, y, y] = 0.5
    assert abs(_private_bits(state, errors_are_public=False) - 1.0) < 1e-9
    assert abs(_private_bits(state, errors_are_public=True)) < 1e-9
