"""Published figures, and that they would notice a mistake."""

from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.key import asymptotic, concentration, decoy_bb84
from satqkd.link import divergence
from satqkd.passes import tracks
from satqkd.validation.checks import clicks as click_checks
from satqkd.validation.checks import link as link_checks
from satqkd.validation.checks import orbit as orbit_checks
from satqkd.validation.read import read_cases
from satqkd.validation.run import run_cases

CASES = read_cases()
POINTS = [point for case in CASES for run in case.runs for point in run.points]

EXPECTED = [
    *(f"O-{n}" for n in range(1, 8)),
    *("L-1", "L-2", "L-4", "L-5", "L-5b", "L-6", "L-7", "L-10"),
    *("Q-1", "Q-2", "K-1", "K-2", "K-3", "K-4", "P-1", "P-2"),
]


@pytest.mark.parametrize("point", [point.name for point in POINTS])
def test_comes_as_near_to_the_published_value_as_claimed(point, outcomes):
    """The failure message is the citation."""
    outcome = outcomes[point]

    assert outcome.within, (
        f"{outcome.point}: published {outcome.published}, ours {outcome.ours_text}, "
        f"claimed {outcome.claimed}: {outcome.case.cite}"
    )


def test_all_cases_are_there_in_reading_order():
    """From orbit over link and clicks to the key, and last the whole pass."""
    assert [case.id for case in CASES] == EXPECTED


def test_every_point_has_its_own_name(outcomes):
    """So that one can be named in a message."""
    assert len(outcomes) == len(POINTS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_says_whence_and_why(case):
    """Citation, how the figure is known, and a reason for each claim."""
    assert len(case.cite) > 20
    assert len(case.known) > 10
    assert all(len(point.figure.why) > 5 for run in case.runs for point in run.points)


@pytest.mark.parametrize("ids", [["o-1"], ["O-1", "o-1"]])
def test_a_case_may_be_named_in_any_letters_and_runs_once(ids):
    """As people type."""
    assert [outcome.point for outcome in run_cases(ids)] == ["O-1 min range"]


class TestABrokenFormulaTurnsRed:
    """Each family of cases notices a mistake in what it stands for."""

    @staticmethod
    def red(*ids):
        return [outcome.point for outcome in run_cases(ids) if not outcome.within]

    def test_radius_for_diameter_in_the_divergence(self, monkeypatch):
        """Halving the receiver costs 6 dB."""
        right = divergence.flat_top_loss_db
        monkeypatch.setattr(
            link_checks,
            "flat_top_loss_db",
            lambda r, **k: right(r, **{**k, "rx_aperture_m": 0.5 * k["rx_aperture_m"]}),
        )

        assert self.red("L-1") == ["L-1 divergence loss"]

    def test_a_station_three_kilometres_too_high(self, monkeypatch):
        """It comes nearer to the satellite than the paper prints."""
        right = tracks.sample

        def wrong(table, chains, stations, bodies, *, step_s):
            raised = [type(s)(**{**fields(s), "height_m": s.height_m + 3e3}) for s in stations]
            return right(table, chains, raised, bodies, step_s=step_s)

        monkeypatch.setattr(orbit_checks, "sample", wrong)

        assert self.red("O-1") == ["O-1 min range"]

    def test_clicks_at_the_mean_loss_in_decibels(self, monkeypatch):
        """The mean of the decibels is not the loss of the mean."""
        right = click_checks.click_rates

        def wrong(eta, **k):
            flat = np.full_like(eta, math.exp(np.log(eta).mean()))
            return right(flat, **k)

        monkeypatch.setattr(click_checks, "click_rates", wrong)

        assert self.red("L-4") == ["L-4 signal clicks"]

    def test_natural_logarithms_for_bits(self, monkeypatch):
        """An entropy in nats is 30 % too small."""
        right = asymptotic.binary_entropy
        monkeypatch.setattr(asymptotic, "binary_entropy", lambda x: right(x) * math.log(2.0))

        assert self.red("K-3") == [
            "K-3 0 dB: key per pulse",
            "K-3 10 dB: key per pulse",
            "K-3 25 dB: key per pulse",
        ]

    def test_another_bound_on_fluctuations(self, monkeypatch):
        """Hoeffding's bound under the name of Chernoff's changes every key."""
        monkeypatch.setattr(
            decoy_bb84, "INTERVALS", dict.fromkeys(concentration.INTERVALS, concentration.hoeffding)
        )

        assert len(self.red("K-1")) == 3
        assert "K-2 phase error" in self.red("K-2")


def fields(value):
    """Fields of a dataclass with slots."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
