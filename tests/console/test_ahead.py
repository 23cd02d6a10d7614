"""What pairs will hold over the weather: computed as it must be, drawn as it was computed."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import pytest
from acts_mission import NOW, begun, work_in

from satqkd.console.ahead import LookedAhead, look_ahead
from satqkd.console.jobs import Job
from satqkd.errors import SatqkdError
from satqkd.network.ledger import KeyMade, KeyShared, Ledger, Note, Pair

USE_BITS_DAY, HELD_BITS = 150_000, 200_000
DRY = Pair(station_a="Jinan", station_b="Nanshan")


@pytest.fixture(scope="module")
def looked(first, tmp_path_factory):
    """A folder whose pairs use key, one of which gets none; and what was looked ahead in it."""
    folder = tmp_path_factory.mktemp("ahead") / "mission"
    shutil.copytree(first, folder)
    text = (folder / "mission.yaml").read_text(encoding="utf-8")
    used = text.replace("weight: 1}", f"weight: 1, use: {USE_BITS_DAY // 1000} kbit/d}}")
    (folder / "mission.yaml").write_text(used, encoding="utf-8")
    begun(folder)
    with Ledger.open(folder / "ops.sqlite", author="test", now=NOW) as ledger:
        ledger.append_all(
            [
                KeyMade(block="before", maker="Micius", station="Jinan", partner="Nanshan",
                        bits=HELD_BITS, epsilon=1e-9, made_at=NOW),
                KeyShared(pair=DRY, bits=HELD_BITS),
            ]
        )  # fmt: skip
    return folder, look_ahead(work_in(folder), tell=lambda _at, _done, _of: None)


def of_pair(found: LookedAhead, names: set[str]):
    (own,) = [one["ahead"] for one in found.pairs if set(one["stations"]) == names]
    return [(datetime.fromisoformat(text), *bits) for text, *bits in own]


def test_a_pair_without_inflow_only_uses_what_it_holds(looked):
    """What it held less a steady use, and nothing below nothing, whatever the weather."""
    own = of_pair(looked[1], {"Jinan", "Nanshan"})

    assert own[0][0] == NOW
    assert own[-1][1:] == pytest.approx([HELD_BITS - USE_BITS_DAY / 2] * 3)
    for when, *bits in own:
        left = max(0.0, HELD_BITS - USE_BITS_DAY * (when - NOW).total_seconds() / 86_400.0)
        assert bits == pytest.approx([left] * 3, abs=1e-3)


def test_the_band_is_one(looked):
    """Percentiles in order; and of a pair that gets key they part."""
    bands = [of_pair(looked[1], set(one["stations"])) for one in looked[1].pairs]

    assert all(low <= middle <= high for band in bands for _, low, middle, high in band)
    assert any(low < high for band in bands for _, low, _, high in band)


def test_the_page_draws_it_until_something_is_booked(looked, desk_of, browser_of):
    """After that it is of an earlier state, and not drawn."""
    folder, found = looked
    own = desk_of(folder, now=NOW)
    ledger = folder / "ops.sqlite"
    own = replace(own, ledger=ledger, reader=replace(own.reader, path=ledger))
    job = Job(id="a", act="ahead", status="done", result=MappingProxyType(found.to_plain()))
    browser = browser_of(own)
    assert 'class="band"' not in re.sub("<ul.*?</ul>", "", browser.get("/pairs").text)
    own.jobs._jobs["a"] = job
    drawn = browser.get("/pairs").text
    with Ledger.open(ledger, author="test", now=NOW) as other:
        other.append(Note(text="something"))
    after = browser.get("/pairs").text

    assert drawn.count('class="band"') == len(found.pairs) + 1  # and in what the marks mean
    assert "runs dry" in drawn
    assert 'class="band"' not in after
    assert "earlier state" in after


def test_a_plan_that_has_ended_is_told(looked):
    """There is nothing ahead of it."""
    work = work_in(looked[0], now=datetime.fromisoformat("2017-01-01T00:00+00:00"))

    with pytest.raises(SatqkdError, match="window"):
        look_ahead(work, tell=lambda _at, _done, _of: None)
