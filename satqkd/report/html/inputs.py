"""Where every number of a plan came from: files, elements, models, assumptions, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from satqkd.report.html.gathered import places_together
from satqkd.report.html.markup import Child, joined, tag
from satqkd.report.html.tables import Shown, numbered, pairs_list, table
from satqkd.report.plan_folder import PlanFolder


def inputs(plan: PlanFolder, *, name: str) -> Markup:
    """Return what a plan rests on, as its manifest has it."""
    return joined(
        joined((tag("h3", heading), said)) for heading, said in _parts(plan, name) if said
    )


def _parts(plan: PlanFolder, name: str) -> Iterator[tuple[str, Markup | None]]:
    told = plan.manifest
    yield "What the numbers mean", _bullets(told.get("meaning"))
    yield "What was warned about", _bullets(told.get("warnings"))
    yield "Values set beside the files", _listed(told.get("set"), ("path", "value", "by"))
    yield "Limits and models", _models(told)
    yield (
        "Elements",
        _listed(
            told.get("element_sets"),
            ("satellite", "epoch_utc", "source", "motion", "passes", "age_h_min", "age_h_max"),
        ),
    )
    yield (
        "Assumptions of the files",
        _listed(gathered(told.get("assumptions") or []), ("where", "value", "why")),
    )
    security = told.get("security") or {}
    yield (
        "What secrecy assumes",
        _listed(security.get("assumptions"), ("name", "assumed", "taken", "pays")),
    )
    yield "Files read", _listed(told.get("inputs"), ("path", "sha256"))
    hashes = [{"table": key, "sha256": value} for key, value in sorted(plan.hashes.items())]
    yield "Tables shown", _listed(hashes, ("table", "sha256"))
    yield "Versions", _versions(told, name)


def gathered(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put assumptions of one value and reason into one row, with all places.

    Examples
    --------
    >>> rows = [{"where": w, "value": "1 m", "why": "common"} for w in ("a", "b")]
    >>> gathered(rows)
    [{'where': 'a; b', 'value': '1 m', 'why': 'common'}]
    """
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        own = (plain(row.get("value")), plain(row.get("why")))
        found.setdefault(own, []).append(plain(row.get("where")))
    return [
        {"where": places_together(places), "value": value, "why": why}
        for (value, why), places in found.items()
    ]


def inputs_title(plan: PlanFolder) -> str:
    """Say how much a plan rests on."""
    files, assumed = plan.manifest.get("inputs") or [], plan.manifest.get("assumptions") or []
    return f"It rests on {len(files)} files and {len(assumed)} assumptions"


def _bullets(lines: Sequence[str] | None) -> Markup | None:
    return tag("ul", *(tag("li", line) for line in lines)) if lines else None


def _listed(rows: Sequence[Mapping[str, Any]] | None, names: Sequence[str]) -> Markup | None:
    if not rows:
        return None
    known = [name for name in names if any(name in row for row in rows)]
    texts = [{name: plain(row.get(name)) for name in known} for row in rows]
    columns = [
        Shown(
            heading=name.replace("_", " ").capitalize(),
            cell=_cell(name),
            kind="h w" if place == 0 else "w code" if name == "sha256" else "w",
        )
        for place, name in enumerate(known)
    ]
    return table(columns, numbered(texts), caption=", ".join(known).replace("_", " "))


def _cell(name: str) -> Any:
    if name == "name":
        return lambda row: _breakable(row[name])
    return lambda row: row[name]


def _breakable(word: str) -> Markup:
    """Let a long name be broken behind its underscores, rather than anywhere."""
    first, *others = word.split("_")
    return joined((first, *(joined(("_", tag("wbr"), other)) for other in others)))


def _models(told: Mapping[str, Any]) -> Markup | None:
    models = told.get("models") or {}
    items: list[tuple[str, Child]] = []
    key = models.get("key") or {}
    for words, value in (
        ("protocol", key.get("name")),
        ("key", key.get("model")),
        ("limits", models.get("limits")),
        ("Moon", models.get("moonlight")),
        ("twilight", models.get("twilight")),
        ("air", models.get("airmass")),
        ("turbulence", models.get("turbulence")),
        *((told.get("geometry") or {}).items()),
        *((told.get("time") or {}).items()),
        ("epsilon of a block", (told.get("epsilon") or {}).get("per_block")),
        ("epsilon of all", (told.get("epsilon") or {}).get("all_scheduled")),
    ):
        if value is not None:
            items.append((words.replace("_", " "), plain(value)))
    return pairs_list(items) if items else None


def _versions(told: Mapping[str, Any], name: str) -> Markup:
    libraries = told.get("libraries") or {}
    items: list[tuple[str, Child]] = [
        ("plan", name),
        ("satqkd", plain(told.get("satqkd"))),
        ("Python", plain(told.get("python"))),
        *((library, plain(version)) for library, version in libraries.items()),
    ]
    return pairs_list(items)


def plain(value: Any) -> str:
    """Write a value of a manifest in words.

    Examples
    --------
    >>> plain({"max_range_m": 1200000.0, "model": "Limits"}), plain(None), plain(True)
    ('max_range_m 1200000, model Limits', 'not given', 'yes')
    """
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(one) for one in value)
    return str(value)
