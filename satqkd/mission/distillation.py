"""When sifted bits become key: over a classical link during the pass, or a contact later."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Distillation:
    """Classical messages between satellite and ground that turn clicks into key.

    Without rates all messages wait for the contact after the pass.
    """

    after_contact_s: float
    """From the end of a pass to the contact that carries the messages left over. [s]"""
    uplink_rate_bit_s: float | None = None
    """From the ground while the satellite is in sight; None for no link. [bit/s]"""
    downlink_rate_bit_s: float | None = None
    """The same to the ground. [bit/s]"""
    block_sifted_bits: float | None = None
    """Sifted bits gathered before a block is distilled; None for the whole pass. [bit]"""
    rounds: int = 3
    """Messages to and fro for a block: sifting, error correction, verification."""
    round_latency_s: float = 0.1
    """How long each takes beside its bits: computers at both ends, and the way. [s]"""
    stop_before_set_s: float = 0.0
    """So long before the satellite sets the last block closes, to be key in time; what clicks
    after that is a block for the contact. [s]"""

    def __post_init__(self) -> None:
        require_not_negative("after_contact_s", self.after_contact_s)
        self._check_rates()
        if self.block_sifted_bits is not None:
            require_positive("block_sifted_bits", self.block_sifted_bits)
        if self.rounds < 1:
            raise NonPhysicalError("rounds", f"must be at least 1, got {self.rounds}")
        require_not_negative("round_latency_s", self.round_latency_s)
        require_not_negative("stop_before_set_s", self.stop_before_set_s)

    def _check_rates(self) -> None:
        for name in ("uplink_rate_bit_s", "downlink_rate_bit_s"):
            value = getattr(self, name)
            if value is not None:
                require_positive(name, value)
        if (self.uplink_rate_bit_s is None) != (self.downlink_rate_bit_s is None):
            missing = (
                "uplink_rate_bit_s" if self.uplink_rate_bit_s is None else "downlink_rate_bit_s"
            )
            raise NonPhysicalError(missing, "is missing: messages go both ways")

    @property
    def during_pass(self) -> bool:
        """Whether there is a classical link during the pass."""
        return self.uplink_rate_bit_s is not None

    @property
    def divides(self) -> bool:
        """Whether a contact may become more than one block."""
        return self.block_sifted_bits is not None or self.stop_before_set_s > 0.0

    @property
    def in_words(self) -> str:
        """How a pass is divided into blocks, to follow "distilled"."""
        if self.block_sifted_bits is not None:
            blocks = f"in blocks of {self.block_sifted_bits:,.0f} sifted bits"
        else:
            blocks = "in one block"
        if self.stop_before_set_s > 0.0:
            return (
                f"{blocks}, the last closed {self.stop_before_set_s:g} s before the satellite sets"
            )
        return blocks
