"""The gallery of docs/python.md runs as it is printed, and comes to what it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "python.md"


def blocks() -> list[str]:
    """Code of the page, block by block."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def campaign(tmp_path, monkeypatch) -> Path:
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_of_the_gallery_runs_in_order_and_its_results_make_sense(campaign, capsys):
    names: dict[str, object] = {}
    for block in blocks():
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 -- our own page
    assert len(blocks()) == 11
    assert list(names["best"].secure_bits) == sorted(names["best"].secure_bits, reverse=True)
    # key needs light: none near the horizon, most in the zenith
    assert names["bits_a_minute"][0] == 0 < names["bits_a_minute"][-1]
    # one station of six collects 2.25 times the light, which can double or treble its key alone
    assert 1.05 < names["gain"] < 3.0
    assert names["pooled"] > names["separately"] > 0
    clear = names["week"].yields.keys.secure_bits.sum()
    # the stations are clear 50 to 70 % of the nights
    assert 0.4 * clear < names["expected_bits"] < clear
    assert int(names["months"].iloc[0]) == clear
    assert (campaign / "pass.png").stat().st_size > 10_000
    assert 100.0 < names["longest_s"] < 900.0
    assert names["windows"].duration_s.max() == round(names["longest_s"], 1)
    assert set(names["windows"].stations) == {"Delingha + Lijiang"}
    assert names["flown"] == (names["table"].status == "scheduled").sum() > 0
    assert names["why_not"].reason.str.startswith(("clash", "not needed")).all()
    assert (len(names["figures"]), len(names["outside"])) == (9, 0)
    assert capsys.readouterr().out.count("within") == 9


def test_importing_satqkd_loads_neither_numpy_nor_any_room():
    found = subprocess.run(
        [sys.executable, "-c", "import satqkd, sys; print(*sorted(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(found.stdout.split())
    assert "numpy" not in loaded
    assert {name for name in loaded if name.startswith("satqkd.")} == set()


def test_every_public_name_can_be_had_and_has_a_docstring():
    import satqkd  # noqa: PLC0415

    for name in satqkd.__all__:
        thing = getattr(satqkd, name)
        assert name == "__version__" or thing.__doc__
        assert name in PAGE.read_text(encoding="utf-8") or name == "__version__"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        satqkd.nothing  # noqa: B018
