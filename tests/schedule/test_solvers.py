import pytest

from satqkd.schedule.solvers import SOLVERS
from satqkd.schedule.verify import verify


@pytest.mark.parametrize("name", sorted(SOLVERS))
def test_every_solver_makes_a_sound_plan(crowded, name):
    """Whatever the method, the independent check has nothing to say."""
    plan = SOLVERS[name](crowded, relative_gap=1e-6, time_limit_s=60.0)
    assert verify(crowded, plan) == ()
    assert 0 < plan.objective <= plan.bound
