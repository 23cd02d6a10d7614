"""Addresses of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from satqkd.console.held import contact_name
from satqkd.report.plan_folder import Row


def to_contact(row: Row) -> str | None:
    """Return the address of a contact; None for one without a name."""
    name = contact_name(row)
    return f"/pass/{quote(name, safe='')}" if name else None


def with_query(path: str, asked: Mapping[str, str], **changed: str | int | None) -> str:
    """Return an address with its query, some of it changed; None takes one out."""
    own: dict[str, str | int | None] = {**asked, **changed}
    kept = {name: str(value) for name, value in own.items() if value not in {None, ""}}
    return f"{path}?{urlencode(kept)}" if kept else path
