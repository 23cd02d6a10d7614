"""The page of a plan: its numbers are the files', and it asks for nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.cli.app import app
from satqkd.errors import SatqkdError
from satqkd.report.html.report import report_page
from satqkd.report.plan_folder import read_plan

PASS_COLUMNS = {
    "station", "planned_bits", "rise_utc", "culmination_utc", "set_utc", "rise_azimuth_deg",
    "max_elevation_deg", "set_azimuth_deg", "usable_s", "loss_min_db", "qber", "secure_bits",
    "secure_bits_low", "secure_bits_high", "clear_probability",
}  # fmt: skip
LEFT_COLUMNS = {"satellite", "max_elevation_deg", "bits_at_stake", "reason", "change_needed"}
PAIR_COLUMNS = {"station_a", "station_b", "satellite", "kind", "delivered_bits"}
POOL_COLUMNS = {"station_a", "satellite", "pool_bits", "spent_bits", "spare_bits"}


@pytest.fixture(scope="module")
def page(shipped):
    return read((shipped / "report.html").read_text(encoding="utf-8"))


def rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shown(page, table):
    """Columns that the page shows of each row of a file."""
    found = {}
    for cell in page.cells:
        if cell.table == table:
            found.setdefault(cell.row, set()).add(cell.column)
    return found


def copied(folder, tmp_path, change):
    """Copy a plan with some of its texts changed and the hashes mended."""
    target = tmp_path / "plan"
    shutil.copytree(folder, target)
    manifest = json.loads((target / "plan.json").read_text())
    for name in list(manifest["files"]):
        path = target / name
        text = change(name, path.read_text(encoding="utf-8"))
        if text is None:
            path.unlink()
            del manifest["files"][name]
        else:
            path.write_text(text, encoding="utf-8")
            manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return target, manifest


def written(target, manifest):
    (target / "plan.json").write_text(json.dumps(manifest))
    return report_page(read_plan(target))


@pytest.mark.parametrize("name", ["passes.csv", "keys.csv"])
def test_every_number_of_the_page_is_that_of_the_file(shipped, page, name):
    table = rows(shipped, name)
    cells = [cell for cell in page.cells if cell.table == name]
    assert cells
    for cell in cells:
        assert cell.raw == table[cell.row - 1][cell.column], cell


def test_every_row_of_the_files_is_on_the_page(shipped, page):
    """The other way round: what the files hold, with the columns that say it."""
    found = shown(page, "passes.csv")
    for place, row in enumerate(rows(shipped, "passes.csv"), start=1):
        flown = row["status"] == "scheduled"
        assert (PASS_COLUMNS if flown else LEFT_COLUMNS) <= found[place]
    found = shown(page, "keys.csv")
    for place, row in enumerate(rows(shipped, "keys.csv"), start=1):
        assert (POOL_COLUMNS if row["kind"] == "pool" else PAIR_COLUMNS) <= found[place]


def test_what_is_read_is_what_the_cell_holds(page):
    """Keys in kbit to half of their last digit, QBER and chances in percent, angles in degrees."""
    scale = {"qber": 100.0, "clear_probability": 100.0, "chance": 100.0}
    seen = 0
    for cell in page.cells:
        shown_text = cell.text.replace("\u2009", "").replace("\u2212", "-")
        if not cell.raw or not re.fullmatch(r"-?[\d.]+", shown_text):
            continue
        digits = len(shown_text.partition(".")[2])
        factor = 0.001 if "bits" in cell.column else 1.0
        value = float(cell.raw) * scale.get(cell.column, factor)
        assert abs(float(shown_text) - value) <= 0.5 * 10.0**-digits + 1e-9, cell
        seen += 1
    assert seen > 300


def test_the_title_holds_the_sums_of_the_tables(shipped, page):
    keys, passes = rows(shipped, "keys.csv"), rows(shipped, "passes.csv")
    delivered = sum(int(row["delivered_bits"]) for row in keys if row["kind"] != "pool")
    served = sum(int(row["delivered_bits"]) > 0 for row in keys if row["kind"] != "pool")
    flown = sum(row["status"] == "scheduled" for row in passes)
    asked = sum(row["kind"] != "pool" for row in keys)
    title = (
        f"{delivered / 1e6:.2f} Mbit delivered to {served} of {asked} pairs, "
        f"from {flown} of {len(passes)} contacts"
    )
    assert title in page.text


def test_the_page_asks_for_nothing(page):
    """No script, no handler, no address but places in itself, no style in an element."""
    assert page.of("script") == []
    policy = next(m["content"] for m in page.of("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    for tag, own in page.elements:
        assert not [name for name in own if name.startswith("on") or name == "style"], (tag, own)
        for name in ("src", "href", "action", "data"):
            assert own.get(name, "#").startswith("#") or own[name] == "data:,"
    assert "url(" not in "".join(page.words)


def test_headings_tables_and_pictures_can_be_read_aloud(page):
    """One h1, no skipped level, a caption a table, words for each picture, ids that are unique."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert len(page.of("caption")) == len(page.of("table"))
    ids = [own["id"] for _, own in page.elements if "id" in own]
    assert len(ids) == len(set(ids))
    for own in page.of("svg"):
        named = own.get("aria-labelledby", "").split()
        assert own.get("aria-hidden") == "true" or (named and set(named) <= set(ids))
    for own in page.of("th"):
        assert own["scope"] in {"col", "row"}


def test_what_is_not_given_is_counted_and_no_pass(page):
    """Nanshan and Lijiang have no climate: their sky is not given, and is not called clear."""
    assert "sky: not given" in page.text
    cells = [c.raw for c in page.cells if c.column == "clear_probability"]
    assert "" in cells
    assert page.text.count("not given") > cells.count("")


def test_station_time_is_that_of_the_station(shipped):
    """16:48:43 UTC at Xinglong is 00:48:43 of the next day there."""
    text = (shipped / "report.html").read_text(encoding="utf-8")
    (first, *_) = re.findall(
        r'<td class="n" data-col="rise_utc" data-raw="2016-12-19T16:48:43.738Z">'
        r'<time datetime="2016-12-19T16:48:43.738Z"><span class="u">(.*?)</span>'
        r'<span class="l">(.*?)</span></time>',
        text,
    )
    assert first == ("16:48:43", "00:48:43")


def test_the_same_plan_gives_the_same_bytes(shipped, tmp_path):
    """Also in another process, zone, language and folder; and as 'plan --report' wrote it."""
    out = tmp_path / "again.html"
    surroundings = {
        **os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "C", "USER": "someone",
        "PYTHONHASHSEED": "7",
    }  # fmt: skip
    words = [sys.executable, "-m", "satqkd", "report", str(shipped), "--out", str(out)]
    subprocess.run(words, env=surroundings, cwd=tmp_path, check=True, capture_output=True)
    assert out.read_bytes() == (shipped / "report.html").read_bytes()


def test_hostile_names_stay_words(shipped, tmp_path):
    """A station called like an element, against the direction of writing, or without end."""
    evil = "<script>alert(1)</script>\"'&"
    long = "L" * 5000
    quoted = evil.replace('"', '""')

    def change(name, text):
        if name == "report.html":
            return None
        text = text.replace("Xinglong", f'"{quoted}"').replace("Nanshan", long)
        return text.replace("Lijiang", r"\u202eabc")  # as a table writes it

    target, manifest = copied(shipped, tmp_path, change)
    told = json.dumps(manifest).replace("Nanshan", long).replace("Lijiang", "\\u202eabc")
    manifest = json.loads(told.replace("Xinglong", json.dumps(evil)[1:-1]))
    manifest["mission"] = "</style></title><img src=x onerror=alert(1)>"
    page = read(written(target, manifest))

    assert page.of("script") == page.of("img") == []
    assert len(page.of("style")) == len(page.of("title")) - len(
        [own for own in page.of("title") if "id" in own]
    )
    assert evil in page.text
    assert long in page.text
    assert "\u202e" not in page.text
    assert "\\u202eabc" in page.text
    assert not [own for _, own in page.elements if any(n.startswith("on") for n in own)]


def test_a_plan_without_the_newer_files_opens_and_says_so(shipped, tmp_path):
    """Neither nights nor series, nor the limits of a night: as plans of version 0.1.0 are."""
    gone = {"nights.csv", "series.csv", "report.html", "blocks.csv", "deliveries.csv"}
    target, manifest = copied(shipped, tmp_path, lambda name, text: None if name in gone else text)
    for craft in manifest["models"]["satellites"]:
        del craft["freeze_s"]
    for key in ("weather", "security", "epsilon", "planned"):
        del manifest[key]
    page = read(written(target, manifest))
    assert page.text.count("ot in this plan") >= 3
    assert shown(page, "passes.csv")


def test_what_one_change_would_bring_is_shown_where_it_was_tried(shipped, page, tmp_path):
    assert "What one change would bring" not in page.text
    target, manifest = copied(shipped, tmp_path, lambda _, text: text)
    tried = (
        "change,from,to,worth_gain_bits,amounts_met,all_delivered_bits,all_made_bits,"
        "passes_with_key,contacts_scheduled\n"
        "highest Sun,'-12 deg,'-9 deg,-12345,,7300000,14600000,33,27\n"
    )
    (target / "what_if.csv").write_text(tried)
    manifest["files"]["what_if.csv"] = hashlib.sha256(tried.encode()).hexdigest()
    page = read(written(target, manifest))
    cells = {cell.column: cell for cell in page.cells if cell.table == "what_if.csv"}
    assert cells["worth_gain_bits"].raw == "-12345"
    assert cells["worth_gain_bits"].text == "\u221212"
    assert cells["contacts_scheduled"].text == "27"
    assert (cells["from"].raw, cells["from"].text) == ("'-12 deg", "\u221212 deg")


def test_a_changed_series_is_refused(shipped, tmp_path):
    target = tmp_path / "plan"
    shutil.copytree(shipped, target)
    with (target / "series.csv").open("a") as file:
        file.write("\n")
    out = tmp_path / "page.html"
    with pytest.raises(SatqkdError, match=r"series\.csv is not what plan\.json says"):
        CliRunner().invoke(app, ["report", str(target), "--out", str(out)], catch_exceptions=False)
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_said(shipped, tmp_path):
    for out, words in ((tmp_path, "is a folder"), (tmp_path / "no" / "r.html", "does not exist")):
        with pytest.raises(SatqkdError, match=words):
            CliRunner().invoke(
                app, ["report", str(shipped), "--out", str(out)], catch_exceptions=False
            )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_plan_takes_no_page_that_it_does_not_list(shipped):
    """Else the next plan would refuse to replace the folder."""
    out = shipped / "other.html"
    with pytest.raises(SatqkdError, match="lies in the folder of the plan"):
        CliRunner().invoke(app, ["report", str(shipped), "--out", str(out)], catch_exceptions=False)
    assert not out.exists()


def test_a_first_night_of_many_contacts_is_cut_and_says_so(shipped, monkeypatch):
    """Four contacts: two are listed, and the night's title still counts all."""
    monkeypatch.setattr("satqkd.report.html.report.MOST_OF_NIGHT", 2)
    text = report_page(read_plan(shipped))
    (night,) = re.findall(r'<section id="night".*?</section>', text, re.DOTALL)
    assert night.count('<th scope="row">') == 2
    assert "4 contacts" in night
    assert "2 contacts more of this night" in night


def test_assumptions_of_many_places_name_their_list_once(shipped):
    """Every station of a default is named, in the words of the manifest."""
    told = json.loads((shipped / "plan.json").read_text(encoding="utf-8"))["assumptions"]
    names = [re.search(r"\((.*)\)", one["where"])[1] for one in told
             if one["where"].endswith(".turbulence.high_wind")]  # fmt: skip
    assert len(names) == 6
    text = (shipped / "report.html").read_text(encoding="utf-8")
    assert f"stations.yaml: stations ({', '.join(names)}).turbulence.high_wind" in text


def test_the_sizes_stay_in_their_budget(shipped, page):
    """250 kB and 8 kB a sheet; the style at most 20 kB."""
    sheets = sum(own.get("class") == "sheet keep" for own in page.of("article"))
    size = Path(shipped / "report.html").stat().st_size
    assert sheets == 28
    assert size <= 250_000 + 8_000 * sheets
    style = re.search(r"<style>(.*?)</style>", (shipped / "report.html").read_text(), re.DOTALL)
    assert style is not None
    assert len(style[1]) <= 20_000
