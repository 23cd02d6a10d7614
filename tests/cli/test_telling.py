"""Mistakes on the terminal: one cause once with its count, no file without end."""

from __future__ import annotations

import pytest

from satqkd.cli.telling import MOST_LINES, error_text
from satqkd.errors import Finding, InputError, SatqkdError


def finding(line, message="'x' is no number", *, file="a.yaml", fix="write one", **more):
    return Finding(file=file, line=line, message=message, fix=fix, **more)


def test_one_cause_is_told_once_with_its_count():
    """Values differ, words do not; what stands alone is told as ever."""
    rows = [finding(n, f"'{n}.5 %' is no number") for n in range(2, 30)]
    other = finding(40, "has no unit", fix="add one")
    text = error_text(InputError([*rows, other]))

    assert text.split("\n")[:3] == [
        "a.yaml:2: '2.5 %' is no number",
        "    and 27 more like it, in lines 3, 4, 5, 6, 7, 8, 9, 10, …",
        "  fix: write one",
    ]
    assert text.endswith(str(other))


def test_mistakes_of_one_line_with_one_fix_are_one():
    """As in a line of elements whose columns slid."""
    slid = [finding(1, f"field {name} is wrong", column=at) for at, name in enumerate("abc", 1)]

    assert error_text(InputError(slid)) == (
        "a.yaml:1:1: field a is wrong\n    and 2 more in this line\n  fix: write one"
    )


def test_a_file_has_fifteen_lines_and_says_what_it_leaves_out():
    """Another file has its own."""
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    many = [finding(n, word) for n, word in enumerate(words, 1)]
    own = finding(3, file="b.yaml")
    lines = error_text(InputError([*many, own])).split("\n")

    told = [line for line in lines if line.startswith("a.yaml")]
    assert len(lines) - 2 == MOST_LINES
    assert told[-1] == "a.yaml: 3 more mistakes; 'satqkd check --all' shows every one"
    assert "b.yaml:3: 'x' is no number" in lines
    assert error_text(InputError(many), every=True) == str(InputError(many))


def test_other_errors_are_told_as_they_are():
    """They are one sentence anyway."""
    assert error_text(SatqkdError("no\n  fix: yes")) == "no\n  fix: yes"


@pytest.mark.parametrize("words", [("check",), ("elements", "check", "data/tle")])
def test_all_are_told_where_asked(satqkd, campaign, words):
    """Each of 22 lines whose columns slid."""
    path = campaign / "data" / "tle" / "micius.tle"
    text = path.read_text(encoding="utf-8")
    slid = "\n".join(
        f"{line[:10]} {line[10:-1]}" if line.startswith("1 ") else line for line in text.split("\n")
    )
    path.write_text(slid, encoding="utf-8")

    short, every = satqkd(*words, cwd=campaign), satqkd(*words, "--all", cwd=campaign)

    assert (short.returncode, every.returncode) == (2, 2)
    assert len(short.stderr.splitlines()) <= MOST_LINES
    assert every.stderr.count("fix:") > 200


def test_nothing_of_a_file_that_is_none_of_ours_is_shown(satqkd, campaign):
    """A path that leads elsewhere."""
    (campaign.parent / "secrets").write_text("root:x:0:0:hidden words\n", encoding="utf-8")
    done = satqkd("check", "--set", "elements=../secrets", cwd=campaign)

    assert done.returncode == 2
    assert "no orbit data is recognised" in done.stderr
    assert "hidden" not in done.stderr
