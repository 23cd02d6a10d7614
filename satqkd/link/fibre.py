"""Loss in a fibre on the ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from satqkd.errors import NonPhysicalError, require_not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre:
    """What a fibre and its joints take, from the source's exit to the receiver's optics."""

    attenuation_db_m: float = 2e-4
    """Loss per length at the signal's wavelength; the default is 0.2 dB/km, that of a standard
    single-mode fibre at 1550 nm (ITU-T G.652, typical; recalled). [dB/m]"""
    splices: int = 0
    """How many splices there are; a cable has one every few kilometres."""
    splice_loss_db: float = 0.05
    """Loss of each, assumed: a fusion splice in the field. [dB]"""
    connector_loss_db: float = 0.5
    """Loss of all connectors together, assumed: one of 0.25 dB at either end. [dB]"""

    def __post_init__(self) -> None:
        require_not_negative("attenuation_db_m", self.attenuation_db_m)
        self._check_splices()
        require_not_negative("splice_loss_db", self.splice_loss_db)
        require_not_negative("connector_loss_db", self.connector_loss_db)

    def _check_splices(self) -> None:
        if self.splices < 0:
            raise NonPhysicalError("splices", f"must not be negative, got {self.splices}")

    def lines_db(self, length_m: float) -> Mapping[str, float]:
        """Losses over a length: lines ``fibre`` and ``splices``, connectors with these. [dB]

        By definition: decibels per length times length, and one loss for each splice.

        Examples
        --------
        >>> Fibre(attenuation_db_m=0.22e-3, splices=4).lines_db(10e3)
        {'fibre': 2.2, 'splices': 0.7}
        """
        return {
            "fibre": self.attenuation_db_m * length_m,
            "splices": self.splices * self.splice_loss_db + self.connector_loss_db,
        }
