"""A slip in demands, rules, pins and bans is found where it stands, before anything is computed."""

import pytest

RULES = """\
rules:
  - {model: contacts, at_most: 2, each: day, satellite: Micius, station: Nanshan}
  - {model: time, at_most: 20 min, each: orbit, satellite: Micius}
  - {model: crew, stations: [Xinglong, Nanshan], travel: 5 h}
  - {model: not-both, contacts: [micius-xinglong-1918, micius-nanshan-1919]}
pinned: [micius-xinglong-1918]
banned: [micius-nanshan-1934]
spare_weight"""


@pytest.fixture
def ruled(work):
    return work.replace("spare_weight", RULES)


def test_rules_pins_and_bans_are_read(ruled):
    """Every kind of rule, in its order."""
    mission = ruled.load()

    assert [type(rule).__name__ for rule in mission.rules] == [
        "AtMostContacts", "AtMostTime", "SharedCrew", "NotTogether",
    ]  # fmt: skip
    assert mission.rules[1].at_most_s == 1200.0
    assert mission.rules[3].contact_keys == ("micius-xinglong-1918", "micius-nanshan-1919")
    assert (mission.pinned, mission.banned) == (("micius-xinglong-1918",), ("micius-nanshan-1934",))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "station: Nanshan}",
            "station: Nanshen}",
            ("rules[0].station", "there is no station 'Nanshen'", "write 'Nanshan'"),
        ),
        (
            "each: day, satellite: Micius",
            "each: day, satellite: Micus",
            ("rules[0].satellite", "there is no satellite 'Micus'", "write 'Micius'"),
        ),
        (
            "each: orbit, satellite: Micius",
            "each: orbit, satellite: Micus",
            ("rules[1].satellite", "there is no satellite 'Micus'", "write 'Micius'"),
        ),
        (
            "[Xinglong, Nanshan], travel",
            "[Xinglong, Nanshn], travel",
            ("rules[2].stations[1]", "there is no station 'Nanshn'", "write 'Nanshan'"),
        ),
        (
            "each: day",
            "each: night",
            ("rules[0].each", "'night' is not known here", "use one of: day, orbit, window"),
        ),
        (
            "model: crew",
            "model: crews",
            ("rules[2].model", "'crews' is not known here", "write 'crew'"),
        ),
        (
            "banned: [micius-nanshan-1934]",
            "banned: [micius-nanshan-1934, micius-xinglong-1918]",
            (
                "banned[1]",
                "'micius-xinglong-1918' is pinned too",
                "take it from 'pinned' or from 'banned'",
            ),
        ),
        (
            "weight: 2}",
            "weight: 2, by: 2016-12-18T12:00:00Z}",
            (
                "demands[0].by",
                "lies before the window, which begins at 2016-12-19T00:00:00Z",
                "write a later one, or remove the demand",
            ),
        ),
        (
            "weight: 2}",
            "weight: 2, by: 2016-12-20}",
            (
                "demands[0].by",
                "'2016-12-20' has no time zone",
                "write it in UTC, such as '2016-12-20T00:00:00Z'",
            ),
        ),
        (
            "weight: 2}",
            "weight: 2, floor: 1 Mbit/d, held: 2 Mbit}",
            (
                "demands[0].held",
                "means nothing without at_least or use: it counts for these",
                "correct the value",
            ),
        ),
    ],
)
def test_a_slip_is_found_in_its_line_with_the_fix(ruled, old, new, expected):
    """One finding, in the line where it stands."""
    ruled.replace(old, new)

    found = ruled.finding()

    assert (found.where, found.message, found.fix) == expected
    assert (found.file, found.line) == ruled.line_of(new.replace("[", r"\[").replace("]", r"\]"))


def test_slips_of_rules_come_with_all_others(ruled):
    """One run shows them all."""
    ruled.replace("station: Nanshan}", "station: Nanshen}")
    ruled.replace("[Xinglong, Nanshan], weight", "[Xinglong, Nanshann], weight")
    ruled.replace("step: 1 s", "step: 1")

    assert [one.where for one in ruled.findings()] == [
        "step", "demands[0].between[1]", "rules[0].station",
    ]  # fmt: skip


def test_a_constellation_is_named_as_a_whole_or_by_a_member(work):
    """What the mission calls it, or what the tables call one of its satellites."""
    work.replace(
        "norad_id: 41731", "orbit: {model: walker, altitude: 600 km, pattern: '97.6:4/2/1'}"
    )
    work.replace("spare_weight", RULES)
    work.replace("each: day, satellite: Micius", "each: day, satellite: Micius-3")

    assert len(work.load().rules) == 4

    work.replace("satellite: Micius-3", "satellite: Micius-x")
    assert work.finding().fix == "write 'Micius'"


def test_what_is_held_may_be_all_that_is_asked_for(work):
    """Then nothing more is needed."""
    work.replace("weight: 2}", "weight: 2, at_least: 2 Mbit, held: 2 Mbit}")

    assert work.load().demands[0].needed_bits == 0.0
