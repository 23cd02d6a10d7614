import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.yaml_nodes import Mark, read_bytes, read_text


def test_scalars_stay_text():
    """Nothing is guessed from how a value looks."""
    document = read_text("a: [NO, 010, 28:18:03, 1e8, ~, 2016-12-19, 'x']", file="f")

    assert document.value == {"a": ["NO", "010", "28:18:03", "1e8", "~", "2016-12-19", "x"]}


def test_positions_count_from_one():
    """The start of each value and of each key."""
    document = read_text("a:\n  - b: 1\n    cc: 2\n", file="f")

    assert document.values["a", 0, "cc"] == Mark(3, 9)
    assert document.keys["a", 0, "cc"] == Mark(3, 5)


def test_aliases_never_multiply():
    """A bomb of nine levels is refused before anything is built."""
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40)]

    document = read_text("\n".join(lines), file="f")

    assert document.value is None
    assert {item.line for item in document.findings} == set(range(1, 41))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_findings(data):
    """No bytes raise anything."""
    document = read_bytes(data, file="f")

    assert document.findings or document.value is not None


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@,?\t \n", max_size=60))
def test_any_punctuation_is_a_value_or_findings(text):
    """YAML's own characters in any order."""
    document = read_text(text, file="f")

    assert document.findings or document.value is not None
    assert all(item.line >= 1 for item in document.findings)


@pytest.mark.parametrize("line", ["duration:7 d", "duration"])
def test_a_key_without_its_colon_is_told_in_its_own_line(line):
    """The parser notices in the next line only."""
    (finding,) = read_text(f"name: A\n{line}\nstep: 1 s\n", file="x.yaml").findings

    assert (finding.line, finding.column) == (2, 1)
    assert finding.fix == "write 'key: value', with a space behind the colon"
