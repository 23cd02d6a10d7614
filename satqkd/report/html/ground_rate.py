"""How fast a terrestrial link makes key, as pictures of a plan show it."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.report.html.written import bits_words


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRate:
    """A terrestrial link over time: plain values, as no table of a plan has it."""

    name: str
    rate_hz: float
    """Secret key a second. [bit/s]"""


def rate_words(rate_hz: float) -> str:
    """Return a rate of key.

    Examples
    --------
    >>> rate_words(1234.0), rate_words(0.0)
    ('1.23 kbit/s', '0 bit/s')
    """
    return f"{bits_words(rate_hz)}/s"
