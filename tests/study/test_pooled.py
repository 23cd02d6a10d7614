"""Contacts in key blocks, without a plan: against sums by hand, tables and the planner's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from satqkd.clicks.counts import Counts
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.key_blocks import key_blocks
from satqkd.forecast.stream import forecast
from satqkd.mission.blocks import period_of
from satqkd.network import pooled_keys
from satqkd.network.candidates import candidates_of
from satqkd.network.plan import forecasts_of
from satqkd.passes.timebase import Timebase
from satqkd.schedule.realised import realise
from satqkd.study import block_bits, units, window_sums
from satqkd.study.engine import study
from satqkd.study.figures import forecast_figures
from satqkd.study.read_study import load_study
from satqkd.study.tally import Tally, tally_of
from satqkd.study.window_sums import clear_sums, drawn_sums
from satqkd.weather.clear_sky import Draws

from .conftest import MISSION, STATIONS, STUDY

DRAWS = Draws(samples=20, seed=7)
SMALL = "satellites[*].payload.transmitter.aperture"
POOLS = ["night", "week", "1.5 d", "until 60 kbit"]


@pytest.fixture(scope="module")
def of(tmp_path_factory):
    """Two satellites over three stations for three days, telescopes of 110 mm."""
    folder = tmp_path_factory.mktemp("pooled")
    (folder / "mission.yaml").write_text(MISSION.replace("1 d", "3 d"), encoding="utf-8")
    (folder / "stations.yaml").write_text(STATIONS, encoding="utf-8")
    text = f"set: {{'{SMALL}': 110 mm}}\nvary:"
    (folder / "study.yaml").write_text(STUDY.replace("vary:", text), encoding="utf-8")
    base = load_study(folder / "study.yaml").base
    return lambda blocks: replace(base.at(), blocks=period_of(blocks))


@pytest.fixture(scope="module")
def tallies(of) -> dict[str, Tally]:
    return {blocks: tally_of(of(blocks)) for blocks in ("pass", *POOLS)}


@pytest.fixture(scope="module")
def passes(of):
    return forecast(of("week"))


@pytest.mark.parametrize("blocks", POOLS)
def test_key_of_a_clear_sky_is_that_of_the_table_of_blocks(of, tallies, passes, blocks):
    """``satqkd forecast --block`` makes it of all contacts too."""
    mission, tally = of(blocks), tallies[blocks]
    table = key_blocks(passes, period_of(blocks))
    bits = table.keys.secure_bits
    values = forecast_figures(mission, tally, None).values
    assert values["key_day_clear"] == bits.sum() / 3 > 0
    (station,) = table.stations
    held = [bits[station == number].sum() for number in range(3)]
    assert values["worst_station_key_day_clear"] == min(held) / 3
    each = [
        sum(
            min(bits[(station == end) & (table.satellite == craft)].sum() for end in pair)
            for craft in range(2)
        )
        for pair in ((0, 1), (0, 2))
    ]
    assert values["worst_pair_key_day_clear"] == min(each) / 3
    keyed = zip(table.members, bits, strict=True)
    assert values["contacts"] == sum(own.size for own, key in keyed if key > 0)
    assert values["contacts_seen"] == sum(own.size for own in table.members) == len(tally)


def test_pooled_contacts_make_more_than_alone_where_they_are_weak(of, tallies):
    found = {
        blocks: forecast_figures(of(blocks), tally, None).values
        for blocks, tally in tallies.items()
    }
    assert found["week"]["key_day_clear"] > 1.2 * found["pass"]["key_day_clear"]
    assert found["pass"]["contacts"] < found["week"]["contacts"]


def by_hand(passes, members) -> int:
    """Key of some contacts as one block: counts added up in a loop, then the protocol."""
    rows, (system,) = passes.yields.collected, passes.yields.systems
    if not members:
        return 0
    names = ("key_clicks", "key_errors", "check_clicks", "check_errors")
    sums = {name: sum(getattr(rows, name)[row] for row in members) for name in names}
    ones = {name: sum(getattr(rows, name)[row] for row in members)
            for name in ("pulses", "key_pulses", "check_pulses")}  # fmt: skip
    counts = Counts(
        intensities=rows.intensities[members[0]],
        probabilities=rows.probabilities[members[0]],
        **{name: value[np.newaxis] for name, value in sums.items()},
        **{name: np.array([value]) for name, value in ones.items()},
    )
    return int(system.protocol.key(counts).secure_bits[0])


@pytest.mark.parametrize("blocks", ["week", "1.5 d"])
def test_under_clouds_a_block_is_made_of_what_is_clear(of, tallies, passes, blocks):
    """Realisation by realisation, block by block; months are those of the last member."""
    mission, tally = of(blocks), tallies[blocks]
    clear = window_sums._clear(mission, tally, DRAWS)
    sums = drawn_sums(mission, tally, DRAWS)
    days = {"week": 7.0, "1.5 d": 1.5}[blocks]
    contacts = passes.contacts
    period = np.floor(passes.passes.culmination_s / (86_400 * days)).astype(int)
    column = {
        (one, at): place
        for place, (one, at) in enumerate(zip(tally.station, tally.at_s, strict=True))
    }
    total, station_bits = np.zeros(20), np.zeros((20, 3))
    pair_bits = np.zeros((20, 2))
    for sample in range(20):
        for craft in range(2):
            held = [0, 0, 0]
            for station, number in product(range(3), range(period.max() + 1)):
                own = [
                    row
                    for row in range(len(passes))
                    if contacts.satellite[row] == craft
                    and contacts.stations[0][row] == station
                    and period[row] == number
                    and passes.yields.usable_s[row] > 0
                    and clear[sample, column[station, passes.passes.culmination_s[row]]]
                ]
                held[station] += by_hand(passes, own)
            total[sample] += sum(held)
            station_bits[sample] += held
            pair_bits[sample] += [min(held[0], held[1]), min(held[0], held[2])]
    assert sums.total_bits.tolist() == total.tolist()
    assert sums.station_bits.tolist() == station_bits.tolist()
    assert sums.pair_bits.tolist() == pair_bits.tolist()
    assert len(set(total.tolist())) > 10
    values = forecast_figures(mission, tally, DRAWS).values
    for name, percent in (("p10", 10), ("p50", 50), ("p90", 90)):
        assert values[f"key_day_{name}"] == np.percentile(total, percent) / 3


@pytest.mark.parametrize("blocks", ["night", "week"])
def test_it_is_what_the_planner_makes_of_all_contacts(of, tallies, passes, blocks):
    """Its candidates, all of them flown, under the same skies."""
    mission, tally = of(blocks), tallies[blocks]
    whole = replace(mission, in_part=False)
    problem = candidates_of([replace(passes, mission=whole)]).problem
    every = np.ones(len(problem), dtype=np.bool_)
    assert len(problem) == len(tally)
    order = np.lexsort((tally.at_s, tally.station, tally.satellite))
    theirs = np.lexsort((problem.start_s, problem.station, problem.satellite))
    clear = np.empty((20, len(tally)), dtype=np.bool_)
    clear[:, theirs] = window_sums._clear(mission, tally, DRAWS)[:, order]
    found = realise(problem, every, clear)
    assert found.made.tolist() == drawn_sums(mission, tally, DRAWS).total_bits.tolist()
    assert problem.block_bits(every).sum() == clear_sums(mission, tally).total_bits[0]


def test_a_block_counts_in_the_month_of_its_last_contact(of):
    """Three days over the end of February: blocks of a week are key in March."""
    begin = of("week").start - timedelta(days=2)
    mission = replace(of("week"), start=begin)
    tally = tally_of(mission)
    months = clear_sums(mission, tally).month_bits
    assert set(tally.month.tolist()) == {2023 * 12 + 1, 2023 * 12 + 2}
    last = {}
    for craft, station, at_s in zip(tally.satellite, tally.station, tally.at_s, strict=True):
        last[craft, station] = max(last.get((craft, station), 0.0), at_s)
    texts = Timebase.starting(begin).iso(np.array(list(last.values())), digits=0)
    assert {text[5:7] for text in texts} == {"03"}
    assert months[2023 * 12 + 1] == 0.0
    assert months[2023 * 12 + 2] == clear_sums(mission, tally).total_bits[0] > 0


def test_demands_pool_as_they_say(of, tallies):
    """North and South by the night, West as the mission: by the week."""
    mission = of("week")
    first, second = mission.demands
    asked = replace(mission, demands=(replace(first, blocks="night"), second))
    with pytest.raises(Exception, match="blocks of North are gathered 'night' and"):
        tally_of(replace(asked, demands=(asked.demands[0], replace(second, blocks="week"))))
    found = clear_sums(asked, tally_of(asked)).station_bits[0]
    by_night = clear_sums(of("night"), tallies["night"]).station_bits[0]
    by_week = clear_sums(mission, tallies["week"]).station_bits[0]
    assert found.tolist() == [by_night[0], by_night[1], by_week[2]]
    assert by_night[0] != by_week[0]


def test_keys_made_few_at_a_time_are_the_same(of, tallies, monkeypatch):
    """Numerical bounds: members of pools, and of blocks, that are laid out together."""
    whole = drawn_sums(of("1.5 d"), tallies["1.5 d"], DRAWS)
    monkeypatch.setattr(pooled_keys, "MEMBERS_AT_ONCE", 3)
    monkeypatch.setattr(block_bits, "MEMBERS_AT_ONCE", 1)
    parts = drawn_sums(of("1.5 d"), tallies["1.5 d"], DRAWS)
    assert parts.station_bits.tolist() == whole.station_bits.tolist()
    sizes = np.array([2, 1, 5, 1, 1, 1])
    assert [(one.start, one.stop) for one in pooled_keys._portions(sizes)] == [
        (0, 2), (2, 3), (3, 6),
    ]  # fmt: skip


def test_a_study_varies_how_contacts_are_pooled(study_of, small, monkeypatch):
    """By the path of the mission; divided points come to the same."""
    text = "{name: blocks, path: blocks, values: [pass, night, week]}"
    path = study_of(
        f"name: Pools\nset: {{'{SMALL}': 110 mm, duration: 3 d}}\nvary: [{text}]\n"
        "measure: [key_day_clear, key_day_p50, contacts]\nrealisations: 20\n"
    )
    found = study(path, workers=0)
    bits = found.numbers["key_day_clear"].tolist()
    assert 0 < bits[0] < bits[2]
    monkeypatch.setattr(units, "DAYS_AT_ONCE", 3.0)
    parts = study(path, to=small / "parts", workers=0)
    for name in ("key_day_clear", "key_day_p50", "contacts"):
        assert parts.numbers[name].tolist() == found.numbers[name].tolist()


def test_joint_contacts_are_pooled_too(tmp_path):
    """Of the shipped node: passes and the windows of each pair, as the planner's candidates."""
    copy_preset("twin-field-node", tmp_path)
    files = tmp_path / "mission.yaml", tmp_path / "stations.yaml"
    loaded = load_mission(*files, duration_s=2 * 86_400.0)
    mission = replace(loaded, blocks="week", in_part=False)
    problem = candidates_of(forecasts_of(mission)).problem
    keys = problem.block_bits(np.ones(len(problem), dtype=np.bool_))
    tally = tally_of(mission)
    assert (tally.partner >= 0).sum() > 2
    assert sorted(Counter(tally.block.tolist()).values()) == sorted(
        Counter(problem.block.tolist()).values()
    )
    found = clear_sums(mission, tally)
    assert (
        found.total_bits[0]
        == keys.sum()
        > clear_sums(mission, tally_of(replace(mission, blocks="pass"))).total_bits[0]
    )
    ends = [problem.station[problem.first_of_block], problem.partner[problem.first_of_block]]
    for number, bits in enumerate(found.station_bits[0].tolist()):
        assert bits == sum(keys[end == number].sum() for end in ends)
