"""A sample of tests/fire/study_fire.py: killed twice, nothing lost or done twice."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fire"))

from study_fire import fire


def test_a_study_that_is_killed_goes_on_and_comes_to_the_same():
    assert fire(kills=2, workers=0, rows=12, most_s=4.0, seed=3) == []
