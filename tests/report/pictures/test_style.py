"""Numbers and names as pictures write them."""

from hypothesis import given
from hypothesis import strategies as st

from satqkd.report.pictures.style import bits, label


@given(st.floats(0.0, 9.99e14))
def test_bits_are_said_with_three_digits_at_most(count):
    """A number a person can read aloud."""
    number, unit = bits(count).split(" ")

    assert unit in {"bit", "kbit", "Mbit", "Gbit", "Tbit"}
    assert 0.0 <= float(number) < 1000.0


def test_labels_write_out_what_the_font_lacks():
    """An empty box would say nothing."""
    assert label("Ngari 阿里") == "ngari"
    assert label("墨子", otherwise="41731") == "41731"
    assert label("墨子") == r"\u58a8\u5b50"


def test_labels_are_cut_on_the_right_to_the_room_there_is():
    """By the width of their letters, not their number."""
    assert label("Xinglong", width_px=140) == "Xinglong"
    assert label("iiiiiiiiiiiiiiiiii", limit=80, width_px=140) == "iiiiiiiiiiiiiiiiii"
    assert label("W" * 18, limit=80, width_px=140).endswith("W…")


def test_no_bracket_of_a_name_is_left_open():
    """It goes as a whole, and stays where there is room."""
    assert label("Jinan-1 A (synthetic)", limit=80, width_px=140) == "Jinan-1 A…"
    assert label("Jinan-1 A (synthetic)", limit=80, width_px=300) == "Jinan-1 A (synthetic)"
    assert label("Jinan (synthetic) over there", limit=80, width_px=220).startswith(
        "Jinan (synthetic)"
    )
