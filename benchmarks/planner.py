"""Plan weeks of small payloads: worth, bound, gap, CPU time, with week blocks and a block a pass.

    python benchmarks/planner.py [--only 20x20] [--work 600000]

Wanted, with 60 CPU seconds for the plan and 60 for the bound: 1 × 3 proven within a second,
6 × 20 within 3 %, 20 × 20 within 6 %, 20 × 50 within 6.5 %, 60 × 50 within 12 %; with a block a
pass 20 × 20 within 0.3 % and 60 × 50 within 3 %. Contacts are whole. Beside it what the contacts
of the plan with a block a pass would be worth in week blocks: a plan made for the wrong blocks.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from against_tag import machine
from planner_missions import write_planner_mission
from side_by_side import versions

from satqkd.config.load import load_mission
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, stream
from satqkd.network.candidates import candidates_of
from satqkd.schedule.delivery import deliver, worth_bits
from satqkd.schedule.effort import Effort
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solve import solve

CASES = {
    (1, 3, "week"): "proven",
    (6, 20, "week"): "3 %",
    (20, 20, "week"): "6 %",
    (20, 50, "week"): "6.5 %",
    (60, 50, "week"): "12 %",
    (20, 20, "pass"): "0.3 %",
    (60, 50, "pass"): "3 %",
}
"""Satellites, stations and blocks, with the gap wanted."""
GAP = 1e-4
MBIT = 1e6


def contacts_of(satellites: int, stations: int) -> Forecast:
    """Forecast every pass of a week."""
    with tempfile.TemporaryDirectory() as folder:
        write_planner_mission(Path(folder), satellites=satellites, stations=stations)
        mission = load_mission(Path(folder) / "mission.yaml")
        chunks = list(stream(replace(mission, in_part=False), Chosen.all_of(mission)))
    return Forecast.join(chunks).in_order()


def solved(problem: Problem, work: int) -> tuple[Solution, float]:
    """Plan with so much work, or by default where that is more, and the CPU time it took. [s]"""
    begin = time.process_time()
    most = max(work, Effort().work_for(len(problem)))
    return solve(problem, Effort(gap=GAP, work=most)), time.process_time() - begin


def pooled_worth(week: Problem, rows: np.ndarray) -> float:
    """Worth of given contacts in week blocks. [bit]"""
    chosen = np.isin(np.arange(len(week)), rows)
    return worth_bits(week, chosen, deliver(week, chosen)[0])


def main() -> None:
    """Plan each case and print a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="part of a case's name, such as 20x20")
    parser.add_argument("--work", type=int, default=600_000)
    asked = parser.parse_args()
    print(machine(), versions(), flush=True)
    for (satellites, stations, blocks), wanted in CASES.items():
        name = f"{satellites}x{stations} {blocks}"
        if asked.only not in name:
            continue
        forecast = contacts_of(satellites, stations)
        own = candidates_of([forecast], period=blocks)
        plan, spent = solved(own.problem, asked.work)
        beside = ""
        if blocks == "pass":
            week = candidates_of([forecast], period="week")
            rows = np.flatnonzero(np.isin(week.contacts, own.contacts[plan.chosen]))
            beside = f"; in week blocks {pooled_worth(week.problem, rows) / MBIT:.2f}"
        print(
            f"{name:12} {len(own.problem):6,} contacts: {plan.objective / MBIT:8.2f} of at most "
            f"{plan.bound / MBIT:8.2f} Mbit, gap {100 * plan.gap:.3f} % (wanted: {wanted}), "
            f"{plan.status}{', sampled' if plan.sampled else ''}, {spent:.1f} s CPU{beside}",
            flush=True,
        )


if __name__ == "__main__":
    main()
