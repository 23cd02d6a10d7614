"""Hardware of one's own has nothing to cite: its file may be the value itself."""

from __future__ import annotations

import pytest

TERMINAL = """\
receiver: {aperture: 80 cm, efficiency: 30 %, field_of_view: 80 urad, bandwidth: 3 nm}
detector: {efficiency: 50 %, dark_rate: 100 Hz, gate: 1 ns}
setup: 5 min
"""


@pytest.fixture
def own(work):
    """Name a file with some text as the terminal of the first station."""

    def write(text, file="mine.yaml"):
        (work.mission.parent / file).write_text(text, encoding="utf-8")
        work.replace("terminal: xinglong-1m", f"terminal: {file}")
        return work

    return write


def test_a_bare_terminal_is_a_terminal(own):
    """Named by its path, its defaults told, its hash among the inputs."""
    mission = own(TERMINAL).load()

    ground = mission.stations[0]
    assert (ground.terminal.setup_s, ground.terminal_name) == (300.0, "mine.yaml")
    assert "mine.yaml: detector.dead_time" in {one.where for one in mission.assumptions}
    assert any(item.path.endswith("mine.yaml") for item in mission.inputs)


def test_a_bare_payload_is_a_payload(work):
    """What stands under ``payload:`` in the mission, moved into a file as it is."""
    text = work.mission.read_text("utf-8")
    head, rest = text.split("    payload:\n")
    payload, tail = rest.split("limits:")
    (work.mission.parent / "mine.yaml").write_text(payload, encoding="utf-8")
    before = work.load()
    work.mission.write_text(f"{head}    payload: mine.yaml\nlimits:{tail}", encoding="utf-8")

    after = work.load()

    assert after.spacecraft[0].payload == before.spacecraft[0].payload
    assert after.spacecraft[0].payload_name == "mine.yaml"


def test_it_may_say_what_is_assumed(own):
    """Paths from the top of the file; told with every result."""
    mission = own(f"{TERMINAL}assumed: {{setup: a guess}}\n").load()

    told = {one.where: (one.value, one.why) for one in mission.assumptions}
    assert told["mine.yaml: setup"] == ("5 min", "a guess")


def test_its_values_can_be_set(own):
    """As those of a preset."""
    mission = own(TERMINAL).load().replace("stations[0].terminal.setup", "1 min")
    assert mission.stations[0].terminal.setup_s == 60.0


@pytest.mark.parametrize(
    ("text", "where", "message", "fix"),
    [
        (TERMINAL.replace("1 ns", "1"), "detector.gate", "'1' has no unit", "'2 ns'"),
        (TERMINAL.replace("setup", "setpu"), "setpu", "no such key here", "write 'setup'"),
        (TERMINAL + "assumed: {setpu: x}\n", "assumed.setpu", "names no value", "write 'setup'"),
        (TERMINAL.replace("setup: 5 min\n", ""), "setup", "is missing", "add 'setup: 10 min'"),
        ("colour: red\n", "colour", "neither a terminal begins like this", "receiver"),
        ("kind: terminal\n" + TERMINAL, "title", "is missing", ""),
        ("- 1\n", "", "must be a mapping", "kind"),
    ],
)
def test_mistakes_have_their_place_in_it(own, text, where, message, fix):
    """Also where the file is neither a terminal nor one with sources."""
    findings = own(text).findings()

    named = next(finding for finding in findings if finding.where == where)
    assert message in named.message
    assert fix in named.fix
    assert all(finding.file.endswith("mine.yaml") for finding in findings)


def test_one_mistake_is_told_once(own):
    """A misspelt key is not also missing."""
    work = own(TERMINAL.replace("setup", "setpu"))
    assert work.finding().where == "setpu"


def test_a_bare_payload_is_no_terminal(own):
    """Its keys tell."""
    work = own(
        "receiver: {aperture: 80 cm, efficiency: 30 %, field_of_view: 80 urad, bandwidth: 3 nm}\n"
        "detector: {efficiency: 50 %, dark_rate: 100 Hz, gate: 1 ns}\nslew: 5 s\n"
    )
    assert work.finding().message == "'mine.yaml' is a payload, not a terminal"
