"""Loads matplotlib without the help texts that it writes for its own classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_WRITES: Final = "_update_set_signature_and_docstring"
"""What matplotlib calls for each class that can be drawn."""


@contextmanager
def without_help_texts() -> Iterator[None]:
    """Leave out what matplotlib says of the settings of its classes, while it is loaded.

    To put them into the signature and the help of ``set`` of a hundred classes takes a quarter
    of the time in which it is loaded, and no command shows them. For processes that end with
    their pictures: ``set`` takes the same as ever, but its help stays short. Of a matplotlib
    that goes about it in another way nothing is left out.
    """
    from matplotlib.artist import Artist  # noqa: PLC0415 -- only pictures pay for the import

    written = vars(Artist).get(_WRITES)
    if written is None:
        yield
        return
    setattr(Artist, _WRITES, classmethod(lambda _: None))
    try:
        yield
    finally:
        setattr(Artist, _WRITES, written)
