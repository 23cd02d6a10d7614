"""A payload, terminal, protocol or clock in a file of its own, with or without its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

from satqkd.config.assumed import KEY as ASSUMED
from satqkd.config.files import PresetFile
from satqkd.config.mistake import did_you_mean, meant
from satqkd.config.models import MODELS
from satqkd.config.quantity import key_of
from satqkd.config.structure import structure
from satqkd.config.yaml_nodes import Document
from satqkd.errors import Finding

KINDS = ("payload", "terminal", "protocol", "clock")
"""What a file of its own can hold."""


def is_bare(document: Document) -> bool:
    """Whether a file is the value itself: hardware of one's own has nothing to cite."""
    if not isinstance(document.value, dict) or set(document.value) & set(_HEADER):
        return False
    own = {key for kind in KINDS for key in keys_of(kind)}
    return bool(set(document.value) & own) or not _among(document.value, _HEADER)


def bare_kind(document: Document, wanted: str) -> str:
    """Return what a bare file holds: what is wanted, unless all its keys are another's."""
    written = set(document.value) - {ASSUMED}
    fitting = [kind for kind in KINDS if written <= set(keys_of(kind))]
    return fitting[0] if fitting and wanted not in fitting else wanted


def bare_content(document: Document, kind: str) -> tuple[PresetFile | None, list[Finding]]:
    """Read a bare file; beside the keys of its kind it may have ``assumed``."""
    written = {key: value for key, value in document.value.items() if key != ASSUMED}
    if not _among(written, keys_of(kind)):
        return None, [_neither(document, kind)]
    value, findings = structure(replace(document, value=written), kind_of(kind))
    assumed: dict[str, str] = {}
    if ASSUMED in document.value:
        assumed, more = structure(document, dict[str, str], at=(ASSUMED,))
        findings += more
    if findings:
        return None, findings
    content: dict[str, Any] = {
        "kind": kind,
        "title": document.name,
        "assumed": assumed,
        kind: value,
    }
    return PresetFile(**content, cite=(), sources={}), []


def kind_of(kind: str) -> Any:
    """Return the type behind a kind."""
    return get_args(get_type_hints(PresetFile)[kind])[0]


def keys_of(kind: str) -> list[str]:
    """Return the keys that a value of a kind can have, whatever its model."""
    whole = kind_of(kind)
    kinds = MODELS[whole].values() if whole in MODELS else [whole]
    model = ["model"] if whole in MODELS else []
    return [*model, *(key_of(field.name) for one in kinds for field in fields(one))]


_HEADER = [key_of(field.name) for field in fields(PresetFile) if field.name != ASSUMED]


def _among(written: Iterable[str], known: list[str]) -> bool:
    """Whether one of the keys is known, or like one that is."""
    keys = list(written)
    return any(key in known for key in keys) or any(meant(did_you_mean(key, known)) for key in keys)


def _neither(document: Document, kind: str) -> Finding:
    known = ", ".join(dict.fromkeys(keys_of(kind)))
    return document.finding(
        tuple(document.value)[:1],
        f"neither a {kind} begins like this nor a file with sources",
        f"write the keys of a {kind} ({known}), or begin with 'kind: {kind}' as in the files of "
        "'satqkd preset copy'",
        at_key=True,
    )
