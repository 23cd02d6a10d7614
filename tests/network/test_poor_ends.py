"""Contacts without poor ends: a lower limit of elevation makes no plan worse, and it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.network import poor_ends
from satqkd.network.candidates import candidates_of
from satqkd.network.followed_parts import slices_of
from satqkd.network.plan import plan_of
from satqkd.network.poor_ends import LEAST_GAIN, parts_without_poor_ends
from satqkd.network.why_not import POOR
from satqkd.report.summary import plan_summary
from satqkd.schedule.contact_parts import LEAST_S
from satqkd.schedule.groups import Groups

pytestmark = pytest.mark.filterwarnings("ignore:.*more than the limit of 5 days.*:UserWarning")


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("microsatellite")
    copy_preset("microsatellite-week", folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


def seen(mission, elevation_deg):
    """Passes of the week above an elevation."""
    limits = replace(mission.limits, min_elevation_deg=elevation_deg)
    chunks = stream(replace(mission, limits=limits), Chosen.all_of(mission))
    return Forecast.join(list(chunks)).in_order()


@pytest.fixture(scope="module")
def low(week):
    """Down to 10°, where clicks cost the pooled blocks more than they bring."""
    return seen(week, 10.0)


@pytest.fixture(scope="module")
def low_plan(low):
    return plan_of([low], stakes=False)


def cut_of(forecast):
    """The problem of whole contacts, and the parts of these without poor ends."""
    whole = candidates_of([replace(forecast, mission=replace(forecast.mission, in_part=False))])
    parts = parts_without_poor_ends([forecast], (whole.kind, whole.row), whole.problem)
    return whole, parts


def test_a_lower_limit_makes_no_plan_worse(week, low_plan):
    """Whole, the plan at 10° is 2.5 % below that at 20°, and both are optimal."""
    strict = plan_of([seen(week, 20.0)], stakes=False).solution
    assert (strict.status, low_plan.solution.status) == ("optimal", "optimal")
    assert low_plan.solution.objective >= strict.objective
    assert low_plan.solution.bound >= low_plan.solution.objective


@pytest.mark.parametrize("elevation_deg", [14.0, 18.0, 22.0, 26.0])
def test_no_stricter_limit_plans_more(week, low_plan, elevation_deg):
    """But for the share of key for which no block is cut."""
    worth = plan_of([seen(week, elevation_deg)], stakes=False).solution.objective
    assert worth <= low_plan.solution.objective * (1.0 + LEAST_GAIN)


def test_blocks_hold_more_without_poor_ends(low):
    """All contacts of a block as one: cut by the share for which it is done, at least."""
    whole, parts = cut_of(low)
    more = candidates_of([low])
    every = np.arange(len(whole.problem))
    cut = every.copy()
    offered = {
        (of, start_s, end_s): len(whole.problem) + number
        for number, (of, start_s, end_s) in enumerate(
            zip(
                more.problem.part_of[more.in_part].tolist(),
                more.problem.start_s[more.in_part].tolist(),
                more.problem.end_s[more.in_part].tolist(),
                strict=True,
            )
        )
    }
    spans = zip(parts.contact, parts.start_s, parts.end_s, strict=True)
    for of, start_s, end_s in spans:
        cut[of] = offered[int(of), float(start_s), float(end_s)]
    assert parts.contact.size > 0
    for own in Groups.by(whole.problem.block, every).parts():
        bits = more.problem.key_of(Groups.of([own, np.sort(cut[own])]))
        assert bits[1] > bits[0] * (1.0 + LEAST_GAIN) or (cut[own] == own).all()


def test_a_part_ends_where_errors_are_as_many_as_its_block_bears(low):
    """One share of errors bounds all parts of a block: within above it, beyond below, in slices."""
    whole, parts = cut_of(low)
    slices = slices_of(low, whole.row)
    ((system, place, collected),) = slices.collected
    share = np.full(place.size, np.inf)
    share[place] = system.key_of(collected).qber
    most, least = {}, {}
    for of, start_s, end_s in zip(parts.contact, parts.start_s, parts.end_s, strict=True):
        own = slices.owner == of
        ends = own & ((slices.start_s == start_s) | (slices.end_s == end_s))
        beyond = own & ((slices.end_s <= start_s) | (slices.start_s >= end_s))
        block = int(whole.block[of])
        most[block] = max(most.get(block, 0.0), float(share[ends].max()))
        least[block] = min(least.get(block, 1.0), float(share[beyond].min()))
        assert end_s - start_s >= LEAST_S
    assert most
    assert all(most[block] < least[block] for block in most)


def test_nothing_is_cut_where_little_is_gained(week, monkeypatch):
    """Nor where contacts are many, or pinned."""
    low = seen(week, 10.0)
    keys = [key for key, s in zip(low.contact_key, low.yields.usable_s, strict=True) if s > 0.0]
    whole, parts = cut_of(low)
    pinned = np.zeros(len(whole.problem), dtype=np.bool_)
    pinned[parts.contact[0]] = True
    held = replace(whole.problem, pinned=pinned)
    fewer = parts_without_poor_ends([low], (whole.kind, whole.row), held)
    assert fewer.contact.tolist() == parts.contact.tolist()[1:]
    monkeypatch.setattr(poor_ends, "CONTACTS_AT_MOST", len(keys) - 1)
    assert len(parts_without_poor_ends([low], (whole.kind, whole.row), whole.problem)) == 0
    monkeypatch.undo()
    monkeypatch.setattr(poor_ends, "LEAST_GAIN", 10.0)
    assert len(parts_without_poor_ends([low], (whole.kind, whole.row), whole.problem)) == 0


def test_it_is_said_why_a_contact_is_cut(low_plan):
    """In its row, and in the summary."""
    poor = [row for row, why in enumerate(low_plan.passes.reason) if POOR in why]
    assert poor
    assert all(low_plan.passes.in_part[row] for row in poor)
    assert low_plan.passes.reason[poor[0]].startswith("cut: ")
    (line,) = (one for one in plan_summary(low_plan) if "no more key" in one)
    assert line.startswith(f"{len(poor)} contact")
