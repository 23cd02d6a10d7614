"""How contacts are gathered into key blocks: by a plan, and by a study without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from satqkd.mission.mission import Mission

ALONE: Final = "pass"
"""How a block gathers that is of one contact."""
_OF_KEY: Final = ("key_day", "_bits")
"""What stands in the names of figures that blocks change."""


def gathered_by(mission: Mission) -> tuple[str, ...]:
    """Return how a plan of a mission gathers contacts into key blocks, as ``blocks:`` writes it."""
    spans = {str(mission.block_period(craft)) for craft in range(len(mission.spacecraft))}
    spans |= {str(one.blocks) for one in mission.demands if one.blocks is not None}
    return tuple(sorted(spans))


def not_gathered(manifest: Mapping[str, Any]) -> str:
    """Say that key is not pooled as the mission's plan would; empty where it is, or none is told.

    Parameters
    ----------
    manifest
        What a study kept of itself.

    Examples
    --------
    >>> told = {"plan": False, "blocks": ["week"], "expressions": {"key": "key_day_mean"}}
    >>> not_gathered(told)[:49]
    'each contact is a key block of its own, as no poi'
    >>> not_gathered({**told, "plan": True}), not_gathered({**told, "blocks": ["pass"]})
    ('', '')
    """
    spans = [one for one in manifest.get("blocks") or () if one != ALONE]
    texts = (manifest.get("expressions") or {}).values()
    if manifest.get("plan") or not spans:
        return ""
    if not any(word in text for text in texts for word in _OF_KEY):
        return ""
    return (
        "each contact is a key block of its own, as no point is planned; the mission's plan "
        f"gathers by {' and '.join(spans)}, which can make much more key (a study with "
        "'plan: true' tells it)"
    )
