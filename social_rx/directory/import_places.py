"""The points of the places of an import from their postcodes, all of them looked up in a few questions."""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from social_rx.db import db
from social_rx.directory import postcodes
from social_rx.directory.known_points import known_points
from social_rx.directory.models import Location, Outcode


def placer(written: Iterable[str | None]) -> Callable[[Location], None]:
    """What `geocoding.place_location` does, for locations with these postcodes, without asking for each of them."""
    keys = {key for text in written if (key := postcodes.key_of(text))}
    points = known_points(sorted(keys))
    waiting = keys - set(points)
    middles = {one.outcode: one for one in db.session.scalars(select(Outcode))} if waiting else {}

    def place(location: Location) -> None:
        key = postcodes.key_of(location.address.postcode if location.address else None) or ""
        point, middle = points.get(key), middles.get(key[:-3])
        found = point or middle
        location.latitude, location.longitude = (found.latitude, found.longitude) if found else (None, None)
        location.approximate = point is None and middle is not None

    return place
