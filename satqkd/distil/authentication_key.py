"""Key that two ends hold in advance, for what they say in public."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.distil.bits import Bits
from satqkd.errors import AuthenticationKeyError, NonPhysicalError


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class AuthenticationKey:
    """Secret bits, each of which is spent once.

    They are overwritten as they are spent; copies that Python made meanwhile are not found.

    Examples
    --------
    >>> key = AuthenticationKey(content=bytearray(b"secret"))
    >>> len(key.spend(20)), key
    (20, AuthenticationKey(28 bits left))
    """

    content: bytearray
    """The bits, the first lowest in the first byte; its own from now on."""
    spent_bits: int = 0
    """How many are gone. [bit]"""

    def __repr__(self) -> str:
        return f"AuthenticationKey({self.left_bits} bits left)"

    @property
    def left_bits(self) -> int:
        """How many are left. [bit]

        By definition.
        """
        return 8 * len(self.content) - self.spent_bits

    def spend(self, count: int) -> Bits:
        """Take the next bits out.

        Raises
        ------
        AuthenticationKeyError
            If there are not so many; then none is taken.
        """
        if count < 0:
            raise NonPhysicalError("count", f"must not be negative, got {count}")
        if count > self.left_bits:
            raise AuthenticationKeyError(
                f"{count} bits of authentication key are needed and {self.left_bits} are left"
            )
        end = self.spent_bits + count
        first, last = self.spent_bits // 8, -(-end // 8)
        number = int.from_bytes(self.content[first:last], "little") >> self.spent_bits % 8
        kept = self.content[last - 1] >> end % 8 << end % 8 if end % 8 else 0
        self.content[first:last] = bytes(last - first)
        if end % 8:
            self.content[last - 1] = kept
        self.spent_bits = end
        taken = number & ((1 << count) - 1)
        return Bits.from_bytes(taken.to_bytes(-(-count // 8), "little"), size=count)

    def earn(self, fresh: Bits) -> None:
        """Put new key behind what is left; bits that fill no whole byte are left out."""
        self.content += fresh.to_bytes()[: len(fresh) // 8]

    def wipe(self) -> None:
        """Overwrite what is left and count it as spent."""
        self.content[:] = bytes(len(self.content))
        self.spent_bits = 8 * len(self.content)
