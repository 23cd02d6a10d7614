"""Numbers and quantities as people write them."""

from __future__ import annotations

import re
import warnings
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from satqkd.config.mistake import Mistake, quoted
from satqkd.config.place_angle import HEMISPHERES, parse_place_angle

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(_NUMBER)
_QUANTITY = re.compile(rf"({_NUMBER})\s*(.*)", re.DOTALL)
_OCTAL = re.compile(r"([+-]?)0+([0-9].*)", re.DOTALL)
_SEXAGESIMAL = re.compile(r"([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?\b")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?![\d.,])")
_COMMA = re.compile(r"[+-]?\d+,\d+\b")
_MANY_NOUGHTS = 6
_ODD = 6
"""Longer figures call for another unit. [characters]"""


class Limits(NamedTuple):
    """What a field can sensibly hold, in the unit its name ends in, and how one writes it."""

    low: float
    high: float
    example: str


SUFFIXES: dict[str, tuple[str, str]] = {
    "_w_m2_sr_m": ("W m-2 sr-1 m-1", "1.5e-5 W m-2 sr-1 um-1"),
    "_w": ("W", "1 W"),
    "_j": ("J", "40 Wh"),
    "_m23": ("m(-2/3)", "1.7e-14 m^(-2/3)"),
    "_m2": ("m2", "1 m2"),
    "_m_s": ("m s-1", "21 m/s"),
    "_bit_s": ("bit s-1", "1 Mbit/s"),
    "_bit": ("bit", "1 Mbit"),
    "_deg_s": ("deg s-1", "2 deg/s"),
    "_deg": ("deg", "10 deg"),
    "_rad_s": ("rad s-1", "2100 rad/s"),
    "_rad": ("rad", "10 urad"),
    "_hz": ("Hz", "100 MHz"),
    "_db_m": ("dB m-1", "0.2 dB/km"),
    "_db": ("dB", "1.5 dB"),
    "_m": ("m", "300 mm"),
    "_s": ("s", "2 ns"),
}
"""What a field's name ends in, its unit and an example; the first that fits counts."""

LIMITS: dict[str, Limits] = {
    "altitude_m": Limits(100e3, 100e6, "500 km"),
    "inclination_deg": Limits(0.0, 180.0, "97.4 deg"),
    "eccentricity": Limits(0.0, 0.95, "0.001"),
    "raan_deg": Limits(-360.0, 360.0, "10 deg"),
    "argument_of_perigee_deg": Limits(-360.0, 360.0, "270 deg"),
    "mean_anomaly_deg": Limits(-360.0, 360.0, "0 deg"),
    "phase_deg": Limits(-360.0, 360.0, "0 deg"),
    "aperture_m": Limits(1e-3, 100.0, "300 mm"),
    "wavelength_m": Limits(200e-9, 20e-6, "848.6 nm"),
    "bandwidth_m": Limits(1e-13, 1e-6, "10 nm"),
    "divergence_rad": Limits(1e-8, 0.1, "10 urad"),
    "jitter_rad": Limits(0.0, 0.1, "1.2 urad"),
    "field_of_view_rad": Limits(1e-7, 0.1, "80 urad"),
    "loss_db": Limits(0.0, 200.0, "1.5 dB"),
    "loss_range_db": Limits(0.0, 200.0, "[0 dB, 3 dB]"),
    "pulse_rate_hz": Limits(1.0, 1e12, "100 MHz"),
    "dark_rate_hz": Limits(0.0, 1e9, "25 Hz"),
    "gate_s": Limits(1e-13, 1e-3, "2 ns"),
    "slew_s": Limits(0.0, 86_400.0, "60 s"),
    "setup_s": Limits(0.0, 86_400.0, "10 min"),
    "duration_s": Limits(1.0, 36_600 * 86_400.0, "7 d"),
    "step_s": Limits(1e-3, 600.0, "1 s"),
    "max_range_m": Limits(1e3, 1e9, "1200 km"),
    "max_element_age_s": Limits(1.0, 36_600 * 86_400.0, "14 d"),
    "max_sun_elevation_deg": Limits(-90.0, 90.0, "-12 deg"),
    "min_elevation_deg": Limits(0.0, 89.0, "10 deg"),
    "max_elevation_deg": Limits(0.0, 180.0, "88 deg"),
    "max_azimuth_rate_deg_s": Limits(1e-3, 1e3, "5 deg/s"),
    "max_elevation_rate_deg_s": Limits(1e-3, 1e3, "2 deg/s"),
    "azimuth_range_deg": Limits(-3_600.0, 3_600.0, "[-270 deg, 270 deg]"),
    "acquisition_s": Limits(0.0, 86_400.0, "10 s"),
    "turn_rate_deg_s": Limits(1e-3, 1e3, "2 deg/s"),
    "turnaround_s": Limits(0.0, 86_400.0, "60 s"),
    "sun_exclusion_deg": Limits(0.0, 180.0, "30 deg"),
    "moon_exclusion_deg": Limits(0.0, 180.0, "5 deg"),
    "horizon_deg": Limits(0.0, 360.0, "[[0 deg, 10 deg], [90 deg, 25 deg]]"),
    "horizon_elevation_deg": Limits(0.0, 90.0, "25 deg"),
    "latitude_deg": Limits(-90.0, 90.0, "40.39586667 deg"),
    "longitude_deg": Limits(-180.0, 360.0, "117.5774583 deg"),
    "height_m": Limits(-1_000.0, 10_000.0, "890 m"),
    "night_radiance_w_m2_sr_m": Limits(0.0, 1e10, "1.5e-5 W m-2 sr-1 um-1"),
    "efficiency": Limits(0.0, 1.0, "16 %"),
    "obscuration": Limits(0.0, 1.0, "0.3"),
    "zenith_transmittance": Limits(0.0, 1.0, "0.65"),
    "zenith_transmittance_range": Limits(0.0, 1.0, "[0.5, 0.8]"),
    "p_key_basis": Limits(0.0, 1.0, "0.5"),
    "probabilities": Limits(0.0, 1.0, "[0.5, 0.25, 0.25]"),
    "intensities": Limits(0.0, 100.0, "[0.8, 0.1, 0]"),
    "intrinsic_error": Limits(0.0, 0.5, "1 %"),
    "epsilon_sec": Limits(0.0, 1.0, "1e-9"),
    "epsilon_cor": Limits(0.0, 1.0, "1e-15"),
    "ec_efficiency": Limits(1.0, 10.0, "1.16"),
    "detectors": Limits(1, 1_000, "4"),
    "clear_fraction": Limits(0.0, 1.0, "[60 %]"),
    "clear_fraction_spread": Limits(0.0, 1.0, "10 %"),
    "persistence_s": Limits(60.0, 30 * 86_400.0, "12 h"),
    "visibility_m": Limits(50.0, 300e3, "23 km"),
    "visibility_range_m": Limits(50.0, 300e3, "[15 km, 40 km]"),
    "aerosol_optical_depth": Limits(0.0, 5.0, "0.1"),
    "aerosol_optical_depth_range": Limits(0.0, 5.0, "[0.05, 0.2]"),
    "cloud_optical_depth": Limits(0.0, 5.0, "0.2"),
    "angstrom_exponent": Limits(-1.0, 4.0, "1.3"),
    "linke_turbidity": Limits(1.0, 20.0, "[2.5]"),
    "linke_turbidity_error": Limits(0.0, 5.0, "0.5"),
    "precipitable_water_m": Limits(1e-3, 0.1, "15 mm"),
    "aerosol_scale_height_m": Limits(100.0, 10e3, "1500 m"),
    "ozone_du": Limits(0.0, 1000.0, "300"),
    "zenith_brightness": Limits(5.0, 30.0, "21.5"),
    "extinction": Limits(0.01, 5.0, "0.17"),
    "extinction_range": Limits(0.01, 5.0, "[0.12, 0.3]"),
    "area_m2": Limits(1e-4, 1e4, "1 m2"),
    "albedo": Limits(0.0, 1.0, "0.3"),
    "earth_albedo": Limits(0.0, 1.0, "0.3"),
    "night_radiance_range_w_m2_sr_m": Limits(
        0.0, 1e10, "[1e-5 W m-2 sr-1 um-1, 3e-5 W m-2 sr-1 um-1]"
    ),
    "city_radiance_w_m2_sr_m": Limits(0.0, 1e10, "2.5e-5 W m-2 sr-1 um-1"),
    "city_radiance_range_w_m2_sr_m": Limits(
        0.0, 1e10, "[1e-5 W m-2 sr-1 um-1, 1e-4 W m-2 sr-1 um-1]"
    ),
    "cn2_m23": Limits(0.0, 1e-10, "1.7e-14 m^(-2/3)"),
    "ground_cn2_m23": Limits(0.0, 1e-10, "1.7e-14 m^(-2/3)"),
    "free_cn2_m23": Limits(0.0, 1e-10, "2.7e-16 m^(-2/3)"),
    "high_wind_m_s": Limits(0.0, 200.0, "21 m/s"),
    "ground_wind_m_s": Limits(0.0, 100.0, "3 m/s"),
    "telescope_height_m": Limits(0.0, 1000.0, "5 m"),
    "outer_scale_m": Limits(0.01, 1e4, "10 m"),
    "profile_top_m": Limits(5e3, 200e3, "60 km"),
    "length_m": Limits(1.0, 1e6, "10 km"),
    "attenuation_db_m": Limits(0.0, 1.0, "0.2 dB/km"),
    "attenuation_range_db_m": Limits(0.0, 1.0, "[0.1 dB/km, 0.5 dB/km]"),
    "splices": Limits(0, 100_000, "4"),
    "splice_loss_db": Limits(0.0, 10.0, "0.05 dB"),
    "connector_loss_db": Limits(0.0, 50.0, "0.5 dB"),
    "receiver_efficiency": Limits(0.0, 1.0, "80 %"),
    "modes": Limits(1, 100_000, "35"),
    "bandwidth_hz": Limits(0.1, 1e6, "100 Hz"),
    "beacon_offset_rad": Limits(0.0, 0.1, "10 urad"),
    "core_field_rad": Limits(1e-7, 0.1, "50 urad"),
    "bias_rad": Limits(0.0, 0.1, "0.5 urad"),
    "jitter_range_rad": Limits(0.0, 0.1, "[1 urad, 2 urad]"),
    "lag_s": Limits(0.0, 10.0, "1 ms"),
    "point_ahead_error": Limits(0.0, 1.0, "1 %"),
    "acquisition_field_rad": Limits(1e-7, 1.0, "4 mrad"),
    "beam_diameter_m": Limits(1e-3, 100.0, "90 mm"),
    "wavefront_error_rms": Limits(0.0, 1.0, "0.07"),
    "dead_time_s": Limits(0.0, 1e-2, "50 ns"),
    "afterpulse_probability": Limits(0.0, 1.0, "1 %"),
    "pixels": Limits(1, 10_000, "8"),
    "jitter_s": Limits(0.0, 1e-6, "150 ps"),
    "sync_jitter_s": Limits(0.0, 1e-6, "500 ps"),
    "pulse_width_s": Limits(0.0, 1e-6, "200 ps"),
    "intensity_error": Limits(0.0, 1.0, "2 %"),
    "intensity_uncertainty": Limits(0.0, 0.5, "3 %"),
    "detector_mismatch": Limits(0.0, 1.0, "5 %"),
    "brightness": Limits(0.0, 1.0, "0.7"),
    "g2": Limits(0.0, 1.0, "0.02"),
    "sifted_rate_hz": Limits(1.0, 1e15, "300 MHz"),
    "key_rate_hz": Limits(1.0, 1e15, "100 MHz"),
    "after_contact_s": Limits(0.0, 36_600 * 86_400.0, "6 h"),
    "uplink_rate_bit_s": Limits(0.0, 1e15, "1 Mbit/s"),
    "downlink_rate_bit_s": Limits(0.0, 1e15, "1 Mbit/s"),
    "round_latency_s": Limits(0.0, 86_400.0, "100 ms"),
    "stop_before_set_s": Limits(0.0, 86_400.0, "30 s"),
    "contact_s": Limits(0.0, 36_600 * 86_400.0, "5 min"),
    "slice_half_width_rad": Limits(0.0, 3.15, "0.1 rad"),
    "update_rate_hz": Limits(0.0, 1e12, "2.5 kHz"),
    "messages": Limits(0, 1_000_000, "2"),
    "message_bits": Limits(1.0, 1e18, "1e9"),
    "failure_probability": Limits(0.0, 1.0, "1e-15"),
    "qbers": Limits(0.0, 0.5, "[1 %, 3 %]"),
    "block_bits": Limits(1.0, 1e18, "[1e5, 1e6]"),
    "efficiencies": Limits(1.0, 10.0, "[[1.25, 1.2], [1.2, 1.16]]"),
    "source_contrast": Limits(1.0, 1e12, "280"),
    "analyser_contrast": Limits(1.0, 1e12, "500"),
    "rotation_rad": Limits(-0.7854, 0.7854, "10 mrad"),
    "rotation_rms_rad": Limits(0.0, 0.7854, "10 mrad"),
    "preparation_rms_rad": Limits(0.0, 0.7854, "10 mrad"),
    "block_sifted_bits": Limits(1.0, 1e15, "1e6"),
    "rounds": Limits(1, 1_000, "3"),
    "signal_duty": Limits(0.0, 1.0, "63.75 %"),
    "misalignment": Limits(0.0, 0.5, "1 %"),
    "least_balance": Limits(0.0, 1.0, "0.333"),
    "photon_rate_hz": Limits(0.0, 1e21, "1e12 Hz"),
    "window_s": Limits(1e-13, 10.0, "1 ns"),
    "linewidth_hz": Limits(0.0, 1e12, "1 kHz"),
    "frequency_residual_hz": Limits(0.0, 1e12, "100 Hz"),
    "drift_rad_s": Limits(0.0, 1e9, "2100 rad/s"),
    "velocity_residual_m_s": Limits(0.0, 1e4, "1e-3 m/s"),
    "most_clicks_hz": Limits(0.0, 1e12, "5 MHz"),
    "intensity": Limits(0.0, 100.0, "0.02"),
    "p_signal": Limits(0.0, 1.0, "0.9"),
    "intensity_x": Limits(0.0, 100.0, "0.05"),
    "intensity_y": Limits(0.0, 100.0, "0.2"),
    "intensity_z": Limits(0.0, 100.0, "0.4"),
    "p_x": Limits(0.0, 1.0, "0.2"),
    "p_y": Limits(0.0, 1.0, "0.1"),
    "p_z": Limits(0.0, 1.0, "0.6"),
    "visibility": Limits(0.0, 0.5, "0.48"),
    "misalignment_x": Limits(0.0, 0.5, "1 %"),
    "misalignment_z": Limits(0.0, 0.5, "0.5 %"),
    "bell_states": Limits(1, 2, "2"),
    "max_imbalance_db": Limits(0.0, 200.0, "3 dB"),
    "pair_rate_hz": Limits(1.0, 1e12, "5.9 MHz"),
    "p_first_basis": Limits(0.0, 1.0, "0.5"),
    "return_rate_hz": Limits(0.0, 1e15, "10 kHz"),
    "return_jitter_s": Limits(0.0, 1e-3, "30 ps"),
    "abort_qber": Limits(0.0, 0.5, "11 %"),
    "abort_epsilon": Limits(0.0, 1.0, "1e-9"),
    "calibration_error_s": Limits(0.0, 1.0, "10 ps"),
    "position_error_m": Limits(0.0, 1e6, "10 cm"),
    "velocity_error_m_s": Limits(0.0, 1e4, "1e-3 m/s"),
    "source_jitter_s": Limits(0.0, 1e-3, "10 ps"),
    "detector_jitter_s": Limits(0.0, 1e-3, "350 ps"),
    "tdc_jitter_s": Limits(0.0, 1e-3, "10 ps"),
    "clock_jitter_s": Limits(0.0, 1e-3, "10 ps"),
    "white_frequency_1s": Limits(0.0, 1.0, "1e-12"),
    "flicker_frequency": Limits(0.0, 1.0, "1e-14"),
    "random_walk_1s": Limits(0.0, 1.0, "1e-16"),
    "drift_per_day": Limits(0.0, 1.0, "1e-13"),
    "tx_power_w": Limits(0.0, 1e6, "1 W"),
    "repetition_rate_hz": Limits(1.0, 1e12, "250 MHz"),
    "detection_efficiency": Limits(0.0, 1.0, "0.4"),
    "least_photons": Limits(0.0, 1e12, "20"),
    "tdev_s": Limits(0.0, 1.0, "10 fs"),
    "at_s": Limits(1e-9, 36_600 * 86_400.0, "1 s"),
    "slope": Limits(-0.5, 1.5, "0.5"),
    "tx_aperture_m": Limits(1e-3, 100.0, "30 cm"),
    "rx_aperture_m": Limits(1e-3, 100.0, "1 m"),
    "other_loss_db": Limits(0.0, 200.0, "20 dB"),
    "qber": Limits(0.0, 0.5, "1 %"),
    "norad_id": Limits(1, 999_999_999, "41731"),
    "weight": Limits(0.0, 1e9, "1"),
    "spare_weight": Limits(0.0, 1e9, "0.01"),
    "at_most": Limits(0, 1_000_000, "6"),
    "at_most_s": Limits(0.0, 36_600 * 86_400.0, "30 min"),
    "battery_j": Limits(3.6, 3.6e9, "40 Wh"),
    "depth_of_discharge": Limits(0.0, 1.0, "30 %"),
    "generation_w": Limits(0.0, 1e6, "30 W"),
    "base_load_w": Limits(0.0, 1e6, "12 W"),
    "payload_power_w": Limits(1e-3, 1e6, "45 W"),
    "lead_s": Limits(0.0, 86_400.0, "2 min"),
    "at_least_s": Limits(0.0, 30 * 86_400.0, "20 min"),
    "rate_bit_s": Limits(1.0, 1e15, "2 Mbit/s"),
    "bits_per_sifted": Limits(0.0, 1e6, "4"),
    "travel_s": Limits(0.0, 30 * 86_400.0, "3 h"),
    "work": Limits(1, 10_000_000_000, "400000"),
    "gap": Limits(0.0, 1.0, "0.01"),
    "at_least_bit": Limits(0.0, 1e18, "1 Mbit"),
    "held_bit": Limits(0.0, 1e18, "250 kbit"),
    "use_bit_s": Limits(0.0, 1e15, "256 bit/min"),
    "reserve_s": Limits(0.0, 3_660 * 86_400.0, "1 d"),
    "freeze_s": Limits(0.0, 30 * 86_400.0, "2 h"),
    "priority": Limits(1, 1_000, "2"),
    "key_bit": Limits(0.0, 1e18, "200 kbit"),
    "key_store_bit": Limits(1.0, 1e18, "10 Mbit"),
    "realisations": Limits(0, 1_000_000, "200"),
    "repeat": Limits(1, 10_000, "3"),
    "points": Limits(1, 10_000_000, "256"),
    "steps": Limits(1, 1_000_000, "8"),
    "max_age_s": Limits(1.0, 36_600 * 86_400.0, "2 d"),
}
"""Limits that find a slip (nm for m, 1.7 for 17 %) in every field at once.

The values' own checks follow; they see one field of one value at a time.
"""

_HINTS: dict[str, str] = {
    "latitude_deg": "; if this is the longitude, swap the two",
    "efficiency": "; a percentage needs its sign, such as '16 %'",
}


@cache
def unit_of(field: str) -> str:
    """Return the unit a field's name ends in; empty for a plain number."""
    return next((unit for suffix, (unit, _) in SUFFIXES.items() if field.endswith(suffix)), "")


@cache
def key_of(field: str) -> str:
    """Return a field's key in the files: its name without the unit.

    A name that ends in an underscore stands for a word of Python's own.

    Examples
    --------
    >>> key_of("aperture_m"), key_of("loss_range_db"), key_of("efficiency"), key_of("from_")
    ('aperture', 'loss_range', 'efficiency', 'from')
    """
    found = next((suffix for suffix in SUFFIXES if field.endswith(suffix)), "")
    return field.removesuffix(found).removesuffix("_")


def example_of(field: str) -> str:
    """Return how one writes a value of the field."""
    if field in LIMITS:
        return LIMITS[field].example
    return next((ex for suffix, (_, ex) in SUFFIXES.items() if field.endswith(suffix)), "1")


def parse_field(text: str, field: str) -> float:
    """Read the number or quantity ``text`` for the field, in the unit its name ends in.

    Examples
    --------
    >>> parse_field("30 cm", "aperture_m"), parse_field("16 %", "efficiency")
    (0.3, 0.16)
    """
    unit = unit_of(field)
    place = parse_place_angle(text, field) if field in HEMISPHERES else None
    if place is not None:
        value = place
    else:
        value = parse_quantity(text, unit, example_of(field)) if unit else parse_number(text)
    check_limits(value, text, field)
    return value


def check_limits(value: float, text: str, field: str) -> None:
    """Raise :class:`Mistake` when a value lies outside what the field can sensibly hold."""
    if field not in LIMITS:
        return
    low, high, example = LIMITS[field]
    if not low <= value <= high:
        raise Mistake(
            f"{quoted(text)} lies outside {limits_text(field)}",
            f"correct the value or its unit, such as '{example}'{_HINTS.get(field, '')}",
        )


def limits_text(field: str) -> str:
    """Return what a field can hold in units as people write them.

    Examples
    --------
    >>> limits_text("max_range_m"), limits_text("max_element_age_s"), limits_text("efficiency")
    ('1 … 1e6 km', '1 s … 36600 d', '0 … 1')
    """
    low, high, example = LIMITS[field]
    unit = unit_of(field)
    if not unit:
        return f"{_figure(low)} … {_figure(high)}"
    (first, low_unit), (last, high_unit) = (as_written(end, unit, example) for end in (low, high))
    if low == 0.0 or low_unit == high_unit:
        return f"{first} … {last} {high_unit}"
    return f"{first} {low_unit} … {last} {high_unit}"


def as_written(value: float, unit: str, example: str) -> tuple[str, str]:
    """Return a value's figure and unit: the example's, or another where that makes odd figures."""
    factors = COMMON[unit]
    own = _QUANTITY.search(example)
    name = own[2].partition(",")[0] if own else unit
    size = abs(value)
    own_size = size / factors.get(name, 1.0)
    odd = not 1e-3 <= own_size < 1e5 or len(_figure(own_size)) > _ODD
    if name not in factors or (odd and size > 0.0):
        below = [one for one in factors if factors[one] <= size]
        name = max(below or [min(factors, key=factors.__getitem__)], key=factors.__getitem__)
    return _figure(value / factors[name]), name


def _figure(value: float) -> str:
    """Write a limit as the files take it: no commas, many noughts as a power of ten."""
    short = f"{value:.10g}".replace("e+", "e").replace("e-0", "e-")
    kept = short.rstrip("0")
    noughts = len(short) - len(kept)
    return f"{kept}e{noughts}" if "." not in short and noughts >= _MANY_NOUGHTS else short


def parse_number(text: str) -> float:
    """Read a plain number or a percentage.

    Examples
    --------
    >>> parse_number("1e-9"), parse_number("16 %")
    (1e-09, 0.16)
    """
    text = text.strip()
    _refuse_ambiguous(text, "")
    found = _QUANTITY.fullmatch(text)
    if found and found[2] == "%":
        return _scaled(found[1], 0.01)
    if not _PLAIN.fullmatch(text):
        raise Mistake(f"{quoted(text)} is no number", "write a number such as 0.16, 16 % or 1e-9")
    return _scaled(text, 1.0)


def parse_whole(text: str, example: str = "4") -> int:
    """Read a whole number, digits only; ``example`` is how one looks.

    Examples
    --------
    >>> parse_whole("41731")
    41731
    """
    text = text.strip()
    _refuse_ambiguous(text, "")
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise Mistake(f"{quoted(text)} is no whole number", f"write digits only, such as {example}")
    return int(text)


def parse_quantity(text: str, unit: str, example: str) -> float:
    """Read a number with its unit and convert it.

    Parameters
    ----------
    text
        Such as ``30 cm``.
    unit
        Unit of the answer, as astropy writes it.
    example
        A value that would do, for the fix.

    Examples
    --------
    >>> parse_quantity("14 d", "s", "7 d")
    1209600.0
    """
    text = text.strip()
    _refuse_ambiguous(text, unit)
    found = _QUANTITY.fullmatch(text)
    if not found:
        raise Mistake(f"{quoted(text)} is no quantity", f"write a number and a unit: '{example}'")
    if not found[2]:
        raise Mistake(f"{quoted(text)} has no unit", f"write it with its unit, such as '{example}'")
    return _scaled(found[1], _factor(found[2].strip(), unit, example))


COMMON = {
    "m": {"nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3},
    "s": {"fs": 1e-15, "ps": 1e-12, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0,
          "h": 3600.0, "d": 86_400.0},
    "rad": {"nrad": 1e-9, "urad": 1e-6, "mrad": 1e-3, "rad": 1.0},
    "deg": {"deg": 1.0},
    "deg s-1": {"deg/s": 1.0, "deg s-1": 1.0},
    "rad s-1": {"rad/s": 1.0, "rad s-1": 1.0},
    "Hz": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "dB": {"dB": 1.0},
    "dB m-1": {"dB/km": 1e-3, "dB/m": 1.0, "dB m-1": 1.0},
    "bit": {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9},
    "m2": {"m2": 1.0, "cm2": 1e-4},
    "J": {"J": 1.0, "kJ": 1e3, "Wh": 3600.0, "kWh": 3.6e6},
    "W": {"W": 1.0, "mW": 1e-3, "uW": 1e-6, "nW": 1e-9},
    "m s-1": {"m/s": 1.0, "m s-1": 1.0},
    "bit s-1": {"bit/s": 1.0, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9,
                "bit/min": 1.0 / 60.0, "kbit/min": 1e3 / 60.0, "bit/h": 1.0 / 3600.0,
                "kbit/h": 1e3 / 3600.0, "bit/d": 1.0 / 86_400.0, "kbit/d": 1e3 / 86_400.0},
    "m(-2/3)": {"m^(-2/3)": 1.0, "m(-2/3)": 1.0},
    "W m-2 sr-1 m-1": {"W m-2 sr-1 um-1": 1e6, "W m-2 sr-1 m-1": 1.0},
}  # fmt: skip
"""Factors of the units in daily use: astropy's own (a test compares them), known without the
quarter of a second that importing astropy takes."""


def _factor(written: str, unit: str, example: str) -> float:
    common = COMMON.get(unit, {}).get(written)
    return _astropy_factor(written, unit, example) if common is None else common


def _astropy_factor(written: str, unit: str, example: str) -> float:
    from astropy import units as u  # noqa: PLC0415 -- only a rare unit pays for the import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            source = u.Unit(written)
    except (ValueError, TypeError, u.UnitsWarning) as error:
        raise Mistake(
            f"{quoted(written)} is no unit satqkd knows", f"write such as '{example}'"
        ) from error
    wanted = u.Unit(unit)
    scaled = source.scale != 1.0  # '3 2 m' would be six metres
    logarithmic = "dB" in {written, unit} and written != unit  # astropy turns mag into dB
    if scaled or logarithmic or not source.is_equivalent(wanted):
        raise Mistake(
            f"{quoted(written)} is no unit for this value, which is in {unit}",
            f"write such as '{example}'",
        )
    return float(source.to(wanted))


def _scaled(number: str, factor: float) -> float:
    """Multiply in decimals, so that ``848.6 nm`` is the double nearest to 848.6e-9."""
    value = float(number)
    if abs(value) > 1e300:
        raise Mistake(f"{quoted(number)} is beyond every sensible number", "correct the exponent")
    return float(Decimal(number) * Decimal(repr(factor))) if abs(value) > 1e-300 else 0.0


def _refuse_ambiguous(text: str, unit: str) -> None:
    """Refuse what another reader of YAML would take for a different number."""
    if not text:
        raise Mistake("has no value", "write one, or remove the key")
    if sexagesimal := _SEXAGESIMAL.match(text):
        sign, whole, minutes, seconds = sexagesimal.groups()
        decimal = int(whole) + int(minutes) / 60.0 + float(seconds or 0.0) / 3600.0
        raise Mistake(
            f"{quoted(text)} is in sixtieths, which YAML readers take for different numbers",
            f"write the decimal '{f'{sign}{decimal:.8f} {unit}'.strip()}'",
        )
    if _THOUSANDS.match(text):
        one, other = text.replace(",", "."), text.replace(",", "")
        raise Mistake(
            f"{quoted(text)} has a comma, for decimals or for thousands",
            f"write '{one}' or '{other}', whichever is meant",
        )
    if _COMMA.match(text):
        raise Mistake(f"{quoted(text)} has a decimal comma", f"write '{text.replace(',', '.')}'")
    if octal := _OCTAL.fullmatch(text):
        raise Mistake(
            f"{quoted(text)} begins with 0, which some YAML readers take for base eight",
            f"write '{octal[1]}{octal[2]}'",
        )
