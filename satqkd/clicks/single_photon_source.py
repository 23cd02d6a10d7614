"""A source of single photons, such as a quantum dot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_fraction,
    require_not_negative,
    require_positive,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePhotonSource:
    r"""Pulses of at most two photons, the second one rare.

    .. math:: p_2 = \tfrac{1}{2} g^{(2)} \mu^2, \qquad p_1 = \mu - 2 p_2

    Notes
    -----
    :math:`g^{(2)} \mu^2 = \sum_n n (n-1) p_n` is at least twice the probability of more than one
    photon, whatever the photon numbers: :math:`p_2` bounds what an eavesdropper can split.

    References
    ----------
    .. [1] E. Waks, C. Santori and Y. Yamamoto, *Phys. Rev. A* 66, 042315 (2002).
    """

    pulse_rate_hz: float
    """Pulses sent per second. [Hz]"""
    brightness: float
    """Mean photon number per pulse leaving the transmitter, behind all of its optics."""
    g2: float
    """Second-order correlation of a pulse with itself, 0 for a perfect source, 1 for a laser."""
    p_key_basis: float
    """Probability that the transmitter uses the key basis."""
    intrinsic_error: float
    """Error fraction of signal clicks without any background (polarisation contrast, alignment)."""
    pulse_width_s: float = 0.0
    """Length of a pulse, full width at half maximum. [s]"""
    intensity_uncertainty: float = 0.0
    """How far the brightness may lie from the stated one, relative; key is that of the worst. 0
    where it is assumed exact."""

    def __post_init__(self) -> None:
        require_positive("pulse_rate_hz", self.pulse_rate_hz)
        self._check_brightness()
        require_fraction("g2", self.g2)
        require_between("p_key_basis", self.p_key_basis, 0.0, 1.0)
        require_between("intrinsic_error", self.intrinsic_error, 0.0, 0.5)
        require_not_negative("pulse_width_s", self.pulse_width_s)
        require_between("intensity_uncertainty", self.intensity_uncertainty, 0.0, 0.5)

    def _check_brightness(self) -> None:
        require_fraction("brightness", self.brightness)
        require_positive("brightness", self.brightness)
        if self.g2 * self.brightness > 1.0:
            raise NonPhysicalError(
                "brightness", f"times g2 must be at most 1, got {self.brightness * self.g2:g}"
            )

    def set_to(
        self,
        *,
        intensities: tuple[float, ...],
        probabilities: tuple[float, ...],
        p_key_basis: float,
    ) -> SinglePhotonSource:
        """Return the source dimmed to the one intensity, which is always sent."""
        del probabilities
        return replace(self, brightness=intensities[0], p_key_basis=p_key_basis)

    @property
    def intensities(self) -> tuple[float]:
        """The one mean photon number."""
        return (self.brightness,)

    @property
    def probabilities(self) -> tuple[float]:
        """It is always sent."""
        return (1.0,)

    @property
    def intensity_error(self) -> float:
        """None: g2 holds every fluctuation."""
        return 0.0

    @property
    def multi_photon(self) -> tuple[float]:
        r"""Probability :math:`p_2` of two photons."""
        return (0.5 * self.g2 * self.brightness**2,)
