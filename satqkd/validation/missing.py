"""Published figures that nothing is held against, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A published figure without a case."""

    cite: str
    figure: str
    """What was published, and how it is known."""
    why: str
    """What is missing for a computation."""


MISSING: Final = (
    Missing(
        cite="Y.-A. Chen et al., Nature 589, 214 (2021)",
        figure="47.8 kbit/s on average over a typical pass of Micius (abstract, read)",
        why="Clock, intensities, receiver and length of the pass were not seen",
    ),
    Missing(
        cite="J.-G. Ren et al., Nature 549, 70 (2017)",
        figure="teleportation to Micius with a fidelity of 0.80(1) up to 1400 km (abstract, read), "
        "over 41 to 52 dB from 500 to 1400 km (recalled)",
        why="satqkd computes no teleportation; for the loss, divergence, telescopes and optics "
        "were not seen",
    ),
    Missing(
        cite="C. J. Pugh et al., Quantum Sci. Technol. 2, 024009 (2017), arXiv:1612.06396",
        figure="uplink to an aircraft over 3 to 10 km, 3 to 5 % of errors and up to 868 kbit of "
        "key (abstract, read)",
        why="Source, loss and duration of that flight were not seen",
    ),
    Missing(
        cite="X. Han et al., arXiv:1912.06318",
        figure="extinction of 887:1 on average and a Bell parameter of 2.312(96) over the uplink "
        "to Micius (abstract, read)",
        why="satqkd computes no Bell parameter, and the extinction is an input: 1/888 of errors",
    ),
    Missing(
        cite="Bolanos et al. (2026)",
        figure="10 Mbit/s at 5 dB and 6.5 kbit/s at 38.5 dB (recalled)",
        why="The paper was not found; clock, protocol, detectors and block were not seen",
    ),
    Missing(
        cite="T. Roger et al., Sci. Adv. (2023), PMC10691775",
        figure="4.58 Mbit of key within an emulated overpass (abstract, read)",
        why="Clock, intensities and the profile of the loss were not seen",
    ),
    Missing(
        cite="J. Yang et al., Light Sci. Appl. 13, 150 (2024)",
        figure="keys per pulse of 1.867e-5 to 4.797e-5 over 25.49 dB (caption, read)",
        why="Which of the four values is with or without end, and with or without the filter, "
        "cannot be told from the caption",
    ),
    Missing(
        cite="J. Yang et al., Light Sci. Appl. 13, 150 (2024)",
        figure="25.51 dB of reach with blocks of 1e3 bits (caption, read)",
        why="Our bounds make no key of so few bits over any loss, see S-4",
    ),
)
