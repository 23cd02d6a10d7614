"""With a block a pass, contacts whole, a clear sky, failures as published and no tags paid, plans
are those of version 0.1.0."""

from dataclasses import replace

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.key.post_processing.authentication import Authentication
from satqkd.network.plan import plan

PLANS = [
    ("micius-2016-campaign", 5_318_102.08, 5_317_586, 17),
    ("jinan-1-constellation", 5_209_234.86, 5_203_752, 40),
    ("micius-portable-campaign", 544_748.24, 543_960, 28),
    ("micius-entanglement-campaign", 800.63076, 0, 70),
]
"""What 'satqkd plan --json' of version 0.1.0 (commit 8747a04) printed for the shipped missions: the
objective, the sum of all deliveries, and the passes scheduled."""


@pytest.mark.parametrize(("name", "objective", "delivered", "scheduled"), PLANS)
def test_plans_of_one_pass_blocks_are_as_before(tmp_path, name, objective, delivered, scheduled):
    """The new planner finds the same worth; version 0.1.0 proved it to be the best.

    To 5e-4: it summed passes up second by second, and a limit took a second or none of it.
    """
    copy_preset(name, tmp_path)
    mission = load_mission(tmp_path / "mission.yaml")
    protocol = replace(
        mission.protocol,
        epsilon_counting="as-published",
        authentication=Authentication(messages=0),
    )
    mission = replace(mission, in_part=False, protocol=protocol)
    made = plan(mission, period="pass", stakes=False)
    assert made.solution.objective == pytest.approx(objective, rel=5e-4)
    assert made.solution.status == "optimal"
    assert sum(one.bits for one in made.solution.deliveries) == pytest.approx(delivered, rel=5e-4)
    assert int(made.passes.scheduled.sum()) == scheduled
