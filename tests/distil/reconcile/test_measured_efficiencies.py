"""The committed efficiencies are those that the engines have."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.distil.native import native
from satqkd.distil.reconcile.engines import engine, engine_names
from satqkd.distil.reconcile.measure import measure
from satqkd.key.post_processing.measured_efficiencies import MEASURED_EFFICIENCIES


@pytest.mark.skipif(native() is None, reason="no extension in C here")
def test_a_figure_is_measured_again() -> None:
    """To the last digit: all of it is integers. The script takes 2^27 bits a figure."""
    table = MEASURED_EFFICIENCIES["cascade"]
    got = measure(engine("cascade"), frame_bits=65536, qber=0.005, frames=2**27 // 65536)
    held = table.efficiency(np.array(0.005), sifted_bits=np.array(65536.0))
    assert round(got.efficiency, 4) == pytest.approx(float(held), abs=1e-12)
    assert not got.failed.any()


def test_every_table_is_of_an_engine() -> None:
    assert set(MEASURED_EFFICIENCIES) <= set(engine_names())
    assert {"cascade", "cascade-fast"} <= set(MEASURED_EFFICIENCIES)


@pytest.mark.parametrize("name", ["cascade", "cascade-fast"])
def test_longer_frames_never_tell_more(name: str) -> None:
    """Beyond twice the scatter of two means, 0.002; and the careful one tells least, if long."""
    found = np.array(MEASURED_EFFICIENCIES[name].efficiencies)
    assert (np.diff(found, axis=0) < 0.002).all()
    assert (found > 1.03).all()
    assert (found < 1.2).all()
    assert (np.array(MEASURED_EFFICIENCIES["cascade"].efficiencies)[-1] <= found[-1]).all()
