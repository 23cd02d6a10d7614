from __future__ import annotations

import pytest

from satqkd.config.parts import preset_values
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.post_processing.authentication import Authentication
from satqkd.key.statistics.epsilon import EpsilonBudget, EpsilonTerm, share_of_block


def test_blocks_add_up():
    """k blocks risk k times what one does."""
    budget = EpsilonBudget(terms=(EpsilonTerm(name="a", each=1e-10, times=3),))

    assert budget.over(7).total == pytest.approx(2.1e-9)
    assert budget.over(10**12).total == 1.0
    assert share_of_block(2.1e-9, blocks=7) == pytest.approx(budget.block)


@pytest.mark.parametrize("bases", ["one", "both"])
@pytest.mark.parametrize("intensities", [1, 2, 3])
def test_a_protocol_s_budget_is_its_epsilons(bases, intensities):
    """Its shares add up to what was asked for, whatever the bases and decoys."""
    tags = Authentication(messages=4, failure_probability=1e-16)
    budget = DecoyBB84(key_bases=bases, authentication=tags).epsilon_budget(intensities)

    *secret, correctness, authentication = (term.total for term in budget.terms)
    secrecy = sum(secret)
    assert secrecy == pytest.approx(1e-9)
    assert correctness == pytest.approx(1e-15)
    assert authentication == pytest.approx(4e-16)


def test_a_budget_can_be_read():
    """Each term is a line, the sum the last."""
    assert DecoyBB84().epsilon_budget(3).over(3).lines() == (
        "photon numbers: 12 × 6.67e-11 = 8e-10",
        "phase errors, smoothing: 2 × 6.67e-11 = 1.33e-10",
        "privacy amplification: 1 × 6.67e-11 = 6.67e-11",
        "correctness: 1 × 1e-15 = 1e-15",
        "authentication: 2 × 1e-15 = 2e-15",
        "3 × 1e-09 = 3e-09",
    )


def test_nonsense_is_refused():
    """There are no negative numbers of blocks."""
    with pytest.raises(NonPhysicalError, match="must not be negative"):
        DecoyBB84().epsilon_budget(3).over(-1)
    with pytest.raises(NonPhysicalError, match="must be at least 1"):
        share_of_block(1e-9, blocks=0)


@pytest.mark.parametrize(
    ("preset", "bases"),
    [("twin-field-2025", 1), ("chip-mdi-2020", 1), ("micius-entanglement-2020", 2)],
)
def test_a_budget_over_two_links_is_its_epsilons(preset, bases):
    """Secrecy of the block; correctness of each basis, where both make key of their own."""
    protocol = preset_values(preset).content.value
    *secret, correctness, tags = (term.total for term in protocol.epsilon_budget.terms)
    secrecy = sum(secret)

    assert tags == pytest.approx(2e-15)
    assert secrecy == pytest.approx(protocol.epsilon_sec)
    assert correctness == pytest.approx(bases * protocol.epsilon_cor)
