"""Circles on the globe, exact and quick: great-circle distance, and points in an order that keeps neighbours together.

Points are sorted by strips of latitude and by longitude within a strip, so that a circle covers a few runs of them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

EARTH_RADIUS_KM = 6371.0088
STRIP = 0.02  # degrees of latitude
_STRIP_STRIDE = 1000.0  # more than 360 degrees of longitude
_MARGIN = 1.0001  # the box around a circle is a little too large rather than too small


def spatial_key(latitude: Floats, longitude: Floats) -> Floats:
    return np.floor((latitude + 90) / STRIP) * _STRIP_STRIDE + longitude + 180


def unit_vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Points on a globe of radius 1, one row each: chords between them give exact distances without trigonometry."""
    a, b = np.radians(latitude), np.radians(longitude)
    return np.stack((np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)), axis=-1)


def _unit_vector(latitude: float, longitude: float) -> Floats:
    a, b = math.radians(latitude), math.radians(longitude)
    return np.array((math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)))


@dataclass(frozen=True)
class Runs:
    """Half-open runs of rows: `starts[i]` up to `ends[i]`."""

    starts: Rows
    ends: Rows

    def rows(self) -> Rows:
        runs = [np.arange(a, b) for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        return np.concatenate(runs) if runs else np.zeros(0, np.int64)


class Circle:
    """Everything within so many kilometres of a point."""

    def __init__(self, latitude: float, longitude: float, km: float):
        self.latitude, self.longitude, self.km = latitude, longitude, km
        self._centre = _unit_vector(latitude, longitude)
        self._longest_chord = 2 * math.sin(min(km / (2 * EARTH_RADIUS_KM), math.pi / 2))

    def runs(self, keys: Floats) -> Runs:
        """The runs of sorted keys that hold every point of the circle, and some around it."""
        angle = self.km / EARTH_RADIUS_KM
        high = math.degrees(angle) * _MARGIN
        south, north = self.latitude - high, self.latitude + high
        ratio = math.sin(angle) / max(math.cos(math.radians(self.latitude)), 1e-9)
        wide = math.degrees(math.asin(min(1.0, ratio))) * _MARGIN
        west, east = self.longitude - wide, self.longitude + wide
        if ratio >= 1 or west < -180 or east > 180:  # round a pole, or across the date line
            west, east = -180.0, 180.0
        first, last = math.floor((south + 90) / STRIP), math.floor((north + 90) / STRIP)
        strips = np.arange(first, last + 1) * _STRIP_STRIDE + 180
        starts, ends = keys.searchsorted(strips + west), keys.searchsorted(strips + east, side="right")
        some = ends > starts
        return Runs(starts[some], ends[some])

    def inside(self, points: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Which of the points (unit vectors) lie in the circle, and how far away those that do are, in kilometres."""
        apart = points - self._centre
        chords = np.sqrt(np.einsum("ij,ij->i", apart, apart))
        inside = chords <= self._longest_chord
        return inside, 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chords[inside] / 2, 1.0))
