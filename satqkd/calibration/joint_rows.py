"""Rows of a log that are of two stations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from satqkd.calibration.log import Log, LogRow
from satqkd.config.mistake import did_you_mean, quoted
from satqkd.errors import Finding, InputError
from satqkd.forecast.contact_id import slug
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together

AND: Final = "+"
"""What stands between the names of two stations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRow:
    """One of them, and whose it is."""

    row: LogRow
    satellite: int
    """Index of the one in the middle."""
    pair: Together


def joint_rows(mission: Mission, log: Log) -> dict[int, JointRow]:
    """Return the rows of two stations at once, such as ``Xinglong + Jinan``, by line.

    They hold totals of a contact: its sifted bits, its errors, its key.

    Raises
    ------
    InputError
        Where the mission has no such pair or satellite, has several and the row does not say which,
        and for values of an instant.
    """
    own = {ground.site.name.casefold() for ground in mission.stations}
    findings: list[Finding] = []
    found: dict[int, JointRow] = {}
    for row in log.rows:
        if AND not in row.station or row.station.casefold() in own:
            continue
        one = _whose(mission, row)
        if isinstance(one, JointRow):
            found[row.line] = one
        else:
            message, fix = one
            findings.append(
                Finding(file=log.file, line=row.line, where="station", message=message, fix=fix)
            )
    if findings:
        raise InputError(findings)
    return found


def _whose(mission: Mission, row: LogRow) -> JointRow | tuple[str, str]:
    """Find the pair and satellite of a row, or what is wrong with it, and how to mend it."""
    names = [ground.site.name for ground in mission.stations]
    called = {
        pair: f" {AND} ".join(names[one] for one in pair.stations) for pair in mission.together
    }
    wanted = {part.strip().casefold() for part in row.station.split(AND)}
    pairs = [
        pair
        for pair in mission.together
        if {names[one].casefold() for one in pair.stations} == wanted
    ]
    if not pairs:
        known = list(dict.fromkeys(called.values()))
        told = did_you_mean(row.station, known) if known else "name one station"
        return f"the mission has no pair {quoted(row.station)} under 'together'", told
    if row.loss_db is not None or not row.total:
        message = "of two stations at once only totals of a contact are read"
        return message, "give sifted_bits, key_bits and qber of the contact, and no loss_db"
    crafts = [one.satellite.name for one in mission.spacecraft]
    serving = [pair for pair in pairs if _satellite(crafts, pair, row) is not None]
    if not serving:
        known = [crafts[one] for pair in pairs for one in pair.spacecraft]
        return (
            f"{quoted(row.satellite)} serves no pair {called[pairs[0]]}",
            did_you_mean(row.satellite, known),
        )
    if len(serving) > 1:
        serving = [pair for pair in serving if _named(pair, row.contact_key)] or serving
    if len(serving) > 1:
        return (
            f"{called[serving[0]]} are a pair of {len(serving)} protocols",
            "name the contact in a column contact_key",
        )
    craft = _satellite(crafts, serving[0], row)
    return JointRow(row=row, satellite=craft or 0, pair=serving[0])


def _named(pair: Together, contact_key: str) -> bool:
    """Whether a contact key names the protocol of a pair."""
    return f"-{slug(pair.protocol_name, otherwise='protocol')}-" in contact_key


def _satellite(crafts: list[str], pair: Together, row: LogRow) -> int | None:
    """Index of a row's satellite, if it serves a pair; of one alone no name is needed."""
    if not row.satellite and len(pair.spacecraft) == 1:
        return pair.spacecraft[0]
    folded = row.satellite.casefold()
    return next((one for one in pair.spacecraft if crafts[one].casefold() == folded), None)
