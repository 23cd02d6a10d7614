"""Messages beside two-line sets, in files and folders."""

import json
import shutil
from pathlib import Path

import pytest

from satqkd.elements.library import group, read_elements
from satqkd.elements.omm import parse_omm
from satqkd.elements.omm_write import write_omm_json
from satqkd.elements.tle import parse_tle
from satqkd.errors import InputError

DATA = Path(__file__).parents[2] / "data" / "tle" / "micius.tle"
TLE = """\
1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991
2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164
"""
MICIUS = json.loads(write_omm_json(parse_tle("MICIUS\n" + TLE, file="f")))[0]


def sets(file="o.json", **fields):
    return parse_omm(json.dumps([{**MICIUS, **fields}]), file=file)


class TestReadElements:
    @pytest.mark.parametrize("name", ["a.json", "a.JSON", "a.omm", "a.txt", "a.tle", "a.dat"])
    def test_messages_are_known_by_their_content(self, tmp_path, name):
        """A named file is read as what it holds."""
        (tmp_path / name).write_text(json.dumps([MICIUS]))

        assert read_elements(tmp_path / name)[0].norad_id == 41731

    def test_a_folder_may_hold_both_kinds(self, tmp_path):
        """Files of both kinds are read in the order of their paths."""
        shutil.copy(DATA, tmp_path / "b.tle")
        (tmp_path / "a.json").write_text(json.dumps([MICIUS]))
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "c.kvn").write_text(
            "CCSDS_OMM_VERS = 3.0\n" + "".join(f"{k} = {v}\n" for k, v in MICIUS.items())
        )

        found = read_elements(tmp_path)
        assert found[0].source == f"{tmp_path / 'a.json'}:1"
        assert found[-1].source == f"{tmp_path / 'sub' / 'c.kvn'}:1"
        assert len(group(found)[0].element_sets) == 22

    @pytest.mark.parametrize("name", ["a.json", "a.csv", "a.xml", "a.kvn", "a.omm"])
    def test_an_answer_without_elements_is_an_error(self, tmp_path, name):
        """A service's excuse, stored as a file, is told as such."""
        (tmp_path / name).write_text("No GP data found\n")

        with pytest.raises(InputError, match="begins with 'No GP data found'"):
            read_elements(tmp_path)

    def test_mistakes_of_both_kinds_come_together(self, tmp_path):
        """A bad message does not hide a bad line."""
        (tmp_path / "a.json").write_text(json.dumps([{**MICIUS, "REF_FRAME": "GCRF"}]))
        (tmp_path / "b.tle").write_text(TLE.replace("9991", "9992"))

        with pytest.raises(InputError) as caught:
            read_elements(tmp_path)
        assert [Path(f.file).name for f in caught.value.findings] == ["a.json", "b.tle"]


class TestGroup:
    @pytest.mark.parametrize(
        "digits",
        [
            {},
            {"INCLINATION": 97.36984},
            {"MEAN_ANOMALY": 309.01896},
            {"ECCENTRICITY": 0.00133494},
            {"MEAN_MOTION": 15.239160914},
            {"BSTAR": 1.88014e-5},
            {"RA_OF_ASC_NODE": 268.1064 - 360.0},
        ],
    )
    def test_a_tle_is_the_message_it_was_cut_from(self, digits):
        """The same elements with more digits are one set: the first of the two."""
        tle, omm = parse_tle(TLE, file="t.tle"), sets(**digits)

        assert group([*tle, *omm])[0].element_sets == tle
        assert group([*omm, *tle])[0].element_sets == omm
        assert group([*tle, *omm])[0].name == "MICIUS"

    @pytest.mark.parametrize(
        "digits",
        [
            {"INCLINATION": 97.36986},
            {"RA_OF_ASC_NODE": 268.1065},
            {"ARG_OF_PERICENTER": 175.8928},
            {"MEAN_ANOMALY": 309.01894},
            {"ECCENTRICITY": 0.001335},
            {"MEAN_MOTION": 15.239160916},
            {"BSTAR": 1.88016e-5},
            {"BSTAR": -1.8801e-5},
        ],
    )
    def test_other_elements_for_one_epoch_are_refused(self, digits):
        """More than half of the last digit of a TLE apart, both cannot be right."""
        with pytest.raises(InputError, match=r"other elements for the epoch .* in t.tle:1"):
            group([*parse_tle(TLE, file="t.tle"), *sets(**digits)])

    def test_epochs_a_microsecond_apart_are_two(self):
        """The next microsecond is another epoch."""
        later = sets(EPOCH="2016-12-19T13:39:33.153409")

        assert len(group([*sets(), *later])[0].element_sets) == 2

    def test_sets_without_a_number_go_to_their_designator(self):
        """To the object with that designator if one has a number, else to one of their own."""
        later = "2016-12-20T00:00:00"
        with_number, without = sets(), sets(NORAD_CAT_ID="", EPOCH=later)
        other = sets(NORAD_CAT_ID="", OBJECT_ID="2016-051B", OBJECT_NAME="")

        satellites = group([*without, *other, *with_number])

        assert [(one.norad_id, one.cospar_id, one.name) for one in satellites] == [
            (0, "2016-051B", "2016-051B"),
            (41731, "2016-051A", "MICIUS"),
        ]
        assert [one.norad_id for one in satellites[1].element_sets] == [41731, 41731]

    def test_objects_beyond_the_tle_stay_apart(self):
        """Two objects that SGP4 knows as number 0 are still two."""
        first, second = group([*sets(NORAD_CAT_ID=799501299), *sets(NORAD_CAT_ID=799501300)])

        assert (first.norad_id, second.norad_id) == (799501299, 799501300)
