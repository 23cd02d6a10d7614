"""Whose contacts a command lists: names of stations, satellites and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.stream import Chosen
    from satqkd.mission.mission import Mission
    from satqkd.mission.together import Together


def no_pass(mission: Mission) -> str:
    """Say why a table is empty."""
    if not mission.spacecraft:
        standing = (*mission.together_links, *mission.links)
        names = ", ".join(repr(link.name) for link in standing)
        return "no pass: the mission names no satellite" + (
            f"\n  fix: 'satqkd link' lists its links; name one of them: {names}" if names else ""
        )
    if not mission.stations:
        return "no pass: there is no station"
    days = mission.duration_s / 86_400.0
    unit = "day" if days == 1.0 else "days"
    return (
        f"no pass: within {days:g} {unit} from {mission.start:%Y-%m-%dT%H:%M:%SZ} no satellite "
        "rises above a station's lowest elevation"
    )


def pairs_of(mission: Mission, satellite: Sequence[str] | None) -> list[Together]:
    """Pairs of the mission with the satellites asked for."""
    if mission.together_links and not mission.together:
        raise SatqkdError(
            "--together: the mission's pairs are of terrestrial links and see no satellite\n"
            "  fix: add --links"
        )
    if not mission.together:
        raise SatqkdError(
            "--together: the mission has no pair of stations with a satellite between them\n"
            "  fix: add 'together: [{stations: [A, B], protocol: twin-field-2025}]' to it, or "
            "begin with 'satqkd preset copy twin-field-node'"
        )
    wanted = set(chosen_of(mission, None, satellite).satellites)
    return [
        replace(pair, spacecraft=tuple(craft for craft in pair.spacecraft if craft in wanted))
        for pair in mission.together
    ]


def links_of(mission: Mission, *, together: bool) -> Chosen:
    """Terrestrial links of the mission; with ``together`` only two with a node between them."""
    from satqkd.forecast.stream import Chosen

    chosen = Chosen.over_ground(mission, alone=not together)
    if chosen.links:
        return chosen
    if together and mission.links:
        raise SatqkdError(
            "--together: no two of the mission's links have a node between them\n"
            "  fix: leave out --together"
        )
    raise SatqkdError(
        "--links: no terrestrial link of the mission makes key\n"
        "  fix: add one under 'links:', with 'source' and 'detector', or begin with 'satqkd preset "
        "copy ground-links'"
    )


def chosen_of(
    mission: Mission, station: Sequence[str] | None, satellite: Sequence[str] | None
) -> Chosen:
    """Stations and satellites named; all when none is."""
    from satqkd.elements.synthetic import design_name
    from satqkd.forecast.stream import Chosen

    sites = [ground.site.name for ground in mission.stations]
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    numbers = [craft.satellite.number_or_designator.casefold() for craft in mission.spacecraft]
    flown = named(
        satellite, crafts, "satellite", file=mission.inputs[0].path, or_by=numbers,
        families=[design_name(craft.satellite) for craft in mission.spacecraft],
    )  # fmt: skip
    at = named(station, sites, "station", file=mission.inputs[1].path)
    return Chosen(
        satellites=[i for i, yes in enumerate(flown) if yes],
        stations=[i for i, yes in enumerate(at) if yes],
    )


def named(
    wanted: Sequence[str] | None,
    names: Sequence[str],
    what: str,
    *,
    file: str = "the mission's files",
    or_by: Sequence[str] = (),
    families: Sequence[str] = (),
) -> list[bool]:
    """Tell for each name whether it is wanted; one that nobody has is an error.

    The mark of synthetic orbits need not be written; ``or_by`` are other names of the same,
    ``families`` what several go by together, ``file`` is where they stand. A word that is a name
    means that one alone.
    """
    if not wanted:
        return [True] * len(names)
    folded = [_folded(name) for name in names]
    others = list(or_by) or folded
    groups = [_folded(family) for family in families] or folded
    alone = {*folded, *others}
    asked = {_folded(name) for name in wanted}
    if not names:
        raise SatqkdError(
            f"--{what}: the mission has none\n"
            f"  fix: leave out --{what}, or add one under '{what}s:' in {file}"
        )
    missing = [name for name in wanted if _folded(name) not in {*alone, *groups}]
    if missing:
        raise SatqkdError(
            f"no {what} is called {', '.join(map(repr, missing))}\n"
            f"  fix: write one of {', '.join(dict.fromkeys([*families] or names))}"
        )
    together = asked - alone
    return [
        not asked.isdisjoint(pair) or group in together
        for *pair, group in zip(folded, others, groups, strict=True)
    ]


def _folded(name: str) -> str:
    from satqkd.elements.satellite import SYNTHETIC_MARK

    return name.casefold().removesuffix(SYNTHETIC_MARK)


def group(text: str, names: Sequence[str]) -> list[int]:
    """Indices of the names in a list with commas; a name may itself hold commas.

    Raises
    ------
    SatqkdError
        For a name nobody has, one that is there twice, and fewer than two.

    Examples
    --------
    >>> group("graz, 1 m,matera", ["Graz, 1 m", "Matera"])
    [0, 1]
    """
    if len(names) < 2:
        raise SatqkdError(
            f"--together needs two stations, and the mission has {'one' if names else 'none'}\n"
            "  fix: add stations to the mission's list of them, or leave out --together"
        )
    folded = [name.casefold() for name in names]
    words, found = text.split(","), list[int]()
    while words:
        for size in range(len(words), 0, -1):
            name = ",".join(words[:size]).strip().casefold()
            if name in folded:
                found.append(folded.index(name))
                words = words[size:]
                break
        else:
            raise SatqkdError(
                f"--together: no station is called {words[0].strip()!r}\n"
                f"  fix: write two or more of {', '.join(names)}, with commas between"
            )
    if len(found) < 2 or len(set(found)) < len(found):
        raise SatqkdError(
            f"--together: {text!r} does not name two or more different stations\n"
            f"  fix: write two or more of {', '.join(names)}, with commas between"
        )
    return found
