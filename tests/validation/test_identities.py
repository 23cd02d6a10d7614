"""What went in comes out, words are the same, broken files are refused: tests, not figures."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from satqkd.config.yaml_nodes import read_bytes
from satqkd.forecast import availability
from satqkd.link.turbulence import adaptive_optics
from satqkd.validation.checks import campaign as campaign_checks
from satqkd.validation.checks import clocks as clock_checks
from satqkd.validation.checks import two_arms as two_arm_checks
from satqkd.validation.read import read_case, read_cases
from satqkd.validation.run import outcomes

FOLDER = Path(__file__).parent / "identities"


def read_identities():
    """Cases by their ids, read as the packaged ones are."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        case, mistakes = read_case(read_bytes(path.read_bytes(), file=path.name))
        assert not mistakes, "\n".join(map(str, mistakes))
        found[case.id] = case
    return found


IDENTITIES = read_identities()
IDS = [
    *("D-4", "D-5", "D-7", "J-1", "K-7b", "K-9", "L-10", "L-14", "M-3", "M-4"),
    *("O-5", "O-7", "Q-1", "S-1", "S-2", "S-4", "T-2", "T-3", "T-4", "T-5"),
]


@pytest.mark.parametrize("case", IDENTITIES.values(), ids=lambda case: case.id)
def test_what_went_in_comes_out(case):
    """As near as claimed."""
    found = list(outcomes(case))

    assert found
    assert [outcome.point for outcome in found if not outcome.within] == []


def test_none_is_lost_and_none_is_counted_as_a_figure():
    """All of them are here, and no point of theirs is among the published figures."""
    points = {point.name for case in read_cases() for run in case.runs for point in run.points}

    assert sorted(IDENTITIES) == sorted(IDS)
    for case in IDENTITIES.values():
        assert not points & {point.name for run in case.runs for point in run.points}


class TestABrokenFormulaTurnsRed:
    """They notice a mistake in what they stand for."""

    @staticmethod
    def red(name):
        return [o.point for o in outcomes(IDENTITIES[name]) if not o.within]

    def test_piston_not_counted_among_the_modes(self, monkeypatch):
        """One mode more would be corrected everywhere."""
        right = adaptive_optics.noll_residual_rad2
        monkeypatch.setattr(adaptive_optics, "noll_residual_rad2", lambda modes: right(modes + 1))

        assert len(self.red("L-14")) == 6

    def test_photons_of_all_pulses(self, monkeypatch):
        """Decoys count 6 % on top."""
        right = campaign_checks.source
        monkeypatch.setattr(
            campaign_checks,
            "source",
            lambda name: dataclasses.replace(right(name), probabilities=(0.53, 0.22, 0.25)),
        )

        assert len(self.red("J-1")) == 2

    def test_a_link_for_messages_that_is_a_thousand_times_slower(self, monkeypatch):
        """Then nothing is there in time, as with Micius."""
        right = availability.served_s
        monkeypatch.setattr(availability, "served_s", lambda r, t: right(r, 1e3 * t))

        assert self.red("K-7b") == ["K-7b first version: first key"]

    def test_interference_that_does_not_care_for_its_visibility(self, monkeypatch):
        """There would be key with any."""
        right = two_arm_checks._keyed
        monkeypatch.setattr(two_arm_checks, "_keyed", lambda p, a, v: right(p, a, max(v, 0.47)))

        assert self.red("M-4") == ["M-4 key at visibility 0.3"]

    def test_a_bound_three_times_as_high(self, monkeypatch):
        """Repeaterless capacity of 67 dB."""
        right = two_arm_checks.plob_bound
        monkeypatch.setattr(two_arm_checks, "plob_bound", lambda eta: 3.0 * right(eta))

        assert self.red("T-5") == ["T-5 bound", "T-5 over the bound"]

    def test_instabilities_without_the_root_of_three(self, monkeypatch):
        """The time deviation is τ MDEV over the root of 3, not τ MDEV."""
        monkeypatch.setattr(clock_checks, "tdev_from_mdev", lambda mdev, *, tau_s: mdev * tau_s)

        assert len(self.red("D-5")) == 2
        assert self.red("D-7") == ["D-7 time deviation"]


def test_more_loss_than_the_fibre_has_is_told():
    """With 20 dB the printed rate would exceed the single photons that arrive."""
    (run,) = IDENTITIES["K-9"].runs
    figures = dataclasses.replace(run.check, loss_db=20.0).figures()

    assert figures["below the single photons"] == "no"
