"""Where a mission keeps what was done, without reading the rest of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from satqkd.config.yaml_nodes import read_file
from satqkd.errors import InputError

LEDGER: Final = "ledger.sqlite"
"""Name beside the mission file where that names none."""


class LedgerPlace(NamedTuple):
    """The file of a mission's ledger."""

    path: Path
    named: bool
    """Whether the mission file names it."""

    @property
    def kept(self) -> bool:
        """Whether the mission keeps a ledger: it names one, or one is there."""
        return self.named or self.path.exists()


def ledger_place(mission: Path) -> LedgerPlace:
    """Return the file of a mission's ledger, whether it is there or not.

    Parameters
    ----------
    mission
        The mission file; where there is none, the ledger of its folder is meant.

    Raises
    ------
    InputError
        If the mission file is no YAML, or what it names is no path.
    """
    default = LedgerPlace(mission.with_name(LEDGER), named=False)
    if not mission.exists():
        return default
    document = read_file(mission)
    if document.findings:
        raise InputError(document.findings)
    if not isinstance(document.value, dict) or "ledger" not in document.value:
        return default
    written = document.value["ledger"]
    if not isinstance(written, str) or not written.strip():
        raise InputError([document.finding(("ledger",), "is no path", "write the name of a file")])
    return LedgerPlace(mission.parent / written.strip(), named=True)
