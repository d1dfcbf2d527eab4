"""From Ordnance Survey eastings and northings (OSGB36, metres) to latitudes and longitudes (WGS84, degrees).

The formulas and constants are those of "A guide to coordinate systems in Great Britain" (Ordnance Survey, 2020),
annexes B and C, and the seven-parameter Helmert transform of its section 6.6: right to about 5 metres.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Ellipsoid(NamedTuple):
    """The shape of the Earth that a system of coordinates assumes, in metres."""

    a: float
    b: float

    @property
    def e2(self) -> float:
        return 1 - self.b**2 / self.a**2


AIRY_1830 = Ellipsoid(6_377_563.396, 6_356_256.909)
WGS84 = Ellipsoid(6_378_137.0, 6_356_752.314245)
SCALE = 0.9996012717
TRUE_ORIGIN = (np.radians(49.0), np.radians(-2.0))
FALSE_EASTING, FALSE_NORTHING = 400_000.0, -100_000.0
SHIFT = (446.448, -125.157, 542.060)
TURN = tuple(np.radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
GROWTH = 1 - 20.4894e-6


def to_wgs84(eastings: Numbers, northings: Numbers) -> tuple[Numbers, Numbers]:
    """Latitudes and longitudes in degrees of many points at once."""
    x, y, z = _helmert(*_cartesian(*_unprojected(eastings, northings)))
    longitude = np.arctan2(y, x)
    across = np.hypot(x, y)
    latitude = np.arctan2(z, across * (1 - WGS84.e2))
    for _ in range(4):
        nu = WGS84.a / np.sqrt(1 - WGS84.e2 * np.sin(latitude) ** 2)
        latitude = np.arctan2(z + WGS84.e2 * nu * np.sin(latitude), across)
    return np.degrees(latitude), np.degrees(longitude)


def _meridian_arc(latitude: Numbers) -> Numbers:
    """Metres along the meridian from the true origin (equation B6)."""
    a, b = AIRY_1830
    n = (a - b) / (a + b)
    less, more = latitude - TRUE_ORIGIN[0], latitude + TRUE_ORIGIN[0]
    return (b * SCALE) * (
        (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * np.sin(less) * np.cos(more)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * np.sin(2 * less) * np.cos(2 * more)
        - (35 / 24 * n**3) * np.sin(3 * less) * np.cos(3 * more)
    )


def _unprojected(eastings: Numbers, northings: Numbers) -> tuple[Numbers, Numbers]:
    """Radians on the Airy ellipsoid: the inverse of the transverse Mercator projection (annex C.2)."""
    north, east = northings - FALSE_NORTHING, eastings - FALSE_EASTING
    latitude = TRUE_ORIGIN[0] + north / (AIRY_1830.a * SCALE)
    for _ in range(6):
        latitude = latitude + (north - _meridian_arc(latitude)) / (AIRY_1830.a * SCALE)
    squeeze = 1 - AIRY_1830.e2 * np.sin(latitude) ** 2
    nu = AIRY_1830.a * SCALE / np.sqrt(squeeze)
    rho = nu * (1 - AIRY_1830.e2) / squeeze
    eta2 = nu / rho - 1
    t, secant = np.tan(latitude), 1 / np.cos(latitude)
    vii = t / (2 * rho * nu)
    viii = t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
    ix = t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    x = secant / nu
    xi = secant / (6 * nu**3) * (nu / rho + 2 * t**2)
    xii = secant / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
    xiia = secant / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)
    return (
        latitude - vii * east**2 + viii * east**4 - ix * east**6,
        TRUE_ORIGIN[1] + x * east - xi * east**3 + xii * east**5 - xiia * east**7,
    )


def _cartesian(latitude: Numbers, longitude: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Metres from the middle of the Airy ellipsoid, at height nought (annex B.1)."""
    nu = AIRY_1830.a / np.sqrt(1 - AIRY_1830.e2 * np.sin(latitude) ** 2)
    flat = nu * np.cos(latitude)
    return flat * np.cos(longitude), flat * np.sin(longitude), nu * (1 - AIRY_1830.e2) * np.sin(latitude)


def _helmert(x: Numbers, y: Numbers, z: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The same points as WGS84 counts them."""
    rx, ry, rz = TURN
    return (
        SHIFT[0] + GROWTH * x - rz * y + ry * z,
        SHIFT[1] + rz * x + GROWTH * y - rx * z,
        SHIFT[2] - ry * x + rx * y + GROWTH * z,
    )
