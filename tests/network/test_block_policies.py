"""How long blocks of a plan gather: by an amount of key, and as pairs of stations ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import InputError, SatqkdError
from satqkd.forecast.stream import forecast
from satqkd.mission.blocks import Days, Until
from satqkd.network.plan import plan_of
from satqkd.report.export.json import records
from satqkd.report.summary import plan_summary
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report
from satqkd.schedule.effort import Effort

ROOT = Path(__file__).parents[2]
WANTED = 1.2e6


@pytest.fixture(scope="module")
def week():
    """The packaged campaign, contacts whole, a short search."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return forecast(replace(mission, in_part=False, solver=Effort(work=30_000)))


def planned(week, **changes):
    mission = replace(week.mission, **changes)
    return plan_of([replace(week, mission=mission)], stakes=False)


def test_blocks_close_once_all_their_contacts_make_the_amount(week):
    """Of each station every block but the last reaches it, and would not one contact sooner."""
    plan = planned(week, blocks=Until(bits=WANTED))
    blocks, yields = plan.blocks, week.yields

    assert set(map(str, blocks.gathers)) == {"until 1.2 Mbit"}
    rows = [plan.candidate_rows[own] for own in blocks.possible]
    last = {int(station): block for block, station in enumerate(blocks.station)}
    assert len(blocks) > len(last)
    for block, own in enumerate(rows):
        assert (np.diff(week.contacts.listed_s[own]) > 0).all()
        system = yields.systems[yields.system[own[0]]]
        bits = [
            int(system.bits_of(system.pooled(yields.collected, [own[:count]]))[0])
            for count in range(1, own.size + 1)
        ]
        assert max(bits[:-1], default=0) < WANTED
        assert bits[-1] >= WANTED or block == last[int(blocks.station[block])]
    assert any("in blocks until 1.2 Mbit;" in line for line in plan_summary(plan))
    short = (blocks.bits < WANTED) & (blocks.all_bits >= WANTED)
    report = block_report(plan, planned=True)
    told = [row["note"] for row in records(PLANNED_BLOCK_COLUMNS, report)]
    assert [note == "less than 1.2 Mbit: not all its contacts are in it" for note in told] == (
        short[report.order].tolist()
    )
    assert short[report.order].any()


def test_a_pair_has_blocks_of_its_own(week):
    """Those of its two stations alone; the mission's hold for the others."""
    demands = tuple(
        replace(one, blocks=Days(2.0)) if number == 0 else one
        for number, one in enumerate(week.mission.demands)
    )
    asked = demands[0]
    plan = planned(week, demands=demands)

    own = {asked.station_a, asked.station_b}
    told = {int(s): str(g) for s, g in zip(plan.blocks.station, plan.blocks.gathers, strict=True)}
    assert {station: span for station, span in told.items() if station in own} == dict.fromkeys(
        own, "2 d"
    )
    assert {span for station, span in told.items() if station not in own} == {"week"}


def test_pairs_that_want_a_station_otherwise_are_refused(week):
    """With both, and how to mend it."""
    first, second = _sharing(week.mission.demands)
    spans = {first: Days(2.0), second: Until(bits=1e6)}
    demands = tuple(
        replace(one, blocks=spans.get(number)) for number, one in enumerate(week.mission.demands)
    )

    with pytest.raises(SatqkdError, match=r"are gathered '.*' and '.*'\n  fix: write the same"):
        planned(week, demands=demands)


def _sharing(demands):
    """Two demands with a station in common."""
    for first, one in enumerate(demands):
        for second, other in enumerate(demands[:first]):
            if {one.station_a, one.station_b} & {other.station_a, other.station_b}:
                return second, first
    raise AssertionError("no two demands share a station")


def test_files_say_it_and_slips_are_found_where_they_stand(tmp_path):
    """A word that is none, and two pairs that disagree about their station."""
    copy_preset("micius-2016-campaign", tmp_path)
    mission = tmp_path / "mission.yaml"
    text = mission.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if "between: [" in one)
    own = line.rstrip("} ") + ", blocks: until 1 Mbit}"
    mission.write_text(text.replace(line, own), encoding="utf-8")
    assert load_mission(mission).demands[0].blocks == Until(bits=1e6)

    mission.write_text(text.replace(line, own.replace("Mbit", "Mb")), encoding="utf-8")
    with pytest.raises(InputError, match=r"demands\[0\]\.blocks: must be pass, night, week"):
        load_mission(mission)

    everywhere = text.replace(line, own)
    lines = everywhere.splitlines()
    places = [number for number, one in enumerate(lines) if "between: [" in one]
    for number in places[1:]:
        lines[number] = lines[number].rstrip("} ") + ", blocks: 2 d}"
    mission.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=r"is gathered 'until 1 Mbit' by the demand in line") as e:
        load_mission(mission)
    assert "write the same, or remove one of the two" in str(e.value)
