"""Which records answer the questions of the standard: every one a condition, so that all of them combine.

Only what is active is ever selected. Text is answered by the search, and "within so many metres" by the same circle
as there; the rest by the database.
"""

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, FromClause, Select, and_, extract, func, or_, select

from social_rx import clock
from social_rx.db import db
from social_rx.directory import geocoding, postcodes, search
from social_rx.directory.models import (
    Attribute,
    Organisation,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Taxonomy,
    Term,
)
from social_rx.directory.open_referral import reading
from social_rx.directory.search.circle import EARTH_RADIUS_KM, Circle, unit_vectors
from social_rx.directory.search.query import MOST_PER_PAGE, SearchQuery
from social_rx.directory.status import ListingStatus

Asked = Mapping[str, Any]
Keys = dict[uuid.UUID, tuple[Any, ...]]  # in order; to some belongs a stamp

SERVICE, PLACE, ORGANISATION = Service.__table__, ServiceAtLocation.__table__, Organisation.__table__
s, at, o, sch, term = SERVICE.c, PLACE.c, ORGANISATION.c, Schedule.__table__.c, Term.__table__.c
ONE_SERVICE = select(s.id, *reading.STAMP).where(s.status == ListingStatus.ACTIVE)
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")  # as databases number them


@dataclass(frozen=True)
class Selection:
    """Keys in their order: as a statement, or as a list when something else than the database had a say.

    Behind the key of a service the statement has its stamp.
    """

    statement: Select
    key: ColumnElement
    listed: Sequence[uuid.UUID] | None = None

    def total(self) -> int:
        if self.listed is not None:
            return len(self.listed)
        return db.session.scalar(self.statement.with_only_columns(func.count()).order_by(None)) or 0

    def part(self, first: int, count: int) -> Keys:
        if self.listed is not None:
            return dict.fromkeys(self.listed[first : first + count], ())
        return _keys(self.statement.offset(first).limit(count))

    def batches(self, size: int) -> Iterator[Sequence[uuid.UUID]]:
        """All of them, never more than `size` in memory: each batch begins after the last key of the one before."""
        if self.listed is not None:
            yield from (self.listed[start : start + size] for start in range(0, len(self.listed), size))
            return
        keys = self.statement.with_only_columns(self.key)
        some = db.session.scalars(keys.limit(size)).all()
        while some:
            yield some
            some = db.session.scalars(keys.where(self.key > some[-1]).limit(size)).all()


def _keys(statement: Select) -> Keys:
    return {row[0]: tuple(row[1:]) for row in db.session.connection().execute(statement)}


def _selection(table: FromClause, *conditions: ColumnElement, listed: Sequence[uuid.UUID] | None = None) -> Selection:
    stamp = reading.STAMP if table is SERVICE else []
    return Selection(select(table.c.id, *stamp).where(*conditions).order_by(table.c.id), table.c.id, listed)


def services(asked: Asked) -> Selection:
    wanted = [*_about_services(asked), *_times(asked, sch.service_id == s.id)]
    if "postcode" in asked and "proximity" not in asked:
        wanted.append(_serves(asked["postcode"]))
    found = _selection(SERVICE, *wanted)
    if "search" not in asked and "proximity" not in asked:
        return found
    ids = list(db.session.scalars(found.statement.with_only_columns(s.id)))
    if "proximity" in asked:
        near = {service_id for _, service_id in _near(asked["postcode"], asked["proximity"])}
        ids = [one for one in ids if one in near]
    return _selection(SERVICE, *wanted, listed=_best_first(ids, asked))


def _best_first(ids: list[uuid.UUID], asked: Asked) -> list[uuid.UUID]:
    """Those of them that the search finds, in its order, when there is anything to search for."""
    if "search" not in asked:
        return ids
    known = set(ids)
    return [one for one in _found(asked["search"]) if one in known]


def places(asked: Asked) -> Selection:
    """Services at locations."""
    service_ids = select(s.id).where(*_about_services(asked))
    either = or_(sch.service_at_location_id == at.id, sch.service_at_location_id.is_(None))
    wanted = [at.service_id.in_(service_ids), *_times(asked, and_(sch.service_id == at.service_id, either))]
    if "postcode" in asked and "proximity" not in asked:
        wanted.append(at.service_id.in_(select(s.id).where(_serves(asked["postcode"]))))
    if "search" not in asked and "proximity" not in asked:
        return _selection(PLACE, *wanted)
    pairs = list(db.session.execute(select(at.id, at.service_id).where(*wanted).order_by(at.id)))
    if "proximity" in asked:
        near = {place_id for place_id, _ in _near(asked["postcode"], asked["proximity"])}
        pairs = [pair for pair in pairs if pair[0] in near]
    if "search" in asked:
        rank = {one: number for number, one in enumerate(_found(asked["search"]))}
        pairs = sorted((pair for pair in pairs if pair[1] in rank), key=lambda pair: rank[pair[1]])
    return _selection(PLACE, *wanted, listed=[pair[0] for pair in pairs])


def organisations(asked: Asked) -> Selection:
    """Those that offer something just now."""
    wanted: list[ColumnElement] = [o.id.in_(select(s.organisation_id).where(s.status == ListingStatus.ACTIVE))]
    if "search" in asked:
        wanted.append(o.name.icontains(asked["search"], autoescape=True))
    return _selection(ORGANISATION, *wanted)


def taxonomies(asked: Asked) -> Selection:
    table = Taxonomy.__table__
    return _selection(table, *([table.c.name.icontains(asked["search"], autoescape=True)] if "search" in asked else ()))


def terms(asked: Asked) -> Selection:
    wanted: list[ColumnElement] = []
    if "search" in asked:
        wanted.append(term.name.icontains(asked["search"], autoescape=True))
    if "taxonomy_id" in asked:
        wanted.append(term.taxonomy_id == asked["taxonomy_id"])
    if "parent_id" in asked:
        wanted.append(term.parent_id == asked["parent_id"])
    if asked.get("top_only"):
        wanted.append(term.parent_id.is_(None))
    return _selection(Term.__table__, *wanted)


def one_service(service_id: uuid.UUID) -> Keys:
    """The key and the stamp of this service; nothing unless it is active."""
    return _keys(ONE_SERVICE.where(s.id == service_id))


def is_active_place(place_id: uuid.UUID) -> bool:
    active = select(at.id).join_from(PLACE, SERVICE, s.id == at.service_id).where(s.status == ListingStatus.ACTIVE)
    return bool(db.session.scalar(active.where(at.id == place_id)))


def is_offering(organisation_id: uuid.UUID) -> bool:
    active = select(s.id).where(s.organisation_id == organisation_id, s.status == ListingStatus.ACTIVE)
    return bool(db.session.scalar(active.limit(1)))


def _about_services(asked: Asked) -> list[ColumnElement]:
    """What can be asked of the service itself, wherever it happens."""
    wanted: list[ColumnElement] = [s.status == ListingStatus.ACTIVE]
    if "minimum_age" in asked:
        wanted.append(s.minimum_age >= asked["minimum_age"])
    if "maximum_age" in asked:
        wanted.append(s.maximum_age <= asked["maximum_age"])
    if "modified_after" in asked:
        wanted.append(s.updated_at >= asked["modified_after"])
    if "organization_id" in asked:
        wanted.append(s.organisation_id == asked["organization_id"])
    given = Attribute.__table__.c
    if "taxonomy_term_id" in asked:
        wanted.append(s.id.in_(select(given.service_id).where(given.term_id == asked["taxonomy_term_id"])))
    if "taxonomy_id" in asked:
        within = select(term.id).where(term.taxonomy_id == asked["taxonomy_id"])
        wanted.append(s.id.in_(select(given.service_id).where(given.term_id.in_(within))))
    return wanted


def _times(asked: Asked, whose: ColumnElement) -> list[ColumnElement]:
    """That one schedule is on this day, begins no earlier than `start_time` and ends no later than `end_time`."""
    day: str | None = asked.get("day")
    start: time | None = asked.get("start_time")
    finish: time | None = asked.get("end_time")
    if day is None and start is None and finish is None:
        return []
    today = clock.today()
    wanted = [whose, *(or_(last.is_(None), last >= today) for last in (sch.valid_to, sch.until))]
    if start is not None:
        wanted.append(sch.opens_at >= start)
    if finish is not None:
        wanted.append(sch.closes_at <= finish)
    if day is not None:
        unsaid = or_(sch.byday.is_(None), sch.byday == "")
        weekly = and_(sch.freq == "WEEKLY", extract("dow", sch.dtstart) == WEEKDAYS.index(day))
        wanted.append(or_(sch.byday.contains(day), and_(unsaid, or_(sch.freq == "DAILY", weekly))))
    return [select(sch.id).where(*wanted).exists()]


def _serves(postcode: str) -> ColumnElement:
    """That the postcode lies in the area of the service; one that names no area serves everyone."""
    areas = ServiceArea.__table__.c
    code = postcodes.squeezed(postcode)
    outcode = code if postcodes.OUTCODE.fullmatch(code) else postcodes.parse(code).outcode
    here = select(areas.service_id).where(areas.extent_type == "outcode", func.upper(areas.name) == outcode)
    return or_(s.id.in_(here), s.id.not_in(select(areas.service_id)))


def _found(text: str) -> list[uuid.UUID]:
    """Every service that the search finds, best first."""
    ids: list[uuid.UUID] = []
    for page in range(1, 1 + search.find(SearchQuery(text=text, per_page=1)).total // MOST_PER_PAGE + 1):
        hits = search.find(SearchQuery(text=text, page=page, per_page=MOST_PER_PAGE))
        ids += [hit.service_id for hit in hits.hits]
    return ids


def _near(postcode: str, metres: float) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """The services at locations, each with its service, within so many metres of the middle of the postcode.

    A sensitive place is where we say that it is, in the middle of its district, and not where its door is.
    """
    middle = geocoding.locate(postcode)
    high = math.degrees(metres / 1000 / EARTH_RADIUS_KM) * 1.01
    wide = min(high / max(math.cos(math.radians(middle.latitude)), 0.01), 180.0)
    box = (middle.latitude - high, middle.latitude + high, middle.longitude - wide, middle.longitude + wide)
    shown = [row for row in reading.points(*box) if row.latitude is not None and row.longitude is not None]
    if not shown:
        return set()
    columns = ([row.latitude for row in shown], [row.longitude for row in shown])
    points = unit_vectors(*(np.array(column, np.float64) for column in columns))
    inside, _ = Circle(middle.latitude, middle.longitude, metres / 1000).inside(points)
    chosen = (shown[number] for number in np.flatnonzero(inside))
    return {(row.place_id, row.service_id) for row in chosen}
