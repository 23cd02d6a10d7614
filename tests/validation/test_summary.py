"""The summary is counted from the cases, and counts only what it says."""

from __future__ import annotations

import dataclasses
import re

import pytest

from satqkd.config.yaml_nodes import read_text
from satqkd.validation.read import read_case, read_cases
from satqkd.validation.run import outcomes as computed
from satqkd.validation.summary import near, off, summary
from satqkd.validation.told import reasons, sentences, summary_text

CASE = """\
id: X-1
title: A cone of light
cite: nobody, nowhere
known: typed here for a test
checks: flat-top-loss
kind: prediction
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
inputs:
  - {input: range, published: typed here}
"""


def told(text=CASE):
    """The summary of one case."""
    case, mistakes = read_case(read_text(text, file="case:x-1.yaml"))
    assert not mistakes, "\n".join(map(str, mistakes))
    return summary(list(computed(case)))


def told_wrong(text):
    """What is said about a case that cannot be."""
    case, mistakes = read_case(read_text(text, file="case:x-1.yaml"))
    assert case is None
    return "\n".join(map(str, mistakes))


def test_a_measured_prediction_that_was_read_is_independent():
    """0.2 dB are 5 % of the light."""
    (one,) = told().independent

    assert one.name == "X-1 divergence loss"
    assert off(one.farthest) == pytest.approx(10.0**0.0202, rel=1e-3)
    assert near([one], 1.05) == 1
    assert near([one], 1.04) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seen: read", "seen: recalled"),
        ("seen: read", "seen: by hand"),
        ("origin: measured", "origin: computed"),
        ("origin: measured", "origin: program"),
        ("kind: prediction", "kind: reproduction"),
    ],
)
def test_anything_else_is_not(old, new):
    """Recalled, worked out, of a model, of a program, or made of the same formulas."""
    assert told(CASE.replace(old, new)).independent == ()


def test_what_an_input_was_fitted_to_cannot_be_independent():
    """An input that names a figure makes it a fit; neither without the other."""
    fitted = CASE.replace("typed here}", "typed here, fitted: [divergence loss]}")
    fit = CASE.replace("kind: prediction", "kind: fit")

    assert "an input is fitted to it\n  fix: make its kind fit" in told_wrong(fitted)
    assert "no input is fitted to it" in told_wrong(fit)
    both = told(fitted.replace("kind: prediction", "kind: fit"))
    assert both.independent == ()
    assert both.fits == 1
    preset = CASE + "presets:\n  - {preset: micius-2017, fitted: [divergence loss]}\n"
    assert "an input is fitted to it" in told_wrong(preset)
    assert "is no figure" in told_wrong(fitted.replace("[divergence loss]", "[loss]"))


def test_every_case_keeps_predictions_and_fits_apart():
    """Whatever an input, or a preset's, was chosen for is a fit, and nothing else is."""
    for case in read_cases():
        fitted = {name for one in case.inputs for name in one.fitted}
        for point in [point for run in case.runs for point in run.points]:
            name = point.figure.name.removesuffix(", interval")
            assert (point.kind == "fit") == (name in fitted), point.name
            assert not (point.independent and name in fitted)


def test_one_published_figure_counts_once_by_its_farthest_prediction():
    """Points of a curve, runs, and cases that say they hold a figure again."""
    other = (
        "  - name: nearer\n    given: {range: 600 km, tx_aperture: 300 mm, rx_aperture: 1 m, "
        "divergence: 10 urad}\n    published: {divergence loss: 16.5}\n"
    )
    found = told(CASE.replace("inputs:", f"{other}inputs:"))
    (one,) = found.independent

    assert len(one.outcomes) == 2
    assert off(one.farthest) == max(off(outcome) for outcome in one.outcomes)


def test_a_missed_figure_with_a_reason_is_told_and_is_not_outside():
    """Without the reason it is outside; with it and within the claim it is within."""
    missed = CASE.replace("loss: 22}", "loss: 30}")
    reason = "    not_reproduced: {divergence loss: too dark that day}\n"
    found = told(missed.replace("inputs:", f"{reason}inputs:"))

    assert told(missed).independent[0].status == "outside"
    assert found.independent[0].status == "not reproduced"
    assert reasons(found) == [
        "X-1 divergence loss (30 dB published, 21.798 dB ours): too dark that day."
    ]
    assert near(found.independent, 1e9) == 0
    assert told(CASE.replace("inputs:", f"{reason}inputs:")).not_reproduced == ()


def test_all_that_is_told_as_not_reproduced_is_outside(outcomes):
    """A reason for what lies within would be one of yesterday."""
    declared = {point for point, outcome in outcomes.items() if outcome.of.not_reproduced}

    assert declared == {p for p, outcome in outcomes.items() if outcome.status == "not reproduced"}


def test_figures_that_cannot_be_made_are_told(outcomes):
    """The key of the best 3100 s, the printed megabit, the malicious devices."""
    for point in ("E-2 key rate", "K-7c best key", "M-3 key rate"):
        assert outcomes[point].status == "not reproduced"


def test_the_numbers_told_are_those_of_the_cases(outcomes):
    """Counted again, another way."""
    every = list(outcomes.values())
    found = summary(every)
    groups = {
        o.of.counts_as
        for o in every
        if (o.kind, o.of.origin) == ("prediction", "measured")
        and o.of.seen in {"read", "digitised"}
        and not o.of.figure.name.endswith(", interval")
    }
    first, near_them, intervals, apart = sentences(found)

    assert first.startswith(f"{len(groups)} independent published figures")
    assert {each.name for each in found.independent} == groups
    within = [
        group
        for group in groups
        if all(
            o.within
            for o in every
            if o.of.independent and o.of.counts_as == group and not o.of.interval
        )
    ]
    lost = int(re.search(r"not reproduced: (\d+)", near_them).group(1))
    assert lost == len(groups) - len(within)
    assert intervals.count("×") == len(found.intervals) + 1
    assert f"{len(found.recalled)} recalled" in apart
    assert found.programs == sum(o.of.origin == "program" for o in every)
    assert found.fits == sum(o.kind == "fit" for o in every)
    assert {o.of.counts_as for o in found.not_reproduced} <= {o.of.counts_as for o in every}


def test_widths_are_those_of_the_intervals(outcomes):
    """High over low; decibels for the ratio they stand for; the widest point of a curve."""
    widths = {each.name: each.width for each in summary(list(outcomes.values())).intervals}
    low, high = outcomes["P-1 signal clicks, interval"].ours
    curve = [
        10.0 ** (0.1 * (o.ours[1] - o.ours[0]))
        for point, o in outcomes.items()
        if point.startswith("L-17") and point.endswith("interval")
    ]

    assert widths["P-1 signal clicks"] == pytest.approx(high / low)
    assert widths["L-17 loss"] == pytest.approx(max(curve))


def test_no_published_value_is_counted_twice():
    """Predictions of one measured value, printed to three digits or more, share its name."""
    named = {}
    for case in read_cases():
        for point in [point for run in case.runs for point in run.points]:
            digits = point.published.replace(".", "").lstrip("0")
            if point.independent and len(digits.split("e")[0]) >= 4:
                named.setdefault((point.published, point.figure.unit), set()).add(point.counts_as)

    assert {value: names for value, names in named.items() if len(names) > 1} == {}


def test_the_text_has_every_figure_and_every_reason(outcomes):
    """Of the page and of the README."""
    found = summary(list(outcomes.values()))
    text = summary_text(found)

    for each in found.independent:
        assert f"| {each.name} |" in text
    for outcome in found.not_reproduced:
        assert outcome.of.not_reproduced in text


def test_words_count_as_met_or_not(outcomes):
    """None is left among the figures; if one comes back it is near or infinitely far."""
    word = dataclasses.replace(outcomes["O-1 min range"], ratio=None)

    assert off(word) == 1.0
    assert off(dataclasses.replace(word, within=False)) == float("inf")
