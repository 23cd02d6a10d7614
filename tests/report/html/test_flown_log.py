"""The log: a dot where it was flown, against the range that was forecast."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from page_reader import read

from satqkd.calibration.score import FlownContact, Foreseen, score_of
from satqkd.report.html.bias import bias_box, bias_words
from satqkd.report.html.flown_log import (
    FlownRow,
    RunningBias,
    biases_of_score,
    log_plot,
    log_table,
    log_title,
    rows_of_score,
)

BEGIN = datetime(2016, 12, 19, 16, 52, tzinfo=UTC)


def row(place=0, *, became="flown", flown=None, counted=500_000.0, low=None, high=None, **more):
    return FlownRow(
        contact_key=f"k{place}", station="A", satellite="S", utc=BEGIN + timedelta(days=place),
        became=became, flown_bits=flown, counted_bits=counted, p10_bits=low, p90_bits=high, **more,
    )  # fmt: skip


ROWS = (
    row(0, flown=400_000.0, low=100_000.0, high=600_000.0),
    row(1, flown=1_000_000.0, low=0.0, high=900_000.0),
    row(2, became="failed", flown=0.0, low=0.0, high=300_000.0, note="cloud"),
    row(3, flown=None, low=None, high=None),
)


def scored():
    known = [
        FlownContact(
            contact_key=f"k{n}", pass_id=f"p{n}", satellite="S", station="A",
            utc=BEGIN + timedelta(days=n), key_bits=bits, sifted_bits=4.0 * bits,
            foreseen=Foreseen(bits=1000.0, sifted_bits=4000.0, qber=0.01, loss_db=30.0,
                              p10_bits=500.0, p50_bits=900.0, p90_bits=1500.0),
        )
        for n, bits in enumerate((800.0, 1250.0, 0.0, 500.0, 2000.0, 640.0))
    ]  # fmt: skip
    return score_of(known)


def test_bars_and_dots_lie_on_one_scale():
    """0 to 1,000 kbit over 490 px: 400 kbit and the ends 100 and 600 where they belong."""
    page = log_plot(ROWS, name="l")
    page = page[: page.index("</svg>")]
    (x, wide), *_ = re.findall(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*"range"', page)
    zero = 196.0
    scale = (760.0 - 74.0 - zero) / 1_000_000.0
    assert float(x) == pytest.approx(zero + scale * 100_000.0, abs=0.06)
    assert float(wide) == pytest.approx(scale * 500_000.0, abs=0.11)
    (dot,) = re.findall(r'd="M([\d.]+) [^"]*" class="flown"', page)[:1]
    assert float(dot) == pytest.approx(zero + scale * 400_000.0, abs=0.06)
    kinds = [page.count(f'class="{kind}"') for kind in ("range", "flown", "failed", "counted")]
    assert kinds == [3, 2, 2, 4]
    assert "no range was drawn" in page
    assert "1 of 3 keys lie from P10 to P90" not in page  # the failed one lies at its P10
    assert "2 of 3 keys lie from P10 to P90" in page


def test_the_title_compares_those_of_which_both_are_known():
    """1.4 Mbit of three times 0.5: one that failed counts as it does in the score, as nothing."""
    assert log_title(ROWS) == "3 of 4 contacts flown, 1.40 Mbit: 7 % under a clear sky's forecast"
    assert log_title(()) == "Nothing is in the log yet"


def test_the_table_holds_every_value_as_it_came():
    page = read(log_table(ROWS, {}))
    for column, of in (("flown_bits", "flown_bits"), ("p10_bits", "p10_bits")):
        raw = [own["data-raw"] for _, own in page.elements if own.get("data-col") == column]
        assert raw == [
            "" if getattr(one, of) is None else f"{getattr(one, of):.15g}" for one in ROWS
        ]
    for words in ("\u221220 %", "+100 %", "failed", "not said", "cloud"):
        assert words in page.text


def test_rows_and_biases_are_those_of_the_score():
    own = scored()
    rows, biases = rows_of_score(own), biases_of_score(own)
    assert [one.flown_bits for one in rows] == [one.key_bits for one in own.contacts]
    assert [one.became for one in rows] == ["flown", "flown", "failed", "flown", "flown", "flown"]
    last = own.whole.biases["key"]
    assert (biases[-1].mean, biases[-1].error) == (last.mean, last.error)
    assert biases[-1].quantity == "key"
    assert bias_words(biases[-1]) in bias_box(biases, name="b")


def test_a_bias_beyond_two_sigma_says_so_and_which_way():
    high = RunningBias(mean=-0.58, error=0.22, count=6, calibrate=True)
    assert "−0.58 ± 0.22 dB" in bias_box([high], name="b")
    assert "the forecast is too high. Calibrate" in bias_box([high], name="b")
    loss = RunningBias(mean=0.9, error=0.1, count=6, calibrate=True, quantity="loss")
    assert "the forecast is too low" not in bias_box([loss], name="b")
    assert "no reason to calibrate" in bias_box(
        [RunningBias(mean=0.1, error=0.2, count=6)], name="b"
    )
    assert "No bias yet" in bias_box([], name="b")


def test_whiskers_reach_one_error_either_way():
    """A whisker of ±0.25 dB is as long as a bias of −0.5 dB is from zero."""
    first = RunningBias(mean=-0.5, error=None)
    page = bias_box([first, RunningBias(mean=-0.5, error=0.25, count=2)], name="b")
    (low, high) = map(
        float, re.search(r'y1="([\d.]+)"[^>]*y2="([\d.]+)"[^>]*"whisker"', page).groups()
    )
    circles = [float(y) for y in re.findall(r'cy="([\d.]+)" r="3.5"', page)]
    assert (low + high) / 2 == pytest.approx(circles[-1], abs=0.06)
    zero = float(re.search(r'y1="([\d.]+)"[^>]*class="zero"', page).group(1))
    assert low - high == pytest.approx(circles[-1] - zero, abs=0.11)  # 0.5 dB each
    assert 12.0 <= high < low <= 150.0 - 22.0  # within the frame


def test_a_long_log_draws_the_last():
    page = log_plot([row(n, flown=1000.0, low=1.0, high=2.0) for n in range(100)], name="l")
    assert page[: page.index("</svg>")].count('class="flown"') == 60
    assert "40 before" in page


def test_hostile_words_stay_words():
    evil = row(flown=1.0, note="<img onerror=x>")
    for part in (log_plot([evil], name="l"), log_table([evil], {})):
        assert read(part).of("img") == []
