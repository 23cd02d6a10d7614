"""Case files are read strictly."""

from __future__ import annotations

import pytest

from satqkd.config.yaml_nodes import read_text
from satqkd.errors import SatqkdError
from satqkd.validation.findings import nowhere
from satqkd.validation.read import read_case
from satqkd.validation.run import outcomes, run_cases

GOOD = """\
id: X-1
title: A cone of light
cite: nobody, nowhere
known: typed here for a test
checks: flat-top-loss
kind: fit
origin: measured
seen: read
figures:
  - name: divergence loss
    unit: dB
    claimed: {abs: 0.5}
    why: a test
runs:
  - given: {range: 1200 km, tx_aperture: 300 mm, rx_aperture: 1 m, divergence: 10 urad}
    published: {divergence loss: 22}
    not_reproduced: {divergence loss: a test}
inputs:
  - {input: range, published: typed here, fitted: [divergence loss]}
  - {input: shape, value: cone, assumed: a test}
presets:
  - {preset: micius-2017, parts: [transmitter.pointing]}
"""


def findings(old: str, new: str) -> str:
    """Read the good case with one text replaced, and return what is said about it."""
    assert old in GOOD
    case, told = read_case(read_text(GOOD.replace(old, new), file="case:x-1.yaml"))
    assert case is None
    return "\n".join(map(str, told))


def test_a_good_case_is_read_and_runs():
    """Quantities with units in, a figure out."""
    case, told = read_case(read_text(GOOD, file="case:x-1.yaml"))

    assert told == []
    (outcome,) = outcomes(case)
    assert outcome.point == "X-1 divergence loss"
    assert outcome.within
    assert outcome.ours_text == "21.798"
    assert outcome.kind == "fit"
    assert case.assumed_inputs == "2 of 5"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "tittle:", "x-1.yaml:2:1: tittle: no such key here"),
        ("why: a test", "wy: a test", "figures[0].wy: no such key here"),
        ("    why: a test\n", "", "figures[0].why: is missing"),
        ("cite: nobody, nowhere\n", "", "cite: is missing"),
        ("range: 1200 km", "range: 1200", "runs[0].given.range: '1200' has no unit"),
        ("range: 1200 km, ", "", "runs[0].given.range: is missing"),
        ("divergence: 10 urad", "angle: 10 urad", "runs[0].given.angle: no such key here"),
        ("flat-top-loss", "flat-top", "checks: 'flat-top' is no check"),
        ("{abs: 0.5}", "{abs: 0.5, rel: 0.1}", "claimed: must have exactly one of abs, rel"),
        ("{abs: 0.5}", "{near: 0.5}", "claimed.near: no such key here"),
        ("{abs: 0.5}", "{abs: 0}", "abs: must be above 0"),
        ("{abs: 0.5}", "{factor: 0.5}", "factor: must be above 1"),
        ("{abs: 0.5}", "{contains: 1}", "contains: must be above 1"),
        ("{abs: 0.5}", "{band: [1, 2]}", "claimed.band: no such key here"),
        ("loss: 22", "loss: about 22", "'about 22' is no number"),
        ("{divergence loss: 22}", "{loss: 22}", "published.loss: is not among the figures"),
        ("kind: fit\n", "", "kind: is missing"),
        ("kind: fit", "kind: guess", "'guess' is not known here"),
        ("origin: measured\n", "", "origin: is missing"),
        ("origin: measured", "origin: flown", "'flown' is not known here"),
        ("seen: read\n", "", "seen: is missing"),
        ("seen: read", "seen: heard", "'heard' is not known here"),
        ("reproduced: {divergence loss", "reproduced: {loss", "reproduced.loss: is not published"),
        ("kind: fit", "kind: prediction", "an input is fitted to it"),
        (", fitted: [divergence loss]", "", "no input is fitted to it"),
        ("fitted: [divergence loss]", "fitted: [loss]", "inputs[0].fitted: 'loss' is no figure"),
        ("published: typed here,", "printed: typed here,", "inputs[0].printed: no such key here"),
        (
            "published: typed here",
            "published: here, assumed: too",
            "or 'assumed' must say why, one of them",
        ),
        ("input: range", "input: rnge", "no run is given 'rnge', and no value is written"),
        ("micius-2017", "micius-1917", "there is no preset 'micius-1917'"),
        ("transmitter.pointing", "pointing", "micius-2017 gives no source of 'pointing'"),
        ("known: typed", "paper: 11\nknown: typed", "paper: 11 is none of the papers"),
    ],
)
def test_a_mistake_is_told_with_its_place(old, new, message):
    """Unknown keys, missing reasons, numbers without units, claims nobody can check."""
    assert message in findings(old, new)


def test_a_figure_without_a_published_value_is_told():
    """A claim that nothing tests is none."""
    more = "  - {name: other, claimed: {abs: 1}, why: a test}\nruns:"

    assert "no run has a published value of 'other'" in findings("runs:", more)


def test_a_figure_the_check_does_not_compute_is_told():
    """By name, with those it does."""
    text = GOOD.replace("divergence loss", "loss")
    case, _ = read_case(read_text(text, file="case:x-1.yaml"))

    with pytest.raises(SatqkdError, match="X-1 loss: the check computes no 'loss'"):
        list(outcomes(case))


def test_an_unknown_case_is_refused_with_a_guess():
    """Did you mean."""
    with pytest.raises(SatqkdError, match="there is no validation case 'K-44'\n  fix: write 'K-4'"):
        run_cases(["K-44"])


def test_a_figure_again_has_to_be_there_once():
    """By the name of the case and the figure that hold it first."""
    again = GOOD.replace("    unit: dB\n", "    unit: dB\n    again: X-1 divergence los\n")
    first, _ = read_case(read_text(GOOD, file="case:x-1.yaml"))
    second, told = read_case(read_text(again.replace("id: X-1", "id: X-2"), file="case:x-2.yaml"))

    assert told == []
    (finding,) = nowhere([first, second])
    assert "no case is the first to hold 'X-1 divergence los'" in str(finding)
    assert "X-1 divergence loss" in str(finding)
