"""Tables of numbers that the stations file names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from satqkd.config.read_once import Files
from satqkd.config.yaml_nodes import Document, Place
from satqkd.elements.input_file import InputFileError, read_content, text_of
from satqkd.errors import Finding, InputError
from satqkd.link.air.atmosphere import Air
from satqkd.link.air.table_air import TableAir
from satqkd.link.air.transmittance_table import parse_table
from satqkd.weather.cloud_forecast import CloudForecast, parse_cloud_forecast

MAX_BYTES = 10_000_000
"""A year of clouds every minute, or a spectrum line by line. [B]"""

_PARSERS: Mapping[Place, Callable[[str, str], Any]] = {
    ("clouds",): lambda text, file: parse_cloud_forecast(text, file=file),
    ("atmosphere", "table"): parse_table,
}
"""What reads the file behind a key of a station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What was read, and the hash of each file."""

    values: Mapping[tuple[Place, str], Any]
    """By key and path as written."""
    hashes: Mapping[str, str]

    def air(self, written: Air | None) -> Air | None:
        """Put the table into air that names one by its path."""
        if not isinstance(written, TableAir):
            return written
        return replace(written, table=self.values[("atmosphere", "table"), str(written.table)])

    def clouds(self, written: str | None) -> CloudForecast | None:
        """Return the cloud forecast of a path."""
        forecast: CloudForecast | None = self.values[("clouds",), written] if written else None
        return forecast


def read_tables(stations: Document, seen: Files) -> tuple[Tables, list[Finding]]:
    """Read every table that the stations file names."""
    values: dict[tuple[Place, str], Any] = {}
    hashes: dict[str, str] = {}
    findings: list[Finding] = []
    for place, key, written in _named(stations):
        path = Path(stations.file).parent / written
        try:
            content = seen.once(path, _content)
            text = text_of(content, file=str(path), most_bytes=MAX_BYTES)
            values[key, written] = _PARSERS[key](text, str(path))
            hashes[str(path)] = hashlib.sha256(content).hexdigest()
        except InputFileError as error:
            message = f"{path}: {error.why.message}"
            findings.append(stations.finding(place, message, error.why.fix))
        except InputError as error:
            findings += error.findings
    return Tables(values=values, hashes=hashes), findings


def _content(path: Path) -> bytes:
    return read_content(path, most_bytes=MAX_BYTES)


def _named(stations: Document) -> Iterator[tuple[Place, Place, str]]:
    """Yield place, key and path of each table that is named."""
    items = stations.value if isinstance(stations.value, list) else []
    for index, item in enumerate(items):
        for key in _PARSERS:
            written = item
            for part in key:
                written = written.get(part) if isinstance(written, dict) else None
            if isinstance(written, str) and written.strip():
                yield (index, *key), key, written.strip()
