"""Where the key goes: from all contacts with key to what pairs get, adding up to the bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from satqkd.report.counted import counted
from satqkd.report.html.axis import Axis
from satqkd.report.html.markup import joined, tag
from satqkd.report.html.svg import line, picture, rect, text
from satqkd.report.html.tables import Shown, numbered, table
from satqkd.report.html.written import bits_words, fixed, minus
from satqkd.report.plan_folder import PlanFolder, Row, whole

Sign = Literal["+", "−", "="]
WIDTH: Final = 700.0
NAMES: Final = 292.0
ROW: Final = 28.0
ROOM: Final = 122.0
"""For the number behind a bar. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One step from what could be made to what is left."""

    sign: Sign
    """Whether it adds, takes away, or is what there is so far."""
    what: str
    bits: int
    """How much; below 0 where what takes away gives. [bit]"""
    count: str = ""
    """Of how many."""
    kind: str = "bar"
    """Class of its bar."""
    beside: str = ""
    """What is said behind its number."""

    @property
    def change(self) -> int:
        """What it changes. [bit]"""
        return {"+": self.bits, "−": -self.bits, "=": 0}[self.sign]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundBits:
    """Key of a terrestrial link in the window: plain values, as no table of a plan has it."""

    name: str
    bits: int
    """[bit]"""


def terms(plan: PlanFolder, links: Sequence[GroundBits] = ()) -> tuple[Term, ...]:
    """Return the steps of a plan, of which the last is what is spare.

    Each ``=`` is the sum of what stands above it, and so is the spare key: where the tables of a
    plan do not add up, a term says by how much.
    """
    found = [*_made(plan), *_taken(plan, links)]
    left = sum(one.change for one in found)
    pools = [row for row in plan.tables["keys.csv"] if row["kind"] == "pool"]
    spare = sum(whole(row, "spare_bits") or 0 for row in pools)
    if left != spare:
        found.append(Term(sign="−", what="not accounted for by the tables", bits=left - spare,
                          kind="lost"))  # fmt: skip
    lost = sum(whole(row, "lost_bits") or 0 for row in pools)
    beside = f"of it {bits_words(lost)} lost: no room on board, or too old" if lost else ""
    found.append(
        Term(sign="=", what="spare: no pair takes it", bits=spare, kind="spare", beside=beside)
    )
    return tuple(found)


def _made(plan: PlanFolder) -> Iterator[Term]:
    if not plan.tables["blocks.csv"]:
        yield from _made_alone(plan)
        return
    left = {id(row) for row in _unasked(plan)}
    blocks = [row for row in plan.tables["blocks.csv"] if id(row) not in left]
    every = sum(whole(row, "all_bits") or 0 for row in blocks)
    flown = sum(whole(row, "block_bits") or 0 for row in blocks)
    possible = sum(whole(row, "possible") or 0 for row in blocks)
    scheduled = sum(whole(row, "scheduled") or 0 for row in blocks)
    none = [row for row in blocks if not whole(row, "scheduled") and not row.get("opening")]
    nowhere = sum((whole(row, "all_bits") or 0) - (whole(row, "block_bits") or 0) for row in none)
    idle = sum(whole(row, "possible") or 0 for row in none)
    yield Term(sign="+", what="All contacts that could make key", bits=every,
               count=counted(possible, "contact"), kind="every")  # fmt: skip
    yield Term(sign="−", what="given up or cut: its time serves another",
               bits=every - flown - nowhere, count=str(possible - scheduled - idle),
               kind="lost")  # fmt: skip
    if nowhere or idle:
        yield Term(sign="−", what="of blocks of which nothing is scheduled", bits=nowhere,
                   count=str(idle), kind="lost")  # fmt: skip
    yield Term(sign="=", what="made by the plan", bits=flown,
               count=counted(scheduled, "contact"))  # fmt: skip


def _unasked(plan: PlanFolder) -> tuple[Row, ...]:
    """Return the blocks of which nothing is scheduled, and of whose key no pair asks for any.

    A pair whose satellite is trusted has a delivery row in keys.csv, also of no key; one that makes
    its key together has a row with a weight.
    """
    keys = plan.tables["keys.csv"]
    relayed = {name for row in keys if row["kind"] == "delivery" for name in _pair(row)}
    together = {_pair(row) for row in keys if row["kind"] == "joint" and row.get("weight")}

    def asked(block: Row) -> bool:
        other = block.get("station_b")
        return _pair(block) in together if other else block["station_a"] in relayed

    return tuple(
        row
        for row in plan.tables["blocks.csv"]
        if not whole(row, "scheduled") and not row.get("opening") and not asked(row)
    )


def unasked_words(plan: PlanFolder) -> str:
    """Say what contacts could make that no pair asks for; empty for nothing."""
    found = _unasked(plan)
    bits = sum(whole(row, "all_bits") or 0 for row in found)
    if not bits:
        return ""
    contacts = counted(sum(whole(row, "possible") or 0 for row in found), "contact")
    return f"Not counted: {bits_words(bits)} that {contacts} could make, and no pair asks for."


def _made_alone(plan: PlanFolder) -> Iterator[Term]:
    """Of a plan without blocks: each contact is a key of its own."""
    rows = [*plan.passes, *plan.windows]
    flown = [row for row in rows if row["status"] == "scheduled"]
    left = [row for row in rows if row["status"] == "candidate"]
    made = sum(_bits(row) for row in flown)
    lost = sum(_bits(row) for row in left)
    yield Term(sign="+", what="All contacts with key, each alone", bits=made + lost,
               count=counted(len(flown) + len(left), "contact"), kind="every")  # fmt: skip
    yield Term(sign="−", what="given up: the satellite serves another", bits=lost,
               count=str(len(left)), kind="lost")  # fmt: skip
    yield Term(sign="=", what="made by the plan", bits=made,
               count=counted(len(flown), "contact"))  # fmt: skip


def _bits(row: Row) -> int:
    return whole(row, "planned_bits") or whole(row, "secure_bits") or 0


def _taken(plan: PlanFolder, links: Sequence[GroundBits]) -> Iterator[Term]:
    keys = plan.tables["keys.csv"]
    stock = sum(whole(row, "stock_bits") or 0 for row in keys if row["kind"] == "pool")
    ground = sum(one.bits for one in links)
    if stock:
        yield Term(
            sign="+", what="held on board when the window begins", bits=stock, kind="stock-held"
        )
    if links:
        yield Term(sign="+", what="made over the ground", bits=ground,
                   count=counted(len(links), "link"), kind="ground-key")  # fmt: skip
    relayed = [row for row in keys if row["kind"] == "delivery"]
    delivered = sum(whole(row, "delivered_bits") or 0 for row in relayed)
    served = {_pair(row) for row in relayed if whole(row, "delivered_bits")}
    yield Term(sign="−", what="relayed: one bit at each end", bits=2 * delivered,
               count=counted(len(served), "pair"), kind="relayed",
               beside=f"= 2 × {_mega(delivered)}")  # fmt: skip
    joint = [row for row in keys if row["kind"] == "joint"]
    for what, own in (
        ("made together: one bit for both ends", [row for row in joint if row.get("weight")]),
        ("made together, and nobody asks for it", [row for row in joint if not row.get("weight")]),
    ):
        if own:
            bits = sum(whole(row, "delivered_bits") or 0 for row in own)
            count = counted(len({_pair(row) for row in own}), "pair")
            yield Term(sign="−", what=what, bits=bits, count=count, kind="relayed")
    if links:
        yield Term(sign="−", what="over the ground: there at both ends", bits=ground,
                   kind="ground-key")  # fmt: skip


def _pair(row: Row) -> frozenset[str]:
    return frozenset((row["station_a"], row["station_b"]))


def _mega(bits: float) -> str:
    return f"{bits / 1e6:.2f}"


def losses_title(plan: PlanFolder) -> str:
    """Say how much key is given up of what could be made."""
    found = terms(plan)
    every, lost = found[0].bits, sum(one.bits for one in found if one.kind == "lost")
    if not every:
        return "No contact has key"
    if lost <= 0:
        whom = " that a pair asks for" if unasked_words(plan) else ""
        return f"Every contact with key{whom} is flown: {bits_words(every)}"
    share = fixed(100.0 * lost / every)
    return f"{bits_words(lost)} of {bits_words(every)} are given up ({share} %)"


def waterfall(plan: PlanFolder, *, name: str, links: Sequence[GroundBits] = ()) -> Markup:
    """Draw where the key goes, with a table of the same.

    Parameters
    ----------
    plan
        Its keys.csv and blocks.csv; of a plan without blocks each contact is a key of its own.
    name
        Unique in the page.
    links
        Terrestrial links, whose key no table of a plan has.
    """
    found = terms(plan, links)
    ground = [
        tag("p", f"Over the ground {one.name} makes {bits_words(one.bits)}: not drawn.")
        for one in links
    ]
    drawn = [one for one in found if one.kind != "ground-key"]
    left = unasked_words(plan)
    aside = tag("p", left) if left else None
    return joined((_drawn(drawn, name), aside, *ground, _as_table(found)))


def _drawn(found: Sequence[Term], name: str) -> Markup:
    levels = list(_levels(found))
    most = max((high for _, high in levels), default=0) or 1
    low = min(0, *(least for least, _ in levels)) if levels else 0
    axis = Axis(low=low, high=most, begin=NAMES + 66, end=WIDTH - ROOM)
    shapes: list[Markup] = []
    for place, (one, (begin, end)) in enumerate(zip(found, levels, strict=True)):
        y = ROW * place
        x, wide = axis.at(begin), max(axis.at(end) - axis.at(begin), 1.0)
        if place + 1 < len(found):
            at = axis.at(_after(found, place))
            shapes.append(line(at, y + 21, at, y + ROW + 5, "rule"))
        what = f"{one.sign} {one.what}" if place else one.what
        shapes += [
            text(0, y + 17, what, "head" if one.sign == "=" else ""),
            text(NAMES + 60, y + 17, one.count, "small", anchor="end"),
            rect(x, y + 5, wide, 16, one.kind),
            text(x + wide + 5, y + 17, _number(one, first=place == 0), "head halo"),
        ]
    told = "; ".join(f"{one.sign} {one.what}: {one.bits:,} bit".strip() for one in found)
    own = picture(
        *shapes,
        width=WIDTH,
        height=ROW * len(found) + 2,
        name=name,
        title="Where the key goes",
        told=told.replace(",", "\u2009") + ".",
        class_="falls",
    )
    return tag(
        "div", own, class_="scroll", tabindex="0", role="region", aria_label="Where the key goes"
    )


def _number(one: Term, *, first: bool) -> str:
    shown = minus(_mega(one.bits)) + (" Mbit" if first else "")
    return shown + (f" {one.beside}" if one.beside.startswith("=") else "")


def _after(found: Sequence[Term], place: int) -> int:
    return sum(one.change for one in found[: place + 1])


def _levels(found: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Yield from where to where each bar reaches. [bit]"""
    for place, one in enumerate(found):
        before, after = _after(found, place) - one.change, _after(found, place)
        if one.sign == "=":
            before = 0
        yield min(before, after), max(before, after)


def _as_table(found: Sequence[Term]) -> Markup:
    rows = [
        {"sign": one.sign if place else "", "what": one.what, "count": one.count,
         "bits": str(one.bits), "beside": one.beside}
        for place, one in enumerate(found)
    ]  # fmt: skip
    columns = [
        Shown(heading="", cell=lambda r: r["sign"], kind="t"),
        Shown(heading="What", cell=lambda r: r["what"], kind="h"),
        Shown(heading="Of", cell=lambda r: r["count"]),
        Shown(heading="bit", cell=lambda r: fixed(int(r["bits"])), column="bits", kind="n key"),
        Shown(heading="To know", cell=lambda r: r["beside"], kind="w"),
    ]
    columns[0] = Shown(heading=tag("span", "Sign", class_="unseen"), cell=columns[0].cell, kind="t")
    return table(columns, numbered(rows), caption="Where the key goes, bit by bit")
