"""What can go wrong, and the sentences that say so.

The tree::

    SatqkdError                 anything satqkd refuses to do; the CLI prints it and exits 2
    ├── InputError              one or more findings in the user's files
    ├── NonPhysicalError        a value outside the range physics allows
    ├── WrongTypeError          a value of another type than a function takes
    ├── PropagationError        an element set that gives no positions in the window
    ├── CoverageError           a time outside the tables or ephemerides satqkd ships with
    ├── SolverError             the scheduling solver returned no plan
    ├── FetchError              a data service gave no element sets
    ├── LedgerError             an event that the ledger refuses, or a ledger that cannot be used
    │   ├── LedgerBusyError     another process writes to it
    │   └── LedgerDamagedError  it is not what was written
    ├── ProtocolError           the other end of a distillation said what it must not
    ├── AuthenticationKeyError  key held in advance for what is said in public has run out
    └── OutputError             a result could not be written
    SatqkdWarning               anything satqkd does but wants you to know
    ├── StaleElementsWarning    elements far from the time they are used at
    └── EarthOrientationWarning a time beyond the Earth-orientation tables
"""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One mistake in one place of one file, and how to mend it."""

    file: str
    """Path as the user gave it."""
    line: int
    """Line in the file, counted from 1; 0 where it stands in none, as a value set beside it."""
    column: int = 0
    """Column in the line, counted from 1; 0 when the whole line is meant."""
    where: str = ""
    """Dotted path of the value in the file, such as ``stations[2].latitude``."""
    message: str
    """What is wrong."""
    fix: str
    """What to do about it."""
    excerpt: str = ""
    """The offending line, for files where seeing it helps."""

    @property
    def place(self) -> str:
        """File and line, as editors take them."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        place = f"{self.place}:{self.column}" if self.column else self.place
        if self.where:
            place += f": {self.where}"
        text = f"{place}: {self.message}"
        if self.excerpt:
            text += f"\n    {self.excerpt}"
            if self.column:
                text += f"\n    {' ' * (self.column - 1)}^"
        return f"{text}\n  fix: {self.fix}"


class SatqkdError(Exception):
    """Anything satqkd refuses to do."""


class InputError(SatqkdError):
    """The user's files hold mistakes; all that were found come together."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Finding, ...]]]:
        """Say what makes the same again, as when it comes from another process."""
        return type(self), (self.findings,)


class WrongTypeError(SatqkdError, TypeError):
    """A function of the public API is given a value of another type than it takes."""


class NonPhysicalError(SatqkdError, ValueError):
    """A value lies outside the range physics allows."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field} {message}")

    def __reduce__(self) -> tuple[type[NonPhysicalError], tuple[str, str]]:
        """Say what makes the same again, as when it comes from another process."""
        return type(self), (self.field, self.message)


class PropagationError(SatqkdError):
    """An element set gives no positions in the window."""


class CoverageError(SatqkdError):
    """A time lies outside the tables or ephemerides satqkd ships with."""


class SolverError(SatqkdError):
    """The scheduling solver returned no plan."""


class FetchError(SatqkdError):
    """A data service gave no element sets."""


class LedgerError(SatqkdError):
    """An event that the ledger refuses, or a ledger that cannot be used."""


class LedgerBusyError(LedgerError):
    """Another process writes to the ledger, and went on for longer than was waited."""


class LedgerDamagedError(LedgerError):
    """The ledger is not what was written: bytes have changed, or entries are gone."""


class ProtocolError(SatqkdError):
    """The other end of a distillation said what it must not: no key comes of the block."""


class AuthenticationKeyError(SatqkdError):
    """Key held in advance for what is said in public has run out."""


class OutputError(SatqkdError):
    """A result could not be written."""


class SatqkdWarning(UserWarning):
    """Anything satqkd does but wants you to know."""


class StaleElementsWarning(SatqkdWarning):
    """Elements are far from the time they are used at."""


class EarthOrientationWarning(SatqkdWarning):
    """A time lies beyond the Earth-orientation tables."""


@contextmanager
def own_warnings() -> Iterator[list[str]]:
    """Collect satqkd's own warnings: the list has each once when the block ends, come what may.

    What others warn of is warned of then, as it was.
    """
    told: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", SatqkdWarning)
            yield told
    finally:
        own = [one for one in caught if issubclass(one.category, SatqkdWarning)]
        told += dict.fromkeys(str(one.message) for one in own)
        for one in caught:
            if one not in own:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def require_finite(field: str, value: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``value`` is a finite number."""
    if not math.isfinite(value):
        raise NonPhysicalError(field, f"must be a finite number, got {value:g}")


def require_positive(field: str, value: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``value`` is finite and above 0."""
    require_finite(field, value)
    if value <= 0:
        raise NonPhysicalError(field, f"must be above 0, got {value:g}")


def require_not_negative(field: str, value: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``value`` is finite and at least 0."""
    require_finite(field, value)
    if value < 0:
        raise NonPhysicalError(field, f"must not be negative, got {value:g}")


def require_between(field: str, value: float, low: float, high: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``value`` lies in [low, high]."""
    require_finite(field, value)
    if not low <= value <= high:
        raise NonPhysicalError(field, f"must lie in [{low:g}, {high:g}], got {value:g}")


def require_fraction(field: str, value: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``value`` lies in [0, 1]."""
    require_between(field, value, 0.0, 1.0)


def require_range(field: str, limits: tuple[float, float] | None, value: float) -> None:
    """Raise :class:`NonPhysicalError` unless ``limits`` are ordered and hold ``value``."""
    if limits is None:
        return
    low, high = limits
    require_finite(field, low)
    require_finite(field, high)
    if not low <= value <= high:
        raise NonPhysicalError(
            field, f"must be [low, high] around the value {value:g}, got [{low:g}, {high:g}]"
        )
