"""Which of the links that stand still ``satqkd link`` shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from satqkd.cli.fixed import fixed_named, show_every_fixed, show_fixed
from satqkd.cli.fixed_pair import pair_named, show_arm, show_fixed_pair

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission


def stands_still(mission: Mission, name: str) -> bool:
    """Whether a link, or two together, that stand still have this name."""
    return pair_named(mission, name) is not None or fixed_named(mission, name) is not None


def show_standing(mission: Mission, name: str | None, *, out: Path | None, json: bool) -> None:
    """Print the two links, or the link, of a name; all that stand still where none is given.

    Raises
    ------
    SatqkdError
        If the mission has none.
    """
    pair = None if name is None else pair_named(mission, name)
    link = None if name is None else fixed_named(mission, name)
    if pair is not None:
        show_fixed_pair(pair, out=out, json=json)
    elif link is None:
        show_every_fixed(mission, out=out, json=json)
    elif link.source is None:
        show_arm(mission, link, out=out, json=json)
    else:
        show_fixed(mission, link, out=out, json=json)
