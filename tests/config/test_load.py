import hashlib
from datetime import UTC, datetime

import pytest

from satqkd.errors import InputError
from satqkd.link.beam.beams import FlatTopBeam, GaussianBeam
from satqkd.link.beam.pointing import JitterPointing, StatedPointing


class TestSoundMission:
    def test_quantities_arrive_in_the_unit_of_the_field(self, work):
        """30 cm is 0.3 m, 848.6 nm the double nearest to 848.6e-9 m."""
        transmitter = work.load().spacecraft[0].payload.transmitter

        assert transmitter.aperture_m == 0.3
        assert transmitter.wavelength_m == 848.6e-9
        assert transmitter.efficiency == 1.0

    def test_radiance_per_micrometre_arrives_per_metre(self, work):
        """1.5e-5 W/(m2 sr um) is 15 W/(m2 sr m)."""
        assert work.load().stations[1].sky.night_radiance_w_m2_sr_m == 15.0

    def test_model_key_chooses_the_class(self, work):
        """`model:` says which beam and which pointing."""
        mission = work.load()

        assert mission.spacecraft[0].payload.transmitter.beam == FlatTopBeam(divergence_rad=10e-6)
        assert mission.spacecraft[0].payload.transmitter.pointing == StatedPointing(
            loss_db=1.5, loss_range_db=(0.0, 3.0)
        )

    def test_other_models_are_there(self, work):
        """A Gaussian beam and a jitter are read the same way."""
        work.replace("model: flat-top", "model: gaussian")
        work.replace(
            "{model: stated, loss: 1.5 dB, loss_range: [0 dB, 3 dB]}",
            "{model: jitter, jitter: 1.2 urad}",
        )

        transmitter = work.load().spacecraft[0].payload.transmitter

        assert transmitter.beam == GaussianBeam(divergence_rad=10e-6)
        assert transmitter.pointing == JitterPointing(jitter_rad=1.2e-6)

    def test_presets_and_inline_values_mix(self, work):
        """One terminal is named, the other written out."""
        mission = work.load()

        assert [s.terminal_name for s in mission.stations] == ["xinglong-1m", "inline"]
        assert mission.spacecraft[0].payload_name == "inline"
        assert [s.terminal.receiver.aperture_m for s in mission.stations] == [1.0, 1.2]

    def test_satellite_takes_the_name_the_mission_gives(self, work):
        """The element file's name is not the operator's."""
        work.replace("name: Micius", "name: QSS")

        assert work.load().spacecraft[0].satellite.name == "QSS"

    def test_demand_points_at_stations_by_index(self, work):
        """Names become indices."""
        (demand,) = work.load().demands

        assert (demand.station_a, demand.station_b, demand.weight) == (0, 1, 2.0)

    def test_window_can_be_overridden(self, work):
        """The command line's start and duration win over the file's."""
        start = datetime(2017, 1, 1, tzinfo=UTC)

        mission = work.load(start=start, duration_s=3600.0)

        assert (mission.start, mission.duration_s) == (start, 3600.0)

    def test_hashes_of_all_inputs_are_kept(self, work):
        """Mission, stations, presets and element files, each with its SHA-256."""
        inputs = {item.path: item.sha256 for item in work.load().inputs}

        assert list(inputs) == [
            str(work.mission),
            str(work.stations),
            "preset:xinglong-1m",
            str(work.elements),
        ]
        for path in (work.mission, work.stations, work.elements):
            assert inputs[str(path)] == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_assumptions_name_presets_and_unset_defaults(self, work):
        """What nobody printed and what nobody set is listed, nothing else."""
        listed = {item.where: item.value for item in work.load().assumptions}

        assert listed["xinglong-1m: receiver.bandwidth"] == "10 nm"
        assert listed["mission.yaml: limits.max_element_age"] == "1.2096e+06 s"
        assert (
            listed["stations.yaml: stations[0] (Xinglong).sky.night_radiance"]
            == "15 W m-2 sr-1 m-1"
        )
        assert listed["stations.yaml: stations[1] (Nanshan).terminal.receiver.obscuration"] == "0"
        assert "stations.yaml: stations[1] (Nanshan).sky.night_radiance" not in listed
        assert "mission.yaml: limits.max_sun_elevation" not in listed

    def test_every_limit_is_an_assumption_when_none_is_given(self, work):
        """Leaving the whole block out hides nothing."""
        work.replace("limits: {max_sun_elevation: -12 deg, max_range: 1200 km}\n", "")

        listed = {item.where for item in work.load().assumptions}

        assert "mission.yaml: limits.max_sun_elevation" in listed

    def test_empty_lists_are_a_mission(self, work):
        """No satellite and no station is an honest, empty mission."""
        text = work.mission.read_text(encoding="utf-8")
        head, tail = text.split("satellites:")[0], text.split("limits:")[1].split("demands:")[0]
        work.mission.write_text(f"{head}satellites: []\nlimits:{tail}", encoding="utf-8")
        work.stations.write_text("[]\n", encoding="utf-8")

        mission = work.load()

        assert (mission.spacecraft, mission.stations, mission.demands) == ((), (), ())


class TestAllAtOnce:
    def test_mistakes_of_both_files_come_together(self, work):
        """One run shows every slip of mission, stations and elements."""
        work.replace("aperture: 30 cm", "aperture: 30")
        work.replace("name: A week", "nmae: A week")
        work.replace("efficiency: 50 %", "efficiency: 1.7")
        work.replace("latitude: 43.47546111 deg", "latitude: 143.4 deg")
        work.replace("Nanshan], weight", "Nanshann], weight")
        work.elements.write_text(TLE_WITH_WRONG_CHECKSUM, encoding="utf-8")

        findings = work.findings()

        assert {item.where for item in findings if "yaml" in item.file} == {
            "nmae",
            "satellites[0].payload.transmitter.aperture",
            "demands[0].between[1]",
            "stations[1] (Nanshan).latitude",
            "stations[1] (Nanshan).terminal.detector.efficiency",
        }
        assert any(item.file == str(work.elements) for item in findings)
        assert all(item.line >= 1 and item.fix for item in findings)

    def test_findings_stand_in_the_order_of_the_files(self, work):
        """Sorted by file and line, as one mends them."""
        work.replace("step: 1 s", "step: 1")
        work.replace("duration: 7 d", "duration: 7")

        assert [item.line for item in work.findings()] == [3, 4]


TLE_WITH_WRONG_CHECKSUM = """\
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9992
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""


class TestKeys:
    def test_typo_gets_a_suggestion(self, work):
        """A misspelt key is never a default, and what it was meant to be is not missing as well."""
        work.replace("duration: 7 d", "duratoin: 7 d")

        typo = work.finding()

        assert (typo.where, typo.fix) == ("duratoin", "write 'duration'")
        assert (typo.file, typo.line, typo.column) == (str(work.mission), 3, 1)

    @pytest.mark.parametrize(
        ("old", "new", "where"),
        [
            ("      source:\n", "      suorce:\n", "satellites[0].payload.suorce"),
            (
                "beam: {model: flat-top",
                "beam: {mdoel: flat-top",
                "satellites[0].payload.transmitter.beam.mdoel",
            ),
            ("norad_id: 41731", "norad-id: 41731", "satellites[0].norad-id"),
            ("elements: micius.tle", "elemnets: micius.tle", "elemnets"),
        ],
    )
    def test_what_a_misspelt_key_was_meant_to_be_is_not_missed(self, work, old, new, where):
        """Checks between keys, models and references take it as mended."""
        work.replace(old, new)

        finding = work.finding()

        assert (finding.where, finding.message) == (where, "no such key here")
        assert (finding.file, finding.line) == work.line_of(new.split(":")[0].strip())

    def test_what_stands_under_a_misspelt_key_is_looked_at(self, work):
        """Mistakes below it are told in the same run, in their own lines."""
        work.replace("demands:\n", "demnads:\n")
        work.replace("Nanshan], weight", "Nanshann], weight")

        unknown, typo = sorted(work.findings(), key=lambda item: item.where)

        assert (unknown.where, unknown.fix) == ("demands[0].between[1]", "write 'Nanshan'")
        assert (unknown.file, unknown.line) == work.line_of("Nanshann")
        assert typo.where == "demnads"

    def test_a_missing_key_beside_a_misspelt_one(self, work):
        """Only the key that the misspelt one was meant to be is held to be there."""
        work.replace("duration: 7 d", "durations: 7 d")
        work.replace("start: 2016-12-19T00:00:00Z\n", "")

        missing, typo = work.findings()

        assert (missing.where, missing.message) == ("start", "is missing")
        assert (typo.where, typo.fix) == ("durations", "write 'duration'")

    def test_typo_deep_inside_a_preset_model(self, work):
        """Also inside a model, whose own key `model` is no mistake."""
        work.replace("loss_range:", "loss_rnage:")

        finding = work.finding()

        assert finding.where == "satellites[0].payload.transmitter.pointing.loss_rnage"
        assert finding.fix == "write 'loss_range'"

    def test_unit_in_the_key_is_a_typo(self, work):
        """The unit belongs to the value."""
        work.replace("aperture: 30 cm", "aperture_m: 0.3")

        assert "write 'aperture'" in {item.fix for item in work.findings()}

    def test_key_given_twice(self, work):
        """YAML readers take the last one silently; here it is a mistake."""
        work.replace("step: 1 s", "step: 1 s\nstep: 2 s")

        finding = work.finding()

        assert "given twice; the first is in line 4" in finding.message
        assert (finding.line, finding.column) == (5, 1)

    @pytest.mark.parametrize("key", ["satellites", "demands"])
    def test_list_is_not_a_mapping(self, work, key):
        """A mapping where a list belongs is said."""
        text = work.mission.read_text(encoding="utf-8")
        start = text.index(f"{key}:")
        end = text.index("limits:" if key == "satellites" else "spare_weight:")
        work.mission.write_text(f"{text[:start]}{key}: {{a: b}}\n{text[end:]}", encoding="utf-8")

        assert (key, "must be a list") in {(item.where, item.message) for item in work.findings()}

    def test_text_is_not_a_mapping(self, work):
        """Keys belong where a single value stands."""
        work.replace("beam: {model: flat-top, divergence: 10 urad}", "beam: flat-top")

        assert work.finding().message == "must be a mapping of keys to values"

    def test_key_without_value(self, work):
        """`step:` alone is not a default; the finding stands at the key."""
        work.replace("step: 1 s", "step:")

        finding = work.finding()

        assert (finding.line, finding.column, finding.message) == (4, 1, "has no value")

    def test_missing_satellites_is_a_mistake(self, work):
        """An empty list is honest, no list is an oversight."""
        work.replace("satellites:", "sattelites:")

        assert work.finding().where == "sattelites"

        work.replace("sattelites:", "spacecraft:")

        assert {item.where for item in work.findings()} == {"satellites", "spacecraft"}


class TestNobodyThere:
    def test_a_demand_of_stations_that_nobody_describes(self, work):
        """No name to choose among: describe them."""
        work.stations.write_text("[]\n", encoding="utf-8")

        assert {finding.fix for finding in work.findings()} == {
            "describe it, or leave its name out here"
        }

    def test_an_example_fits_its_key(self, work):
        """Not nanoseconds for what takes hours, nor a catalogue number of one digit."""
        work.replace("demands:\n", "distillation: {uplink_rate: 1 Mbit/s}\ndemands:\n")
        work.replace("norad_id: 41731", "norad_id: Micius")

        number, hours, other_way = work.findings()

        assert number.fix == "write digits only, such as 41731"
        assert hours.fix == "add 'after_contact: 6 h'"
        assert (other_way.where, other_way.fix) == ("distillation.downlink_rate", "add it")


class TestModels:
    def test_unknown_model_gets_a_suggestion(self, work):
        """A model that does not exist is no default."""
        work.replace("model: flat-top", "model: flattop")

        finding = work.finding()

        assert finding.where == "satellites[0].payload.transmitter.beam.model"
        assert finding.fix == "write 'flat-top'"
        assert (finding.file, finding.line) == work.line_of("flattop")

    def test_model_must_be_said(self, work):
        """Without `model` there is no guess."""
        work.replace("model: flat-top, ", "")

        finding = work.finding()

        assert finding.message == "does not say which model it is"
        assert "flat-top, gaussian" in finding.fix

    def test_unknown_protocol(self, work):
        """The protocol is a model as well."""
        work.replace("model: decoy-bb84", "model: decoy-bb48")

        assert work.finding().fix == "write 'decoy-bb84'"


SLIPS = [
    # written, instead of, place of the finding, part of the message, part of the fix
    ("aperture: 30", "aperture: 30 cm", "has no unit", "such as '300 mm'"),
    ("aperture: 30 kg", "aperture: 30 cm", "no unit for this value, which is in m", "300 mm"),
    ("aperture: 30 cmm", "aperture: 30 cm", "no unit satqkd knows", "300 mm"),
    ("aperture: 300 nm", "aperture: 30 cm", "outside 1 mm … 100 m", "unit"),
    ("aperture: -30 cm", "aperture: 30 cm", "outside 1 mm … 100 m", "correct"),
    ("wavelength: 848.6 m", "wavelength: 848.6 nm", "outside 200 … 20000 nm", "848.6 nm"),
    ("gate: 2 s", "gate: 2 ns", "outside 100 fs … 1 ms", "2 ns"),
    ("divergence: 10 rad", "divergence: 10 urad", "outside", "10 urad"),
    ("pulse_rate: 1e8", "pulse_rate: 100 MHz", "has no unit", "100 MHz"),
    ("efficiency: 170 %", "efficiency: 100 %", "outside 0 … 1", "percentage"),
    ("slew: NO", "slew: 60 s", "'NO' is no quantity", "60 s"),
    ("slew: 060 s", "slew: 60 s", "begins with 0", "write '60 s'"),
    ("slew: 1,5 s", "slew: 60 s", "decimal comma", "write '1.5 s'"),
    ("slew: 1e999 s", "slew: 60 s", "beyond every sensible number", "exponent"),
    ("slew: .nan s", "slew: 60 s", "is no quantity", "60 s"),
    ("p_key_basis: yes", "p_key_basis: 0.5", "is no number", "0.16"),
    ("intrinsic_error: 60 %", "intrinsic_error: 1 %", "outside 0 … 0.5", "1 %"),
    ("loss: 1.5 m", "loss: 1.5 dB", "no unit for this value, which is in dB", "1.5 dB"),
    ("norad_id: 041731", "norad_id: 41731", "begins with 0", "write '41731'"),
    ("norad_id: 4e4", "norad_id: 41731", "no whole number", "digits"),
    ("start: 2016-12-19T00:00:00", "start: 2016-12-19T00:00:00Z", "no time zone", "00:00:00Z'"),
    ("start: 2016-12-19", "start: 2016-12-19T00:00:00Z", "no time zone", "2016-12-19T00:00:00Z"),
    ("start: yesterday", "start: 2016-12-19T00:00:00Z", "no date and time", "2016-12-19T00"),
    ("timezone: Asia/Shangai", "timezone: Asia/Shanghai", "no time zone", "'Asia/Shanghai'"),
    ("latitude: 40:23:45.12 deg", "latitude: 40.39586667 deg", "sixtieths", "'40.39586667 deg'"),
    ("latitude: 117.5 deg", "latitude: 40.39586667 deg", "outside -90 … 90", "swap the two"),
    ("longitude: 400 deg", "longitude: 117.5774583 deg", "outside -180 … 360", "correct"),
    ("height: 893 km", "height: 893 m", "outside -1000 … 10000 m", "890 m"),
    ("weight: -1", "weight: 2", "outside 0", "correct"),
    ("weight: 0", "weight: 2", "must be above 0", "correct"),
    ("duration: 0 d", "duration: 7 d", "outside", "7 d"),
]


class TestValues:
    @pytest.mark.parametrize(("written", "sound", "message", "fix"), SLIPS)
    def test_slip_is_found_in_its_line_with_a_fix(self, work, written, sound, message, fix):
        """Each slip gives one finding, at the value, which says how to mend it."""
        key, _, value = written.partition(": ")
        work.replace(sound, written)

        finding = work.finding()

        file, line = work.line_of(f"{key}: {value.replace('.', '[.]')}")
        assert (finding.file, finding.line) == (file, line)
        assert finding.column > 1
        assert finding.where.endswith(key)
        assert message in finding.message
        assert fix in finding.fix

    @pytest.mark.parametrize("longitude", ["-62.82331389 deg", "297.17668611 deg", "0 deg"])
    def test_both_ways_to_count_longitude_are_fine(self, work, longitude):
        """-180…180 and 0…360 both."""
        work.replace("longitude: 87.17668611 deg", f"longitude: {longitude}")

        assert work.load().stations[1].site.longitude_deg == float(longitude.split()[0])

    def test_exponent_without_point_is_a_number(self, work):
        """YAML 1.1 takes 1e8 for text; satqkd does not care what YAML thinks."""
        work.replace("pulse_rate: 100 MHz", "pulse_rate: 1e8 Hz")

        assert work.load().spacecraft[0].payload.source.pulse_rate_hz == 1e8

    def test_no_is_a_name(self, work):
        """The country code of Norway is not false."""
        work.replace("name: A week", "name: NO")

        assert work.load().name == "NO"

    @pytest.mark.parametrize(
        ("sound", "written", "where", "message"),
        [
            ("[0.8, 0.1, 0]", "[0.1, 0.8, 0]", "source.intensities", "μ1 > μ2 + μ3"),
            ("[0.5, 0.25, 0.25]", "[0.5, 0.25, 0.35]", "source.probabilities", "add up to 1"),
            ("[0.5, 0.25, 0.25]", "[0.5, 0.5]", "source.probabilities", "as many as intensities"),
            ("loss_range: [0 dB, 3 dB]", "loss_range: [2 dB, 3 dB]", "loss_range", "around"),
        ],
    )
    def test_physics_speaks_at_the_line_of_the_field(self, work, sound, written, where, message):
        """What a type refuses is found at the key it names."""
        work.replace(sound, written)

        finding = work.finding()

        assert finding.where.endswith(where)
        assert message in finding.message
        assert (finding.file, finding.line) == work.line_of(where.rpartition(".")[2])

    def test_several_numbers_of_a_list_are_wrong(self, work):
        """Each item has its own place."""
        work.replace("[0.8, 0.1, 0]", "[0.8 dB, x, 0]")

        assert [item.where[-2] for item in work.findings()] == ["0", "1"]

    def test_range_needs_two_ends(self, work):
        """A range is [low, high]."""
        work.replace("loss_range: [0 dB, 3 dB]", "loss_range: [3 dB]")

        assert work.finding().message == "must have 2 items, got 1"


class TestReferences:
    def test_unknown_preset(self, work):
        """A preset that does not exist, with the nearest that does."""
        work.replace("terminal: xinglong-1m", "terminal: xinlong-1m")

        finding = work.finding()

        assert (finding.where, finding.fix) == (
            "stations[0] (Xinglong).terminal",
            "write 'xinglong-1m', or name a file of your own that ends in .yaml",
        )
        assert (finding.file, finding.line) == work.line_of("xinlong")

    def test_preset_of_the_other_kind(self, work):
        """A payload does not stand on the ground."""
        work.replace("terminal: xinglong-1m", "terminal: micius-2017")

        assert work.finding().message == "the preset 'micius-2017' is a payload, not a terminal"

    def test_unknown_station_in_a_demand(self, work):
        """A demand between stations of which one does not exist."""
        work.replace("[Xinglong, Nanshan]", "[Xinglong, Nanshn]")

        finding = work.finding()

        assert (finding.where, finding.fix) == ("demands[0].between[1]", "write 'Nanshan'")

    def test_pair_demanded_twice(self, work):
        """Also the other way round."""
        work.replace("spare_weight: 0.01", "  - {between: [Nanshan, Xinglong]}\nspare_weight: 0.01")

        finding = work.finding()

        assert finding.where == "demands[1].between"
        assert "twice" in finding.message

    def test_pair_of_one(self, work):
        """Nobody shares keys with themselves."""
        work.replace("[Xinglong, Nanshan]", "[Xinglong, Xinglong]")

        assert work.finding().message == "names one station twice"

    def test_station_name_used_twice(self, work):
        """Also when only the case differs."""
        work.replace("- name: Nanshan", "- name: xinglong")
        work.replace("[Xinglong, Nanshan]", "[Xinglong, xinglong]")

        finding = work.finding()

        assert (finding.where, finding.line) == ("stations[1] (xinglong).name", 7)
        assert "used twice; first in line 1" in finding.message

    def test_satellite_without_elements(self, work):
        """A catalogue number that no element file knows, with those it does."""
        work.replace("norad_id: 41731", "norad_id: 41765")

        finding = work.finding()

        assert finding.where == "satellites[0].norad_id"
        assert "41731 (MICIUS)" in finding.fix

    def test_missing_element_folder(self, work):
        """The path is named where the mission gives it."""
        work.replace("elements: micius.tle", "elements: data/tle")

        finding = work.finding()

        assert (finding.where, finding.line) == ("elements", 5)
        assert "does not exist" in finding.message

    def test_no_air_anywhere(self, work):
        """A loss through air needs air from the station or the payload."""
        work.replace(
            "      atmosphere: {zenith_transmittance: 0.65, "
            "zenith_transmittance_range: [0.5, 0.8]}\n",
            "",
        )

        finding = work.finding()

        assert finding.where == "stations[0] (Xinglong)"
        assert "no atmosphere" in finding.message


class TestFiles:
    def test_missing_file(self, work):
        """The file and a way to get one."""
        work.stations.unlink()

        finding = work.finding()

        assert (finding.file, finding.message) == (str(work.stations), "does not exist")
        assert "preset copy" in finding.fix

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "is empty"),
            (b"# nothing\n", "is empty"),
            (b"just a word\n", "must be a list"),
            (b"a: 1\n", "must be a list"),
            (b"- just a word\n", "must be a mapping"),
            (b"- name: \xff\xfe\n", "is not UTF-8 text"),
            (b"\x7fELF\x02\x01\x01\x00", "control character U+007F"),
            (b"a: [1, 2\n", "is not YAML"),
            (b"[" * 5000, "nest deeper"),
            (b"- a\n" * 300_000, "is larger than"),
            (b"- &a [x]\n- *a\n", "YAML a"),
            (b"- !!python/none x\n", "YAML tag"),
            (b"- a\n---\n- b\n", "second document"),
            (b"-\n\tname: x\n", "tab"),
        ],
    )
    def test_file_that_is_none_gets_a_sentence(self, work, content, message):
        """Whatever the bytes are, the answer is a finding in that file."""
        work.stations.write_bytes(content)

        findings = work.findings()

        assert {item.file for item in findings} == {str(work.stations)}
        assert all(message in item.message for item in findings)

    def test_folder_is_no_file(self, work):
        """A folder instead of a file."""
        work.stations.unlink()
        work.stations.mkdir()

        assert work.finding().message == "is a folder"

    def test_byte_order_mark_and_windows_lines_are_fine(self, work):
        """Editors on Windows write both."""
        text = work.mission.read_text(encoding="utf-8")
        work.mission.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

        assert work.load().name == "A week"

    def test_message_is_file_line_column(self, work):
        """What editors can jump to."""
        work.replace("step: 1 s", "step: 1")

        with pytest.raises(InputError, match=r"mission.yaml:4:7: step: '1' has no unit"):
            work.load()
