"""Checks of sources notice what they are there to notice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.parts import preset_values
from satqkd.validation.checks import sources


@pytest.fixture
def trial(case):
    (run,) = case("S-3").runs
    return run.check


def test_the_recalled_purity_gives_no_key(trial, monkeypatch):
    """Why g2 is chosen: with the 2 % recalled, pairs may have made most clicks."""
    dot = preset_values("single-photon-2024").content.payload.source
    monkeypatch.setattr(sources, "_dot", lambda _: replace(dot, g2=0.02))

    assert trial.figures()["key per pulse"] == 0.0


def test_another_receiver_misses_the_rate(trial):
    """Half a decibel is far more than is claimed."""
    rate = replace(trial, receiver_db=trial.receiver_db + 0.5).figures()["key per pulse"]

    assert abs(rate / 1.08e-3 - 1.0) > 0.02


def test_the_cap_on_errors_only_adds_key(case):
    """126,201,879 bits come out only without it."""
    (run,) = case("K-10").runs
    figures = run.check.figures()

    assert figures["key"] > figures["key without the cap"] == 126_201_879.0
