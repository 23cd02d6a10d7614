"""The file that says what a folder of results holds and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from satqkd.report.export.json import strict_json

MANIFEST = "plan.json"
"""Name of the manifest; it is written last and marks a folder as satqkd's own."""


def manifest(hashes: Mapping[str, str], provenance: Mapping[str, Any]) -> str:
    """Return ``plan.json``: the provenance and, under ``files``, the hash of every other file."""
    return strict_json({**provenance, "files": dict(hashes)})
