"""What a mission was read from: each file is read once, also when its values are changed later."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Content = TypeVar("Content")


class Files:
    """Content of files by path, as it was when each was first read.

    A mission is a value: changing one number of it must not bring in what was meanwhile
    written into its files.
    """

    __slots__ = ("_read",)

    def __init__(self) -> None:
        self._read: dict[Any, Any] = {}

    def copy(self) -> Files:
        """Return the same content, to which more may come without it coming here."""
        files = Files()
        files._read |= self._read
        return files

    def __contains__(self, key: Hashable) -> bool:
        return key in self._read

    def put(self, key: Hashable, content: object) -> None:
        """Take content for what a file holds, before it is read."""
        self._read[key] = content

    def once(self, key: Key, read: Callable[[Key], Content]) -> Content:
        """Return what ``read`` makes of the key; what it raises is not kept.

        Examples
        --------
        >>> files = Files()
        >>> files.once("a", str.upper), files.once("a", str.lower)
        ('A', 'A')
        """
        if key not in self._read:
            self._read[key] = read(key)
        content: Content = self._read[key]
        return content
