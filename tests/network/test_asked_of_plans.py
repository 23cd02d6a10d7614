"""Amounts, deadlines, rules, pins and bans of the shipped week of Micius."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from asked import between, flown, planned, reasons, with_demands

from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.forecast.stream import forecast
from satqkd.mission.distillation import Distillation
from satqkd.mission.rules import AtMostContacts, AtMostTime, NotTogether, SharedCrew
from satqkd.network.served import served
from satqkd.schedule.verify import verify
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]
JINAN = 4
"""Place of the pair Jinan and Nanshan among the demands."""


@pytest.fixture(scope="module")
def week():
    return forecast(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))


@pytest.fixture(scope="module")
def mission(week):
    return week.mission


@pytest.fixture(scope="module")
def free(week, mission):
    """The plan that nobody asks anything of."""
    return planned([week], mission)


class TestAmounts:
    def test_an_amount_is_met_before_the_weights_count(self, week, mission, free):
        """The poor station at Jinan is served, which costs the others."""
        asked = between(mission, "Jinan", "Nanshan", at_least_bits=18_000.0)
        plan = planned([week], with_demands(mission, asked))

        assert served(free)[JINAN].delivered_bits == 0
        assert served(plan)[JINAN].delivered_bits >= 18_000
        assert served(plan)[JINAN].met
        assert plan.solution.objective < free.solution.objective
        assert verify(plan.problem, plan.solution) == ()

    def test_what_is_held_counts(self, week, mission, free):
        """All of it but what the free plan gives anyway: nothing changes."""
        given = served(free)[0].delivered_bits
        asked = between(mission, "Xinglong", "Nanshan", at_least_bits=9e6, held_bits=9e6 - given)
        plan = planned([week], with_demands(mission, asked))

        assert served(plan)[0].met
        assert served(plan)[0].asked_bits == given
        assert plan.solution.objective == pytest.approx(free.solution.objective, rel=1e-6)

    def test_an_amount_that_no_plan_meets_is_told_with_what_is_short(self, week, mission):
        """As much as can be of it, and which pool is spent."""
        asked = between(mission, "Xinglong", "Nanshan", at_least_bits=9e6)
        found = served(planned([week], with_demands(mission, asked)))[0]

        assert not found.met
        assert found.short_bits == 9_000_000 - found.delivered_bits
        assert found.why == "all key of Xinglong and Nanshan is spent"

    def test_of_several_amounts_as_many_as_can_be_are_met(self, week, mission):
        """One is out of reach, and does not take the others with it."""
        plan = planned(
            [week],
            with_demands(
                mission,
                between(mission, "Xinglong", "Nanshan", at_least_bits=90e6),
                between(mission, "Jinan", "Nanshan", at_least_bits=4_000.0),
                between(mission, "Delingha", "Ngari", at_least_bits=1e6),
            ),
        )

        assert [one.met for one in served(plan)] == [False, None, None, True, True]

    def test_each_pass_a_block_of_its_own_keeps_amounts_too(self, week, mission):
        """There the plan is that of contacts, not of blocks."""
        asked = between(mission, "Jinan", "Nanshan", at_least_bits=3_900.0)
        plan = planned([week], with_demands(mission, asked), period="pass")

        assert served(plan)[JINAN].met

    def test_the_chance_is_that_of_the_amount(self, mission):
        """Not that of any key."""
        found = forecast(mission, draws=Draws(samples=20, seed=1))
        asked = between(mission, "Xinglong", "Delingha", at_least_bits=1e6)
        plan = planned([found], with_demands(mission, asked))
        told, drawn = served(plan)[1], plan.outlook.demands[1]

        assert told.chance_met == pytest.approx(np.mean(drawn.sorted_bits >= 1e6))
        assert told.chance_met < drawn.chance_of()


class TestDeadlines:
    def test_a_deadline_moves_contacts_before_it(self, week, mission):
        """Whole contacts: more key of both stations by then than of the free plan."""
        mission = replace(mission, in_part=False)
        free = planned([week], mission)
        by = mission.start + timedelta(days=3)
        asked = between(mission, "Nanshan", "Lijiang", by=by, at_least_bits=1e3)
        plan = planned([week], with_demands(mission, asked))

        def early(one):
            lijiang = one.passes.scheduled & (one.forecast.passes.station == 3)
            return int((one.passes.end_s[lijiang] <= 3 * DAY_S).sum())

        assert early(free) == 0
        assert early(plan) > 0
        assert served(plan)[2].met

    def test_later_key_is_not_delivered(self, week, mission):
        """Before the second night nothing of Delingha is there."""
        by = datetime(2016, 12, 19, 18, 0, tzinfo=UTC)
        asked = between(mission, "Xinglong", "Delingha", by=by)
        found = served(planned([week], with_demands(mission, asked)))[1]

        assert found.delivered_bits == 0
        assert found.why.endswith("only after the deadline")

    def test_a_later_deadline_is_never_worse(self, mission):
        """Day by day, up to the whole of four days; each day is worth something."""
        first = forecast(replace(mission, duration_s=4 * DAY_S))
        worth = [
            planned(
                [first],
                with_demands(
                    first.mission,
                    between(mission, "Xinglong", "Nanshan", by=mission.start + timedelta(days=day)),
                ),
            ).solution.objective
            for day in (1, 2, 3, 4)
        ]

        assert worth == sorted(set(worth))

    def test_key_has_to_be_distilled_by_then(self, week, mission):
        """A day after the contact is too late for a deadline a day after it."""
        slow = replace(mission, distillation=Distillation(after_contact_s=DAY_S))
        asked = between(mission, "Xinglong", "Nanshan", by=mission.start + timedelta(days=1))
        soon, late = (
            served(planned([week], with_demands(one, asked)))[0] for one in (mission, slow)
        )

        assert soon.delivered_bits > 0
        assert late.delivered_bits == 0
        assert late.why == "key at Xinglong and Nanshan only after the deadline"

    def test_a_deadline_divides_blocks_of_its_own_stations_alone(self, week, mission):
        """Xinglong and Delingha gather as long as before; Nanshan and Lijiang not."""
        by = mission.start + timedelta(days=3)
        plan = planned([week], with_demands(mission, between(mission, "Nanshan", "Lijiang", by=by)))
        stations, count = np.unique(plan.blocks.station, return_counts=True)

        assert dict(zip(stations.tolist(), count.tolist(), strict=True)) == {
            0: 1, 1: 2, 2: 1, 3: 2, 4: 1, 5: 1,
        }  # fmt: skip

    def test_ctrl_c_leaves_the_best_plan_so_far(self, week, mission, free):
        """Marked so, within the rules and with its bound."""

        def stop(_worth, _bound):
            raise KeyboardInterrupt

        plan = planned([week], mission, told=stop)

        assert plan.solution.status == "stopped"
        assert 0.0 < plan.solution.objective <= free.solution.objective <= plan.solution.bound
        assert verify(plan.problem, plan.solution) == ()

    def test_a_deadline_before_the_window_is_refused(self, week, mission):
        """No plan can give any key by then."""
        asked = between(mission, "Xinglong", "Nanshan", by=mission.start)
        with pytest.raises(SatqkdError, match="before the window begins at 2016-12-19T00:00:00Z"):
            planned([week], with_demands(mission, asked))

    def test_a_deadline_after_the_window_is_told(self, week, mission, free):
        """It leaves nothing out; perhaps the year is wrong."""
        late = mission.start + timedelta(days=365)
        asked = between(mission, "Xinglong", "Nanshan", by=late)
        with pytest.warns(UserWarning, match="after the window: all of it is in time"):
            plan = planned([week], with_demands(mission, asked))
        assert plan.solution.objective == pytest.approx(free.solution.objective)


class TestRules:
    def test_at_most_so_many_contacts_a_day(self, week, mission):
        """Of 24 h from the beginning of the window."""
        rule = AtMostContacts(at_most=2, each="day")
        plan = planned([week], replace(mission, rules=(rule,)))
        days = plan.passes.start_s[plan.passes.scheduled] // DAY_S

        assert np.unique(days, return_counts=True)[1].max() == 2
        assert "rule: at most 2 contacts each day" in reasons(plan).values()
        assert verify(plan.problem, plan.solution) == ()

    def test_at_most_so_many_of_a_station(self, week, mission):
        """The others are free."""
        rule = AtMostContacts(at_most=1, each="window", station="Nanshan")
        plan = planned([week], replace(mission, rules=(rule,)))
        told = [why for why in reasons(plan).values() if "rule: " in why]

        assert sum("nanshan" in key for key in flown(plan)) == 1
        assert told
        assert all(why.endswith("rule: at most 1 contact in the window at Nanshan") for why in told)

    def test_at_most_one_of_a_revolution(self, week, mission):
        """Two passes of one revolution over different stations are one too many."""
        rule = AtMostContacts(at_most=1, each="orbit", satellite="Micius")
        plan = planned([week], replace(mission, rules=(rule,)))
        numbers = [key.rpartition("-")[2] for key in flown(plan)]

        assert len(set(numbers)) == len(numbers) > 5

    def test_at_most_so_much_time(self, week, mission):
        """Added up over each day."""
        rule = AtMostTime(at_most_s=500.0, each="day", satellite="Micius")
        plan = planned([week], replace(mission, rules=(rule,)))
        own = plan.passes.scheduled
        start_s = plan.passes.start_s[own]
        used_s = np.zeros(7)
        np.add.at(used_s, (start_s // DAY_S).astype(int), plan.passes.end_s[own] - start_s)

        assert 0.0 < used_s.max() <= 500.0 + 1e-6
        assert "rule: at most 8.33333 min in contact each day of Micius" in reasons(plan).values()

    def test_of_two_contacts_one_at_most(self, week, mission, free):
        """Two that are both flown if nobody says so."""
        two = ("micius-xinglong-1918", "micius-nanshan-1919")
        assert set(two) <= flown(free)

        plan = planned([week], replace(mission, rules=(NotTogether(contacts=two),)))

        left_out = set(two) - flown(plan)
        assert len(left_out) == 1
        assert reasons(plan)[left_out.pop()].endswith(f"rule: one of {two[0]} and {two[1]}")

    def test_one_crew_serves_stations_in_turn(self, week, mission):
        """A day's travel: between two nights at different stations lies a night off."""
        crew = ("Xinglong", "Nanshan")
        rule = SharedCrew(stations=crew, travel_s=30 * 3600.0)
        plan = planned([week], replace(mission, rules=(rule,)))
        passes, own = plan.forecast.passes, plan.passes.scheduled
        mine = own & (passes.station < 2)
        order = np.argsort(plan.passes.start_s[mine])
        station = passes.station[mine][order]
        gap_s = plan.passes.start_s[mine][order][1:] - plan.passes.end_s[mine][order][:-1]

        assert (gap_s[station[1:] != station[:-1]] >= 30 * 3600.0).all()
        assert "rule: one crew for Xinglong and Nanshan" in reasons(plan).values()

    def test_a_rule_is_never_worth_anything(self, week, mission, free):
        """One rule more never makes a plan better."""
        rules = (AtMostContacts(at_most=2), SharedCrew(stations=("Ngari", "Nanshan"), travel_s=0.0))
        one = planned([week], replace(mission, rules=rules[:1])).solution.objective
        both = planned([week], replace(mission, rules=rules)).solution.objective

        assert both <= one * (1.0 + 1e-6)
        assert one <= free.solution.objective * (1.0 + 1e-6)

    def test_a_contact_of_a_rule_that_is_not_there_is_refused(self, week, mission):
        """With the key that was meant."""
        rule = NotTogether(contacts=("micius-xinglong-1918", "micius-nanshan-19"))
        with pytest.raises(SatqkdError, match=r"rules\[0\].contacts: no contact of this window"):
            planned([week], replace(mission, rules=(rule,)))

    def test_plans_for_the_weather_keep_them(self, mission):
        """Also the one that is changed contact by contact on a sample."""
        found = forecast(mission, draws=Draws(samples=20, seed=1))
        ruled = replace(
            mission,
            rules=(AtMostContacts(at_most=2, each="day"),),
            pinned=("micius-jinan-1918",),
            banned=("micius-delingha-2010",),
        )
        plan = planned([found], ruled, value="expected")

        assert len(plan.judged.names) == 3
        assert "micius-jinan-1918" in flown(plan)
        assert "micius-delingha-2010" not in flown(plan)
        assert verify(plan.problem, plan.solution) == ()


class TestPins:
    def test_a_pinned_contact_is_flown_and_what_it_is_in_the_way_of_says_so(
        self, week, mission, free
    ):
        """Jinan has no key of a single pass, and still gets its one."""
        plan = planned([week], replace(mission, pinned=("micius-jinan-1918",)))

        assert "micius-jinan-1918" not in flown(free)
        assert "micius-jinan-1918" in flown(plan)
        assert reasons(plan)["micius-xinglong-1918"] == (
            "clash: satellite serves Jinan at 16:53:11Z, which is pinned"
        )

    @pytest.mark.parametrize("period", ["pass", "week"])
    def test_a_pinned_contact_without_key_is_flown(self, week, mission, period):
        """Whatever it brings: perhaps a test of the station."""
        pinned = replace(mission, pinned=("micius-jinan-1918",))
        plan = planned([week], pinned, period=period)

        assert "micius-jinan-1918" in flown(plan)

    def test_a_banned_contact_is_not_flown(self, week, mission, free):
        """And is told as rejected."""
        (best,) = [key for key in flown(free) if key == "micius-delingha-2010"]
        plan = planned([week], replace(mission, banned=(best,)))
        at = plan.forecast.contact_key.index(best)

        assert best not in flown(plan)
        assert plan.passes.status[at] == "rejected"
        assert plan.passes.reason[at] == "banned: by the mission"

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"pinned": ("micius-jinan-20161219T1653",)}, "write 'micius-jinan-1918'"),
            ({"banned": ("micius-jinan-191",)}, "banned: no contact of this window is called"),
            ({"pinned": ("micius-jinan-1918", "micius-xinglong-1918")}, "clash"),
            (
                {"pinned": ("micius-jinan-1918",), "banned": ("micius-jinan-1918",)},
                "micius-jinan-1918 is banned too",
            ),
            (
                {
                    "pinned": ("micius-jinan-1918",),
                    "rules": (AtMostContacts(at_most=0, station="Jinan"),),
                },
                "is kept out by a rule: at most 0 contacts each day at Jinan",
            ),
            ({"pinned": ("micius-xinglong-1910",)}, "cannot be scheduled: daylight"),
        ],
    )
    def test_what_cannot_be_is_refused(self, week, mission, changed, message):
        """Before anything is searched, with what it is."""
        with pytest.raises(SatqkdError, match=message):
            planned([week], replace(mission, **changed))
