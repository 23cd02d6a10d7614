"""The dossier of a study: one page, made again byte for byte, that asks for nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from made_study import axis, grid, made

from satqkd.mission.mission import Assumption
from satqkd.report.html.dossier import MOST_ROWS, dossier_page
from satqkd.report.pictures.study_views import Views

HASHES = {"summary.csv": "ab" * 32}
ASSUMED = (Assumption(where="p.yaml: slew", value="60 s", why="a <guess>"),)


def page_of(results, **more):
    options = {"assumptions": ASSUMED, "hashes": HASHES} | more
    return dossier_page(Views.of(results), **options)


@pytest.fixture(scope="module")
def page():
    return page_of(grid(months=tuple(f"2026-{n:02d}" for n in range(1, 13))))


def test_the_page_is_made_again_byte_for_byte(page):
    assert page == page_of(grid(months=tuple(f"2026-{n:02d}" for n in range(1, 13))))


def test_the_page_asks_for_nothing(page):
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:|#)""", page)
    assert not re.search(r"url\(|@import|https?://", page)


def test_nothing_of_when_is_in_it(page):
    text = re.sub(r"base64,[^\"]*", "", page)

    assert not re.search(r"\d\d:\d\d:\d\d", text)


def test_question_pictures_results_assumptions_and_provenance_are_there(page):
    for section in ("question", "pictures", "results", "assumed", "origin"):
        assert f'<section id="{section}"' in page
    assert "What does it &lt;depend&gt; on?" in page
    assert page.count("<figure>") == 6
    assert page.count('<img src="data:image/png;base64,') == 6
    assert "a &lt;guess&gt;" in page
    assert "ab" * 32 in page
    assert "name: x\n" in unescape(page)


def test_the_table_holds_the_numbers_of_the_results(page):
    section = page.split('<section id="results"')[1].split("</section>")[0]

    assert section.count("<tr") == 13
    assert "102,400" in section


def test_a_picture_is_told_in_words_too(page):
    for words in re.findall(r'<img [^>]*alt="([^"]*)"', page):
        assert len(words) > 10


def test_what_is_not_done_or_gone_is_said():
    text = page_of(grid(status=["failed"] + ["left"] * 11), assumptions=None)

    assert "11 not done yet, 1 failed" in text
    assert "not where the study found them" in text
    assert "a reason" in text


def test_a_long_table_is_cut_and_says_so():
    axes = [axis("n", [str(n) for n in range(MOST_ROWS + 5)])]
    rows = [(str(n),) for n in range(MOST_ROWS + 5)]
    text = page_of(made(axes, rows, lambda n: (n, n, n, n)))

    assert f"The first {MOST_ROWS} rows; summary.csv has all {MOST_ROWS + 5}" in text


def test_it_is_told_how_contacts_are_pooled(page):
    told = {"plan": False, "blocks": ["week"]}
    assert "pooled in key blocks by week: every usable one" in page_of(grid(manifest=told))
    assert "pooled in key blocks" not in page
    planned = page_of(grid(manifest={**told, "plan": True}))
    assert "pooled in key blocks by week: those that are planned" in planned
