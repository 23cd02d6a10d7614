"""What stands in a click log, and what each column may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from satqkd.config.mistake import did_you_mean, quoted
from satqkd.distil.click_log import ClickLog, Clicks, NumberedClicks
from satqkd.distil.sent import EverySent, Sent, SomeSent
from satqkd.distil.tags import Tags
from satqkd.errors import Finding, InputError

Values = npt.NDArray[Any]
"""A column as it stands in a file."""

_MOST: Final = 1 << 62
"""Times and numbers beyond are refused: their differences would not fit 64 bits."""


class _Column(NamedTuple):
    """What a column of whole numbers may hold."""

    low: int
    high: int
    kind: type[np.integer[Any]]
    order: str = ""
    """``rising``, or ``not falling``."""


_WHOLE: Final[Mapping[str, _Column]] = {
    "time_ps": _Column(-_MOST, _MOST, np.int64, "not falling"),
    "detector": _Column(0, 255, np.uint8),
    "detector_basis": _Column(0, 1, np.uint8),
    "detector_bit": _Column(0, 1, np.uint8),
    "pulse": _Column(0, _MOST, np.int64, "not falling"),
    "basis": _Column(0, 1, np.uint8),
    "bit": _Column(0, 1, np.uint8),
    "sent_pulse": _Column(0, _MOST, np.int64, "rising"),
    "sent_bit": _Column(0, 1, np.uint8),
    "sent_basis": _Column(0, 1, np.uint8),
    "sent_intensity": _Column(0, 7, np.uint8),
}
TAGGED: Final = ("time_ps", "detector", "detector_basis", "detector_bit")
"""What a receiver recorded that does not know the pulses yet."""
NUMBERED: Final = ("pulse", "basis", "bit")
"""What a receiver recorded that does."""
SENT: Final = ("sent_bit", "sent_basis", "sent_intensity")
"""What the transmitter recorded."""
SCALARS: Final = ("pulse_rate_hz", "pulses")
"""What stands there once."""
COLUMNS: Final = (*_WHOLE, *SCALARS)
"""Every name that a click log may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """What is wrong with one file."""

    file: str
    findings: list[Finding]

    def add(self, where: str, message: str, fix: str) -> None:
        """Note something."""
        one = Finding(file=self.file, line=0, where=where, message=message, fix=fix)
        self.findings.append(one)

    def stop(self) -> None:
        """Raise :class:`InputError` if there is anything."""
        if self.findings:
            raise InputError(self.findings)


def refused(file: str, message: str, fix: str) -> InputError:
    """Return what is said of a file that cannot be looked into."""
    return InputError([Finding(file=file, line=0, message=message, fix=fix)])


def complain_of_name(name: str, known: tuple[str, ...], complaints: Complaints) -> bool:
    """Note a name that is not known, and say whether it is one."""
    if name in known:
        return False
    message = f"{quoted(name)} is no column of a click log"
    complaints.add("", message, f"{did_you_mean(name, known)}, or take it out")
    return True


def complain_of_kind(name: str, dtype: np.dtype[Any], complaints: Complaints) -> bool:
    """Note a column that holds no whole numbers, and say whether it is one."""
    flag = name in _WHOLE and _WHOLE[name].high == 1
    kinds = {"pulse_rate_hz": "iuf"}.get(name, "iub" if flag else "iu")
    if dtype.kind in kinds:
        return False
    wanted = "a number" if name == "pulse_rate_hz" else "whole numbers"
    kind = "Python objects, which are not opened" if dtype.hasobject else str(dtype)
    complaints.add(name, f"is of {kind}, not of {wanted}", f"save it as {_kind_of(name)}")
    return True


def log_of(columns: Mapping[str, Values], *, file: str, row_a_click: bool) -> ClickLog:
    """Return the log that some columns make.

    Parameters
    ----------
    columns
        Of known names and whole numbers each; scalars have no dimension, others one.
    file
        What the file is called in findings.
    row_a_click
        Whether what was sent stands beside each click.

    Raises
    ------
    InputError
        With all that is wrong: columns that are missing or do not belong together, values out of
        range or order, lengths that differ, no clicks.
    """
    complaints = Complaints(file=file, findings=[])
    for message, fix in _missing(columns.keys()):
        complaints.add("", message, fix)
    complaints.stop()
    pulses, rate_hz = _scalars(columns, complaints)
    own = {
        name: _checked(name, values, complaints)
        for name, values in columns.items()
        if name in _WHOLE
    }
    complaints.stop()
    if row_a_click:
        own = _once_a_pulse(own, complaints)
    _check_lengths(own, complaints)
    _check_numbers(own, pulses, complaints)
    complaints.stop()
    return ClickLog(received=_received(own), sent=_sent(own), pulses=pulses, pulse_rate_hz=rate_hz)


def _kind_of(name: str) -> str:
    return np.dtype(_WHOLE[name].kind if name in _WHOLE else np.float64).name


def _missing(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Tell what a log lacks, and what does not belong together."""
    there = set(names)
    times, numbers = there & set(TAGGED), there & set(NUMBERED)
    if times and numbers:
        both = f"{min(times)} and {min(numbers)}"
        fix = f"keep {', '.join(TAGGED)}, or {', '.join(NUMBERED)}"
        yield f"holds clicks twice, by times and by pulses ({both})", fix
    elif not (times or numbers):
        fix = f"add {', '.join(TAGGED)}, or {', '.join(NUMBERED)}"
        yield "holds no clicks of a receiver", fix
    own = (*TAGGED, *SENT, *SCALARS) if times else (*NUMBERED, *SENT, "pulses")
    lacking = [name for name in own if name not in there]
    if (times or numbers) and lacking:
        yield f"has no {', '.join(lacking)}", "add what is missing"


def _scalars(columns: Mapping[str, Values], complaints: Complaints) -> tuple[int, float | None]:
    pulses = int(columns["pulses"])
    if not 1 <= pulses <= _MOST:
        complaints.add("pulses", f"is {pulses}", "give how many pulses were sent, 1 or more")
    rate = columns.get("pulse_rate_hz")
    if rate is None:
        return pulses, None
    rate_hz = float(rate)
    if not 1.0 <= rate_hz <= 1e12:
        complaints.add("pulse_rate_hz", f"is {rate_hz:g}", "give pulses a second, such as 1e8")
    return pulses, rate_hz


def _checked(name: str, values: Values, complaints: Complaints) -> Values:
    """Return a column in its own kind, or note what is wrong with it."""
    column = _WHOLE[name]
    if not values.size:
        return values.astype(column.kind)
    if int(values.min()) < column.low or int(values.max()) > column.high:
        at = int(np.flatnonzero((values < column.low) | (values > column.high))[0])
        message = f"is {int(values[at])} at place {at}"
        fix = f"whole numbers from {column.low} to {column.high} can be"
        complaints.add(name, message, fix)
        return values
    own = values.astype(column.kind, copy=False)
    step = {"rising": 1, "not falling": 0}.get(column.order)
    if step is not None and np.any(np.diff(own) < step):
        at = int(np.flatnonzero(np.diff(own) < step)[0]) + 1
        message = f"is {int(own[at])} at place {at}, after {int(own[at - 1])}"
        complaints.add(name, message, f"sort the rows: {name} must be {column.order}")
    return own


def _once_a_pulse(own: Mapping[str, Values], complaints: Complaints) -> dict[str, Values]:
    """Take what was sent from the first row of each pulse; several clicks of one must agree."""
    pulse, first, of = np.unique(own["pulse"], return_index=True, return_inverse=True)
    for name in SENT:
        differs = own[name] != own[name][first][of]
        if np.any(differs):
            at = int(np.flatnonzero(differs)[0])
            message = f"differs between rows of pulse {int(own['pulse'][at])}, at place {at}"
            complaints.add(name, message, "a pulse is sent once: correct one of them")
    return {**own, "sent_pulse": pulse, **{name: own[name][first] for name in SENT}}


def _check_lengths(own: Mapping[str, Values], complaints: Complaints) -> None:
    """Note columns that do not belong to the same rows."""
    for group in (TAGGED[:2], TAGGED[2:], NUMBERED, ("sent_pulse", *SENT)):
        sizes = {name: own[name].size for name in group if name in own}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name} {size}" for name, size in sizes.items())
            complaints.add("", f"has columns of different lengths: {told}", "give all of each row")
    if not own["time_ps" if "time_ps" in own else "pulse"].size:
        complaints.add("", "holds no clicks", "give a log with clicks in it")


def _check_numbers(own: Mapping[str, Values], pulses: int, complaints: Complaints) -> None:
    """Note numbers of pulses and detectors that are none."""
    if "sent_pulse" not in own and own["sent_bit"].size != pulses:
        message = f"holds {own['sent_bit'].size} pulses, and pulses says {pulses}"
        complaints.add("sent_bit", message, "give all from pulse 0 on, or add sent_pulse")
    for name in ("pulse", "sent_pulse"):
        if name in own and own[name].size and int(own[name][-1]) >= pulses:
            message = f"names pulse {int(own[name][-1])}, and {pulses} were sent"
            complaints.add(name, message, "count pulses from 0, or correct pulses")
    if "detector" in own and own["detector"].size:
        most, known = int(own["detector"].max()), own["detector_basis"].size
        if most >= known:
            message = f"names detector {most}, and {known} are described"
            complaints.add("detector", message, "describe each in detector_basis and detector_bit")


def _received(own: Mapping[str, Values]) -> Clicks:
    if "time_ps" in own:
        return Tags(**{name: own[name] for name in TAGGED})
    return NumberedClicks(**{name: own[name] for name in NUMBERED})


def _sent(own: Mapping[str, Values]) -> Sent:
    bit, basis, intensity = (own[name] for name in SENT)
    if "sent_pulse" not in own:
        return EverySent(bit=bit, basis=basis, intensity=intensity)
    return SomeSent(pulse=own["sent_pulse"], bit=bit, basis=basis, intensity=intensity)
