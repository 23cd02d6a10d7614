"""The file that brings the fitted constants to the next forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from satqkd.calibration.calibrate import CalibratedLog, CalibratedPair
from satqkd.calibration.constants import WORDS
from satqkd.config.quantity import COMMON, key_of, unit_of
from satqkd.mission.calibration import Correction, range_of

_HEAD = """\
# What flown passes say against the stated constants: made by 'satqkd calibrate'.
# With 'calibration: {name}' in mission.yaml every command heeds it.
# Ranges take the place of the stated ones; those of the loss constants are narrowed together, so
# that all of them at one end shift the loss by its own 95 % interval.
"""

_WRITTEN = {"m": "km", "rad": "urad", "W m-2 sr-1 m-1": "W m-2 sr-1 um-1"}
"""Units that people write for those satqkd computes in."""


def overlay_text(result: CalibratedLog, *, name: str = "calibration.yaml") -> str:
    """Return the overlay as YAML; empty where nothing could be fitted."""
    overlay = result.overlay
    if overlay is None:
        return ""
    lines = [
        _HEAD.format(name=name),
        f"log: {_quoted(overlay.log)}",
        f"log_sha256: {overlay.log_sha256}",
        "corrections:",
    ]
    for pair in result.pairs:
        if pair.correction is not None:
            lines += _pair_lines(pair, pair.correction)
    return "\n".join(lines) + "\n"


def _pair_lines(pair: CalibratedPair, correction: Correction) -> Iterator[str]:
    yield f"  - satellite: {_quoted(correction.satellite)}"
    yield f"    station: {_quoted(correction.station)}"
    known = {field.name for field in fields(Correction)}
    for name, value in correction.given.items():
        yield f"    {key_of(name)}: {_quantity(value, name)}{_remark(pair, name)}"
        limits = getattr(correction, range_of(name)) if range_of(name) in known else None
        if limits is not None:
            low, high = (_quantity(end, name) for end in limits)
            yield f"    {key_of(range_of(name))}: [{low}, {high}]"


def _remark(pair: CalibratedPair, name: str) -> str:
    """Say what was stated, and how well the constant is known by itself."""
    constants = [constant.name for constant in pair.fitted.constants]
    index = constants.index(name)
    words = WORDS[name]
    interval = pair.interval(index)
    if interval is None:
        return "  # as stated: held, others stand for it"
    low, high, stated = (
        f"{end / words.per_unit:.3g}" for end in (*interval, pair.fitted.constants[index].stated)
    )
    unit = f" {words.unit}".rstrip()
    return f"  # stated {stated}{unit}; alone, 95 %: {low} to {high}{unit}"


def _quantity(value: float, name: str) -> str:
    """Write a value to seven digits with the unit people use for it."""
    unit = unit_of(name)
    written = _WRITTEN.get(unit, unit)
    factor = COMMON[unit][written] if unit else 1.0
    return f"{value / factor:.7g} {written}".rstrip()


def _quoted(text: str) -> str:
    """Write a text so that YAML takes it for that text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
