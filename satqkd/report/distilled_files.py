"""Files of a distilled contact."""

from __future__ import annotations

import base64
import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

import satqkd
from satqkd.distil.bits import Bits
from satqkd.distil.block import Distilled
from satqkd.distil.exchange import Exchange
from satqkd.distil.native import path_taken
from satqkd.network.distilled_contact import DistilledContact
from satqkd.report.export.csv import to_csv
from satqkd.report.export.folder import Content
from satqkd.report.tables.distilled import (
    COUNTED_COLUMNS,
    DISTILLED_COLUMNS,
    SAID_COLUMNS,
    count_rows,
    stage_rows,
)

KEYS: Final = ("alice.key", "bob.key")
"""Files of key, which nobody but their owner may read."""
MANIFEST: Final = "distil.json"
"""Name of the file that says where the others came from."""
MARK: Final = "SIMULATED KEY: whoever has the seed has it; it protects nothing"
"""First line of a file of key that no photon made."""


def distilled_files(contact: DistilledContact) -> dict[str, Content]:
    """Return the contents of a folder, by file name; those of :data:`KEYS` are secret.

    Parameters
    ----------
    contact
        What became of it.
    """
    return {
        KEYS[0]: "".join(key_lines(contact, 0)),
        KEYS[1]: "".join(key_lines(contact, 1)),
        "distilled.csv": to_csv(DISTILLED_COLUMNS, contact.blocks),
        "counted.csv": to_csv(COUNTED_COLUMNS, count_rows(contact.blocks)),
        "said.csv": to_csv(SAID_COLUMNS, stage_rows(contact.blocks)),
        "transcript.jsonl": transcript_lines(contact.blocks),
    }


def key_lines(contact: DistilledContact, end: int) -> Iterator[str]:
    """Yield the lines of a file of key: Alice's for end 0, Bob's for 1."""
    if contact.simulated:
        yield f"{MARK}\n"
    yield f"contact: {contact.contact_key or contact.label}\n"
    for block in contact.blocks:
        if block.keys is None:
            continue
        key: Bits = block.keys[end]
        yield f"\nblock: {block.terms.block}\nbits: {len(key)}\n"
        yield f"failure_probability: {block.failure_probability:.3g}\n"
        if block.earned is not None and len(block.earned[end]):
            yield f"for_tags: {_text(block.earned[end])}\n"
        for line in textwrap.wrap(_text(key), 76):
            yield f"{line}\n"


def _text(key: Bits) -> str:
    return base64.b64encode(key.to_bytes()).decode("ascii")


def transcript_lines(blocks: tuple[Distilled, ...]) -> Iterator[bytes]:
    """Yield all that was said, a JSON record a line: block, stage, who, bits of each message."""
    for block in blocks:
        for one in block.exchanges:
            for record in _records(block.terms.block, one):
                yield json.dumps(record).encode("ascii") + b"\n"


def _records(block: int, one: Exchange) -> Iterator[dict[str, Any]]:
    for speaker, said in (("alice", one.alice), ("bob", one.bob)):
        yield {
            "block": block,
            "stage": one.stage,
            "speaker": speaker,
            "bits": said.bits.tolist(),
            "content": base64.b64encode(said.content).decode("ascii"),
        }


def distilled_facts(contact: DistilledContact) -> Mapping[str, Any]:
    """Return what shaped the bits, as plain values ready for JSON."""
    told = contact.foretold
    return {
        "satqkd": satqkd.__version__,
        "contact": contact.contact_key,
        "label": contact.label,
        "satellite": contact.maker,
        "station": contact.station,
        "simulated": contact.simulated,
        "seed": contact.seed,
        "clicks_sha256": contact.clicks_sha256,
        "engine": contact.trial.engine.name,
        "path": path_taken(),
        "foretold": None if told is None else asdict(told),
        "distilled_bits": contact.bits,
    }
