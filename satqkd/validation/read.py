"""From case files to cases, every mistake with its place."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, make_dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.structure import structure
from satqkd.config.yaml_nodes import Document, read_bytes
from satqkd.errors import Finding, InputError, NonPhysicalError
from satqkd.validation.case import Case, Figure, Kind, Origin, Point, Run, Seen, counts_as
from satqkd.validation.checks.known import CHECKS
from satqkd.validation.claim import Absolute, Claim, Contains, Factor, Relative, Same
from satqkd.validation.findings import nowhere, unmatched
from satqkd.validation.inputs import InputEntry, PresetEntry, inputs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEntry:
    """A claim as written: exactly one of its keys."""

    abs: float | None = None
    """Largest difference, in the figure's unit."""
    rel: float | None = None
    """Largest difference over the published value."""
    factor: float | None = None
    """Largest ratio either way."""
    contains: float | None = None
    """Our interval holds the published value, and its high end is at most so many times the low
    one."""
    equals: Literal["true"] | None = None
    """Our word is the published one."""

    def __post_init__(self) -> None:
        self.claim()

    def claim(self, *, unit: str = "") -> Claim:
        """Return the claim that is written, of a figure of that unit."""
        claims: list[Claim] = []
        if self.abs is not None:
            claims.append(Absolute(tolerance=self.abs))
        if self.rel is not None:
            claims.append(Relative(tolerance=self.rel))
        if self.factor is not None:
            claims.append(Factor(factor=self.factor))
        if self.contains is not None:
            claims.append(Contains(widest=self.contains, unit=unit))
        if self.equals:
            claims.append(Same())
        if len(claims) != 1:
            known = ", ".join(f.name for f in fields(self))
            raise NonPhysicalError("claimed", f"must have exactly one of {known}")
        return claims[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureEntry:
    """A figure as written."""

    name: str
    claimed: ClaimEntry
    why: str
    unit: str = ""
    kind: Kind | None = None
    """In place of the case's."""
    origin: Origin | None = None
    """In place of the case's."""
    seen: Seen | None = None
    """In place of the case's."""
    again: str = ""
    """Case and figure that hold the same published value already, such as ``O-1 min range``."""


@cache
def read_cases() -> tuple[Case, ...]:
    """Read every packaged case, in the order of kinds and numbers.

    Raises
    ------
    InputError
        With every mistake of every file.
    """
    folder = files("satqkd").joinpath("validation", "cases")
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".yaml")),
        key=lambda entry: _order(entry.name.removesuffix(".yaml")),
    )
    cases: list[Case] = []
    findings: list[Finding] = []
    for entry in entries:
        case, mistakes = read_case(read_bytes(entry.read_bytes(), file=f"case:{entry.name}"))
        findings += mistakes
        if case is not None:
            cases.append(case)
    findings += nowhere(cases) if not findings else ()
    if findings:
        raise InputError(findings)
    return tuple(cases)


def read_case(document: Document) -> tuple[Case | None, list[Finding]]:
    """Read one case file; None when there are findings."""
    if document.value is None:
        return None, document.findings
    check = document.value.get("checks") if isinstance(document.value, dict) else None
    if check not in CHECKS:
        return None, [
            document.finding(
                ("checks",),
                f"{quoted(str(check))} is no check",
                did_you_mean(str(check), CHECKS),
            )
        ]
    written, findings = structure(document, _kind(check))
    findings += document.findings
    if not findings:
        findings += unmatched(document, written)
    if findings:
        return None, findings
    given = [run["given"] for run in document.value["runs"]]
    try:
        inputs = tuple(inputs_of(written.inputs, given, written.presets))
    except Mistake as mistake:
        place = ("inputs",) if written.inputs else ("presets",)
        return None, [document.finding(place, mistake.message, mistake.fix)]
    return replace(_case(written), inputs=inputs), []


@cache
def _kind(check: str) -> Any:
    """Return the dataclass a case file with this check fills."""
    frozen: dict[str, Any] = {"frozen": True, "kw_only": True, "slots": True}
    run = make_dataclass(
        "RunEntry",
        [
            ("given", CHECKS[check]),
            ("published", dict[str, str]),
            ("name", str, field(default="")),
            ("seen", Seen | None, field(default=None)),
            ("not_reproduced", dict[str, str], field(default_factory=dict)),
        ],
        **frozen,
    )
    return make_dataclass(
        "CaseEntry",
        [
            ("id", str),
            ("title", str),
            ("cite", str),
            ("known", str),
            ("checks", str),
            ("kind", Kind),
            ("origin", Origin),
            ("seen", Seen),
            ("figures", tuple[FigureEntry, ...]),
            ("runs", tuple[run, ...]),  # type: ignore[valid-type]
            ("assumed", tuple[str, ...], field(default=())),
            ("inputs", tuple[InputEntry, ...], field(default=())),
            ("presets", tuple[PresetEntry, ...], field(default=())),
            ("paper", int | None, field(default=None)),
        ],
        **frozen,
    )


def _case(written: Any) -> Case:
    return Case(
        id=written.id,
        title=written.title,
        cite=written.cite,
        known=written.known,
        assumed=written.assumed,
        paper=written.paper,
        runs=tuple(
            Run(
                check=run.given,
                points=tuple(
                    _point(written, run, entry, run.published[entry.name])
                    for name in run.published
                    for entry in written.figures
                    if entry.name == name
                ),
            )
            for run in written.runs
        ),
    )


def _point(written: Any, run: Any, entry: FigureEntry, published: str) -> Point:
    return Point(
        name=_point_name(written.id, run.name, entry.name),
        figure=Figure(
            name=entry.name,
            claim=entry.claimed.claim(unit=entry.unit),
            why=entry.why,
            unit=entry.unit,
        ),
        published=published,
        kind=entry.kind or written.kind,
        origin=entry.origin or written.origin,
        seen=entry.seen or run.seen or written.seen,
        counts_as=entry.again or counts_as(written.id, entry.name),
        not_reproduced=run.not_reproduced.get(entry.name, ""),
    )


def _point_name(case: str, run: str, figure: str) -> str:
    return f"{case} {run}: {figure}" if run else f"{case} {figure}"


_FAMILIES = "olqjkptmed"
"""Letters that names of cases begin with, in reading order."""


def _order(name: str) -> tuple[int, int, str]:
    """Orbits, links, clicks, sources, keys, passes, keys over two links, clocks; then by number."""
    family, _, number = name.partition("-")
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    rank = _FAMILIES.find(family)
    return rank if rank >= 0 else len(_FAMILIES), int(digits) if digits.isdecimal() else 0, name
