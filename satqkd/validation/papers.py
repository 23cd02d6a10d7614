"""The ten papers satqkd stands on: what runs each system, and which cases hold it against print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from satqkd.errors import SatqkdError


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper whose system satqkd has."""

    number: int
    title: str
    """Of the system, not of the paper."""
    arxiv: str
    presets: tuple[str, ...]
    commands: tuple[str, ...]
    """Each after ``satqkd``; a mission among the presets is copied first, the first one for
    ``link``."""


PAPERS: Final = (
    Paper(
        number=1,
        title="Twin-field key over free space",
        arxiv="2503.17744",
        presets=("ground-links", "twin-field-2025", "twin-field-node"),
        commands=("link Twin-field", "forecast --together", "rate twin-field-sns twin-field-cal"),
    ),
    Paper(
        number=2,
        title="Microsatellite with key in real time",
        arxiv="2408.10994",
        presets=("jinan-1", "jinan-1-portable", "jinan-1-constellation", "jinan-1-ten-cities"),
        commands=("forecast --availability", "link PASS --out FOLDER"),
    ),
    Paper(
        number=3,
        title="Single-photon source against attenuated lasers",
        arxiv="2406.02045",
        presets=("ground-links", "single-photon-2024"),
        commands=("link 'Quantum dot'", "rate single-photon bb84-infinite-decoys"),
    ),
    Paper(
        number=4,
        title="115.8 Mbit/s over fibre",
        arxiv="2307.02364",
        presets=("fibre-115mb-2023",),
        commands=("link",),
    ),
    Paper(
        number=5,
        title="Micius with portable stations",
        arxiv="2205.13828",
        presets=("micius-portable-campaign", "portable-28cm"),
        commands=("forecast", "plan"),
    ),
    Paper(
        number=6,
        title="Time and frequency at 89 dB",
        arxiv="2203.11272",
        presets=("combs-113km-2022",),
        commands=("clock combs-113km-2022",),
    ),
    Paper(
        number=7,
        title="Key from devices of which some are malicious",
        arxiv="2006.12863",
        presets=("ground-links", "chip-mdi-2020"),
        commands=("link 'Chip MDI'", "devices", "rate mdi"),
    ),
    Paper(
        number=8,
        title="Measurement-device-independent key through 19.2 km of air",
        arxiv="2006.05088",
        presets=("ground-links", "free-space-mdi-2020", "twin-field-node"),
        commands=("link 'MDI through air'", "forecast --together", "rate mdi"),
    ),
    Paper(
        number=9,
        title="Quantum-secure time transfer",
        arxiv="2006.00666",
        presets=("qstt-micius-2020",),
        commands=("clock qstt-micius-2020", "clock qstt-micius-2020 --passes"),
    ),
    Paper(
        number=10,
        title="Optical frequency transfer at 70 dB",
        arxiv="2003.08322",
        presets=("frequency-transfer-2021",),
        commands=("clock frequency-transfer-2021",),
    ),
)


def paper_of(number: int) -> Paper:
    """Return the paper of a number.

    Raises
    ------
    SatqkdError
        If there is none.
    """
    if not 1 <= number <= len(PAPERS):
        raise SatqkdError(
            f"--paper: there is no paper {number}\n  fix: write a number from 1 to {len(PAPERS)}; "
            "'satqkd validate' ends with the list"
        )
    return PAPERS[number - 1]
