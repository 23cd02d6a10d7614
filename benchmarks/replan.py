"""Replanning when a station goes out: how much is kept, and what keeping costs.

    python benchmarks/replan.py [--size 20 20] [--stations 3] [--work N]

A constellation of benchmarks/planner_missions.py is planned for a week; then one of its busiest
stations is out on days 2 and 3, and it is planned again from noon of day 0, once with the price on
changes and once without. Prints for each station how many of its contacts the outage takes, the
share of the others that are kept, and what keeping costs against the free plan.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from planner_missions import write_planner_mission

from satqkd.config.load import load_mission
from satqkd.network.plan import plan
from satqkd.network.rolling import rolled
from satqkd.passes.station import Outage
from satqkd.report.export.plan_files import plan_files, plan_manifest
from satqkd.report.export.series_files import series_choice
from satqkd.report.last_plan import last_plan
from satqkd.report.plan_folder import plan_of_files
from satqkd.schedule.effort import Effort


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", nargs=2, type=int, default=(20, 20))
    parser.add_argument("--stations", type=int, default=3)
    parser.add_argument("--work", type=int, default=None)
    asked = parser.parse_args()
    satellites, stations = asked.size
    with tempfile.TemporaryDirectory() as folder:
        write_planner_mission(Path(folder), satellites=satellites, stations=stations)
        mission = load_mission(Path(folder) / "mission.yaml")
    mission = replace(mission, solver=Effort(work=asked.work))
    begin = time.process_time()
    made = plan(mission)
    choice = series_choice(0, "none")
    read = plan_of_files(Path("plan"), plan_files(made, choice), plan_manifest(made, choice))
    last = last_plan(read)
    print(f"plan: {len(last.contacts)} contacts, {time.process_time() - begin:.0f} CPU s")
    busiest = Counter(name for one in last.contacts for name in one.stations)
    now = mission.start + timedelta(hours=12)
    out_from, out_to = mission.start + timedelta(days=2), mission.start + timedelta(days=4)
    for name, _ in busiest.most_common(asked.stations):
        grounds = tuple(
            replace(ground, site=replace(ground.site, outages=(Outage(from_=out_from, to=out_to),)))
            if ground.site.name == name
            else ground
            for ground in mission.stations
        )
        out = replace(mission, stations=grounds)
        ahead = {
            one.contact_key
            for one in last.contacts
            if one.start > now
            and not (name in one.stations and one.end > out_from and one.start < out_to)
        }
        lost = sum(one.start > now for one in last.contacts) - len(ahead)
        told = []
        for change_bits in (50_000.0, 0.0):
            begin = time.process_time()
            moved = rolled(out, last, now, change_bits=change_bits)
            found = plan(moved.mission, keeping=moved.keeping)
            keys = {
                found.forecast.contact_key[row]
                for row, status in enumerate(found.passes.status)
                if status == "scheduled"
            }
            kept = float(found.problem.keeping_bits[found.solution.chosen].sum())
            worth = found.solution.objective - kept
            share = len(ahead & keys) / len(ahead)
            told.append((worth, share, time.process_time() - begin))
        (kept_worth, kept_share, cpu_s), (free_worth, free_share, free_cpu_s) = told
        print(
            f"{name}: {lost} contacts lost, {100 * kept_share:.1f} % of the others kept, "
            f"{100 * (1 - kept_worth / free_worth):+.2f} % against the free plan (which keeps "
            f"{100 * free_share:.1f} %); {cpu_s:.0f} and {free_cpu_s:.0f} CPU s"
        )


if __name__ == "__main__":
    main()
