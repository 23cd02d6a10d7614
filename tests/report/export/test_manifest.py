"""The manifest names every other file by its hash."""

import hashlib
import json

from satqkd.report.export.manifest import with_manifest


def test_the_manifest_lists_all_other_files_and_keeps_the_provenance():
    """What satqkd wrote can be told from what it did not."""
    files = with_manifest({"a.csv": "ä\n", "b.png": b"\x00"}, {"satqkd": "1"})
    manifest = json.loads(files["plan.json"])

    assert manifest["satqkd"] == "1"
    assert manifest["files"] == {
        "a.csv": hashlib.sha256("ä\n".encode()).hexdigest(),
        "b.png": hashlib.sha256(b"\x00").hexdigest(),
    }
