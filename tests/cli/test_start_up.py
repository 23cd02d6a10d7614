"""What a command loads before it answers."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("astropy", "highspy", "matplotlib", "pandas", "scipy.signal", "scipy.stats")
"""Each takes 0.2 s or more to load."""


def test_a_pass_table_loads_no_heavy_package(campaign):
    """One station and one day stay below a second: who needs one imports it where it is used."""
    code = (
        "import sys\n"
        "from satqkd.cli import main\n"
        "try:\n    main()\n"
        f"finally:\n    print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code, "passes", "--station", "Xinglong", "--days", "1"],
        cwd=campaign,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.splitlines()[-1] == "[]"
