"""Ephemerides of the trade beside OEM: CPF and Modified ITC, made here from a circle."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.elements.cpf import parse_cpf
from satqkd.elements.modified_itc import parse_modified_itc
from satqkd.elements.orbit_formats import RefusedFormat, format_of
from satqkd.errors import InputError, SatqkdWarning
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.timebase import Timebase

GM = 3.986004418e14
RADIUS_M = 6.9e6
RATE = math.sqrt(GM / RADIUS_M**3)
SPIN = 7.2921150e-5
START = datetime(2026, 5, 11, tzinfo=UTC)
MJD = 61_171
FILE = "MEME_90044_PROBE_1310000_Operational_0_UNCLASSIFIED.txt"


def inertial(t_s):
    """Position [m] and velocity [m/s] on a circle through the poles."""
    c, s = math.cos(RATE * t_s), math.sin(RATE * t_s)
    return np.array([RADIUS_M * c, 0.0, RADIUS_M * s]), RADIUS_M * RATE * np.array([-s, 0.0, c])


def fixed(t_s):
    """The same from the turning Earth."""
    (x, _, z), angle = inertial(t_s)[0], SPIN * t_s
    return np.array([x * math.cos(angle), -x * math.sin(angle), z])


def cpf(*, version="2", step_s=180, count=41, frame="0", flag="0", leap="0", end="99\n"):
    stop = START + timedelta(seconds=step_s * (count - 1))
    extra = " 01" if version == "2" else ""
    location = " 1" if version == "2" else ""
    text = (
        f"H1 CPF  {version}  ABC 2026 05 10 06  131{extra} probe      notes\n"
        f"h2  2601203 1234   90044 2026 05 11 00 00 00 {stop:%Y %m %d %H %M %S}   {step_s} 1 1  "
        f"{frame} 0 0{location}\n"
        "H5  0.0000\nH9\n00 made by hand\n"
    )
    for n in range(count):
        x, y, z = fixed(n * step_s)
        text += f"10 {flag} {MJD} {n * step_s:13.6f}  {leap} {x:17.3f} {y:17.3f} {z:17.3f}\n"
        text += "20 0 1.0 2.0 3.0\n"
    return text + end


def itc(*, step_s=60, count=61, covariance=True):
    stop = START + timedelta(seconds=step_s * (count - 1))
    text = (
        "created:2026-05-10 21:15:07 UTC\n"
        f"ephemeris_start:2026-05-11 00:00:00 UTC ephemeris_stop:{stop:%Y-%m-%d %H:%M:%S} UTC "
        f"step_size:{step_s}\nephemeris_source:blend\nUVW\n"
    )
    for n in range(count):
        position, velocity = inertial(n * step_s)
        numbers = [*position / 1e3, *velocity / 1e3]
        at = START + timedelta(seconds=n * step_s)
        text += f"{at:%Y%j%H%M%S}.000 " + " ".join(f"{one:.10f}" for one in numbers) + "\n"
        if covariance:
            text += ("1e-7 " * 7 + "\n") * 3
    return text


def refused(read, text, file):
    with pytest.raises(InputError) as caught:
        read(text, file=file)
    return caught.value.findings


class TestCpf:
    @pytest.mark.parametrize("version", ["1", "2"])
    def test_who_flies_and_when(self, version):
        """Both versions; the name stands one word later in the second."""
        (one,) = parse_cpf(cpf(version=version), file="probe.cpf")

        assert (one.name, one.norad_id, one.cospar_id) == ("probe", 90044, "2026-012C")
        assert one.epoch == datetime(2026, 5, 10, 6, tzinfo=UTC)
        assert (one.source, one.time_system) == ("probe.cpf:1", "UTC")
        assert one.motion == "ephemeris in ITRF and UTC, LAGRANGE of degree 9"

    def test_the_way_between_its_positions(self):
        """Within a metre of the circle halfway between positions 3 min apart."""
        (one,) = parse_cpf(cpf(), file="probe.cpf")
        middles = np.arange(40) * 180.0 + 90.0
        chain = ephemeris(one, Timebase.starting(START), start_s=0.0, end_s=7_200.0)

        there = chain.position_m(*chain.locate(middles))

        want = np.array([fixed(t) for t in middles]).T
        away = np.linalg.norm(there - want, axis=0)
        assert away.max() < 1.0  # the chain follows the table within 0.5 m where that is probed

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"frame": "1"}, "reference frame 1"),
            ({"flag": "2"}, "direction flag 2"),
            ({"leap": "1"}, "leap second flag 1"),
            ({"version": "3"}, "version '3'"),
            ({"count": 8}, "needs 10 states; here are 8"),
            ({"step_s": 900}, "after the one before it"),
        ],
    )
    def test_what_cannot_be_used_exactly(self, changes, message):
        """Frames, travel of light, leap seconds, steps that are too wide."""
        assert message in refused(parse_cpf, cpf(**changes), "probe.cpf")[0].message

    def test_a_wrong_digit_shows(self):
        """A position 40 km off its neighbours."""
        lines = cpf().split("\n")
        row = next(n for n, line in enumerate(lines) if line.startswith(f"10 0 {MJD}   3600"))
        words = lines[row].split()
        words[5] = f"{float(words[5]) + 40_000.0:.3f}"
        lines[row] = " ".join(words)

        finding = refused(parse_cpf, "\n".join(lines), "probe.cpf")[0]
        assert "from where the one before it leads" in finding.message
        assert abs(finding.line - row) < 12

    def test_a_missing_end_is_told(self):
        """The file may have been cut off."""
        with pytest.warns(SatqkdWarning, match="no end record 99"):
            parse_cpf(cpf(end=""), file="probe.cpf")

    def test_two_predictions_in_a_file(self):
        """Each has its own."""
        assert "given twice" in refused(parse_cpf, cpf(end="") + cpf(), "p.cpf")[0].message


class TestModifiedItc:
    @pytest.mark.parametrize("covariance", [True, False])
    def test_the_states(self, covariance):
        """In km and km/s, with or without covariances."""
        (one,) = parse_modified_itc(itc(covariance=covariance), file=f"here/{FILE}")

        (segment,) = one.segments
        assert (one.name, one.norad_id) == ("PROBE", 90044)
        assert one.epoch == datetime(2026, 5, 10, 21, 15, 7, tzinfo=UTC)
        assert one.motion == "ephemeris in MEME and UTC, HERMITE of degree 7"
        assert segment.frame == "EME2000"
        assert np.allclose(segment.position_m[:, 7], inertial(420.0)[0], atol=1e-6)
        assert np.allclose(segment.velocity_m_s[:, 7], inertial(420.0)[1], atol=1e-6)

    def test_the_frame_is_asked_for(self):
        """Only the name of the file says it; without it the table could mean two things."""
        finding = refused(parse_modified_itc, itc(), "probe.txt")[0]

        assert "Modified ITC" in finding.message
        assert "MEME" in finding.fix

    def test_a_covariance_that_lacks_a_number(self):
        """The lines may have slid."""
        text = itc().replace("1e-7 \n", "\n", 1)

        assert "20 numbers" in refused(parse_modified_itc, text, FILE)[0].message

    def test_a_file_cut_off(self):
        """The header tells how far the states should go."""
        text = "\n".join(itc().split("\n")[:104])

        assert "the states end" in refused(parse_modified_itc, text, FILE)[-1].message
        for end in range(0, len(text), 97):
            assert refused(parse_modified_itc, text[:end], FILE)

    def test_a_velocity_without_bounds(self):
        """It would make every allowance infinite."""
        lines = itc().split("\n")
        words = lines[40].split()
        assert len(words) == 7
        for wild in ("1e308", "1e150", "-9e99"):
            lines[40] = " ".join([*words[:6], wild])
            assert "faster than" in refused(parse_modified_itc, "\n".join(lines), FILE)[0].message


class TestNamed:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("stk.v.12.0\nBEGIN Ephemeris\n", "STK"),
            ("#dP2026  5 11  0  0  0.00000000      96 ORBIT IGS20 FIT  IGS\n", "SP3"),
            ("CCSDS_OPM_VERS = 2.0\n", "OPM"),
            ("CCSDS_OCM_VERS = 3.0\n", "OCM"),
            ("<?xml version='1.0'?>\n<ocm id='CCSDS_OCM_VERS'>", "OCM"),
        ],
    )
    def test_formats_that_are_not_read(self, text, name):
        """By name, with what to ask for instead."""
        found = format_of(text)

        assert isinstance(found, RefusedFormat)
        assert name in found.name
        assert "OEM" in found.instead

    def test_formats_that_are_read(self):
        """Whatever the file is called."""
        assert format_of(cpf()) == "CPF"
        assert format_of(itc()) == "Modified ITC"
        assert format_of("\n".join(itc().split("\n")[4:])) == "Modified ITC"
        assert format_of("words\nof people\n") is None
