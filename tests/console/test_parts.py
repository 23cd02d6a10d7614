"""The report's parts on the pages of the desk: they are there, and say when they cannot be."""

from __future__ import annotations

import shutil

from satqkd.console.app import static


def page(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.text


def scheduled(desk):
    return desk.shelf.plan(desk.plan).scheduled[0]


def test_losses_add_up_and_name_limits(mission_folder, desk_of, browser_of):
    text = page(browser_of(desk_of(mission_folder)), "/losses")
    for words in ("Where the key goes", "made by the plan", 'data-col="limit_value"'):
        assert words in text


def test_a_contact_has_its_curves_and_its_map(mission_folder, desk_of, browser_of):
    desk = desk_of(mission_folder)
    text = page(browser_of(desk), f"/pass/{scheduled(desk).row['contact_key']}")
    assert 'data-cursor="curves-data"' in text
    assert '<script type="application/json" id="curves-data">' in text
    assert "Ground track of" in text
    assert "data-cursor" in static("desk.js").decode()
    assert ".curves" in static("desk.css").decode()


def test_without_the_missions_files_the_map_says_so(mission_folder, desk_of, browser_of, tmp_path):
    shutil.copytree(mission_folder / "plan", tmp_path / "plan")
    desk = desk_of(tmp_path)
    browser = browser_of(desk)
    text = page(browser, f"/pass/{scheduled(desk).row['contact_key']}")
    assert "Not drawn" in text
    assert "Ground track of" not in text
    assert str(tmp_path) not in text
    assert "there is no ledger" in page(browser, "/pairs")


def test_changed_elements_are_not_drawn_as_the_plans(mission_folder, desk_of, browser_of, tmp_path):
    """The plan names the epoch of its elements: those of another are not taken."""
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(mission_folder / name, tmp_path)
    for name in ("plan", "data"):
        shutil.copytree(mission_folder / name, tmp_path / name)
    tle = tmp_path / "data/tle/micius.tle"
    lines = tle.read_text().splitlines()
    first = next(n for n, line in enumerate(lines) if "16353.90152" in line)
    last = next(n for n, line in enumerate(lines) if "16354.56913" in line)
    tle.write_text("\n".join([*lines[: first - 1], *lines[last + 2 :]]) + "\n")
    desk = desk_of(tmp_path)
    text = page(browser_of(desk), f"/pass/{scheduled(desk).row['contact_key']}")
    assert "Not drawn" in text
