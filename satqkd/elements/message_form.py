"""Which kind of message a text is, by how it begins; nothing is read yet."""

from __future__ import annotations

import re
from typing import Final, Literal

OMM_SUFFIXES: Final = (".csv", ".json", ".kvn", ".omm", ".xml")
"""Ends of the names of files that hold mean elements; which form is told by the content."""

WEB_PAGE: Final = re.compile("<!doctype html|<html", re.IGNORECASE)
"""How a page for people begins."""

OmmForm = Literal["json", "xml", "kvn", "csv"]
"""Forms of an orbit mean-elements message."""

_HEAD: Final = 4096
"""As much of a text is looked at to tell its form. [characters]"""

_XML: Final = re.compile(r"<(?:[?!]|[A-Za-z_][\w.:-]*(?:\s[^<>]*)?/?>|[A-Za-z_][\w.:-]*\s*\Z)")
"""A declaration or an element; an object's name may begin with the same sign."""
_KVN_LINE: Final = re.compile(r"[A-Z][A-Z0-9_]*[ \t]*=")


def is_oem(text: str) -> bool:
    """Tell an orbit ephemeris message from other texts by its beginning.

    Examples
    --------
    >>> is_oem("CCSDS_OEM_VERS = 2.0"), is_oem("<?xml version='1.0'?><oem>"), is_oem("1 41731U")
    (True, True, False)
    """
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    return head.startswith("CCSDS_OEM_VERS") or (head[:1] == "<" and _names_oem(head))


def _names_oem(head: str) -> bool:
    return "<oem" in head or ":oem " in head or "CCSDS_OEM_VERS" in head


def is_omm(text: str) -> bool:
    """Tell whether a text begins as an orbit mean-elements message does."""
    return omm_form(text.removeprefix("\ufeff")) is not None


def omm_form(text: str) -> OmmForm | None:
    """Tell the form of an orbit mean-elements message; None for any other text."""
    head = text[:_HEAD].lstrip() or _after_blanks(text)
    if re.match(r"\[\s*[\[{\]\"0-9]|\[\s*\Z|\{", head):
        return "json"
    if _XML.match(head) and not WEB_PAGE.match(head):
        return "xml"
    for line in re.split(r"[\r\n]+", head):
        bare = line.strip()
        if bare and bare.split(maxsplit=1)[0] != "COMMENT":
            if _KVN_LINE.match(bare):
                return "kvn"
            names = {cell.strip(' "') for cell in bare.split(",")}
            return "csv" if names & {"NORAD_CAT_ID", "MEAN_MOTION"} and "," in bare else None
    return None


def _after_blanks(text: str) -> str:
    found = re.search(r"\S", text)
    return text[found.start() : found.start() + _HEAD] if found else ""
