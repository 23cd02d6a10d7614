"""What each check is given is told: published or assumed."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest

from satqkd.config.mistake import Mistake
from satqkd.config.preset import list_presets
from satqkd.config.yaml_nodes import read_bytes
from satqkd.validation.described import case_text
from satqkd.validation.inputs import preset_inputs
from satqkd.validation.read import read_cases

OF_PAPERS = [case for case in read_cases() if case.paper is not None]


def written(case):
    """Values of a case's file."""
    file = files("satqkd").joinpath("validation", "cases", f"{case.id.lower()}.yaml")
    return read_bytes(file.read_bytes(), file=file.name).value


def presets_named(value):
    """Names of presets among what a check is given; of a mission its own."""
    names = {preset.name for preset in list_presets()}
    return {text for text in value.values() if isinstance(text, str)} & names


@pytest.mark.parametrize("case", OF_PAPERS, ids=lambda case: case.id)
def test_every_input_of_a_paper_s_case_is_published_or_assumed(case):
    """Each key its check is given, and each preset among them."""
    value = written(case)
    told = {each["input"] for each in value.get("inputs", ())}
    of_presets = {each["preset"] for each in value.get("presets", ())}
    spoken = {
        "K-8": {"mission", "link"},
        "S-4": {"source"},
    }.get(case.id, set())

    for run in value["runs"]:
        named = presets_named(run["given"])
        own = {
            key
            for key, text in run["given"].items()
            if not (isinstance(text, str) and text in named)
        }
        assert named <= of_presets
        assert own <= told | spoken


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.id)
def test_every_case_says_what_it_is_given(case):
    """Each value with whence or why, no name twice."""
    names = [each.name for each in case.inputs]

    assert names
    assert len(set(names)) == len(names)
    assert all(each.value and len(each.why) > 2 for each in case.inputs)


def test_a_preset_tells_its_own():
    """Values with their units, sources as published, assumptions as assumed."""
    told = {each.name: each for each in preset_inputs("jinan-1", ["source"])}

    rate = told["jinan-1: source.pulse_rate"]
    assert (rate.value, rate.assumed) == ("625 MHz", True)
    assert not {name for name in told if "transmitter" in name}
    (sent,) = (e for e in preset_inputs("jinan-1", ["transmitter.efficiency"]))
    assert (sent.value, sent.assumed) == ("100 %", False)


def test_a_part_of_a_list_of_links_is_told():
    """Missions have no kind around their values."""
    told = {each.name: each.value for each in preset_inputs("fibre-115mb-2023", ["links[3]"])}

    assert told["fibre-115mb-2023: links[3].attenuation"] == "0.1677 dB/km"
    assert not any("links[0]" in name for name in told)


def test_an_unknown_part_is_refused():
    """So that no case tells less than it means to."""
    with pytest.raises(Mistake, match="gives no source of 'sorce'"):
        list(preset_inputs("jinan-1", ["sorce"]))


def test_a_case_in_words_has_all_of_it(case):
    """Citation, both kinds of inputs, words, reasons; within the width where words allow."""
    shown = case("T-6")
    text = case_text(shown, width=90)

    flat = " ".join(text.split())
    for each in shown.inputs:
        assert f"{each.name} = {each.value}: {each.why}" in flat
    assert shown.cite in flat
    assert all(words in flat for words in shown.assumed)
    assert "published inputs (12)" in text
    assert "assumed inputs (5)" in text
    assert max(map(len, text.splitlines())) <= 90
    bare = case_text(replace(shown, inputs=(), assumed=()), width=90)
    assert "inputs (" not in bare
