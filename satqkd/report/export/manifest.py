"""The file that says what a folder of results holds and where it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from satqkd.report.export.json import strict_json

MANIFEST = "plan.json"
"""Name of the manifest; it is written last and marks a folder as satqkd's own."""


def as_bytes(content: bytes | str) -> bytes:
    """Return what a file will hold; text becomes UTF-8."""
    return content.encode("utf-8") if isinstance(content, str) else content


def file_hashes(files: Mapping[str, bytes | str]) -> dict[str, str]:
    """SHA-256 of every file but the manifest itself, by name."""
    return {
        name: hashlib.sha256(as_bytes(content)).hexdigest()
        for name, content in sorted(files.items())
        if name != MANIFEST
    }


def with_manifest(
    files: Mapping[str, bytes | str], provenance: Mapping[str, Any]
) -> dict[str, bytes | str]:
    """Add ``plan.json``: the provenance and, under ``files``, the hash of every other file."""
    content = {**provenance, "files": file_hashes(files)}
    return {**files, MANIFEST: strict_json(content)}
