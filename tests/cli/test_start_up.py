"""What a command loads before it answers."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

LATE = ("PIL", "astropy", "highspy", "matplotlib", "numpy.f2py", "numpy.testing", "pandas", "scipy")
"""Packages that take 0.1 s or more to load, all that lies in them included."""

OF_PLANS = ("satqkd.forecast.plan", "satqkd.schedule.solve")
"""What decides between passes; a table of passes decides nothing."""

OF_OTHER_MISSIONS = (
    "pydantic",
    "satqkd.clicks.four_intensity",
    "satqkd.elements.oem",
    "satqkd.elements.omm",
    "satqkd.key.node.estimators",
    "satqkd.timing.attacks",
    "satqkd.timing.result",
    "satqkd.timing.systems",
)
"""What reads values that are not plain, messages, joint contacts and clocks; the campaign states
none of them."""


def loaded(cwd: Path, *words: str) -> list[str]:
    """Run the command and return every module that was there when it ended."""
    code = (
        "import sys\n"
        "from satqkd.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(' '.join(sys.modules), file=sys.stderr)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stderr.splitlines()[-1].split()


def of(names: tuple[str, ...], modules: list[str]) -> list[str]:
    """Return the modules that are one of ``names`` or lie in it."""
    return [module for module in modules if any(f"{module}.".startswith(f"{n}.") for n in names)]


@pytest.mark.parametrize("words", [(), ("--geometry",), ("--csv",), ("--json",)], ids=" ".join)
def test_a_pass_table_loads_no_heavy_package(campaign, words):
    """One station and one day stay below a second: who needs one imports it where it is used."""
    modules = loaded(campaign, "passes", "--station", "Xinglong", "--days", "1", *words)

    assert "numpy" in modules
    assert of((*LATE, *OF_PLANS, *OF_OTHER_MISSIONS), modules) == []


def test_the_help_loads_no_arrays(tmp_path):
    assert of(("numpy", "ruamel", *LATE), loaded(tmp_path, "--help")) == []


def test_a_plan_loads_neither_tables_of_data_nor_units_nor_windows_to_draw_in(campaign):
    modules = loaded(campaign, "plan", "--days", "1")

    assert "matplotlib.figure" in modules
    assert of(("astropy", "matplotlib.pyplot", "pandas"), modules) == []
    assert of(("scipy.interpolate", "scipy.optimize", "scipy.stats"), modules) == []


def test_a_plan_without_pictures_loads_nothing_that_draws(campaign):
    modules = loaded(campaign, "plan", "--days", "1", "--pictures", "none")

    assert "satqkd.network.plan" in modules
    assert of(("matplotlib", "PIL", "satqkd.report.pictures"), modules) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_all_is_loaded_is_one_word(number):
    """No traceback, and the exit code of the signal."""
    code = (
        "import os, sys\n"
        "from satqkd.cli import main\n"
        "class Late:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'satqkd.cli.app':\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Late())\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 128 + number
    assert done.stderr == "stopped\n"


def test_what_cannot_be_loaded_is_no_answer():
    """Python would end with 1, which says that nothing is visible."""
    code = "import sys\nsys.modules['typer'] = None\nfrom satqkd.cli import main\nmain()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 70
