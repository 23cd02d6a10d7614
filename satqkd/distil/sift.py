"""Which clicks count: both ends keep those that they prepared and measured in the same basis.

::

    Alice                                                    Bob
      ── number of the block ──────────────────────────────▶
      ◀───────────── places of his clicks, basis of each ────
      ── intensity and basis of each pulse ────────────────▶
"""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.distil.bits import Bits, closed_up
from satqkd.distil.packing import Reader, message, number
from satqkd.distil.places import read
from satqkd.distil.records import Received, Transmitted
from satqkd.errors import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sifted:
    """What one end has of the clicks that count; both have the same but for errors in bits."""

    key: Bits
    """Bits that become key, in order of time; of both bases where both make key."""
    check: Bits
    """Bits that are told to test the phase; none where both bases make key."""
    key_basis: Bits
    """For each bit of :attr:`key`, 1 where it is of the key basis."""
    key_intensity: tuple[Bits, ...]
    """For each intensity, which bits of :attr:`key` have it."""
    check_intensity: tuple[Bits, ...]
    """The same of :attr:`check`."""

    def __repr__(self) -> str:
        return f"Sifted({self.key.size} bits)"


class SiftingAlice:
    """The transmitter's end."""

    def __init__(self, record: Transmitted, *, block: int, both_bases: bool) -> None:
        self._record = record
        self._block = block
        self._both = both_bases
        self.sifted: Sifted | None = None

    def begin(self) -> Bits:
        """Return which block it is."""
        return message(number(self._block))

    def answer(self, request: Bits) -> Bits:
        """Take in what clicked; return what was sent."""
        reader = Reader(request)
        places = read(reader, like=self._record.places)
        read_in_key = reader.bits(places.size)
        reader.end()
        own = self._record.at(places)
        if own is None:
            raise ProtocolError("a click is told of a pulse that no record is held of")
        self.sifted = _sifted(
            own.bit,
            sent_in_key=own.key_basis,
            read_in_key=read_in_key,
            intensity=own.intensity,
            both_bases=self._both,
        )
        planes = [plane.view() for plane in own.intensity[:-1]]
        return message(number(len(own.intensity)), *planes, own.key_basis.view())


class SiftingBob:
    """The receiver's end."""

    def __init__(self, record: Received, *, block: int, both_bases: bool) -> None:
        self._record = record
        self._block = block
        self._both = both_bases
        self._asked = False
        self.sifted: Sifted | None = None

    def hear(self, message_: Bits) -> Bits | None:
        """Take the number of the block in, then what was sent."""
        reader = Reader(message_)
        if not self._asked:
            told = reader.number()
            reader.end()
            if told != self._block:
                raise ProtocolError(f"block {told} is told where block {self._block} is due")
            self._asked = True
            return message(*self._record.places.written(), self._record.key_basis.view())
        clicks = self._record.places.size
        kinds = reader.number()
        if not 1 <= kinds <= 8:
            raise ProtocolError(f"{kinds} intensities are told; 1 to 8 can be")
        planes = [reader.bits(clicks) for _ in range(kinds - 1)]
        sent_in_key = reader.bits(clicks)
        reader.end()
        self.sifted = _sifted(
            self._record.bit,
            sent_in_key=sent_in_key,
            read_in_key=self._record.key_basis,
            intensity=(*planes, _rest(planes, clicks)),
            both_bases=self._both,
        )
        return None


def _rest(planes: list[Bits], clicks: int) -> Bits:
    """Clicks of the last intensity: those of no other."""
    taken = Bits.zeros(clicks)
    for plane in planes:
        if (taken & plane).ones:
            raise ProtocolError("a pulse is told to have two intensities")
        taken |= plane
    return ~taken


def _sifted(
    bit: Bits,
    *,
    sent_in_key: Bits,
    read_in_key: Bits,
    intensity: tuple[Bits, ...],
    both_bases: bool,
) -> Sifted:
    alike = ~(sent_in_key ^ read_in_key)
    key = alike if both_bases else alike & sent_in_key
    sifted_key, key_basis, *key_intensity = closed_up((bit, sent_in_key, *intensity), key)
    check, *check_intensity = (
        [Bits.zeros(0)] * (1 + len(intensity))
        if both_bases
        else closed_up((bit, *intensity), alike & ~sent_in_key)
    )
    return Sifted(
        key=sifted_key,
        check=check,
        key_basis=key_basis,
        key_intensity=tuple(key_intensity),
        check_intensity=tuple(check_intensity),
    )
