"""What stands around a station hides contacts, and each of them keeps a row that says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.obstacles import NAMES
from satqkd.forecast.stream import find_contacts, forecast
from satqkd.forecast.views import views

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0
WALL = ((0.0, 60.0), (180.0, 60.0))


@pytest.fixture(scope="module")
def open_sky():
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * DAY_S)


@pytest.fixture(scope="module")
def masked(open_sky):
    """Xinglong behind a wall of 60° all around; the published pass culminates at 47.8°."""
    first, *others = open_sky.stations
    walled = replace(first, site=replace(first.site, horizon_deg=WALL))
    return replace(open_sky, stations=(walled, *others))


def test_no_pass_is_missing_and_the_horizon_is_named(open_sky, masked):
    """As many rows as without the wall, and the published one says what hides it."""
    free, behind = forecast(open_sky), forecast(masked)
    reasons = dict(zip(behind.ids, behind.reason, strict=True))

    assert len(behind) == len(free) == len(find_contacts(masked))
    published = next(key for key in reasons if key.startswith("micius-xinglong-20161219T165"))
    assert reasons[published].startswith("behind the horizon: culminates at 47.8°, horizon there")


def test_no_joint_contact_is_missing_and_only_the_hidden_side_is_blamed(open_sky, masked):
    """Four of Xinglong and Jinan, two of them behind the wall; Jinan's own time is not taken."""
    free, behind = (find_contacts(one, "Xinglong", "Jinan") for one in (open_sky, masked))
    here, there = behind.hidden

    assert len(behind) == len(free) == 4
    assert (here.sum(), there.sum()) == (2, 0)

    pair = [0, [one.site.name for one in masked.stations].index("Jinan")]
    seen = list(views(masked, satellites=range(len(masked.spacecraft)), stations=pair))
    reasons = [why for view in seen for why in view.reasons]
    lost_s = np.concatenate([v.arms[1].usage.lost_s[NAMES.index("horizon")] for v in seen])
    assert len(reasons) == 4
    assert any(
        "Xinglong: behind the horizon: culminates at 47.8°" in (why or "") for why in reasons
    )
    assert not lost_s.any()
