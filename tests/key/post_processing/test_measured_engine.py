"""Engines of distil as error correction of a forecast."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from satqkd import load_mission
from satqkd.distil.reconcile.engines import engine, engine_names
from satqkd.distil.reconcile.measure import measure
from satqkd.errors import InputError, NonPhysicalError
from satqkd.key.post_processing.leakage import leak_bits
from satqkd.key.post_processing.measured_efficiencies import MEASURED_EFFICIENCIES
from satqkd.key.post_processing.measured_engine import EngineName, MeasuredEngine


def _f(name: str, qber: float, bits: float) -> float:
    told = MeasuredEngine(engine=name).leak_bits(np.array([qber]), sifted_bits=np.array([bits]))
    limit = leak_bits(np.array([qber]), sifted_bits=np.array([bits]), ec_efficiency=1.0)
    return float(told[0] / limit[0])


def test_every_engine_is_measured() -> None:
    assert list(MEASURED_EFFICIENCIES) == engine_names() == list(get_args(EngineName))


@pytest.mark.parametrize(
    ("name", "qber", "published", "within"),
    [
        # R. Mueller et al. (2025): 1.036 by Cascade, 1.166 by blind LDPC, 65,536 bits (as quoted;
        # not seen). Ours may be better, and worse by a hundredth.
        ("cascade", 0.02, 1.036, (-0.01, 0.01)),
        ("ldpc-blind", 0.02, 1.166, (-0.05, 0.01)),
    ],
)
def test_the_table_is_as_good_as_what_is_published(
    name: str, qber: float, published: float, within: tuple[float, float]
) -> None:
    low, high = within
    assert published + low <= _f(name, qber, 65_536.0) <= published + high


@pytest.mark.parametrize(("name", "frames"), [("cascade", 300), ("cascade-fast", 300)])
def test_the_table_is_what_the_engine_does(name: str, frames: int) -> None:
    """Measured again with other errors: 4.5 standard errors, and the table's own."""
    again = measure(engine(name), frame_bits=4096, qber=0.03, frames=frames, seed=17)
    assert abs(again.efficiency - _f(name, 0.03, 4096.0)) < 4.5 * again.standard_error + 0.003


def test_an_engine_is_asked_for_in_a_mission(campaign_files) -> None:
    folder = campaign_files
    path = folder / "mission.yaml"
    text = path.read_text(encoding="utf-8")
    own = "  error_correction: {model: measured, engine: cascade}\n"
    path.write_text(text.replace("  ec_efficiency: 1.16", own + "  ec_efficiency: 1.16", 1))
    mission = load_mission(path, folder / "stations.yaml")
    (protocol,) = mission.protocol.choices()
    assert protocol.error_correction == MeasuredEngine(engine="cascade")
    path.write_text(path.read_text(encoding="utf-8").replace("engine: cascade", "engine: turbo"))
    with pytest.raises(InputError, match="use one of: cascade, cascade-fast, ldpc, ldpc-blind"):
        load_mission(path, folder / "stations.yaml")


def test_there_is_no_other_engine() -> None:
    with pytest.raises(NonPhysicalError, match="got 'winnow'"):
        MeasuredEngine(engine="winnow")


@pytest.fixture
def campaign_files(tmp_path):
    """A copy of the shipped campaign."""
    root = Path(__file__).parents[3]
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path
