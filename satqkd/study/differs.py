"""What is not as it was when a study was worked out: which files, which settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_WORDS: Final = ("name", "question", "file")
"""What may change without another result."""
_FILES: Final = "inputs"
_ROWS: Final = "rows"


def differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say what differs between two studies as ``study.json`` has them; nothing where only words do.

    Examples
    --------
    >>> files = [{"file": "mission.yaml", "sha256": "aa"}, {"file": "old.csv", "sha256": "bb"}]
    >>> changed = [{"file": "mission.yaml", "sha256": "cc"}]
    >>> differs({"inputs": files, "seed": 1}, {"inputs": changed, "seed": 2})
    'mission.yaml has changed; old.csv is read no more; seed differs'
    """
    keys = [key for key in now if key not in (*_WORDS, _FILES) and before.get(key) != now[key]]
    files = list(_changed(before, now))
    named = [key for key in keys if key != _ROWS]
    if not named and not files:
        return "its points differ" if keys else ""
    several = len(named) > 1 or (named and named[0].endswith("s"))
    settings = [f"{', '.join(named)} {'differ' if several else 'differs'}"] if named else []
    return "; ".join((*files, *settings))


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what became of each file that points rest on and that is not what it was."""
    was, has = _hashes(before), _hashes(now)
    for name in sorted({*was, *has}):
        if was.get(name) != has.get(name):
            how = "has changed" if name in was and name in has else "is read no more"
            yield f"{name} {'was not read before' if name not in was else how}"


def _hashes(told: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the hashes of the files of a name: folders are left out, so that there may be some."""
    found: dict[str, set[str]] = {}
    for one in told.get(_FILES) or []:
        found.setdefault(str(one["file"]), set()).add(str(one["sha256"]))
    return found
