"""What changes from one plan to another, contact by contact and pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from satqkd.report.compare import CHANGED, Change, Comparison, Delivered, What
from satqkd.report.html.compared import signed
from satqkd.report.html.markup import tag
from satqkd.report.html.svg import rect
from satqkd.report.html.tables import Shown, boxed, numbered, table
from satqkd.report.html.written import NOTHING, kbit, time_cell, zone_heading, zone_of
from satqkd.report.plan_folder import Row

SIGNS: Final[Mapping[What, str]] = {
    "added": "+ added", "dropped": "− dropped", "moved": "→ moved", "cut": "‹ cut",
    "longer": "› longer", "kept": "= kept", "past": "past",
}  # fmt: skip
MOST_ROWS: Final = 500
"""Of more changes those of most key."""

Act = Callable[[Change], Markup | None]
"""What stands behind a change: buttons, where the page has them."""


def changes(
    found: Comparison, zones: Mapping[str, str], *, every: bool = False, act: Act | None = None
) -> Markup:
    """List what changes, and why.

    Parameters
    ----------
    found
        Both plans.
    zones
        Time zone of each station that gives one.
    every
        Whether contacts that are kept, or past, are listed too.
    act
        Makes what stands behind a change; None for nothing.
    """
    own = [one for one in found.changes if every or one.what in CHANGED]
    if not own:
        return tag("p", "No contact changes.")
    left = own[:0]
    if len(own) > MOST_ROWS:
        ranked = sorted(own, key=lambda one: -abs(one.bits))
        left = ranked[MOST_ROWS:]
        own = sorted(ranked[:MOST_ROWS], key=lambda one: one.begins)
    several = len({one.satellite for one in own}) > 1
    rows = [_row(one) for one in own]
    acts = {row["key"]: one for row, one in zip(rows, own, strict=True)}

    def when(row: Row, form: str) -> Markup:
        return time_cell(row["begins_utc"], zone_of(zones.get(row["first"], "")), form=form)

    columns = [
        Shown(heading="What", cell=lambda r: _badge(r["what"]), column="what", kind="t"),
        Shown(heading=zone_heading("Day"), cell=lambda r: when(r, "day"), kind="d"),
        Shown(heading=zone_heading("Begins"), cell=lambda r: when(r, "time"), column="begins_utc"),
        Shown(heading="Station", cell=lambda r: r["stations"], kind="h"),
        *(
            [Shown(heading="Satellite", cell=lambda r: r["satellite"], kind="t")]
            if several
            else []
        ),
        Shown(heading="A, kbit", cell=lambda r: kbit(int(r["bits_before"])), column="bits_before"),
        Shown(heading="B, kbit", cell=lambda r: kbit(int(r["bits_after"])), column="bits_after"),
        Shown(heading="Change", cell=lambda r: signed(int(r["bits"])), column="bits",
              kind="n key"),
        Shown(heading="Why", cell=lambda r: r["why"] or NOTHING, column="why", kind="w"),
    ]  # fmt: skip
    if act is not None:
        columns.append(
            Shown(heading="Do", cell=lambda r: act(acts[r["key"]]) or Markup(""), kind="t")
        )
    shown = table(columns, numbered(rows), caption="What changes from plan A to plan B, and why")
    if not left:
        return shown
    return Markup("").join(
        (shown, tag("p", f"{len(left)} more change less key: satqkd diff lists them."))
    )


def _row(one: Change) -> Row:
    return {
        "key": one.contact_key,
        "what": one.what,
        "begins_utc": one.begins.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
        "first": one.stations[0],
        "stations": " and ".join(one.stations),
        "satellite": one.satellite,
        "bits_before": str(one.bits_before),
        "bits_after": str(one.bits_after),
        "bits": str(one.bits),
        "why": one.why,
    }


def _badge(what: str) -> Markup:
    kind = {"added": "go", "dropped": "stop"}.get(what, "not-checked")
    return tag("span", {str(key): said for key, said in SIGNS.items()}[what],
               class_=f"badge {kind}")  # fmt: skip


def pairs_compared(found: Comparison) -> Markup:
    """List what each pair gets in either plan, with a bar for each."""
    if not found.delivered:
        return tag("p", "No pair asks for key.")
    most = max(max(one.bits_before, one.bits_after) for one in found.delivered) or 1
    rows = [_pair_row(one, most) for one in found.delivered]
    heads = ("Pair", "By", "A, kbit", "B, kbit", "Change", "A over B")
    kinds = ("t", "t", "n", "n key", "n", "t")
    head = tag("tr", *(tag("th", word, scope="col", class_=kind)
                       for word, kind in zip(heads, kinds, strict=True)))  # fmt: skip
    foot = tag(
        "tr",
        tag("th", "Sum", scope="row", class_="t", colspan="2"),
        tag("td", kbit(found.delivered_before), class_="n"),
        tag("td", kbit(found.delivered_after), class_="n"),
        tag("td", signed(found.delivered_after - found.delivered_before), class_="n"),
        tag("td", ""),
    )
    caption = "What each pair gets in plan A and in plan B"
    own = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows),
              tag("tfoot", foot))  # fmt: skip
    return boxed(own, caption)


def _pair_row(one: Delivered, most: int) -> Markup:
    bars = tag(
        "svg",
        rect(0, 1, 180.0 * one.bits_before / most, 6, "both"),
        rect(0, 8, 180.0 * one.bits_after / most, 6, "only-b"),
        viewBox="0 0 180 15",
        class_="pair-bars",
        aria_hidden="true",
    )
    return tag(
        "tr",
        tag("th", f"{one.station_a} – {one.station_b}", scope="row", class_="t"),
        tag("td", one.satellite or NOTHING, class_="t"),
        *_amounts((("n", one.bits_before), ("n key", one.bits_after))),
        tag("td", signed(one.bits_after - one.bits_before), class_="n"),
        tag("td", bars, class_="t"),
    )


def _amounts(given: Sequence[tuple[str, int]]) -> list[Markup]:
    return [tag("td", kbit(bits), class_=kind, data_raw=str(bits)) for kind, bits in given]
