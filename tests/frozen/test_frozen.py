"""Tables of three shipped missions are, to the byte, those that were frozen."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from as_user import run
from cases import Case, cases
from outputs import digest, outputs

FROZEN = json.loads((Path(__file__).parent / "frozen.json").read_text(encoding="utf-8"))
MISSIONS = ("shipped", "jinan-1-constellation", "twin-field-node")
PLAN = ("plan", "--out", "OUT")
LONGEST = "jinan-1-constellation"
"""Its plan takes most of a minute: ``freeze.py`` alone holds it."""


def _part() -> list[Case]:
    """Every table written with ``--csv``, and one plan, of each mission."""
    return [
        case
        for case in cases()
        if case.name in FROZEN
        and case.mission in MISSIONS
        and ("--csv" in case.words or (case.words == PLAN and case.mission != LONGEST))
    ]


PART = _part()


@pytest.mark.parametrize("case", PART, ids=[case.name for case in PART])
def test_tables_are_those_that_were_frozen(case, tmp_path):
    """Exit code, standard output and every table in the folder."""
    found = {name: digest(text) for name, text in outputs(case, run=run, folder=tmp_path).items()}
    wanted = FROZEN[case.name]

    changed = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    assert not changed, (
        f"{case.name}: {', '.join(changed)} differ; run python tests/frozen/freeze.py "
        f"--against 8747a04 --only '{case.name}' to see the lines"
    )


@pytest.mark.parametrize("mission", MISSIONS)
def test_every_mission_has_tables_and_a_plan_here(mission):
    """A case that loses its name must not be left out in silence; the longest plan is, by name."""
    own = [case.words for case in PART if case.mission == mission]

    assert (PLAN in own) != (mission == LONGEST)
    assert len(own) > 10
