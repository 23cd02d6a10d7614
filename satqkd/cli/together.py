"""Several stations at once, and satellites among themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from satqkd.cli.distilled import span_of
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.rows import Record, Shown
from satqkd.cli.shown import wrapped
from satqkd.cli.tables import FEW_SATELLITES, chosen_of, over_stations, told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.key_blocks import KeyBlocks
    from satqkd.mission.mission import Mission
    from satqkd.mission.together import Together
    from satqkd.passes.find import Progress
    from satqkd.weather.clear_sky import Draws


def show_together(
    mission: Mission, text: str, *, satellite: Sequence[str] | None, json: bool, csv: bool
) -> None:
    """Print when the stations named in ``text`` see a satellite at once."""
    from satqkd.forecast.views import views
    from satqkd.report.tables.joint import joint_columns, joint_screen

    stations = group(text, [ground.site.name for ground in mission.stations])
    names = [mission.stations[index].site.name for index in stations]
    satellites = chosen_of(mission, None, satellite).satellites
    count = told(
        joint_columns(names),
        lambda progress: views(mission, satellites, stations, progress=progress),
        Shown(names=joint_screen(names), order_by="start_utc", json=json, csv=csv),
        over_stations("joint windows", len(satellites), len(stations)),
    )
    if count == 0:
        if not (json or csv):
            typer.echo(f"{' and '.join(names)} see no satellite at once in this window", err=True)
        raise typer.Exit(ANSWER_IS_NO)


def show_keys_together(
    mission: Mission,
    *,
    satellite: Sequence[str] | None,
    draws: Draws | None,
    json: bool,
    csv: bool,
) -> None:
    """Print the key of each window of the mission's ``together``.

    Windows of which nothing is usable are counted on a terminal, not shown. Exit code 1 if no
    window gives key, and neither do all of a satellite as one block.
    """
    from satqkd.report.tables.together import (
        TOGETHER_COLUMNS,
        TOGETHER_SCREEN_COLUMNS,
        together_screen,
    )
    from satqkd.report.together_sum import (
        WindowSum,
        keyless,
        sum_lines,
        window_sums,
    )

    pairs = _pairs(mission, satellite)
    sums, reasons = list[WindowSum](), list[str]()

    def blocks(progress: Progress) -> Iterator[Forecast]:
        for pair in pairs:
            for found in _of_pair(mission, pair, draws=draws, progress=progress):
                sums.extend(window_sums(found))
                reasons.extend(keyless(found))
                yield found

    def fold(row: Record) -> str | None:
        return None if row["unusable"] is None else str(row["unusable"])

    shown = Shown(
        names=together_screen(pairs), order_by="start_utc", json=json, csv=csv, fold=fold,
        row=("row", "rows"),
    )  # fmt: skip
    to_file = json or csv
    count = told(TOGETHER_COLUMNS if to_file else TOGETHER_SCREEN_COLUMNS, blocks, shown, None)
    if not to_file:
        _tell_reasons(reasons)
        for line in sum_lines(sums):
            typer.echo(line)
    if not any(one.keyed or one.block_bits for one in sums):
        if not (json or csv):
            none = "no two stations see a satellite at once in this window"
            typer.echo("no key in any of these windows" if count else none, err=True)
        raise typer.Exit(ANSWER_IS_NO)


def _tell_reasons(reasons: Sequence[str]) -> None:
    """Say once why rows of a terminal have no key."""
    from satqkd.report.together_sum import reason_lines

    if reasons:
        typer.echo("no key:")
    for line in reason_lines(reasons):
        typer.echo(f"  {line}")


def show_joint_blocks(
    mission: Mission, text: str, *, satellite: Sequence[str] | None, json: bool, csv: bool
) -> None:
    """Print the key of blocks of windows; exit code 1 where no block leaves any."""
    from satqkd.forecast.key_blocks import key_blocks
    from satqkd.report.forecast_sum import Pooled, joint_blocks_name
    from satqkd.report.tables.joint_blocks import JOINT_BLOCK_COLUMNS, joint_block_screen

    span, pairs = span_of(text), _pairs(mission, satellite)
    sums, reasons = dict[str, Pooled](), list[str]()

    def reports(progress: Progress) -> Iterator[KeyBlocks]:
        for pair in pairs:
            for found in _of_pair(mission, pair, progress=progress):
                blocks = key_blocks(found, span)
                name, own = joint_blocks_name(blocks), Pooled.of(blocks)
                sums[name] = sums[name] + own if name in sums else own
                named = f" ({pair.protocol_name})"
                reasons.extend(why + named for why in blocks.keys.why_zero if why is not None)
                yield blocks

    shown = Shown(names=joint_block_screen(pairs), order_by="start_utc", json=json, csv=csv)
    count = told(JOINT_BLOCK_COLUMNS, reports, shown, None)
    if not (json or csv):
        _tell_reasons(reasons)
        for name, one in sums.items():
            typer.echo(wrapped(f"{name}: {one.line('window', 'windows')}"))
    if not any(one.keyed for one in sums.values()):
        if not (json or csv):
            none = "in no window two stations can use a satellite at once"
            typer.echo("no key from any of these" if count else none, err=True)
        raise typer.Exit(ANSWER_IS_NO)


def _of_pair(
    mission: Mission, pair: Together, *, draws: Draws | None = None, progress: Progress
) -> Iterator[Forecast]:
    """Joint contacts of a pair, those of one satellite never divided."""
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.stream import Chosen, stream

    for craft in pair.spacecraft:
        chosen = Chosen(satellites=[craft], stations=(), pairs=[pair])
        yield Forecast.join(list(stream(mission, chosen, draws=draws)))
        progress(pair.spacecraft.index(craft) + 1, len(pair.spacecraft))


def _pairs(mission: Mission, satellite: Sequence[str] | None) -> list[Together]:
    """Pairs of the mission with the satellites asked for."""
    if mission.together_links and not mission.together:
        names = ", ".join(repr(pair.name) for pair in mission.together_links)
        raise SatqkdError(
            "--together: the mission's pairs of links stand still and see no satellite\n"
            f"  fix: 'satqkd link' lists them; name one of them: {names}"
        )
    if not mission.together:
        raise SatqkdError(
            "--together: the mission has no pair of stations with a satellite between them\n"
            "  fix: add 'together: [{stations: [A, B], protocol: twin-field-2025}]' to it, or "
            "begin with 'satqkd preset copy twin-field-node'"
        )
    wanted = set(chosen_of(mission, None, satellite).satellites)
    return [
        replace(pair, spacecraft=tuple(craft for craft in pair.spacecraft if craft in wanted))
        for pair in mission.together
    ]


def show_between(
    mission: Mission,
    *,
    satellite: Sequence[str] | None,
    grazing_height_km: float,
    json: bool,
    csv: bool,
) -> None:
    """Print when satellites see each other."""
    from satqkd.report.tables.sights import SIGHT_COLUMNS, SIGHT_SCREEN, sight_reports

    satellites = chosen_of(mission, None, satellite).satellites
    if len(satellites) < 2:
        raise SatqkdError(
            f"--between-satellites needs two or more satellites, not {len(satellites)}\n"
            "  fix: give the mission two or more, and name two or more with --satellite, or none"
        )
    many = len(satellites) > FEW_SATELLITES
    count = told(
        SIGHT_COLUMNS,
        lambda progress: sight_reports(
            mission, satellites, grazing_height_m=1e3 * grazing_height_km, progress=progress
        ),
        Shown(names=SIGHT_SCREEN, order_by="start_utc", json=json, csv=csv),
        f"windows between {len(satellites):,} satellites" if many else None,
    )
    if count == 0:
        if not (json or csv):
            typer.echo("no satellite sees another in this window", err=True)
        raise typer.Exit(ANSWER_IS_NO)


def group(text: str, names: Sequence[str]) -> list[int]:
    """Indices of the names in a list with commas; a name may itself hold commas.

    Raises
    ------
    SatqkdError
        For a name nobody has, one that is there twice, and fewer than two.

    Examples
    --------
    >>> group("graz, 1 m,matera", ["Graz, 1 m", "Matera"])
    [0, 1]
    """
    if len(names) < 2:
        raise SatqkdError(
            f"--together needs two stations, and the mission has {'one' if names else 'none'}\n"
            "  fix: add stations under 'stations:' in stations.yaml, or leave out --together"
        )
    folded = [name.casefold() for name in names]
    words, found = text.split(","), list[int]()
    while words:
        for size in range(len(words), 0, -1):
            name = ",".join(words[:size]).strip().casefold()
            if name in folded:
                found.append(folded.index(name))
                words = words[size:]
                break
        else:
            raise SatqkdError(
                f"--together: no station is called {words[0].strip()!r}\n"
                f"  fix: write two or more of {', '.join(names)}, with commas between"
            )
    if len(found) < 2 or len(set(found)) < len(found):
        raise SatqkdError(
            f"--together: {text!r} does not name two or more different stations\n"
            f"  fix: write two or more of {', '.join(names)}, with commas between"
        )
    return found
