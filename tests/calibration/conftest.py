"""A small mission, and logs that a sky with other constants would have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.calibration.constants import corrected
from satqkd.calibration.flown import match
from satqkd.calibration.log import Log, LogRow
from satqkd.calibration.predict import predict
from satqkd.config.load import load_mission
from satqkd.config.parts import preset_values

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def mission():
    """Micius as printed over Xinglong alone."""
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    (craft,) = whole.spacecraft
    payload = preset_values("micius-2017").content.value
    return replace(
        whole,
        spacecraft=(replace(craft, payload=payload),),
        stations=whole.stations[:1],
        demands=(),
    )


@pytest.fixture(scope="session")
def instants():
    """Make rows through the published pass that hold a loss yet to be put in."""
    return make_log


def make_log(count: int = 40, *, every_s: float = 9.0, interval_s: float | None = None) -> Log:
    begin = datetime(2016, 12, 19, 16, 49, 10, tzinfo=UTC)
    rows = tuple(
        LogRow(
            line=line,
            utc=begin + timedelta(seconds=every_s * number),
            loss_db=30.0,
            interval_s=interval_s,
        )
        for number, line in enumerate(range(2, count + 2))
    )
    return Log(file="log.csv", sha256="ab", rows=rows)


@pytest.fixture(scope="session")
def recorded():
    """Return the log that a mission with other constants would have left."""

    def record(mission, values, *, kinds=("loss",), noise=0.0, log=None):
        given = log or make_log(interval_s=4.0)
        (pair,) = match(mission, given).pairs
        model = predict(pair, corrected(pair.ends, values))
        chance = np.random.default_rng(7).normal(size=(3, len(pair.rows)))
        rows = [
            replace(
                row,
                loss_db=model.loss_db[i] + noise * chance[0, i] if "loss" in kinds else None,
                clicks=(
                    model.clicks[i] * 10 ** (0.1 * noise * chance[1, i])
                    if "clicks" in kinds
                    else None
                ),
                qber=model.qber[i] * (1.0 + 0.1 * noise * chance[2, i])
                if "qber" in kinds
                else None,
            )
            for i, row in enumerate(pair.rows)
        ]
        return replace(given, rows=tuple(rows))

    return record
