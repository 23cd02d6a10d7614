"""Ranges that a mission states of its own values, and the values that have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from satqkd.config.axis import as_numbers
from satqkd.config.parts import read_parts
from satqkd.config.yaml_nodes import Document, Place, dotted
from satqkd.mission.mission import Mission
from satqkd.study.base import Base

RANGE: Final = "_range"
_CLEAR, _SPREAD = "clear_fraction", "clear_fraction_spread"
_PLAIN: Final = frozenset({"loss", "jitter", "attenuation", "visibility"})
"""Words that need what stands above them to say what they are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRange:
    """A value with the range that is stated with it, and all places where it stands."""

    name: str
    """A word."""
    title: str
    paths: tuple[str, ...]
    """Where it is set, as ``--set`` takes them."""
    texts: tuple[str, str, str]
    """Low, stated, high, as they are told."""
    numbers: tuple[float, float, float]
    """The same in one unit."""
    unit: str
    source: str
    """Why this range, as the file has it; that none is given, where it says nothing."""
    places: tuple[str, ...]
    """Where the value stands, as assumptions name their places."""
    shares: tuple[float, ...] = ()
    """Shares of clear sky that the numbers shift, of a climate; empty for a plain value."""

    def written(self, number: float) -> str:
        """Return what is set for a number."""
        if not self.shares:
            return f"{number:.12g} {self.unit}".rstrip()
        moved = (min(max(share + number / 100.0, 0.0), 1.0) for share in self.shares)
        return f"[{', '.join(f'{share:.12g}' for share in moved)}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVaried:
    """A value that is assumed without a range, or a range that cannot be walked."""

    where: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a mission says of what it does not know."""

    ranges: tuple[StatedRange, ...]
    left: tuple[NotVaried, ...]
    spreads: tuple[str, ...]
    """Paths of the spreads of climates whose shares are walked instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A range at one place."""

    holder: str
    """Part, station or file that it belongs to: equal ranges of one are one thing."""
    owner: str
    """What it is of, for its title; empty where that goes without saying."""
    path: str
    rest: str
    """Path within the holder."""
    texts: tuple[str, str, str]
    source: str
    place: str
    shares: tuple[float, ...] = ()


def ranges_of(base: Base) -> Known:
    """Return the ranges that a mission and what it names state, in the order of its files.

    A range of a preset or file that several satellites or stations name is one range. A climate's
    shares move together, by its spread.

    Raises
    ------
    InputError
        If the mission cannot be read.
    """
    mission = base.at()
    found: list[_Found] = []
    left: list[NotVaried] = []
    for one in _walked(base):
        if isinstance(one, _Found):
            found.append(one)
        else:
            left.append(one)
    groups: dict[tuple[str, str, tuple[str, str, str]], list[_Found]] = {}
    for one in found:
        groups.setdefault((one.holder, one.rest, one.texts), []).append(one)
    ranges: list[StatedRange] = []
    taken: set[str] = set()
    for group in groups.values():
        made = _range(group, taken)
        if made is None:
            first = group[0]
            why = "its range has another unit than the value, or does not hold it"
            left.append(NotVaried(where=first.place, value=first.texts[1], why=why))
            continue
        taken.add(made.name)
        ranges.append(made)
    varied = {place for one in ranges for place in one.places}
    return Known(
        ranges=tuple(ranges),
        left=tuple(dict.fromkeys((*left, *_assumed(mission, varied), *_calibrated(mission)))),
        spreads=tuple(
            path.replace(_CLEAR, _SPREAD) for one in ranges if one.shares for path in one.paths
        ),
    )


def _walked(base: Base) -> Iterator[_Found | NotVaried]:
    mission, stations = base.documents()
    parts, _ = read_parts(mission, stations, base.files)
    satellites = mission.value.get("satellites") or []
    several = len({part.name for (kind, _), part in parts.items() if kind == "payload"}) > 1
    yield from _of_document(mission, (), "", owner="", holder=mission.name)
    for index in range(len(satellites)):
        part = parts.get(("payload", index))
        if part is not None:
            yield from _of_document(
                part.document, part.root, f"satellites[{index}].payload",
                owner=part.name if several else "", holder=part.name,
            )  # fmt: skip
    for index, item in enumerate(stations.value):
        name = str(item.get("name", index))
        own = name if len(stations.value) > 1 else ""
        yield from _of_document(stations, (index,), f"stations[{index}]", owner=own, holder=name)
        part = parts.get(("terminal", index))
        if part is not None:
            yield from _of_document(
                part.document, part.root, f"stations[{index}].terminal",
                owner=part.name, holder=part.name,
            )  # fmt: skip


def _of_document(
    document: Document, root: Place, prefix: str, *, owner: str, holder: str
) -> Iterator[_Found | NotVaried]:
    value: Any = document.value
    for part in root:
        value = value[part]
    whole = value if document.items else document.value
    reasons = {**(whole.get("assumed") or {}), **(whole.get("sources") or {})}
    for steps, above in _mappings(value):
        for key in above:
            pair = _pair(above, str(key))
            if pair is None:
                continue
            own, texts, shares = pair
            rest = dotted((*steps, own))
            place = (*root, *steps, own)
            said = document.where(place) if document.items else rest
            name = holder if root and not document.items else document.name
            where = f"{name}: {said}"
            if texts is None:
                yield NotVaried(where=where, value="not written", why="its value is not given")
                continue
            yield _Found(
                holder=holder, owner=owner, path=".".join(filter(None, (prefix, rest))), rest=rest,
                texts=texts, shares=shares, place=where,
                source=_source(reasons, dotted((*steps, str(key))), rest),
            )  # fmt: skip


def _mappings(value: Any, steps: Place = ()) -> Iterator[tuple[Place, Mapping[Any, Any]]]:
    if isinstance(value, dict):
        if steps[-1:] in {("sources",), ("assumed",)}:
            return
        yield steps, value
        for key, inner in value.items():
            yield from _mappings(inner, (*steps, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _mappings(inner, (*steps, index))


def _pair(
    above: Mapping[Any, Any], key: str
) -> tuple[str, tuple[str, str, str] | None, tuple[float, ...]] | None:
    """Return the value that a key is the range of: its key, low, stated and high; and its shares.

    None of a key that is no such range.
    """
    if key == _CLEAR:
        return _climate(above)
    own, limits = key.removesuffix(RANGE), above[key]
    if own == key or not isinstance(limits, list) or len(limits) != 2:
        return None
    if own not in above:
        return None if own in _NO_VALUES else (own, None, ())
    low, high = (str(one) for one in limits)
    return own, (low, str(above[own]), high), ()


_NO_VALUES: Final = frozenset({"azimuth", "max"})
"""What has limits under this name, and no value."""


def _climate(
    above: Mapping[Any, Any],
) -> tuple[str, tuple[str, str, str], tuple[float, ...]] | None:
    shares = as_numbers([str(one) for one in above[_CLEAR]])
    spread = as_numbers([str(above.get(_SPREAD, "10 %"))])
    if shares is None or spread is None:
        return None
    factor = {"%": 0.01, "": 1.0}
    half = 100.0 * spread[0][0] * factor.get(spread[1], 0.0)
    if half <= 0.0:
        return None
    moved = tuple(one * factor.get(shares[1], 0.0) for one in shares[0])
    return _CLEAR, (f"{-half:g} %", "0 %", f"{half:g} %"), moved


def _source(reasons: Mapping[str, str], limits: str, own: str) -> str:
    if own.endswith(_CLEAR):
        limits = own.replace(_CLEAR, _SPREAD)
        return str(reasons.get(limits) or reasons.get(own) or "years differ by so much: assumed")
    return str(reasons.get(limits) or reasons.get(own) or "no source given")


def _range(group: Sequence[_Found], taken: set[str]) -> StatedRange | None:
    first = group[0]
    low, stated, high = first.texts
    read = as_numbers([stated, low, high])
    if read is None:
        return None
    (middle, least, most), unit = read
    if not least <= middle <= most or least == most:
        return None
    words = first.rest.replace("]", "").replace("[", ".").split(".")
    leaf = words[-1]
    plain = " ".join(words[-2:]) if leaf in _PLAIN and len(words) > 1 else leaf
    title = plain.replace("_", " ")
    if first.shares:
        title = "clear sky"
    if first.owner:
        title += f", {first.owner}"
    return StatedRange(
        name=_word(title, taken), title=title,
        paths=tuple(one.path for one in group), texts=(low, stated, high),
        numbers=(least, middle, most), unit=unit, source=first.source,
        places=tuple(dict.fromkeys(one.place for one in group)),
        shares=first.shares,
    )  # fmt: skip


def _word(title: str, taken: set[str]) -> str:
    """Return a word for a title that is not taken yet."""
    letters = "".join(one if one.isascii() and one.isalnum() else " " for one in title)
    word = "_".join(letters.split()) or "range"
    word = word if word[0].isalpha() else f"of_{word}"
    number, made = 2, word
    while made in taken:
        made, number = f"{word}_{number}", number + 1
    return made


def _assumed(mission: Mission, varied: set[str]) -> Iterator[NotVaried]:
    """Yield the numbers that are assumed, and have no range."""
    for one in mission.assumptions:
        if one.where in varied or one.where.removesuffix(RANGE) in varied:
            continue
        if as_numbers([one.value]) is not None and not one.where.endswith((RANGE, _SPREAD)):
            yield NotVaried(where=one.where, value=one.value, why=one.why)


def _calibrated(mission: Mission) -> Iterator[NotVaried]:
    """Yield what a calibration puts in the place of stated values."""
    calibration = mission.calibration
    for one in calibration.corrections if calibration else ():
        for name, value in one.given.items():
            yield NotVaried(
                where=f"{calibration.log if calibration else ''}: {one.satellite} over "
                f"{one.station}: {name}",
                value=f"{value:g}" if isinstance(value, float) else str(value),
                why="fitted to flown passes: counts instead of the stated value",
            )
