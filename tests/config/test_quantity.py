import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.config.mistake import Mistake
from satqkd.config.quantity import (
    COMMON,
    LIMITS,
    _astropy_factor,
    limits_text,
    parse_field,
    parse_number,
    parse_quantity,
    unit_of,
)

numbers = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@given(numbers)
def test_a_written_float_is_read_back(value):
    """repr and back, whatever the exponent."""
    assert parse_number(repr(value)) == (value if abs(value) > 1e-300 else 0.0)


@given(numbers)
def test_the_unit_of_the_answer_changes_nothing(value):
    """A length in metres stays what it is."""
    read = parse_quantity(f"{value!r} m", "m", "1 m")

    assert read == (value if abs(value) > 1e-300 else 0.0)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_mistake(text):
    """Nothing else ever comes out."""
    for field in ("aperture_m", "efficiency", "loss_db", "latitude_deg"):
        with contextlib.suppress(Mistake):
            assert isinstance(parse_field(text, field), float)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("848.6 nm", "m", 848.6e-9),
        ("10 urad", "rad", 10e-6),
        ("10 µrad", "rad", 10e-6),
        ("2ns", "s", 2e-9),
        ("1.5e-5 W/(m2 sr um)", "W m-2 sr-1 m-1", 15.0),
        ("40.5 °", "deg", 40.5),
        ("14 d", "s", 1_209_600.0),
    ],
)
def test_conversion_gives_the_nearest_double(text, unit, value):
    """What one would have typed in Python."""
    assert parse_quantity(text, unit, "1") == value


@pytest.mark.parametrize("text", ["3 2 m", "5 m/s/kg", "1_000 m", "0x10 m", "5 m m", "1 m; 2"])
def test_what_is_almost_a_length_is_refused(text):
    """No guess, also where the units library would make one."""
    with pytest.raises(Mistake):
        parse_quantity(text, "m", "1 m")


def test_magnitudes_are_no_decibels():
    """5 mag would silently become -2 dB."""
    with pytest.raises(Mistake, match="no unit for this value"):
        parse_quantity("5 mag", "dB", "1 dB")


@pytest.mark.parametrize(
    ("unit", "written"), [(unit, written) for unit, known in COMMON.items() for written in known]
)
def test_common_units_are_astropys(unit, written):
    """The short cut gives the factor astropy gives, to the last bit; watt hours it spells apart."""
    spelt = written.replace("Wh", "W h")
    assert COMMON[unit][written] == _astropy_factor(spelt, unit, "")


@pytest.mark.parametrize("field", sorted(LIMITS))
def test_limits_are_told_as_they_are_written(field):
    """Each end of the sentence reads back as the limit itself."""
    first, last = limits_text(field).split(" … ")
    unit = unit_of(field)
    first = first if not unit or " " in first else f"{first} {last.partition(' ')[2]}"

    for told, limit in zip((first, last), LIMITS[field][:2], strict=True):
        read = parse_quantity(told, unit, "") if unit else parse_number(told)
        assert read == pytest.approx(limit, rel=1e-9)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("max_range_m", "1 … 1e6 km"),
        ("max_element_age_s", "1 s … 36600 d"),
        ("gate_s", "100 fs … 1 ms"),
        ("persistence_s", "1 min … 720 h"),
        ("efficiency", "0 … 1"),
    ],
)
def test_limits_are_in_units_of_daily_use(field, told):
    """Not metres and seconds of whatever size."""
    assert limits_text(field) == told
