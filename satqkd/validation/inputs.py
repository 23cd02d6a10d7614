"""What a check is given: published or assumed, and why; from the case file and from presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from satqkd.config.assumed import assumptions, one_line
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.preset import preset_kind, read_preset
from satqkd.errors import NonPhysicalError
from satqkd.validation.case import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEntry:
    """An input as a case file writes it: published or assumed."""

    input: str
    """A key of ``given``, whose value is taken from there, or any name with a value."""
    value: str = ""
    published: str = ""
    """Where it is printed."""
    assumed: str = ""
    """Why this value, which is assumed."""
    fitted: tuple[str, ...] = ()
    """Figures of the case that the value was chosen to meet."""

    def __post_init__(self) -> None:
        if bool(self.published) == bool(self.assumed):
            raise NonPhysicalError("published", "or 'assumed' must say why, one of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetEntry:
    """A preset that a check takes values from."""

    preset: str
    parts: tuple[str, ...] = ()
    """Dotted paths of what it takes; all for none."""
    fitted: tuple[str, ...] = ()
    """Figures of the case that one of its values was chosen to meet."""


def inputs_of(
    entries: Sequence[InputEntry],
    given: Sequence[Mapping[str, Any]],
    presets: Sequence[PresetEntry],
) -> Iterator[Input]:
    """Yield what a case is given, its own values first.

    Parameters
    ----------
    entries
        As written.
    given
        What each run's check is given, as written.
    presets
        What else the check takes values from.

    Raises
    ------
    Mistake
        If a name means nothing.
    """
    for entry in entries:
        yield Input(
            name=entry.input,
            value=entry.value or _given_value(entry.input, given),
            assumed=bool(entry.assumed),
            why=entry.assumed or entry.published,
            fitted=entry.fitted,
        )
    for each in presets:
        for one in preset_inputs(each.preset, each.parts):
            yield replace(one, fitted=each.fitted)


def preset_inputs(name: str, paths: Sequence[str] = ()) -> Iterator[Input]:
    """Yield the values of a preset below some paths, from its ``sources`` and ``assumed``.

    Raises
    ------
    Mistake
        If there is no such preset, or it gives no source of a path.
    """
    kind = preset_kind(name)
    if kind is None:
        raise Mistake(f"there is no preset {quoted(name)}", "see 'satqkd preset list'")
    document = read_preset(name)
    documented = {key: document.value.get(key) or {} for key in ("sources", "assumed")}
    for path in paths:
        if not any(_below(key, path) for texts in documented.values() for key in texts):
            known = [key for texts in documented.values() for key in texts]
            raise Mistake(f"{name} gives no source of {quoted(path)}", did_you_mean(path, known))
    for key, texts in documented.items():
        wanted = {p: why for p, why in texts.items() if not paths or _among(p, paths)}
        root = () if kind == "mission" else (kind,)
        for found in assumptions(document, wanted, name=name, root=root):
            where = found.where.replace(f": {kind}.", ": ", 1)
            yield Input(
                name=where,
                value=found.value,
                assumed=key == "assumed",
                why=found.why,
                preset=name,
            )


def _among(path: str, paths: Sequence[str]) -> bool:
    return any(_below(path, each) for each in paths)


def _below(path: str, of: str) -> bool:
    return path == of or path.startswith((f"{of}.", f"{of}["))


def _given_value(name: str, given: Sequence[Mapping[str, Any]]) -> str:
    """Return the values that the runs have under a key, each once."""
    values = dict.fromkeys(one_line(run[name]) for run in given if name in run)
    if not values:
        known = list(dict.fromkeys(key for run in given for key in run))
        raise Mistake(
            f"no run is given {quoted(name)}, and no value is written", did_you_mean(name, known)
        )
    return ", ".join(values)
