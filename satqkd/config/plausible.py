"""Values that can be computed with and that hardly any hardware has: told, not refused."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from satqkd.config.mistake import Mistake, quoted
from satqkd.config.quantity import as_written, example_of, parse_field, unit_of
from satqkd.config.yaml_nodes import Document, Place
from satqkd.errors import SatqkdWarning


class Usual(NamedTuple):
    """What the values of a key lie between where somebody built it."""

    field: str
    low: float
    high: float
    why: str


USUAL: Final = {
    "aperture": Usual("aperture_m", 5e-3, 11.0, "the largest telescopes have 10 m"),
    "divergence": Usual("divergence_rad", 5e-7, 5e-3, "beams of terminals have 1 to 1000 urad"),
    "wavelength": Usual("wavelength_m", 300e-9, 5e-6, "links are flown from 500 nm to 2 um"),
    "field_of_view": Usual("field_of_view_rad", 5e-7, 2e-2, "receivers see 4 to 1000 urad"),
    "slew": Usual("slew_s", 0.0, 1_800.0, "satellites turn within minutes"),
    "acquisition": Usual("acquisition_s", 0.0, 600.0, "a pass lasts ten minutes"),
    "pulse_rate": Usual("pulse_rate_hz", 1e3, 1e11, "sources pulse at 1 MHz to 10 GHz"),
    "dead_time": Usual("dead_time_s", 0.0, 1e-3, "detectors recover within 1 ns to 50 us"),
    "dark_rate": Usual("dark_rate_hz", 0.0, 1e6, "detectors count 0.01 to 10,000 in the dark"),
    "gate": Usual("gate_s", 1e-12, 1e-6, "gates are 50 ps to 10 ns long"),
}
"""By key; the bounds are assumed, some ten times beyond what the sources of the presets print."""


def warn_of_implausible(documents: Iterable[Document]) -> None:
    """Warn of each value outside what is usual, with its place; a key's once, with their count."""
    found: dict[str, list[str]] = {}
    for document in {document.file: document for document in documents}.values():
        for key, text in _odd(document):
            found.setdefault(key, []).append(text)
    for texts in found.values():
        more = f" ({len(texts) - 1} more such values)" if len(texts) > 1 else ""
        warnings.warn(f"{texts[0]}{more}", SatqkdWarning, stacklevel=3)


def _odd(document: Document) -> Iterator[tuple[str, str]]:
    for place, text in _leaves(document.value, ()):
        usual = USUAL.get(str(place[-1])) if place else None
        if usual is None:
            continue
        try:
            value = parse_field(text, usual.field)
        except Mistake:
            continue
        if not usual.low <= value <= usual.high:
            unit, example = unit_of(usual.field), example_of(usual.field)
            low, high = (" ".join(as_written(end, unit, example)) for end in usual[1:3])
            finding = document.finding(place, "", "")
            told = (
                f"{finding.place}: {finding.where}: {quoted(text)} lies outside what is usual, "
                f"{low} to {high}: {usual.why}; is the unit right?"
            )
            yield str(place[-1]), told


def _leaves(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*place, index))
    elif isinstance(value, str):
        yield place, value
