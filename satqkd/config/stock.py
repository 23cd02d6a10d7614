"""Key that satellites hold when the window begins, by the names of the files."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.config.files import MissionFile
from satqkd.config.mistake import quoted
from satqkd.config.references import one_of
from satqkd.config.yaml_nodes import Document
from satqkd.elements.satellite import SYNTHETIC_MARK
from satqkd.errors import Finding, InputError
from satqkd.mission.stock import Stock


def stock_of(
    document: Document,
    layout: MissionFile,
    *,
    satellites: Sequence[str],
    sites: Sequence[str],
    stores: Sequence[float | None],
) -> tuple[Stock, ...]:
    """Return the stock of a mission, by index.

    Parameters
    ----------
    document, layout
        The mission file, as written and as read.
    satellites
        Name of each spacecraft; those of designs may go without their mark.
    sites
        Name of each station.
    stores
        How much key each spacecraft can hold; None for any. [bit]

    Raises
    ------
    InputError
        For satellites that are not there, as the number of one of a constellation can be, and for
        more than one can hold.
    """
    short = [name.removesuffix(SYNTHETIC_MARK) for name in satellites]
    found: list[Stock] = []
    findings: list[Finding] = []
    for number, entry in enumerate(layout.stock):
        name = entry.satellite.removesuffix(SYNTHETIC_MARK)
        if name not in short:
            at = ("stock", number, "satellite")
            message = f"there is no satellite {quoted(entry.satellite)}"
            findings.append(document.finding(at, message, one_of(name, short)))
            continue
        found.append(
            Stock(
                spacecraft=short.index(name),
                station=sites.index(entry.station),
                bits=entry.key_bit,
            )
        )
        room = stores[found[-1].spacecraft]
        held = sum(one.bits for one in found if one.spacecraft == found[-1].spacecraft)
        if room is not None and held > room:
            message = f"makes {held:,.0f} bit of stock, more than its key_store of {room:,.0f} bit"
            fix = "correct one of the two"
            findings.append(document.finding(("stock", number, "key"), message, fix))
    if findings:
        raise InputError(findings)
    return tuple(found)
