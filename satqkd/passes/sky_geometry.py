"""Geometry of a satellite in a station's sky, sample by sample, as an optical station needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from satqkd.passes import pointing
from satqkd.passes.bodies import Bodies
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.exclusion import separation_deg
from satqkd.passes.horizon import horizontal, in_sky
from satqkd.passes.refraction import apparent_elevation_deg, nearness_deg
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.units import FloatArray, IntArray

BLOCK = 1 << 13
"""Samples worked on at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geometry:
    """Where everything is."""

    chains: Mapping[tuple[int, int], Ephemeris]
    """Ephemerides by (satellite, element set)."""
    stations: Sequence[Station]
    """By index."""
    bodies: Bodies
    """Sun and Moon over the window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkyGeometry:
    """Columns beside a series; rates are those of the geometric angles."""

    apparent_elevation_deg: FloatArray
    """Elevation with refraction at the wavelength of the signal. [°]"""
    tracking_azimuth_deg: FloatArray
    tracking_elevation_deg: FloatArray
    """Where a telescope has to point to receive: where the light that arrives left the satellite,
    refracted as that of a near source. [°]"""
    azimuth_rate_deg_s: FloatArray
    elevation_rate_deg_s: FloatArray
    angular_rate_deg_s: FloatArray
    """Rate over the sky. [°/s]"""
    flight_rate_deg_s: FloatArray
    """The same as if the Earth stood still: where a late satellite is, by how late it is. [°/s]"""
    light_time_s: FloatArray
    """One way. [s]"""
    point_ahead_arcsec: FloatArray
    doppler_shift: FloatArray
    """Relative change of frequency, positive while the satellite comes nearer."""
    doppler_hz: FloatArray
    """The same at the wavelength of the signal. [Hz]"""
    polarisation_angle_deg: FloatArray
    """See :func:`satqkd.passes.pointing.polarisation_angle_deg`. [°]"""
    sun_separation_deg: FloatArray
    """Angle between satellite and Sun at the station. [°]"""
    moon_azimuth_deg: FloatArray
    moon_elevation_deg: FloatArray
    """Where the Moon stands over the station. [°]"""
    moon_illuminated: FloatArray
    """Illuminated share of the Moon's disc, 0 new, 1 full."""

    def take(self, index: IntArray) -> SkyGeometry:
        """Return those of some samples."""
        return SkyGeometry(**{f.name: getattr(self, f.name)[index] for f in fields(SkyGeometry)})

    @staticmethod
    def join(parts: Sequence[SkyGeometry]) -> SkyGeometry:
        """Put the samples of several behind each other."""
        return SkyGeometry(
            **{
                f.name: np.concatenate([getattr(p, f.name) for p in parts])
                for f in fields(SkyGeometry)
            }
        )


def sky_geometry(
    passes: PassTable,
    geometry: Geometry,
    *,
    owner: IntArray,
    time_s: FloatArray,
    wavelength_m: FloatArray,
) -> SkyGeometry:
    """Work out the sky geometry of some samples.

    Parameters
    ----------
    passes
        The passes.
    geometry
        Where everything is; holds the ephemeris behind each of the passes.
    owner
        Index of the pass of each sample, shape (n,).
    time_s
        Mission second of each sample. [s]
    wavelength_m
        Of the signal of each satellite, by index. [m]

    Returns
    -------
    SkyGeometry
        Columns of shape (n,).
    """
    columns = {field.name: np.empty(time_s.size) for field in fields(SkyGeometry)}
    satellite, element_set = passes.satellite[owner], passes.element_set[owner]
    order = np.lexsort((element_set, satellite))
    change = np.diff(satellite[order]) | np.diff(element_set[order])
    for mine in np.split(order, np.flatnonzero(change) + 1):
        for begin in range(0, mine.size, BLOCK):
            block = mine[begin : begin + BLOCK]
            craft = int(satellite[block[0]])
            found = _of_satellite(
                geometry.chains[craft, int(element_set[block[0]])],
                geometry,
                time_s=time_s[block],
                station=passes.station[owner[block]],
                wavelength_m=float(wavelength_m[craft]),
            )
            for name, column in columns.items():
                column[block] = getattr(found, name)
    return SkyGeometry(**columns)


def _of_satellite(
    chain: Ephemeris,
    geometry: Geometry,
    *,
    time_s: FloatArray,
    station: IntArray,
    wavelength_m: float,
) -> SkyGeometry:
    """Sky geometry of samples of one satellite."""
    sites = geometry.stations
    place_m = np.stack([site.itrf_m() for site in sites], axis=1)[:, station]
    frame = np.stack([site.east_north_up() for site in sites], axis=2)[:, :, station]
    position, velocity = chain.state(*chain.locate(time_s))
    line = position - place_m
    seen = pointing.local(line, position, velocity, frame)
    range_rate = np.einsum("ij,ij->j", line, velocity) / seen.range_m
    sun_m = geometry.bodies.sun_itrf_m(time_s)
    moon_m = geometry.bodies.moon_itrf_m(time_s)
    height_m = np.array([site.height_m for site in sites])[station]
    east, north, up = pointing.arriving_m(seen)
    arriving = in_sky(east, north, up)
    moon = horizontal(moon_m - place_m, frame)
    lifted_deg = apparent_elevation_deg(
        arriving.elevation_deg, height_m=height_m, wavelength_m=wavelength_m
    )
    return SkyGeometry(
        apparent_elevation_deg=apparent_elevation_deg(
            horizontal(line, frame).elevation_deg, height_m=height_m, wavelength_m=wavelength_m
        ),
        tracking_azimuth_deg=arriving.azimuth_deg,
        tracking_elevation_deg=lifted_deg
        - nearness_deg(arriving.elevation_deg, seen.range_m, height_m=height_m),
        azimuth_rate_deg_s=pointing.azimuth_rate_deg_s(seen),
        elevation_rate_deg_s=pointing.elevation_rate_deg_s(seen),
        angular_rate_deg_s=pointing.angular_rate_deg_s(seen),
        flight_rate_deg_s=pointing.flight_rate_deg_s(seen),
        light_time_s=pointing.light_time_s(seen.range_m),
        point_ahead_arcsec=pointing.point_ahead_arcsec(seen),
        doppler_shift=pointing.doppler_shift(range_rate),
        doppler_hz=pointing.doppler_hz(range_rate, wavelength_m=wavelength_m),
        polarisation_angle_deg=pointing.polarisation_angle_deg(seen),
        sun_separation_deg=separation_deg(line, sun_m - place_m),
        moon_azimuth_deg=moon.azimuth_deg,
        moon_elevation_deg=moon.elevation_deg,
        moon_illuminated=_illuminated_share(moon_m - place_m, sun_m - moon_m),
    )


def _illuminated_share(to_moon_m: FloatArray, moon_to_sun_m: FloatArray) -> FloatArray:
    """Illuminated share (1 + cos i) / 2 of a ball at the phase angle i between viewer and Sun."""
    phase = np.radians(separation_deg(-to_moon_m, moon_to_sun_m))
    return np.asarray(0.5 * (1.0 + np.cos(phase)))
