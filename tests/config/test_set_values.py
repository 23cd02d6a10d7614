"""Values set beside the files count, and are checked as if they stood in them."""

from __future__ import annotations

import dataclasses

import pytest

from satqkd.config.given import covers, replace
from satqkd.config.preset import copy_preset
from satqkd.config.set_values import path_steps
from satqkd.errors import InputError, SatqkdError
from satqkd.mission.mission import SetValue


def loaded(work, **values):
    """Load with values set by their paths."""
    return work.load(set_values=[SetValue(path=p, value=v) for p, v in values.items()])


def refused(work, **values):
    """Return the one finding about the values."""
    with pytest.raises(InputError) as caught:
        loaded(work, **values)
    (finding,) = caught.value.findings
    return finding


class TestWhereValuesGo:
    @pytest.mark.parametrize(
        ("path", "value", "read"),
        [
            ("name", "Another", lambda m: m.name == "Another"),
            ("duration", "2 d", lambda m: m.duration_s == 172_800.0),
            ("limits.max_range", "900 km", lambda m: m.limits.max_range_m == 9e5),
            ("limits.min_elevation", "20 deg", lambda m: m.limits.min_elevation_deg == 20.0),
            (
                "satellites[0].payload.source.intensities",
                "[0.7, 0.2, 0]",
                lambda m: m.spacecraft[0].payload.source.intensities == (0.7, 0.2, 0.0),
            ),
            (
                "satellites.Micius.payload.source.intensities[1]",
                "0.2",
                lambda m: m.spacecraft[0].payload.source.intensities == (0.8, 0.2, 0.0),
            ),
            ("stations.Nanshan.height", "2 km", lambda m: m.stations[1].site.height_m == 2e3),
            ('stations["Nanshan"].height', "2 km", lambda m: m.stations[1].site.height_m == 2e3),
            (
                "stations[1].sky.earth_albedo",
                "0.8",
                lambda m: m.stations[1].sky.earth_albedo == 0.8,
            ),
            (
                "satellites[0].payload.transmitter.beam",
                "{model: gaussian, divergence: 12 urad}",
                lambda m: m.spacecraft[0].payload.transmitter.beam.divergence_rad == 12e-6,
            ),
            ("stations.Nanshan.terminal", "delingha-1.2m", lambda m: m.stations[1].terminal_name),
        ],
    )
    def test_a_value_takes_the_place_of_the_files(self, work, path, value, read):
        """By index or by name, written there or not, one number or a whole mapping."""
        before = work.load()
        after = loaded(work, **{path: value})

        assert read(after)
        assert before != after
        assert after.set_values == (SetValue(path=path, value=value),)

    def test_a_preset_is_looked_into_for_one_station_alone(self, work):
        """The other station that names it keeps it as it is, and so does the name."""
        terminal = "  min_elevation: 12 deg\n  terminal:\n"
        text = work.stations.read_text("utf-8")
        head, tail = text.split(terminal)[0], text.split("    setup: 10 min\n")[1]
        work.stations.write_text(f"{head}  terminal: xinglong-1m\n{tail}", encoding="utf-8")

        first, second = loaded(work, **{"stations[1].terminal.receiver.aperture": "2 m"}).stations

        assert (first.terminal.receiver.aperture_m, second.terminal.receiver.aperture_m) == (1, 2)
        assert second.terminal_name == "xinglong-1m"

    def test_an_own_file_is_looked_into(self, work):
        """With its sources or without."""
        copy_preset("xinglong-1m", work.mission.parent)
        work.replace("terminal: xinglong-1m", "terminal: xinglong-1m.yaml")

        mission = loaded(work, **{"stations.Xinglong.terminal.setup": "3 min"})

        assert mission.stations[0].terminal.setup_s == 180.0

    def test_what_is_set_is_no_assumption_any_more(self, work):
        """Neither of the preset, nor of the file, nor a default; all others stay."""
        work.replace("spare_weight: 0.01", "assumed: {limits.max_range: a guess, limits: too}")
        before = {one.where for one in work.load().assumptions}
        after = loaded(
            work,
            **{
                "stations[0].terminal.setup": "3 min",
                "stations[0].terminal.detector.dead_time": "50 ns",
                "limits.max_range": "900 km",
            },
        ).assumptions

        gone = before - {one.where for one in after}
        assert gone == {
            "mission.yaml: limits.max_range",
            "xinglong-1m: setup",
            "xinglong-1m: detector.dead_time",
        }

    def test_an_assumption_below_a_replaced_value_does_not_dangle(self, work):
        """It spoke of what is no longer there."""
        work.replace("spare_weight: 0.01", "assumed: {limits.max_range: a guess}")

        mission = loaded(work, limits="{min_elevation: 5 deg}")

        assert mission.limits.max_range_m is None
        assert "mission.yaml: limits.max_range" not in {one.where for one in mission.assumptions}

    def test_a_misspelt_assumption_of_the_file_is_still_told(self, work):
        """Setting something else does not mend it."""
        work.replace("spare_weight: 0.01", "assumed: {limits.max_rnge: a guess}")

        finding = refused(work, **{"limits.max_range": "900 km"})

        assert finding.file.endswith("mission.yaml")
        assert finding.fix == "write 'limits.max_range'"


class TestMistakes:
    @pytest.mark.parametrize(
        "case",
        [
            ("limts.max_range", "9 km", "limts", "no such key here", "write 'limits'"),
            ("limits.max_rnge", "9 km", "limits.max_rnge", "no such key", "write 'max_range'"),
            (
                "stations[0].terminal.receiver.apertur",
                "1 m",
                "stations[0].terminal.receiver.apertur",
                "no such key here",
                "write 'aperture'",
            ),
            ("limits.max_range", "900", "limits.max_range", "'900' has no unit", "'1200 km'"),
            ("limits.max_range", "9 s", "limits.max_range", "is no unit for this", "'1200 km'"),
            ("limits.max_range", "", "limits.max_range", "has no value", "limits.max_range=VALUE"),
            ("limits", "{max_range: 9}", "limits.max_range", "has no unit", "'1200 km'"),
            ("limits", "{max_range: 9 km", "limits", "is not YAML", "brackets"),
            ("stations.Xinglon.height", "1 m", "stations.Xinglon", "none of the 2", "'Xinglong'"),
            ("satellites[1].name", "B", "satellites[1].name", "none of the 1", "'Micius'|Micius"),
            ("name.first", "B", "name.first", "below which nothing", "as a whole: 'name="),
            ("links[0].length", "1 m", "links[0].length", "there is no 'links'", "'links=["),
            ("stations", "[]", "stations", "is a whole file", "stations[0].height"),
            ("a..b", "1", "a..b", "is no path", "'limits.min_elevation'"),
            ("satellites[0].payload", "nix", "satellites[0].payload", "no preset 'nix'", "name"),
            ("stations[0].terminal", "micius-2017", "stations[0].terminal", "is a payload", "us"),
        ],
    )
    def test_the_path_is_named_in_place_of_file_and_line(self, work, case):
        """The same findings as the files', each once."""
        path, value, where, message, fix = case
        finding = refused(work, **{path: value})

        assert (finding.file, finding.line) == ("set", 0)
        assert finding.where.startswith(where)
        assert message in finding.message
        assert any(part in finding.fix for part in fix.split("|"))
        assert str(finding).startswith(f"set: {where}")

    def test_a_mistake_elsewhere_names_the_value_that_made_it(self, work):
        """The file is right by itself: two intensities need two probabilities."""
        finding = refused(work, **{"satellites[0].payload.source.intensities": "[0.8, 0.1]"})

        assert finding.where == "satellites[0].payload.source.probabilities"
        assert (finding.file, finding.line) == work.line_of("probabilities")
        assert "(with 'set satellites[0].payload.source.intensities=[0.8, 0.1]')" in finding.message

    def test_a_mistake_of_the_file_is_not_blamed_on_the_value(self, work):
        """Both are told, each with its own place."""
        work.replace("max_range: 1200 km", "max_range: 1200")
        with pytest.raises(InputError) as caught:
            loaded(work, **{"satellites[0].payload.source.intensities": "[0.8, 0.1]"})

        caused, theirs = caught.value.findings
        assert theirs.message == "'1200' has no unit"
        assert "(with" in caused.message

    def test_a_value_that_leaves_nothing_of_another_is_refused(self, work):
        """Whatever their paths look like."""
        finding = refused(
            work,
            **{"satellites[0].payload.slew": "9 s", "satellites.Micius.payload": "micius-2017"},
        )

        assert finding.message == "leaves nothing of 'set satellites[0].payload.slew=9 s'"

    def test_findings_come_beside_those_of_the_path(self, work):
        """A misspelt path does not hide other mistakes."""
        with pytest.raises(InputError) as caught:
            loaded(work, **{"limits.max_rnge": "9 km", "stations.Nix.height": "1 m", "step": "1"})

        assert len(caught.value.findings) == 3


class TestReplace:
    def test_a_loaded_mission_is_changed_step_by_step(self, work):
        """The mission itself stays as it was; so do values set before."""
        mission = work.load()

        slower = mission.replace("satellites[0].payload.slew", "90 s")
        both = replace(slower, "protocol.ec_efficiency", 1.2)

        assert mission.spacecraft[0].payload.slew_s == 60.0
        assert (both.spacecraft[0].payload.slew_s, both.protocol.ec_efficiency) == (90.0, 1.2)
        assert [one.path for one in both.set_values] == [
            "satellites[0].payload.slew",
            "protocol.ec_efficiency",
        ]

    def test_a_value_replaced_again_counts_alone(self, work):
        """A loop over values leaves no trail."""
        mission = work.load()
        for slew in ("70 s", "80 s"):
            mission = mission.replace("satellites[0].payload.slew", slew)

        assert [one.value for one in mission.set_values] == ["80 s"]
        assert mission == work.load().replace("satellites[0].payload.slew", "80 s")

    @pytest.mark.parametrize(
        ("path", "value", "read"),
        [
            ("protocol.key_bases", "both", lambda m: m.protocol.key_bases),
            ("satellites[0].payload.source.intensities", [0.7, 0.2, 0], lambda m: m.spacecraft),
            ("satellites[0].payload.source.p_key_basis", 0.7, lambda m: m.spacecraft),
        ],
    )
    def test_numbers_and_lists_may_be_those_of_python(self, work, path, value, read):
        """They are written as YAML would."""
        mission = work.load()
        assert read(mission.replace(path, value)) != read(mission)

    def test_a_mistake_names_the_path(self, work):
        """There is no file and no line."""
        with pytest.raises(InputError, match=r"^replace: limits\.max_range: '9' has no unit"):
            work.load().replace("limits.max_range", "9")

    def test_files_are_not_read_again(self, work):
        """A value is a value, whatever has become of the files meanwhile."""
        mission = work.load()
        for path in (work.mission, work.stations, work.elements):
            path.unlink()

        assert mission.replace("step", "2 s").step_s == 2.0

    def test_a_window_given_beside_the_file_stays_until_it_is_replaced(self, work):
        """As ``--start`` and ``--days`` give it."""
        mission = work.load(duration_s=86_400.0)

        assert mission.replace("step", "2 s").duration_s == 86_400.0
        assert mission.replace("duration", "2 d").duration_s == 172_800.0

    def test_a_mission_changed_in_code_is_refused(self, work):
        """Its files no longer tell what it is."""
        mission = dataclasses.replace(work.load(), demands=())

        with pytest.raises(SatqkdError, match="changed in code"):
            mission.replace("step", "2 s")


class TestPaths:
    @pytest.mark.parametrize("path", ["", ".a", "a.", "a[", "a[]", "a]", "a[0]b", "a..b", "[0"])
    def test_what_is_no_path_is_refused(self, path):
        """Nothing is guessed."""
        with pytest.raises(SatqkdError, match="is no path"):
            path_steps(path)

    def test_names_may_hold_dots_and_blanks(self):
        """In brackets."""
        words = [step.word for step in path_steps('links["Roof to roof, st. 2"].length')]
        assert words == ["links", "Roof to roof, st. 2", "length"]

    def test_covering_goes_by_steps_and_not_by_letters(self):
        """``step`` has nothing to do with ``steps``."""
        assert covers("a[0].b", "a.0.b.c")
        assert not covers("a.b", "a.bc")
        assert not covers("a.b.c", "a.b")
