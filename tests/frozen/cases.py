"""Every table of every shipped mission, as commands that print or write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MISSIONS = {
    "shipped": ROOT,
    **{
        name: ROOT / "satqkd" / "presets" / name
        for name in (
            "fibre-115mb-2023",
            "ground-links",
            "jinan-1-constellation",
            "micius-2016-campaign",
            "micius-entanglement-campaign",
            "micius-portable-campaign",
            "twin-field-node",
        )
    },
}
"""Folders with a mission.yaml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command in one folder."""

    mission: str
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the table is kept under."""
        return f"{self.mission}: {' '.join(self.words)}"


_EVERY = (
    "check",
    "passes --csv",
    "passes --json",
    "passes --geometry --csv",
    "passes --geometry --json",
    "passes --between-satellites --csv",
    "link",
    "link --json",
    "link --out OUT",
    "forecast --csv",
    "forecast --json",
    "forecast --samples 0 --csv",
    "forecast --together --csv",
    "forecast --together --json",
    "forecast --together --block pass --csv",
    "forecast --together --block night --csv",
    "forecast --together --block week --json",
    "forecast --together --block 1e5 --csv",
    "forecast --block pass --csv",
    "forecast --block night --json",
    "forecast --block week --csv",
    "forecast --block 1e6 --csv",
    "forecast --optimise satellite --csv",
    "forecast --optimise pass --json",
    "forecast --availability --csv",
    "forecast --availability --json",
    "plan --out OUT",
    "plan --out OUT --json",
    "plan --out OUT --expected",
    "clock --csv",
    "clock --json",
    "clock --instability --csv",
)
_FLYING = {
    "shipped": (
        "passes --together Delingha,Lijiang --csv",
        "passes --together Delingha,Lijiang --json",
        "link micius-xinglong-20161219T1652 --json",
        "link micius-xinglong-20161219T1652 --out OUT",
        "link micius-lijiang-20161219T1829 --together Delingha --json",
        "clock qstt-micius-2020 --passes --csv",
        "rate --step 5 --csv",
        "rate --step 10 --block 1e12 --json",
        "rate bb84-two-decoys --step 10 --block 1e10 --csv",
        "devices --json",
        "validate --json",
        "clock qstt-micius-2020 --json",
        "clock combs-113km-2022 --instability --csv",
        "clock --attack --trials 20 --json",
        "calibrate data/flown/micius-2016-12-19.csv --out OUT --json",
    ),
    "jinan-1-constellation": (
        "passes --together Jinan,Beijing --csv",
        "link jinan-1-a-synthetic-jinan-20230301T1450 --out OUT",
        "passes --between-satellites --json",
    ),
    "twin-field-node": ("passes --together Xinglong,Jinan --json",),
    "ground-links": ("link Twin-field --json", "link Twin-field --out OUT"),
    "fibre-115mb-2023": ("link '10 km' --json", "link '10 km' --out OUT"),
}
_LONG = {
    ("micius-entanglement-campaign", "forecast --optimise"),
    ("micius-portable-campaign", "forecast --optimise"),
    ("micius-portable-campaign", "plan --out OUT --json"),
    ("micius-entanglement-campaign", "plan --out OUT --json"),
    ("micius-2016-campaign", ""),  # the shipped files once more
}


def cases() -> list[Case]:
    """Every case, in order."""
    import shlex  # noqa: PLC0415

    return [
        Case(mission=mission, words=tuple(shlex.split(words)))
        for mission in MISSIONS
        for words in (*_EVERY, *_FLYING.get(mission, ()))
        if not any(mission == name and words.startswith(begin) for name, begin in _LONG)
    ]
