"""Plain values as one line of YAML that reads back as just them."""

from __future__ import annotations

import re
from json import dumps

_PLAIN = re.compile(r"[+-]?[\w.](?:[\w ./+%^()-]|:(?! |$))*")


def flow_text(value: object) -> str:
    """Write texts, lists and mappings of them in one line, quoted where YAML would read others.

    Examples
    --------
    >>> flow_text({"name": "A, then B", "orbit": {"altitude": "500 km"}, "pattern": "53:6/3/1"})
    '{name: "A, then B", orbit: {altitude: 500 km}, pattern: 53:6/3/1}'
    >>> flow_text(["80 mm", ""]), flow_text("#1")
    ('[80 mm, ""]', '"#1"')
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow_text(item) for item in value)}]"
    if isinstance(value, dict):
        inner = (f"{flow_text(key)}: {flow_text(item)}" for key, item in value.items())
        return f"{{{', '.join(inner)}}}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and " #" not in text
    return text if plain else dumps(text, ensure_ascii=False)
