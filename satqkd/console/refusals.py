"""What is answered to a request that is not taken: what, and how to go on."""

from __future__ import annotations

from enum import Enum

from starlette.responses import PlainTextResponse


class Refusal(Enum):
    """Why a request is not taken: status and words."""

    HOST = 421, "This desk answers to 127.0.0.1 and localhost with its own port, to no other name."
    STRANGER = (
        403,
        (
            "This browser has not shown the key of the desk.\n"
            "Open the whole address that 'satqkd desk' printed."
        ),
    )
    ORIGIN = 403, "The form was not sent by a page of this desk; nothing was done."
    TOKEN = (
        403,
        ("The form is of a desk that has ended; nothing was done.\nLoad the page again."),
    )
    READ_ONLY = 403, "This desk is open for reading only; nothing was done."
    METHOD = 405, "A page is read, a form is sent; nothing else is done here."
    KIND = 415, "Only forms are taken; nothing was done."
    FORM = 400, "The form cannot be read; nothing was done."
    SIZE = 413, "More than 2 MB; nothing was done."
    LONG = 414, "The address is too long."
    NONE = (
        404,
        (
            "There is no such page here.\n"
            "A contact, plan or piece of work may be of before: of another plan, or another desk."
        ),
    )
    DEFECT = 500, "satqkd itself is wrong here; the terminal of the desk says where."
    """What is said on a page of the desk too: the first line is its title."""


def refusal_page(refusal: Refusal) -> PlainTextResponse:
    """Return the answer."""
    status, words = refusal.value
    allowed = {"allow": "GET, HEAD, POST"} if refusal is Refusal.METHOD else None
    return PlainTextResponse(f"{words}\n", status_code=status, headers=allowed)


class NotThereError(Exception):
    """A page of something that is not there."""
