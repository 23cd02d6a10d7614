"""What is varied, from ``study.yaml``: values with the settings they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from satqkd.config.axis import as_numbers
from satqkd.config.mistake import Mistake
from satqkd.config.quantity import parse_whole
from satqkd.config.study_file import StudyFile, VariableEntry
from satqkd.config.yaml_nodes import Document, Place, read_text
from satqkd.errors import Finding
from satqkd.study.variable import Axis, Keep, Level, Places, Setting, Span, Variable


def read_variables(
    layout: StudyFile, document: Document
) -> tuple[tuple[Variable, ...], list[Finding]]:
    """Return what is varied, and what is wrong with it."""
    found, findings = [], []
    for index, entry in enumerate(layout.vary):
        at: Place = ("vary", index)
        try:
            found.append(_variable(entry, document, at, layout))
        except Mistake as mistake:
            findings.append(document.finding(at, mistake.message, mistake.fix))
    return tuple(found), findings


def setting_of(document: Document, at: Place, path: str, value: str) -> Setting:
    """Return a setting that stands at a place of the file."""
    return Setting(path=path, value=value, by=place_of(document, at))


def place_of(document: Document, at: Place) -> str:
    """Return file and line of a place."""
    return document.finding(at, "", "").place


def _variable(entry: VariableEntry, document: Document, at: Place, layout: StudyFile) -> Variable:
    if entry.range is not None:
        return _spanned(entry, document, at, layout)
    levels = tuple(_bundles(entry, document, at) if entry.bundles else _levels(entry, document, at))
    texts = [level.text for level in levels]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise Mistake(f"'{entry.name}' has the value {twice!r} twice", "keep one")
    numbers = None if entry.bundles else as_numbers(texts)
    if numbers is None:
        return Variable(axis=_axis(entry, "", texts, numeric=False), levels=levels)
    numbered = tuple(
        Level(text=level.text, number=number, settings=level.settings, keep=level.keep)
        for level, number in zip(levels, numbers[0], strict=True)
    )
    return Variable(axis=_axis(entry, numbers[1], texts, numeric=True), levels=numbered)


def _axis(entry: VariableEntry, unit: str, texts: Sequence[str], *, numeric: bool) -> Axis:
    log = entry.range is not None and entry.range.log
    return Axis(
        name=entry.name, title=entry.title or entry.name.replace("_", " "), unit=unit,
        numeric=numeric, levels=tuple(texts), log=log,
    )  # fmt: skip


def _paths(entry: VariableEntry) -> tuple[str, ...]:
    return entry.paths if entry.path is None else (entry.path,)


def _levels(entry: VariableEntry, document: Document, at: Place) -> Iterator[Level]:
    """Yield values that stand one by one."""
    for number, value in enumerate(entry.values):
        by = place_of(document, (*at, "values", number))
        plain = read_text(value, file=by).value
        text = plain if isinstance(plain, str) else value
        if entry.keep is not None:
            keep = _keep(entry, plain, by)
            yield Level(text=keep.text, number=None, keep=keep)
            continue
        written = value if entry.written is None else entry.written.replace("{}", text)
        yield Level(
            text=text,
            number=None,
            settings=tuple(Setting(path=path, value=written, by=by) for path in _paths(entry)),
        )


def _keep(entry: VariableEntry, plain: object, by: str) -> Keep:
    if entry.keep is None:
        raise TypeError("nothing is kept")
    if isinstance(plain, list):
        return Keep(list=entry.keep, names=tuple(str(name) for name in plain), by=by)
    return Keep(list=entry.keep, first=parse_whole(str(plain), "6"), by=by)


def _bundles(entry: VariableEntry, document: Document, at: Place) -> Iterator[Level]:
    """Yield values that are settings of their own."""
    for number, bundle in enumerate(entry.bundles):
        here: Place = (*at, "bundles", number, "set")
        settings = tuple(
            setting_of(document, (*here, path), path, value) for path, value in bundle.set_.items()
        )
        yield Level(text=bundle.name, number=None, settings=settings)


def _spanned(entry: VariableEntry, document: Document, at: Place, layout: StudyFile) -> Variable:
    """Return a variable that goes from one end to another."""
    limits = entry.range
    if limits is None:
        raise TypeError("there is no range")
    numbers = as_numbers([limits.from_, limits.to])
    if numbers is None:
        raise Mistake(
            f"'{limits.from_}' and '{limits.to}' are no ends of a range",
            "write two numbers with units of one kind, such as 80 mm and 20 cm",
        )
    (low, high), unit = numbers
    if low == high:
        raise Mistake(
            f"'{limits.from_}' and '{limits.to}' are the same: nothing would be varied",
            "write two ends that differ, or 'values' with this one",
        )
    if low > high:
        raise Mistake(f"'{limits.from_}' is not below '{limits.to}'", "swap them")
    if limits.log and low <= 0:
        raise Mistake("equal factors need ends above 0", "leave out log, or begin higher")
    span = Span(low=low, high=high, log=limits.log)
    places = Places(
        paths=_paths(entry), keep=entry.keep, written=entry.written or "{}", unit=unit,
        by=place_of(document, (*at, "range")),
    )  # fmt: skip
    if layout.sample != "grid" or limits.steps is None:
        return Variable(
            axis=_axis(entry, unit, (), numeric=True), levels=(), span=span, places=places
        )
    last = limits.steps - 1
    levels = tuple(places.level(span.at(step / last)) for step in range(limits.steps))
    levels = tuple({level.text: level for level in levels}.values())  # counts may round to one
    texts = [level.text for level in levels]
    return Variable(
        axis=_axis(entry, unit, texts, numeric=True), levels=levels, span=span, places=places
    )
