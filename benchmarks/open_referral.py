"""What publishing costs: the open feed beside a plain nested dump, SQLAlchemy and marshmallow, of the same rows.

Both answer the same requests of the same application over the same 10,000 invented services in SQLite; the plain one
loads what it shows with as few questions as the ORM offers, too. CPU time of this process alone.
"""

import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time as clock_time
from typing import Any

from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import joinedload, selectinload

from social_rx import clock, create_app
from social_rx.access import public
from social_rx.db import db
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Language,
    ListingChange,
    Location,
    Organisation,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Term,
)
from social_rx.directory.open_referral import keeping
from social_rx.directory.open_referral.publish import BASE
from social_rx.directory.status import CapacityStatus, ListingStatus, ReferralMode
from social_rx.directory.taxonomies import ensure_taxonomies

SERVICES = 10_000
AT_ONCE = 2_000
ROUNDS = 40
GOALS = {"times": 5.0, "lines": 3000.0, "megabytes": 200.0}
WORDS = "A friendly group for people who would like company, something to do and a warm drink. Everybody is welcome. "


class OrganisationSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    description = fields.String()
    email = fields.Email()
    website = fields.Url()


class PhoneSchema(Schema):
    id = fields.UUID()
    number = fields.String()
    extension = fields.String()
    description = fields.String()


class WholeOrganisationSchema(OrganisationSchema):
    phones = fields.List(fields.Nested(PhoneSchema))


class AddressSchema(Schema):
    id = fields.UUID()
    address_1 = fields.String()
    address_2 = fields.String()
    city = fields.String()
    region = fields.String()
    postcode = fields.String()
    country = fields.String()


class AccessibilitySchema(Schema):
    id = fields.UUID()
    feature = fields.String()
    description = fields.String()


class LocationSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    description = fields.String()
    transportation = fields.String()
    latitude = fields.Float()
    longitude = fields.Float()
    address = fields.Nested(AddressSchema)
    accessibilities = fields.List(fields.Nested(AccessibilitySchema))


class AtLocationSchema(Schema):
    id = fields.UUID()
    location = fields.Nested(LocationSchema)


class ScheduleSchema(Schema):
    id = fields.UUID()
    service_at_location_id = fields.UUID()
    freq = fields.String()
    interval = fields.Integer()
    byday = fields.String()
    bymonthday = fields.String()
    dtstart = fields.Date()
    valid_from = fields.Date()
    valid_to = fields.Date()
    opens_at = fields.Time()
    closes_at = fields.Time()
    note = fields.String()


class CostOptionSchema(Schema):
    id = fields.UUID()
    amount = fields.Float()
    currency = fields.String()
    note = fields.String()


class AreaSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    extent_type = fields.String()


class LanguageSchema(Schema):
    id = fields.UUID()
    code = fields.String()
    note = fields.String()


class TaxonomySchema(Schema):
    id = fields.UUID()
    name = fields.String()


class TermSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    description = fields.String()
    code = fields.String()
    parent_id = fields.UUID()
    term_uri = fields.String()
    taxonomy = fields.Nested(TaxonomySchema)


class AttributeSchema(Schema):
    id = fields.UUID()
    term = fields.Nested(TermSchema)


class ServiceSchema(Schema):
    id = fields.UUID()
    organisation_id = fields.UUID()
    name = fields.String()
    description = fields.String()
    website = fields.Url()
    email = fields.Email()
    status = fields.String()
    fees = fields.String()
    minimum_age = fields.Integer()
    maximum_age = fields.Integer()
    verified_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    how_to_join = fields.String()
    who_for = fields.String()
    not_for = fields.String()
    capacity_status = fields.String()
    capacity_note = fields.String()
    waiting_weeks = fields.Integer()
    organisation = fields.Nested(OrganisationSchema)


class WholeServiceSchema(ServiceSchema):
    organisation = fields.Nested(WholeOrganisationSchema)
    at_locations = fields.List(fields.Nested(AtLocationSchema))
    schedules = fields.List(fields.Nested(ScheduleSchema))
    cost_options = fields.List(fields.Nested(CostOptionSchema))
    areas = fields.List(fields.Nested(AreaSchema))
    languages = fields.List(fields.Nested(LanguageSchema))
    attributes = fields.List(fields.Nested(AttributeSchema))
    phones = fields.List(fields.Nested(PhoneSchema))


LISTED, WHOLE = ServiceSchema(), WholeServiceSchema()
_location = selectinload(Service.at_locations).joinedload(ServiceAtLocation.location)
WITH_EVERYTHING = (
    joinedload(Service.organisation).selectinload(Organisation.phones),
    selectinload(Service.attributes).joinedload(Attribute.term).joinedload(Term.taxonomy),
    _location.joinedload(Location.address),
    _location.selectinload(Location.accessibilities),
    *(selectinload(one) for one in (Service.schedules, Service.cost_options, Service.languages)),
    *(selectinload(one) for one in (Service.areas, Service.phones)),
)


@public
def plain_list() -> Response:
    """The way it is usually written."""
    whole = request.args.get("full") == "true"
    active = select(Service).where(Service.status == ListingStatus.ACTIVE)
    total = db.session.scalar(select(func.count()).select_from(active.subquery()))
    options = WITH_EVERYTHING if whole else (joinedload(Service.organisation),)
    page = active.order_by(Service.id).limit(int(request.args["per_page"])).options(*options)
    shown = (WHOLE if whole else LISTED).dump(db.session.scalars(page).all(), many=True)
    return jsonify(total_items=total, contents=shown)


@public
def plain_one(id: uuid.UUID) -> Response:
    one = db.session.scalar(select(Service).where(Service.id == id).options(*WITH_EVERYTHING))
    return jsonify(WHOLE.dump(one))


def fill() -> None:
    terms = [term.id for codes in ensure_taxonomies().values() for term in codes.values()]
    db.session.commit()
    for start in range(0, SERVICES, AT_ONCE):
        rows: dict[Any, list[dict[str, Any]]] = {}
        for number in range(start, start + AT_ONCE):
            for model, row in invented(number, terms):
                rows.setdefault(model, []).append(row if model is ListingChange else {"id": uuid.uuid4(), **row})
        for model, some in rows.items():
            db.session.execute(insert(model), some)
        db.session.commit()


def invented(number: int, terms: list[uuid.UUID]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """One service with about as much as a well kept listing says."""
    owner, id, place, at = (uuid.uuid4() for _ in range(4))
    site = f"https://group-{number}.example.org"
    yield Organisation, {"id": owner, "name": f"Group {number}", "description": WORDS, "website": site}
    said: dict[str, Any] = {
        "summary": WORDS,
        "description": WORDS * 3,
        "website": f"{site}/join",
        "email": "hello@example.org",
    }
    said |= {"how_to_join": "Phone us, or come along.", "who_for": "Anyone who is lonely.", "free": False}
    yield (
        Service,
        {
            "id": id,
            "organisation_id": owner,
            "name": f"Lunch club {number}",
            "status": ListingStatus.ACTIVE,
            "referral_mode": ReferralMode.BOTH,
            "capacity_status": CapacityStatus.PLACES,
            "minimum_age": 18,
            "verified_at": clock.now(),
            "remote": ["phone"],
            **said,
        },
    )
    point = {"latitude": 52 + number % 1000 / 1000, "longitude": -1 - number % 777 / 777}
    yield Location, {"id": place, "organisation_id": owner, "name": f"Hall {number}", **point}
    yield (
        Address,
        {"location_id": place, "address_1": f"{number} High Street", "city": "Coventry", "postcode": "CV1 2AB"},
    )
    for feature in ("step_free", "hearing_loop"):
        yield Accessibility, {"location_id": place, "feature": feature}
    yield ServiceAtLocation, {"id": at, "service_id": id, "location_id": place}
    for position, day in enumerate(("TU", "TH")):
        times = {"opens_at": clock_time(10), "closes_at": clock_time(12, 30)}
        yield Schedule, {"service_id": id, "byday": day, "position": position, **times}
    yield CostOption, {"service_id": id, "amount": 3.5, "note": "with lunch"}
    yield ServiceArea, {"service_id": id, "name": "CV1"}
    for code in ("en", "pa"):
        yield Language, {"service_id": id, "code": code}
    for turn in range(3):
        yield Attribute, {"service_id": id, "term_id": terms[(number + turn * 7) % len(terms)]}
    yield Phone, {"service_id": id, "number": "024 7655 0100"}
    yield ListingChange, {"service_id": id}
    yield Phone, {"organisation_id": owner, "number": "024 7655 0101"}


@contextmanager
def application() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "SECRET_KEY": "for this benchmark alone, and no other",
        }
        app = create_app({**settings, "SEARCH_INDEX_DIR": f"{folder}/search", "OUTBOX": "memory"})
        app.add_url_rule("/plain/services", "plain_list", plain_list)
        app.add_url_rule("/plain/services/<uuid:id>", "plain_one", plain_one)
        with app.app_context():
            db.create_all()
            fill()
        yield app


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The questions put to the database in the block."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def milliseconds(ask: Callable[[int], Any], before: Callable[[], Any] = lambda: None) -> float:
    """CPU of one request, the median of many; what happens `before` each is not counted."""
    ask(0)
    taken = []
    for number in range(ROUNDS):
        before()
        start = time.process_time()
        ask(number)
        taken.append(time.process_time() - start)
    return sorted(taken)[ROUNDS // 2] * 1000


def compare(app: Flask) -> list[float]:
    """Print the table; answers how many times less CPU each request took than the plain one.

    The first time nothing has been kept in memory yet; again is as it is until a listing changes.
    """
    client = app.test_client()
    known = json.loads(client.get(f"/oruk/v3/services?minimal=true&per_page={ROUNDS}").data)
    ids = [one["id"] for one in known["contents"]]
    requests = {
        "/services?per_page=100": lambda base: lambda _: client.get(f"{base}/services?per_page=100"),
        "/services?per_page=100&full=true": lambda base: (
            lambda _: client.get(f"{base}/services?per_page=100&full=true")
        ),
        "/services/{id}": lambda base: lambda number: client.get(f"{base}/services/{ids[number]}"),
    }
    print(
        f"{'CPU ms a request':34}{'first':>8}{'again':>8}{'plain':>8}{'less':>7}{'again':>7}{'queries':>9}{'plain':>7}"
    )
    ratios = []
    for name, request_to in requests.items():
        with counted(app) as ours_asked:
            keeping.init_app(app)
            request_to(BASE)(1)
        with counted(app) as plain_asked:
            request_to("/plain")(1)
        first = milliseconds(request_to(BASE), lambda: keeping.init_app(app))
        for number in range(ROUNDS):
            request_to(BASE)(number)
        again, plain = milliseconds(request_to(BASE)), milliseconds(request_to("/plain"))
        ratios.append(plain / again)
        times = f"{first:8.2f}{again:8.2f}{plain:8.2f}{plain / first:6.1f}x{plain / again:6.1f}x"
        print(f"{name:34}{times}{len(ours_asked):9}{len(plain_asked):7}")
    return ratios


def stream(app: Flask) -> tuple[float, float]:
    """Services a CPU second, and by how many megabytes memory grew, over the whole of the feed as ndjson."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, lines = time.process_time(), 0
    answer = app.test_client().get("/oruk/v3/services?format=ndjson")
    for part in answer.iter_encoded():
        lines += part.count(b"\n")
    rate = lines / (time.process_time() - start)
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"ndjson: {lines} services, {rate:.0f} a CPU second; at most {whole / 1024:.0f} MB, {before / 1024:.0f} before"
    )
    return rate, whole / 1024


def main() -> int:
    with application() as app:
        print(f"{SERVICES} services in SQLite, the median of {ROUNDS} requests")
        rate, megabytes = stream(app)
        ratios = compare(app)
    print(
        f"goals: {GOALS['times']:.0f} times less, {GOALS['lines']:.0f} lines a CPU second, {GOALS['megabytes']:.0f} MB"
    )
    good = min(ratios) >= GOALS["times"] and rate >= GOALS["lines"] and megabytes < GOALS["megabytes"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
