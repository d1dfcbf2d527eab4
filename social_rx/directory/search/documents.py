"""What the index keeps of one listing, and how that is read from the database.

Only active listings are read. They are read as plain columns, in batches: ten thousand listings as mapped objects
would take most of a minute.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, func, select

from social_rx import clock
from social_rx.db import db
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Eligibility,
    Language,
    Location,
    Organisation,
    Outcode,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Taxonomy,
    Term,
)
from social_rx.directory.models.terms import NEEDS, SUPPORTS
from social_rx.directory.occurrences import weekly_spans
from social_rx.directory.recurrence import has_ended, weekdays_of
from social_rx.directory.search import text
from social_rx.directory.search.vocabulary import vocabulary
from social_rx.directory.status import CapacityStatus, ListingStatus, ReferralMode

BATCH = 500
WHEN = (
    *("freq", "interval", "byday", "bymonthday", "opens_at", "closes_at"),
    *("dtstart", "count", "until", "valid_from", "valid_to"),
)
REFERABLE = {ReferralMode.PROFESSIONAL_REFERRAL, ReferralMode.BOTH}
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Document:
    """One active listing as the search sees it. No age limit means every age.

    `approximate` says that the points are not doors: how far away is then told in whole miles. `sex` is that of the
    only people it is for, by its rules or else by its name.
    """

    id: uuid.UUID
    name: str
    keywords: str = ""
    summary: str = ""
    body: str = ""
    places: tuple[Place, ...] = ()
    approximate: bool = False
    outcodes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    days: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int, int], ...] = ()  # the weekday, and the minutes of opening and closing
    free: bool = False
    step_free: bool = False
    remote: tuple[str, ...] = ()
    referable: bool = True
    capacity: CapacityStatus = CapacityStatus.UNKNOWN
    sex: str | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    verified_on: date | None = None


def active_documents() -> Iterator[Document]:
    """Every active listing."""
    ids = db.session.scalars(select(Service.id).where(Service.status == ListingStatus.ACTIVE).order_by(Service.id))
    return documents_of(ids.all())


def count_active() -> int:
    return db.session.scalar(select(func.count()).where(Service.status == ListingStatus.ACTIVE)) or 0


def documents_of(ids: Iterable[uuid.UUID]) -> Iterator[Document]:
    """Those of these listings that are active."""
    waiting = iter(ids)
    while batch := list(islice(waiting, BATCH)):
        yield from _read(batch)


def _read(ids: Sequence[uuid.UUID]) -> Iterator[Document]:
    columns = (Service.name, Service.summary, Service.description, Service.who_for, Service.remote, Service.free)
    more = (Service.minimum_age, Service.maximum_age, Service.capacity_status, Service.verified_at)
    query = (
        select(Service.id, *columns, *more, Service.referral_mode, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Service.organisation_id)
        .where(Service.id.in_(ids), Service.status == ListingStatus.ACTIVE)
    )
    related = _Related(ids)
    return (_document(service, related) for service in db.session.execute(query).all())


class _Related:
    """What hangs on these services, by the key of the service."""

    def __init__(self, ids: Sequence[uuid.UUID]):
        at = ServiceAtLocation.service_id
        point = (Location.id, Location.latitude, Location.longitude, Location.approximate, Location.sensitive)
        places = select(at, *point, Address.city, Address.postcode).select_from(ServiceAtLocation)
        places = places.join(ServiceAtLocation.location).outerjoin(Location.address)
        self.places = _by_service(places.where(at.in_(ids)).order_by(at, Location.id))
        access = select(at, Accessibility.feature).join_from(
            ServiceAtLocation, Accessibility, Accessibility.location_id == ServiceAtLocation.location_id
        )
        self.access = _by_service(access.where(at.in_(ids)))
        terms = select(Attribute.service_id, Taxonomy.code.label("taxonomy"), Term.code, Term.name)
        terms = terms.select_from(Attribute).join(Attribute.term).join(Term.taxonomy)
        self.terms = _by_service(terms.where(Attribute.service_id.in_(ids)).order_by(Term.code))
        runs = select(Schedule.service_id, *(getattr(Schedule, name) for name in WHEN))
        self.schedules = _by_service(runs.where(Schedule.service_id.in_(ids)))
        areas = select(ServiceArea.service_id, ServiceArea.name, ServiceArea.extent_type)
        self.areas = _by_service(areas.where(ServiceArea.service_id.in_(ids)))
        languages = select(Language.service_id, Language.code).where(Language.service_id.in_(ids))
        sexes = select(Eligibility.service_id, Eligibility.value).where(Eligibility.kind == "sex")
        self.sexes = _by_service(sexes.where(Eligibility.service_id.in_(ids)))
        self.languages = _by_service(languages.order_by(Language.code))
        self.outcodes = _middles_of(
            place.postcode for rows in self.places.values() for place in rows if place.sensitive and place.postcode
        )


def _by_service(query: Select) -> dict[uuid.UUID, list[Row]]:
    found = defaultdict(list)
    for row in db.session.execute(query):
        found[row[0]].append(row)
    return found


def _outcode(postcode: str) -> str:
    """CV1 of CV1 2AB or cv12ab: what is left without the last three."""
    return re.sub(r"\W", "", postcode).upper()[:-3]


def _middles_of(postcodes: Iterable[str]) -> dict[str, Place]:
    wanted = {_outcode(postcode) for postcode in postcodes}
    if not wanted:
        return {}
    rows = db.session.scalars(select(Outcode).where(Outcode.outcode.in_(wanted)))
    return {row.outcode: (row.latitude, row.longitude) for row in rows}


def _document(service: Row, related: _Related) -> Document:
    places = related.places.get(service.id, [])
    terms = related.terms.get(service.id, [])
    areas = related.areas.get(service.id, [])
    schedules: Sequence[Any] = related.schedules.get(service.id, [])
    running = [one for one in schedules if not has_ended(one)]
    cities = {place.city for place in places if place.city and not place.sensitive}
    names = [term.name for term in terms if term.taxonomy in (NEEDS, SUPPORTS)]
    sexes = {row.value for row in related.sexes.get(service.id, [])}
    verified = service.verified_at
    return Document(
        id=service.id,
        name=service.name,
        keywords=" ".join([*names, service.organisation, *sorted(cities)]),
        summary=service.summary or "",
        body=" ".join(filter(None, (service.description, service.who_for))),
        places=tuple(dict.fromkeys(filter(None, (_point(place, related.outcodes) for place in places)))),
        approximate=any(place.approximate or place.sensitive for place in places),
        outcodes=tuple(sorted({area.name.strip().upper() for area in areas if area.extent_type == "outcode"})),
        needs=tuple(term.code for term in terms if term.taxonomy == NEEDS),
        supports=tuple(term.code for term in terms if term.taxonomy == SUPPORTS),
        languages=tuple(row.code.lower() for row in related.languages.get(service.id, [])),
        days=frozenset(day for one in running for day in weekdays_of(one)),
        hours=tuple(sorted({span for one in running for span in weekly_spans(one)})),
        free=service.free is True,
        step_free=any(row.feature == "step_free" for row in related.access.get(service.id, [])),
        remote=tuple(service.remote or ()),
        referable=service.referral_mode in REFERABLE,
        capacity=service.capacity_status,
        sex=sexes.pop() if len(sexes) == 1 else vocabulary().people.sex(text.words(service.name)),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        verified_on=verified.astimezone(clock.LONDON).date() if verified else None,
    )


def _point(place: Row, middles: dict[str, Place]) -> Place | None:
    """Where a search says the place is.

    A sensitive one, such as a refuge, is put in the middle of its postcode district and on a grid of about a
    kilometre, so that asking for the distance from many points does not tell where its door is. It is nowhere when
    that middle is not known.
    """
    if place.latitude is None or place.longitude is None:
        return None
    if not place.sensitive:
        return place.latitude, place.longitude
    middle = middles.get(_outcode(place.postcode or ""))
    return (round(middle[0], 2), round(middle[1], 2)) if middle else None
