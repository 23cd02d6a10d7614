"""The manifest is strict JSON with sorted keys."""

import pytest

from satqkd.report.export.manifest import manifest


def test_the_manifest_holds_the_provenance_and_every_hash():
    """In the order of the keys, whatever that of the files."""
    text = manifest({"b.png": "12", "a.csv": "34"}, {"satqkd": "1"})

    assert text == (
        '{\n  "files": {\n    "a.csv": "34",\n    "b.png": "12"\n  },\n  "satqkd": "1"\n}\n'
    )


def test_provenance_that_is_no_strict_json_is_refused():
    """Infinity among it."""
    with pytest.raises(ValueError, match="JSON"):
        manifest({}, {"bound": float("inf")})
