"""Questions of ``satqkd new``, and how their answers are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from satqkd.cli.options import LONGEST_DAYS
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.config.new_mission import NewStation

Answer = TypeVar("Answer")

STATIONS = (
    "Tenerife, 28.2995, -16.5101, 2393, xinglong-1m, Atlantic/Canary",
    "Helmos, 37.9856, 22.1984, 2340, nanshan-1.2m, Europe/Athens",
)
"""Where nobody names another: two optical ground stations, far enough south that satellites
overhead are dark at midnight in June too, with published terminals."""
STATION = "NAME,LATITUDE,LONGITUDE,HEIGHT,TERMINAL[,TIMEZONE]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Gets answers: from an option, from the default, or from whoever sits there."""

    yes: bool
    """Whether nobody is asked."""

    def __call__(
        self, question: str, option: str, given: str | None, default: str,
        read: Callable[[str], Answer],
    ) -> Answer:  # fmt: skip
        """Return the answer to a question, as ``read`` makes it of a text."""
        from satqkd.config.mistake import Mistake

        if given is not None or self.yes:
            try:
                return read(default if given is None else given)
            except Mistake as mistake:
                raise SatqkdError(f"{option}: {mistake.message}\n  fix: {mistake.fix}") from mistake

        def checked(text: str) -> Answer:
            try:
                return read(text)
            except Mistake as mistake:
                raise typer.BadParameter(f"{mistake.message}; {mistake.fix}") from mistake

        try:
            answer: Answer = typer.prompt(
                question, default=default, value_proc=checked, show_default=bool(default), err=True
            )
        except typer.Abort as abort:
            raise SatqkdError(
                f"no answer to: {question}\n  fix: answer it with {option}, or take defaults with "
                "--yes"
            ) from abort
        return answer


def a_station(text: str) -> NewStation:
    """Read a station from one line."""
    from satqkd.config.mistake import Mistake, quoted
    from satqkd.config.new_mission import NewStation
    from satqkd.config.structure import parse_zone

    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in {5, 6} or not all(parts):
        raise Mistake(f"{quoted(text)} is no station", f"write {STATION}, such as '{STATIONS[0]}'")
    name, latitude, longitude, height, terminal, *zone = parts
    return NewStation(
        name=name,
        latitude=_quantity(latitude, "latitude_deg", "deg"),
        longitude=_quantity(longitude, "longitude_deg", "deg"),
        height=_quantity(height, "height_m", "m"),
        terminal=a_part(terminal, "terminal"),
        timezone="".join(parse_zone(one) for one in zone),
    )


def _quantity(text: str, field: str, unit: str) -> str:
    """Return a quantity as it is written; a bare number gets the unit that was asked for."""
    from satqkd.config.quantity import parse_field

    whole = text if text[-1].isalpha() else f"{text} {unit}"
    parse_field(whole, field)
    return whole


def a_part(text: str, kind: str) -> str:
    """Return the name of a preset of a kind, or the path of a file that is there."""
    from satqkd.config.mistake import Mistake, did_you_mean, quoted
    from satqkd.config.preset import list_presets
    from satqkd.config.references import is_file

    text = text.strip()
    if is_file(text):
        if not Path(text).is_file():
            raise Mistake(f"{text} does not exist", "correct the path")
        return text
    names = [preset.name for preset in list_presets() if preset.kind == kind]
    if text not in names:
        fix = f"{did_you_mean(text, names)}, or name a file of your own that ends in .yaml"
        raise Mistake(f"there is no {kind} {quoted(text)}", fix)
    return text


def a_name(text: str) -> str:
    """Read what something is called."""
    from satqkd.config.mistake import Mistake, quoted

    if not text.strip() or not text.isprintable():
        raise Mistake(f"{quoted(text)} is no name", "write letters and figures")
    return text.strip()


def a_number_of_days(text: str) -> float:
    """Read a length of the window. [d]"""
    from satqkd.config.mistake import Mistake, quoted
    from satqkd.config.quantity import parse_number

    days = parse_number(text)
    if not 0.0 < days <= LONGEST_DAYS:
        raise Mistake(
            f"{quoted(text)} days is no sensible length",
            f"write a number above 0 and up to {LONGEST_DAYS:g}",
        )
    return days
