"""Windows and epochs outside of what can be counted in, told with file and line."""

from __future__ import annotations

import re

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.elements.tle_layout import checksum
from satqkd.errors import InputError


def refused(folder, **changes):
    copy_preset("micius-2016-campaign", folder)
    path = folder / "mission.yaml"
    text = path.read_text(encoding="utf-8")
    for key, value in changes.items():
        text = re.sub(rf"(?m)^{key}: \S.*$", f"{key}: {value}", text)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_mission(path)
    (finding,) = caught.value.findings
    assert text.split("\n")[finding.line - 1].startswith(finding.where)
    return finding


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"start": "1971-12-31T00:00:00Z"}, "start", "before 1972-01-01"),
        ({"start": "2054-01-01T00:00:00Z"}, "start", "as far as Sun and Moon are known"),
        ({"start": "2053-10-01T00:00:00Z", "duration": "10 d"}, "duration", "2053-10-08"),
    ],
)
def test_windows(tmp_path, changes, where, words):
    """The line of the key that says it."""
    finding = refused(tmp_path, **changes)

    assert finding.where == where
    assert words in finding.message


def test_a_window_set_beside_the_file_is_not_the_files_fault(tmp_path):
    """It is refused later, without its line."""
    copy_preset("micius-2016-campaign", tmp_path)

    assert load_mission(tmp_path / "mission.yaml", duration_s=3e9).duration_s == 3e9


def test_elements_of_a_year_before_utc(tmp_path):
    """Two digits of a year below 72 and above 56."""
    copy_preset("micius-2016-campaign", tmp_path)
    path = tmp_path / "data" / "tle" / "micius.tle"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("1 "))
    old = lines[at][:18] + "57" + lines[at][20:68]
    lines[at] = old + str(checksum(old + "0"))
    path.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(InputError) as caught:
        load_mission(tmp_path / "mission.yaml")
    (finding,) = caught.value.findings
    assert (finding.file, finding.line) == (str(path), at + 1)
    assert "before 1972-01-01" in finding.message
