"""What czml3 reads of a scene of ours.

Needs ``czml3==4.0.0``; install it elsewhere: it holds python-dateutil below 3, and a reader of
tests is not to hold back a library of plans. Writes ``czml_by_czml3.json``: the packets as czml3
reads them, positions cut short.

    satqkd export micius-lijiang-1964 --czml --out read
    python tests/reference/make_czml_by_czml3.py read/micius-over-china-december-2016.czml
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from czml3 import Document

KEPT = 80
"""So many numbers of a position are kept."""


def shortened(value: object) -> object:
    """Cut long lists of numbers."""
    if isinstance(value, dict):
        return {key: shortened(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shortened(one) for one in value[:KEPT]]
    return value


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    scene = Document.model_validate({"packets": json.loads(text)})
    found = {
        "made_by": f"make_czml_by_czml3.py with czml3 {version('czml3')}",
        "packets": shortened(json.loads(scene.dumps())),
    }
    path = Path(__file__).with_name("czml_by_czml3.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
