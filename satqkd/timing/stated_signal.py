"""The signal of a clock comparison over a link on which nothing moves."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.errors import require_between, require_not_negative, require_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSignal:
    """What arrives on a terrestrial link, or on the mean of a pass."""

    length_m: float
    """Distance between the clocks. [m]"""
    contact_s: float
    """How long they are compared. [s]"""
    loss_db: float | None = None
    """Loss of each way; combs need it. [dB]"""
    sifted_rate_hz: float | None = None
    """Sifted clicks per second; single photons need it. [Hz]"""
    qber: float = 0.0
    """Error fraction of those clicks."""

    def __post_init__(self) -> None:
        require_positive("length_m", self.length_m)
        require_positive("contact_s", self.contact_s)
        if self.loss_db is not None:
            require_not_negative("loss_db", self.loss_db)
        if self.sifted_rate_hz is not None:
            require_positive("sifted_rate_hz", self.sifted_rate_hz)
        require_between("qber", self.qber, 0.0, 0.5)
