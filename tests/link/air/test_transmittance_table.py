"""Tables of transmittance: reading them, and between their entries."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import InputError, NonPhysicalError
from satqkd.link.air.airmass import kasten_young
from satqkd.link.air.transmittance_table import MOST_FINDINGS, TransmittanceTable, parse_table

HEAD = "wavelength_nm,transmittance_el90,transmittance_el30,transmittance_el10\n"
TEXT = HEAD + "800,0.9,0.8,0.5\n900,0.7,0.6,0.2\n"


def depth(table, elevation_deg, wavelength_m):
    """Optical depth of a table at one apparent elevation."""
    mass = kasten_young(np.array([float(elevation_deg)]))
    return float(table.optical_depth(mass, wavelength_m=wavelength_m)[0])


def findings(text):
    """What is wrong with a text, as (line, message)."""
    with pytest.raises(InputError) as caught:
        parse_table(text, "air.csv")
    assert all(finding.file == "air.csv" and finding.fix for finding in caught.value.findings)
    return [(finding.line, finding.message) for finding in caught.value.findings]


class TestBetween:
    """Interpolation."""

    def test_entries_come_back(self):
        """At every node the transmittance is what the file says."""
        table = parse_table(TEXT, "air.csv")
        for wave, row in zip((800e-9, 900e-9), ((0.9, 0.8, 0.5), (0.7, 0.6, 0.2)), strict=True):
            for elevation, value in zip((90, 30, 10), row, strict=True):
                assert np.exp(-depth(table, elevation, wave)) == pytest.approx(value, rel=1e-12)

    def test_between_wavelengths_optical_depth_is_straight(self):
        """A quarter of the way, a quarter of the change of −ln T."""
        table = parse_table(TEXT, "air.csv")

        assert depth(table, 30, 825e-9) == pytest.approx(
            -0.75 * np.log(0.8) - 0.25 * np.log(0.6), rel=1e-12
        )

    def test_between_elevations_optical_depth_is_straight_in_airmass(self):
        """An exponential atmosphere needs two columns only."""
        columns = np.array([90.0, 10.0])
        row = tuple(np.exp(-0.1 * kasten_young(columns)))
        table = TransmittanceTable(
            wavelengths_m=(850e-9,), elevations_deg=tuple(columns), transmittance=(row,)
        )

        for elevation in (5, 10, 20, 45, 80, 90):
            truth = 0.1 * kasten_young(np.array([float(elevation)]))[0]
            assert depth(table, elevation, 850e-9) == pytest.approx(truth, rel=1e-9)

    def test_above_the_highest_column_depth_follows_airmass(self):
        """A table that begins at 30° still knows the zenith."""
        table = parse_table("wavelength_nm,transmittance_el30\n850,0.81\n", "air.csv")
        ratio = kasten_young(np.array([90.0]))[0] / kasten_young(np.array([30.0]))[0]

        assert depth(table, 90, 850e-9) == pytest.approx(-ratio * np.log(0.81), rel=1e-12)

    def test_opaque_air_stays_finite(self):
        """A transmittance of 0, as printed in a band, is 300 dB."""
        table = parse_table("wavelength_nm,transmittance_el90\n760,0\n", "air.csv")

        assert np.exp(-depth(table, 90, 760e-9)) == pytest.approx(1e-30, rel=1e-6)

    @pytest.mark.parametrize("wavelength_m", [799e-9, 901e-9])
    def test_a_wavelength_outside_the_table_is_refused(self, wavelength_m):
        """Nothing is said about lines nobody computed."""
        table = parse_table(TEXT, "air.csv")

        with pytest.raises(NonPhysicalError, match=r"air\.csv.*800…900 nm"):
            depth(table, 90, wavelength_m)


class TestReading:
    """From text to table, or to findings."""

    def test_columns_may_come_in_any_order(self):
        """The name says the elevation; comments, blank lines and a byte order mark pass."""
        text = (
            "\ufeff# MODTRAN run\nwavelength_nm, transmittance_el10, transmittance_el90\n\n"
            "850, 0.5, 0.9\n"
        )
        table = parse_table(text, "air.csv")

        assert table.elevations_deg == (90.0, 10.0)
        assert table.transmittance == ((0.9, 0.5),)
        assert table.source == "air.csv"

    @pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
    def test_an_empty_file_is_told(self, text):
        """With a header that would do."""
        assert findings(text) == [(1, "holds no table")]

    def test_a_header_alone_is_told(self):
        """No row, no table."""
        assert findings(HEAD) == [(1, "holds a header and no rows")]

    def test_every_bad_column_is_told(self):
        """A wrong first column, an unknown name, an elevation of 0, one that comes twice."""
        head = "nm,transmittance_el90,T30,transmittance_el0,transmittance_el90.0\n"
        told = [message for _, message in findings(head + "850,1,1,1,1\n")]

        assert len(told) == 4
        assert any("'nm', not 'wavelength_nm'" in message for message in told)
        assert any("'T30'" in message for message in told)
        assert any("'transmittance_el0'" in message for message in told)
        assert any("90 degrees come twice" in message for message in told)

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("850,nan,0.5,0.4", "'nan', no number from 0 to 1"),
            ("850,0.9,,0.4", "'', no number from 0 to 1"),
            ("850,97.2,0.5,0.4", "'97.2', no number from 0 to 1"),
            ("850,0.9,-0.1,-0.2", "'-0.1', no number"),
            ("850,0.9,0.8", "3 values under 4 columns"),
            ("x,0.9,0.8,0.7", "'x' is no wavelength"),
            ("inf,0.9,0.8,0.7", "'inf' is no wavelength"),
            ("800,0.9,0.8,0.7", "800 nm does not follow 800 nm"),
            ("850,0.7,0.8,0.9", "grows as the elevation falls"),
        ],
    )
    def test_every_bad_row_is_told_with_its_line(self, row, message):
        """The third line of the file is the wrong one."""
        told = findings(HEAD + "800,0.9,0.8,0.5\n" + row + "\n")

        assert {line for line, _ in told} == {3}
        assert any(message in text for _, text in told)

    def test_a_hopeless_file_is_not_told_line_by_line(self):
        """The first mistakes are enough."""
        rows = "".join(f"{wave},nan,0.5,0.4\n" for wave in range(400, 1_700))

        assert len(findings(HEAD + rows)) == MOST_FINDINGS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wavelengths_m": (900e-9, 800e-9)}, "wavelengths_m"),
        ({"wavelengths_m": ()}, "wavelengths_m"),
        ({"elevations_deg": (10.0, 90.0)}, "elevations_deg"),
        ({"elevations_deg": (90.0, 0.0)}, "elevations_deg"),
        ({"transmittance": ((0.9, 0.5),)}, "transmittance"),
        ({"transmittance": ((0.9, 0.5), (0.9,))}, "transmittance"),
        ({"transmittance": ((0.9, 0.5), (1.1, 0.5))}, "transmittance"),
        ({"transmittance": ((0.9, 0.5), (0.9, float("nan")))}, "transmittance"),
        ({"transmittance": ((0.9, 0.5), (0.5, 0.9))}, "transmittance"),
    ],
)
def test_a_table_that_cannot_be_is_refused(change, field):
    """However it was made."""
    good = {
        "wavelengths_m": (800e-9, 900e-9),
        "elevations_deg": (90.0, 10.0),
        "transmittance": ((0.9, 0.5), (0.8, 0.4)),
    }
    TransmittanceTable(**good)

    with pytest.raises(NonPhysicalError, match=field):
        TransmittanceTable(**good | change)
