"""Windows and epochs outside of what can be counted in, told with file and line."""

from __future__ import annotations

import re
from datetime import UTC, datetime

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


@pytest.mark.parametrize(
    ("given", "where", "words"),
    [
        ({"start": datetime(1960, 1, 1, tzinfo=UTC)}, "start",
         "1960-01-01T00:00:00Z, given in place of it, lies before 1972-01-01"),
        ({"start": datetime(2100, 1, 1, tzinfo=UTC)}, "start",
         "2100-01-01T00:00:00Z, given in place of it, lies after 2053-10-08"),
        ({"start": datetime(2053, 10, 5, tzinfo=UTC)}, "start",
         "ends after 2053-10-08, as far as Sun and Moon are known, from 2053-10-05T00:00:00Z"),
        ({"duration_s": 3e9}, "duration", "34722.2 d, given in place of it, end the window after"),
        ({"start": datetime(2053, 1, 1, tzinfo=UTC), "duration_s": 366 * 86_400.0}, "duration",
         "366 d, given in place of it, end the window after 2053-10-08"),
    ],
)  # fmt: skip
def test_a_window_given_beside_the_file_names_what_it_replaces(tmp_path, given, where, words):
    """By the file's own name, the line of the key, and that it is not the file's value."""
    copy_preset("micius-2016-campaign", tmp_path)
    path = (tmp_path / "mission.yaml").rename(tmp_path / "december.yaml")
    with pytest.raises(InputError) as caught:
        load_mission(path, **given)
    (finding,) = caught.value.findings
    assert finding.file == str(path)
    assert path.read_text(encoding="utf-8").split("\n")[finding.line - 1].startswith(where)
    assert words in finding.message


def test_a_window_given_in_place_of_a_wrong_one_counts(tmp_path):
    """What it replaces is not looked at."""
    copy_preset("micius-2016-campaign", tmp_path)
    path = tmp_path / "mission.yaml"
    text = re.sub(r"(?m)^start: \S.*$", "start: 1960-01-01T00:00:00Z", path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")
    start = datetime(2016, 12, 19, tzinfo=UTC)
    assert load_mission(path, start=start).start == start


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
