"""The points of postcodes that our own tables hold, those they still lack, and the places that wait for them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import or_, select

from social_rx import clock
from social_rx.db import db, transactional
from social_rx.directory import changes, postcodes
from social_rx.directory.models import Address, Geocode, Location, Postcode, ServiceAtLocation

MISS_LASTS = timedelta(days=30)
Value = TypeVar("Value")
KEYS_AT_ONCE = 5_000  # SQLite takes at most 32,766 values in one question


class Point(NamedTuple):
    """Where a postcode is, or was when it was last in use."""

    latitude: float
    longitude: float
    terminated: bool = False


def point_of(key: str) -> Point | None:
    return known_points([key]).get(key)


def known_points(keys: Iterable[str]) -> dict[str, Point]:
    """The points of those of these postcodes that we know; a postcode in use goes before what anybody told us."""
    found: dict[str, Point] = {}
    for some in _chunks(keys):
        told = select(Geocode).where(Geocode.postcode.in_(some), Geocode.latitude.is_not(None))
        for answer in db.session.scalars(told.order_by(Geocode.postcode)):
            if answer.latitude is not None and answer.longitude is not None:
                found[answer.postcode] = Point(answer.latitude, answer.longitude, answer.terminated)
        held = select(Postcode).where(Postcode.postcode.in_(some))
        for unit in db.session.scalars(held.order_by(Postcode.postcode)):
            found[unit.postcode] = Point(unit.latitude, unit.longitude)
    return found


def postcodes_to_look_up(also: Iterable[str] = ()) -> list[str]:
    """The keys of the postcodes of addresses, and of those in `also`, that we know nothing about, in order.

    Left out are postcodes that stand for no place, those that were looked up in vain within the last 30 days, and
    those of sensitive places: nobody outside learns that we ask about a refuge.
    """
    open_places = select(Address.postcode).join(Location, Location.id == Address.location_id).where(~Location.sensitive)
    written = db.session.scalars(open_places.where(Address.postcode.is_not(None)).distinct())
    keys = {postcodes.key_of(text) for text in (*written, *also)} - {None}
    wanted = {key for key in keys if key and not key.startswith(postcodes.PSEUDO)}
    return sorted(wanted - known_points(wanted).keys() - _missed_lately(wanted))


def _missed_lately(keys: Iterable[str]) -> set[str]:
    missed: set[str] = set()
    for some in _chunks(keys):
        lately = Geocode.at > clock.now() - MISS_LASTS
        missed.update(db.session.scalars(select(Geocode.postcode).where(Geocode.postcode.in_(some), lately)))
    return missed


@transactional
def keep_answers(answers: Mapping[str, Point | None]) -> None:
    """Remember what an outside geocoder said: a point, or that it knows none."""
    for key, point in answers.items():
        latitude, longitude, terminated = point or (None, None, False)
        db.session.merge(
            Geocode(postcode=key, latitude=latitude, longitude=longitude, terminated=terminated, at=clock.now())
        )


@transactional
def repoint_locations() -> int:
    """Move places from the middle of their district to where they are, once we know; returns how many.

    Call it after postcodes were loaded or looked up. The listings there are noted as changed.
    """
    query = select(Location, Address.postcode).join(Address, Address.location_id == Location.id)
    waiting = db.session.execute(
        query.where(or_(Location.approximate, Location.latitude.is_(None))).order_by(Location.id)
    )
    places = [(location, key) for location, text in waiting if (key := postcodes.key_of(text))]
    points = known_points({key for _, key in places})
    moved = [(location, points[key]) for location, key in places if key in points]
    for location, point in moved:
        location.latitude, location.longitude, location.approximate = point.latitude, point.longitude, False
    changes.note_changes(_services_at([location.id for location, _ in moved]))
    return len(moved)


def _services_at(location_ids: list[UUID]) -> list[UUID]:
    found: set[UUID] = set()
    for some in _chunks(location_ids):
        there = ServiceAtLocation.location_id.in_(some)
        found.update(db.session.scalars(select(ServiceAtLocation.service_id).where(there)))
    return sorted(found)


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    ordered = list(values)
    for start in range(0, len(ordered), KEYS_AT_ONCE):
        yield ordered[start : start + KEYS_AT_ONCE]
