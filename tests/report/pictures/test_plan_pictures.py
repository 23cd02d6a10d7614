"""Pictures of a plan are 1200 pixels wide, the same each time, and nothing in them overlaps."""

import itertools
import struct
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Text

from satqkd.network.plan import plan_of
from satqkd.report.pictures.blocks import blocks
from satqkd.report.pictures.dial import MOON_PX, RADIUS_PX
from satqkd.report.pictures.key import key
from satqkd.report.pictures.loss import best_pass, loss
from satqkd.report.pictures.loss_panels import _beside
from satqkd.report.pictures.sky import sky
from satqkd.report.pictures.style import axes_at, house_style, new_figure, png
from satqkd.report.pictures.timeline import timeline

PICTURES = {
    "timeline": timeline,
    "sky": sky,
    "loss": lambda plan: loss(plan.forecast, plan=plan),
    "key": key,
}


@pytest.fixture(params=list(PICTURES))
def draw(request):
    return PICTURES[request.param]


CROWD = ("Xinglong", "Nanshan", "Delingha", "Lijiang", "A rather long station name")


@pytest.fixture(scope="session")
def busy(make_plan):
    """Five stations, a week, up to four passes a night, most of them scheduled."""
    made = make_plan(None, stations=CROWD)
    assert made.passes.scheduled.sum() > 80
    return made


def texts(figure):
    """Every visible text of a picture with its box in pixels."""
    with house_style():
        figure.draw_without_rendering()
    beyond = {
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    shown = [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in beyond
    ]
    return [(text.get_text(), text.get_window_extent()) for text in shown]


def overlaps(one, two):
    """Boxes share more than a pixel both ways."""
    wide = min(one.x1, two.x1) - max(one.x0, two.x0)
    high = min(one.y1, two.y1) - max(one.y0, two.y0)
    return wide > 1.0 and high > 4.0  # a line's box holds some pixels of empty space


def overlapping(found):
    """Pairs of texts that overlap."""
    return [(a, b) for (a, one), (b, two) in itertools.combinations(found, 2) if overlaps(one, two)]


def clashes(figure):
    """Pairs of texts that overlap, and texts that leave the picture."""
    found = texts(figure)
    outside = [text for text, box in found if box.x0 < 0 or box.x1 > 1200 or box.y0 < 0]
    return overlapping(found) + outside


def lasting(plan, days):
    """The same plan in a window of another length."""
    mission = replace(plan.mission, duration_s=days * 86_400.0)
    return replace(plan, forecasts=(replace(plan.forecast, mission=mission),))


def test_a_picture_is_1200_pixels_wide(plan, draw):
    """And not too high for a screen or two."""
    width, height = struct.unpack(">II", png(draw(plan))[16:24])

    assert width == 1200
    assert height <= 1600


def test_the_same_plan_gives_the_same_bytes(plan, draw):
    """No time stamp, no version, no state."""
    data = png(draw(plan))

    assert data == png(draw(plan))
    assert b"tEXt" not in data


def test_the_users_own_style_changes_nothing(plan):
    """Settings of a user's matplotlib stay outside."""
    ours = png(timeline(plan))
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "savefig.dpi": 50}):
        theirs = png(timeline(plan))

    assert ours == theirs


@pytest.mark.parametrize("which", ["plan", "busy"])
def test_no_two_texts_overlap_and_none_leaves_the_picture(request, draw, which):
    """In a quiet plan and in a crowded one."""
    assert clashes(draw(request.getfixturevalue(which))) == []


def test_titles_state_the_message_with_numbers(plan):
    """A picture speaks when it is passed on without its plan."""
    said = {name: texts(draw(plan)) for name, draw in PICTURES.items()}
    best = plan.forecast.with_series(np.array([best_pass(plan.forecast, plan=plan)])).sampled
    top_db = best.arms[0].budget.total_db[np.argmax(best.tracks.elevation_deg)]

    assert any("2 of 4 passes scheduled" in text for text, _ in said["timeline"])
    assert any("2 scheduled passes over 2 stations" in text for text, _ in said["sky"])
    assert any(f"{top_db:.1f} dB at culmination" in text for text, _ in said["loss"])
    assert any("from 2 scheduled passes, between" in text for text, _ in said["key"])
    assert any("east to the right" in text for text, _ in said["sky"])


def test_an_empty_plan_gives_an_honest_picture(make_plan, draw):
    """Nothing visible: said, not drawn."""
    said = " ".join(text for text, _ in texts(draw(make_plan(()))))

    assert "no satellite rises above" in said.replace("\n", " ")
    assert png(draw(make_plan(())))


def test_a_plan_of_rejected_passes_says_why(make_plan, draw):
    """The commonest reason is in the picture."""
    said = " ".join(text for text, _ in texts(draw(make_plan(("micius-nanshan-20161219T0525",)))))

    assert "daylight (1)" in said.replace("\n", " ")


def test_a_mission_without_satellite_or_station_is_drawn(make_plan, draw):
    """An honest picture, no traceback."""
    assert png(draw(make_plan((), stations=("Xinglong",), satellites=())))


HOSTILE = ("$x^2$ and $", "墨子", "a\u202eb\x1b[31m", "<script>", "x" * 5000, "%s {0} \\n")


def test_hostile_names_are_drawn_as_they_are(make_plan, draw):
    """No formula, no missing glyph, no title as long as the name."""
    plan = make_plan(
        lambda found: found.passes.station == 0, stations=HOSTILE, satellites=HOSTILE, days=1.0
    )
    said = texts(draw(plan))

    assert plan.passes.scheduled.any()

    assert all(len(text) < 400 for text, _ in said)
    assert any("$x^2$ and $" in text for text, _ in said)


def test_several_satellites_differ_by_marker_and_colour(make_plan):
    """The legend names them."""
    plan = make_plan(None, satellites=("Micius", "Jinan-1", "SPOQC"), days=1.0)
    said = [text for text, _ in texts(timeline(plan))]

    assert {"Micius", "Jinan-1", "SPOQC"} <= set(said)


def test_the_best_pass_is_the_scheduled_one_with_the_most_key(plan):
    """A richer candidate does not count once there is a plan."""
    secure = plan.forecast.yields.keys.secure_bits
    scheduled = np.flatnonzero(plan.passes.scheduled)

    assert best_pass(plan.forecast, plan=plan) == max(scheduled, key=lambda i: secure[i])
    assert best_pass(plan.forecast) == plan.passes.status.index("candidate")


def test_any_pass_can_be_drawn_also_one_without_usable_time(plan):
    """For the command that shows one pass."""
    rejected = plan.passes.status.index("rejected")

    assert any(
        "0 s may carry key" in text for text, _ in texts(loss(plan.forecast, index=rejected))
    )


@pytest.mark.parametrize("days", [0.5, 1.0, 2.0])
def test_short_windows_have_clear_axes(plan, days):
    """Two lines of labels need room, and 06:00 is no midnight."""
    short = lasting(plan, days)
    for figure in (timeline(short), key(short)):
        found = texts(figure)

        below = max(legend.get_window_extent().y1 for legend in figure.legends)
        unit = next(box for text, box in found if text == "UTC")
        assert unit.y0 >= below - 4.0  # a line's box holds some pixels of empty space
        assert "midnight" not in " ".join(text for text, _ in found)
        assert overlapping(found) == []


def test_only_the_richest_passes_of_a_sky_are_numbered(busy):
    """The others are grey, and the picture says so."""
    said = " ".join(text for text, _ in texts(sky(busy))).replace("\n", " ")
    passes = busy.forecast.passes
    at_one = np.bincount(passes.station[busy.passes.scheduled]).max()

    assert at_one > 20
    assert "12 richest passes are numbered; the others are grey" in said
    assert f"and {at_one - 12} more with less key, in grey" in said


@pytest.mark.parametrize("days", [14.0, 34.9, 36.0, 60.0, 365.0, 3000.0])
@pytest.mark.parametrize("draw", [timeline, key])
def test_in_a_long_window_nothing_overlaps(busy, draw, days):
    """Five weeks show every pass; a longer window shows months, one name a month."""
    figure = draw(lasting(busy, days))
    said = " ".join(text for text, _ in texts(figure)).replace("\n", " ")

    assert clashes(figure) == []
    assert ("each month stands where it begins" in said) == (days > 35.0)
    assert ("month" in said) == (days > 35.0)


def test_a_month_shows_the_key_of_its_passes_and_how_many_there_are(make_plan):
    """January's passes do not count for December."""
    plan = make_plan(None, stations=("Xinglong",), satellites=("LEO-1",), days=40.0)
    said = [text for text, _ in texts(timeline(plan))]

    rise = plan.forecast.timebase.iso(plan.forecast.passes.culmination_s)
    bits = plan.passes.planned_bits
    december = np.array([text.startswith("2016-12") for text in rise])
    flown = plan.passes.scheduled
    assert {str(int((flown & one).sum())) for one in (december, ~december)} <= set(said)
    assert {f"{bits[one].sum() / 1e6:.3g}" for one in (december, ~december)} <= set(said)
    assert {"Dec\n2016", "Jan\n2017"} <= set(said)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.74, 0.76, 0.9, 1.0])
def test_the_number_of_a_loss_stands_in_the_plot_and_off_the_name(share):
    """Also of a first line that is nearly all of the loss, as a small payload's beam is."""
    with house_style():
        figure = new_figure(300)
        axes = axes_at(figure, left=225, top=20, width=290, height=200)
        axes.set_xlim(0.0, 40.0 * 1.02)
        _beside(axes, 0, begin=0.0, db=40.0 * share, total=40.0)
        figure.draw_without_rendering()
        (number,) = axes.texts
        box = number.get_window_extent()

    assert box.x0 >= 225.0
    assert box.x1 <= 225.0 + 290.0


def test_key_without_ranges_is_not_said_to_lie_between_twice_the_same(plan):
    """Nothing was stated as a range: one number, and the picture says so."""
    made = plan.passes.made
    exact = replace(plan.passes, made=replace(made, low_bits=made.bits, high_bits=made.bits))
    said = " ".join(text for text, _ in texts(key(replace(plan, passes=exact)))).replace("\n", " ")

    assert "from 2 scheduled passes" in said
    assert "between" not in said
    assert "no stated range moves these keys" in said


def test_a_name_is_cut_only_where_room_ends(make_plan):
    """A long name widens the column of names, and the titles of panels and dials hold it."""
    name = "Mount Teide Optical Ground"
    plan = make_plan(None, stations=(name,), days=1.0)
    assert plan.passes.scheduled.any()

    for draw in (timeline, sky, key):
        figure = draw(plan)
        assert any(name in text for text, _ in texts(figure))
        assert clashes(figure) == []


def test_the_sky_shows_what_a_station_cannot_see_and_where_a_satellite_is_each_minute(plan):
    """A mask of 10° fills the outermost ninth; dots lie a minute apart."""
    figure = sky(plan)
    (axes,) = figure.axes
    ring = next(patch for patch in axes.patches if patch.get_facecolor()[:3] == (239 / 255,) * 3)
    x, y = ring.get_xy().T
    centre = next(patch for patch in axes.patches if hasattr(patch, "radius")).center
    beyond = np.hypot(x - centre[0], y - centre[1])
    dots = [line for line in axes.lines if line.get_marker() == "o"]

    lowest = plan.forecast.mission.stations[0].site.min_elevation_deg
    assert beyond.min() == pytest.approx(RADIUS_PX * (90.0 - lowest) / 90.0, abs=0.1)
    assert beyond.max() == pytest.approx(RADIUS_PX)
    lasts_s = (plan.forecast.passes.set_s - plan.forecast.passes.rise_s)[plan.passes.scheduled]
    assert len(dots) == len(lasts_s)
    for line, last in zip(dots, lasts_s, strict=True):
        assert len(line.get_xdata()) == pytest.approx(last / 60.0, abs=1.0)


def test_the_moon_stands_where_it_is_at_the_culmination_if_it_is_up(make_plan):
    """Its centre goes back to its elevation in the table; the fuller the brighter."""
    plan = make_plan(None)
    figure, (axes,) = sky(plan), sky(plan).axes
    moons = [patch for patch in axes.patches if getattr(patch, "radius", 0.0) == MOON_PX]
    discs = [patch for patch in axes.patches if getattr(patch, "radius", 0.0) == RADIUS_PX]
    own = np.flatnonzero(plan.passes.scheduled)
    top = plan.forecast.seen[0].culmination
    up = own[top.moon_elevation_deg[own] > 0.0]

    def elevation(moon):
        beyond = min(np.hypot(*np.subtract(moon.center, disc.center)) for disc in discs)
        return 90.0 - 90.0 * beyond / RADIUS_PX

    assert 0 < up.size < own.size
    drawn = sorted((elevation(moon), moon.get_facecolor()[0]) for moon in moons)
    known = sorted((top.moon_elevation_deg[i], 0.25 + 0.75 * top.moon_illuminated[i]) for i in up)
    assert np.array(drawn) == pytest.approx(np.array(known), abs=0.01)
    assert "Moon, in the colour of its pass" in [text for text, _ in texts(figure)]


class TestBlocks:
    """Names as far as there is room, and each number once."""

    @staticmethod
    def named(figure):
        return [tick.get_text() for tick in figure.axes[0].get_yticklabels()]

    def test_names_are_whole_where_there_is_room(self, make_plan):
        """Of a station, and of a satellite with it."""
        assert self.named(blocks(make_plan())) == ["Xinglong", "Nanshan"]
        many = make_plan(None, satellites=("Jinan-1 A (synthetic)", "Jinan-1 B (synthetic)"))
        assert {name.partition(", ")[0] for name in self.named(blocks(many))} == {
            "Jinan-1 A (synthetic)", "Jinan-1 B (synthetic)",
        }  # fmt: skip

    def test_what_is_too_long_is_cut_and_stays_in_the_picture(self, make_plan):
        """Without half a bracket."""
        crowd = ("Oberpfaffenhofen (near the big lake)", "Nanshan")
        satellites = ("A very long-named satellite (synthetic)", "B (synthetic)")
        figure = blocks(make_plan(None, stations=crowd, satellites=satellites))
        names = self.named(figure)

        assert any("…" in name for name in names)
        assert all(name.count("(") == name.count(")") for name in names)
        out = [(text, box.x0, box.x1) for text, box in texts(figure) if box.x0 < 0 or box.x1 > 1200]
        assert out == []

    def test_a_lone_contact_has_one_number(self, plan):
        """In brackets stands only what differs."""
        alone = plan_of(plan.forecasts, period="pass")
        for made, brackets in ((alone, False), (plan, False)):
            told = [text for text, _ in texts(blocks(made)) if text.endswith(("bit", "bit)"))]
            assert len(told) == len(made.blocks.planned)
            assert all(("(" in text) == brackets for text in told)


def test_candidates_are_the_same_in_every_picture(plan):
    """As many as the table has, also those without key as a block of their own."""
    made = plan.passes.made
    nothing = replace(made, bits=0 * made.bits, high_bits=0 * made.high_bits)
    spared = [i for i, status in enumerate(plan.passes.status) if status == "scheduled"]
    nothing.bits[spared], nothing.high_bits[spared] = made.bits[spared], made.high_bits[spared]
    poor = replace(plan, passes=replace(plan.passes, made=nothing))

    for draw in (timeline, key):
        words = [text for text, _ in texts(draw(poor))]
        assert f"candidate ({plan.passes.status.count('candidate')})" in words
