"""``satqkd plan`` with amounts, rules, pins and bans, as an operator writes them."""

import csv
import json
import re

import pytest

QUICK = ("--samples", "0", "--pictures", "none", "--series", "none")
TWO_DAYS = (*QUICK, "--days", "2")


def table(folder, name):
    with (folder / "plan" / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def told(answer):
    return answer.stdout.splitlines()


def test_pins_and_bans_of_the_command_line(satqkd, campaign):
    """By the key that passes.csv has; what stands in their way says so there."""
    answer = satqkd(
        "plan", *TWO_DAYS, "--pin", "micius-jinan-1918", "--ban", "micius-nanshan-1919",
        cwd=campaign,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    rows = {row["contact_key"]: row for row in table(campaign, "passes.csv")}
    assert rows["micius-jinan-1918"]["status"] == "scheduled"
    assert rows["micius-nanshan-1919"]["reason"] == "banned: by the mission"
    assert rows["micius-xinglong-1918"]["reason"] == (
        "clash: satellite serves Jinan at 16:53:11Z, which is pinned"
    )


def test_the_files_say_what_is_asked_for(satqkd, edited):
    """Amount, deadline and rule of mission.yaml; what comes of them is in keys.csv and above it."""
    edited(
        "mission.yaml",
        "  - {between: [Xinglong, Nanshan], weight: 1}",
        "  - {between: [Xinglong, Nanshan], at_least: 300 kbit, held: 50 kbit, "
        "by: 2016-12-20T00:00:00Z}",
    )
    campaign = edited(
        "mission.yaml",
        "\nspare_weight:",
        "\nrules:\n  - {model: contacts, at_most: 1, each: day}\nspare_weight:",
    )
    answer = satqkd("plan", *TWO_DAYS, cwd=campaign)

    assert answer.returncode == 0, answer.stderr
    (line,) = [one for one in told(answer) if one.startswith("0 of 1 amount met, ")]
    assert line.endswith("of stations")
    (short,) = [one for one in told(answer) if one.startswith("not met: ")]
    assert re.search(r"of 250,000 bit by 2016-12-20 00:00 UTC: .+", short)
    row = table(campaign, "keys.csv")[0]
    assert (row["asked_bits"], row["met"]) == ("250000", "false")
    assert row["by_utc"] == "2016-12-20T00:00:00.000Z"
    assert any(
        row["reason"].endswith("rule: at most 1 contact each day")
        for row in table(campaign, "passes.csv")
    )


def test_an_amount_moves_the_plan(satqkd, campaign):
    """The same week, one time with 10 kbit for the poorest station."""
    answer = satqkd("plan", *QUICK, "--set", "demands[4].at_least=10 kbit", cwd=campaign)

    assert answer.returncode == 0, answer.stderr
    assert any(one.startswith("1 of 1 amount met, ") for one in told(answer))
    (row,) = [row for row in table(campaign, "keys.csv") if row["asked_bits"]]
    assert (row["station_a"], row["met"], row["note"]) == ("Jinan", "true", "")
    assert int(row["delivered_bits"]) >= 10_000


def test_both_policies_are_told(satqkd, campaign):
    """Week blocks, and blocks of one pass: each beside the other."""
    pooled, apart = policies(
        satqkd, campaign, "week blocks; the same passes each a block of its own"
    )
    assert apart == scheduled_bits(campaign)
    assert 1.1 < pooled / apart < 1.3
    apart, pooled = policies(
        satqkd, campaign, "blocks of one pass; the same passes in week blocks", "--blocks", "pass"
    )
    assert apart == scheduled_bits(campaign)
    assert 1.1 < pooled / apart < 1.3


def policies(satqkd, campaign, words, *own):
    """Key of a plan as it is made, and as the other policy would make it. [bit]"""
    answer = satqkd("plan", *QUICK, "--whole", *own, cwd=campaign)
    found = re.search(
        rf"^([\d,]+) secret bits made in {words}: ([\d,]+)$", answer.stdout, re.MULTILINE
    )
    assert found is not None, answer.stdout
    return [int(bits.replace(",", "")) for bits in found.groups()]


def scheduled_bits(campaign):
    """Key of the scheduled passes, each a block of its own. [bit]"""
    rows = [row for row in table(campaign, "passes.csv") if row["status"] == "scheduled"]
    return sum(int(row["secure_bits"]) for row in rows)


def test_work_and_gap_are_those_of_the_solver(satqkd, campaign):
    """They stand in plan.json as set, beside how good the plan is."""
    answer = satqkd("plan", *TWO_DAYS, "--work", "1000", "--gap", "0.05", cwd=campaign)

    assert answer.returncode == 0, answer.stderr
    plan = json.loads((campaign / "plan" / "plan.json").read_text(encoding="utf-8"))
    assert plan["set"] == {"solver.work": "1000", "solver.gap": "0.05"}
    assert plan["solver"]["gap"] <= 0.05
    assert plan["solver"]["bound_sampled"] is False


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--pin", "micius-jinan-20161219T1653"),
            (
                "pinned: no contact of this window is called 'micius-jinan-20161219T1653'\n"
                "  fix: write 'micius-jinan-1918', or take a key from the column contact_key of "
                "passes.csv\n"
            ),
        ),
        (
            ("--pin", "micius-jinan-1918", "--ban", "micius-jinan-1918"),
            (
                "--ban: banned[0]: 'micius-jinan-1918' is pinned too\n"
                "  fix: take it from 'pinned' or from 'banned'\n"
            ),
        ),
        (
            ("--pin", "micius-jinan-1918", "--pin", "micius-xinglong-1918"),
            (
                "pinned: micius-xinglong-1918 and micius-jinan-1918 clash\n"
                "  fix: take one of them from 'pinned'\n"
            ),
        ),
        (
            ("--set", "rules=[{model: contacts, at_most: 1, station: Jinam}]"),
            "--set: rules[0].station: there is no station 'Jinam'\n  fix: write 'Jinan'\n",
        ),
        (
            ("--set", "demands[0].by=2016-12-18T00:00:00Z"),
            (
                "--set: demands[0].by: lies before the window, which begins at "
                "2016-12-19T00:00:00Z\n"
                "  fix: write a later one, or remove the demand\n"
            ),
        ),
        (
            ("--start", "2016-12-20T00:00:00Z", "--set", "demands[0].by=2016-12-19T12:00:00Z"),
            (
                "demands: Xinglong and Nanshan want their key by 2016-12-19T12:00:00Z, before the "
                "window begins at 2016-12-20T00:00:00Z\n"
                "  fix: write a later 'by', or leave the demand out\n"
            ),
        ),
        (
            ("--blocks", "month"),
            (
                "--blocks: blocks: must be pass, night, week, some days, such as 3 d, or an "
                "amount of key, such as until 1 Mbit\n"
            ),
        ),
    ],
)
def test_slips_are_told_and_nothing_is_written(satqkd, campaign, words, message):
    """What, where, and how to mend it."""
    answer = satqkd("plan", *TWO_DAYS, *words, cwd=campaign)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(message)
    assert not (campaign / "plan").exists()


def test_windows_to_avoid_and_a_bus_from_the_command_line(satqkd, campaign):
    """The table is looked for where the command is given; the summary counts what it takes."""
    folder = campaign / "from others"
    folder.mkdir()
    (folder / "windows.csv").write_text(
        "start,end,station\n2016-12-19T16:40:00Z,2016-12-19T18:40:00Z,Nanshan\n", encoding="utf-8"
    )
    bus = (
        "{battery: 40 Wh, depth_of_discharge: 35 %, generation: 24 W, base_load: 14 W, "
        "payload_power: 45 W, lead: 2 min}"
    )
    answer = satqkd(
        "plan", *TWO_DAYS, "--avoid", "from others/windows.csv",
        "--set", f"satellites[0].bus={bus}", cwd=campaign,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    rows = {row["contact_key"]: row for row in table(campaign, "passes.csv")}
    lost = rows["micius-nanshan-1919"]
    assert lost["status"] == "rejected"
    assert lost["reason"] == ("window to avoid: line 2 of windows.csv, until 2016-12-19T18:40:00Z")
    assert float(lost["lost_avoid_s"]) > 60.0
    assert any("window to avoid (1)" in one for one in told(answer))
    (line,) = [one for one in told(answer) if one.startswith("battery of Micius: down to ")]
    assert ", limit 65 %; " in line
    assert all(len(one) <= 160 for one in told(answer) if one.startswith("battery"))


def test_a_table_of_windows_that_is_not_there_names_the_option(satqkd, campaign):
    """Nothing is planned without it."""
    answer = satqkd("plan", *TWO_DAYS, "--avoid", "no.csv", cwd=campaign)

    assert answer.returncode == 2
    assert "no.csv: No such file or directory" in answer.stderr
    assert "--avoid" in answer.stderr


def test_a_slip_in_a_table_of_windows_names_what_was_typed(satqkd, campaign):
    """The option and its file, not the key of the mission file."""
    (campaign / "bad.csv").write_text("start,end\nsoon,late\n", encoding="utf-8")
    answer = satqkd("plan", *TWO_DAYS, "--avoid", "bad.csv", cwd=campaign)

    assert answer.returncode == 2
    assert "(with '--avoid bad.csv')" in " ".join(answer.stderr.split())


def test_floors_use_and_stock_are_planned_from_the_files(satqkd, edited):
    """Summary, keys.csv and JSON say how many amounts are there in time."""
    edited(
        "mission.yaml",
        "  - {between: [Xinglong, Nanshan], weight: 1}",
        "  - {between: [Xinglong, Nanshan], floor: 30 kbit/night, priority: 2}",
    )
    campaign = edited(
        "mission.yaml",
        "\nspare_weight:",
        "\nstock:\n  - {satellite: Micius, station: Xinglong, key: 200 kbit}\nspare_weight:",
    )
    answer = satqkd(
        "plan", *TWO_DAYS, "--set", "demands[2].use=60 bit/min", "--set", "demands[2].reserve=1 d",
        cwd=campaign,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr
    lines = told(answer)
    assert any(re.fullmatch(r"\d of 4 amounts met, .*", one) for one in lines)
    assert any(
        re.fullmatch(r"Xinglong and Nanshan: a floor of 30,000 bit/night met \d of 2 nights", one)
        for one in lines
    )
    assert any("a use of 86,400 bit/d with 1 d in reserve met" in one for one in lines)
    assert any(
        one.startswith("200,000 bit in stock when the window begins: Micius") for one in lines
    )
    row = table(campaign, "keys.csv")[0]
    assert (row["asked_bits"], row["amounts"]) == ("60000", "2")
    keys = json.loads(satqkd("plan", *TWO_DAYS, "--json", cwd=campaign).stdout)["keys"]
    assert keys[0]["amounts"] == 2
    (pool,) = [one for one in keys if one["kind"] == "pool" and one["station_a"] == "Xinglong"]
    assert pool["stock_bits"] == 200_000


def test_what_is_held_already_is_met_from_the_beginning(satqkd, edited):
    """The summary says so, and keys.csv that nothing more is asked for."""
    campaign = edited(
        "mission.yaml",
        "  - {between: [Xinglong, Nanshan], weight: 1}",
        "  - {between: [Xinglong, Nanshan], at_least: 300 kbit, held: 400 kbit}",
    )
    answer = satqkd("plan", *TWO_DAYS, cwd=campaign)

    assert answer.returncode == 0, answer.stderr
    lines = told(answer)
    assert any(one.startswith("1 of 1 amount met, ") for one in lines)
    assert (
        "Xinglong and Nanshan hold 400,000 bit when the window begins: the 300,000 asked for are "
        "met" in lines
    )
    row = table(campaign, "keys.csv")[0]
    assert (row["asked_bits"], row["met"]) == ("0", "true")


def test_four_priorities_are_one_too_many(satqkd, campaign):
    """Told where the last one stands."""
    more = [
        part
        for number in range(4)
        for part in (
            "--set", f"demands[{number}].priority={number + 1}",
            "--set", f"demands[{number}].floor=1 kbit/d",
        )
    ]  # fmt: skip
    answer = satqkd("plan", *TWO_DAYS, *more, cwd=campaign)

    assert answer.returncode == 2
    assert "is one of 4 different priorities; a plan tells 3 apart" in answer.stderr
