"""Constants of nature and of the Earth, each with unit and source."""

from __future__ import annotations

from typing import Final

SPEED_OF_LIGHT_M_S: Final = 299_792_458.0
"""Speed of light in vacuum, exact (SI, 2019). [m/s]"""

PLANCK_J_S: Final = 6.626_070_15e-34
"""Planck constant, exact (SI, 2019). [J s]"""

WGS84_RADIUS_M: Final = 6_378_137.0
"""Equatorial radius of the WGS84 ellipsoid (NGA.STND.0036, 2014, table 3.1). [m]"""

WGS84_FLATTENING: Final = 1.0 / 298.257_223_563
"""Flattening of the WGS84 ellipsoid (NGA.STND.0036, 2014, table 3.1)."""

EARTH_GM_M3_S2: Final = 3.986_004_418e14
"""Geocentric gravitational constant (NGA.STND.0036, 2014, table 3.1). [m³/s²]"""

EARTH_J2: Final = 1.082_629_8e-3
"""Second zonal harmonic of the Earth (WGS84; EGM2008 agrees to 1e-8)."""

EARTH_ROTATION_RAD_S: Final = 7.292_115_146_706_979e-5
"""Nominal rotation rate of the Earth in UT1 (IERS Conventions 2010, table 1.1). [rad/s]"""

SUN_RADIUS_M: Final = 6.957e8
"""Nominal solar radius (IAU 2015 resolution B3). [m]"""

DAY_S: Final = 86_400.0
"""Seconds in a day of 24 hours. [s]"""

MJD_ZERO_JD: Final = 2_400_000.5
"""Julian date of modified Julian date zero. [d]"""
