"""What a form says, and where it leads back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from satqkd.console.desk import Desk
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.console.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form says."""

    desk: Desk
    fields: Mapping[str, str]
    every: Mapping[str, list[str]]
    """Fields that can be there more than once."""
    file: tuple[str, bytes] | None
    """Name and content of what was sent with it."""
    by: str
    path: Mapping[str, str]

    @property
    def work(self) -> Workplace:
        """Where acts are done."""
        return self.desk.workplace(self.by)

    def text(self, name: str) -> str:
        """Return a field; empty where it is not there."""
        return self.fields.get(name, "").strip()

    def number(self, name: str) -> int:
        """Return a whole number.

        Raises
        ------
        SatqkdError
            If it is none.
        """
        said = self.text(name)
        if not (said.isascii() and said.isdigit() and len(said) < 16):
            raise SatqkdError("the form is not one of this page\n  fix: load the page again")
        return int(said)

    @property
    def back(self) -> str:
        """Where the form was, as it says; an address of the desk, whatever it says."""
        said = self.text("back")
        ours = said.startswith("/") and not said.startswith(("//", "/\\")) and said.isprintable()
        return quote(said, safe="/?&=%-._~:#+") if ours else "/"


def led_to(address: str) -> Response:
    """Lead a browser to a page, with nothing to send again."""
    return RedirectResponse(address, status_code=303)
