"""Columns of where a satellite stands in a station's sky, which several tables have."""

from __future__ import annotations

from typing import Final

from satqkd.report.tables.definition import Definition

SKY: Final = {
    "elevation_deg": Definition(
        "°", "Geometric elevation, without refraction; of a recorded value the mean over its "
        "interval."),
    "azimuth_deg": Definition(
        "°", "Geometric azimuth, from north through east; in a tracking file without jump: it goes "
        "on past 360 and below 0, in the turn of the mount's cable."),
    "range_km": Definition(
        "km", "Slant range; of a recorded value the mean over its interval."),
    "range_rate_km_s": Definition(
        "km/s", "Change of the range, positive when the satellite recedes."),
    "apparent_elevation_deg": Definition(
        "°", "Elevation with refraction in standard air at the signal's wavelength, as of a star."),
    "tracking_azimuth_deg": Definition(
        "°", "Azimuth at which a telescope receives the satellite: where it was when the light "
        "left it, as seen from the moving station; in a tracking file without jump."),
    "tracking_elevation_deg": Definition(
        "°", "Elevation likewise, with refraction of a near source in standard air at the signal's "
        "wavelength."),
    "azimuth_rate_deg_s": Definition("°/s", "Rate of the geometric azimuth at the instant."),
    "elevation_rate_deg_s": Definition("°/s", "Rate of the geometric elevation at the instant."),
    "mount_azimuth_deg": Definition(
        "°", "Angle of the mount's azimuth axis, without jump at north, its own where it is too "
        "slow for the satellite; empty without a mount's limits."),
    "mount_elevation_deg": Definition(
        "°", "Angle of the mount's elevation axis, above 90 past the zenith; empty likewise."),
    "point_ahead_arcsec": Definition(
        "″", "Angle between the satellite's light and where to aim light back: 2 v/c with the "
        "velocity across the line of sight, seen from space; of a pass at culmination."),
    "polarisation_angle_deg": Definition(
        "°", "Satellite's direction of flight seen in the telescope: from growing elevation, "
        "positive towards growing azimuth; 180° more is the same polarisation.", 3),
    "light_time_s": Definition("s", "Time light takes over the slant range.", 9),
    "doppler_hz": Definition(
        "Hz", "Change of the optical frequency at the signal's wavelength, one way; positive while "
        "the satellite comes nearer.", 0),
    "sun_separation_deg": Definition(
        "°", "Angle between satellite and Sun; of a pass at culmination."),
    "moon_elevation_deg": Definition(
        "°", "Elevation of the Moon at the station; of a pass at culmination."),
    "moon_separation_deg": Definition("°", "Angle between satellite and Moon.", 3),
    "moon_illuminated": Definition(
        "", "Lit share of the Moon's disc: 0 new, 1 full; of a pass at culmination.", 4),
    "sunlit": Definition("", "Share of the Sun's disc the satellite sees, 0…1.", 4),
}  # fmt: skip
"""By name."""
