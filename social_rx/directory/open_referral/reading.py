"""Reading what the feed shows: plain columns, one question to the database for each kind of record.

As mapped objects the same rows would cost many times as much. The statements are built once, when the module loads.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Row, Select, String, Uuid, and_, bindparam, func, or_, select, type_coerce

from social_rx.db import db
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    ContactPerson,
    CostOption,
    Language,
    ListingChange,
    Location,
    Organisation,
    Outcode,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Taxonomy,
    Term,
)
from social_rx.directory.open_referral.formats import outcode
from social_rx.directory.status import ListingStatus

Rows = Mapping[Any, Sequence[Any]]

s, o, at, loc, adr = (one.__table__.c for one in (Service, Organisation, ServiceAtLocation, Location, Address))
att, term, tax, area = (one.__table__.c for one in (Attribute, Term, Taxonomy, ServiceArea))
sch, cost, lang, tel = (one.__table__.c for one in (Schedule, CostOption, Language, Phone))
who, acc = ContactPerson.__table__.c, Accessibility.__table__.c


def plain(column: ColumnElement, name: str | None = None) -> ColumnElement:
    """The column as the driver hands it over: a key, or a word of ours, is only written out again."""
    return type_coerce(column, String).label(name or column.key)


ORGANISATION = [
    *(column.label(f"organisation_{column.key}") for column in (o.name, o.description, o.email, o.website)),
    *(column.label(f"organisation_{column.key}") for column in (o.charity_number, o.company_number, o.ods_code)),
]
SERVICE = [
    *(plain(column) for column in (s.id, s.organisation_id, s.capacity_status, s.referral_mode, s.updated_at)),
    *(s.name, s.summary, s.description, s.website, s.email, s.fees, s.free, s.minimum_age, s.maximum_age),
    *(s.capacity_note, s.waiting_weeks, s.how_to_join, s.who_for, s.not_for, s.verified_at, s.remote),
    *ORGANISATION,
]
PLACE = [
    *(plain(at.id), plain(at.location_id), plain(adr.id, "address_id")),
    *(loc.name.label("location_name"), loc.description.label("location_description"), loc.transportation),
    *(loc.latitude, loc.longitude, loc.approximate, loc.sensitive),
    *(adr.address_1, adr.address_2, adr.city, adr.region, adr.postcode, adr.country),
]
TERM = [
    *(plain(term.taxonomy_id), term.term_uri, tax.name.label("taxonomy")),
    *(column.label(f"term_{column.key}") for column in (term.name, term.description, term.code)),
    *(plain(term.id, "term_id"), plain(term.parent_id, "term_parent_id")),
]
PHONE = [plain(tel.id), tel.number, tel.extension, tel.description]


def _services() -> Select:
    return select(*SERVICE).join_from(Service.__table__, Organisation.__table__, o.id == s.organisation_id)


def _places() -> Select:
    joined = ServiceAtLocation.__table__.join(Location.__table__, loc.id == at.location_id)
    joined = joined.outerjoin(Address.__table__, adr.location_id == loc.id)
    return select(plain(at.service_id), *PLACE).select_from(joined).order_by(at.id, adr.id)


def _access() -> Select:
    described = Accessibility.__table__.join(ServiceAtLocation.__table__, at.location_id == acc.location_id)
    columns = (plain(acc.location_id), plain(acc.id), acc.feature, acc.description)
    return select(*columns).distinct().select_from(described).order_by(acc.feature, acc.id)


def _terms() -> Select:
    joined = Attribute.__table__.join(Term.__table__, term.id == att.term_id)
    joined = joined.join(Taxonomy.__table__, tax.id == term.taxonomy_id)
    order = (tax.code, term.code)
    return select(plain(att.service_id), plain(att.id), *TERM).select_from(joined).order_by(*order)


def _contact_phones() -> Select:
    joined = Phone.__table__.join(ContactPerson.__table__, who.id == tel.contact_person_id)
    return select(plain(tel.contact_person_id), *PHONE).select_from(joined).order_by(tel.id)


def _children() -> dict[str, tuple[Select, ColumnElement]]:
    """What hangs on a service: how it is read, and the column that names the service (or, once, its organisation)."""
    times = (sch.valid_from, sch.valid_to, sch.dtstart, sch.opens_at, sch.closes_at)
    ends = (sch.count, sch.until, sch.closed_on_bank_holidays, sch.note)
    runs = (plain(sch.id), plain(sch.service_at_location_id), sch.freq, sch.interval, sch.byday, sch.bymonthday, *times)
    prices = (plain(cost.id), type_coerce(cost.amount, Float).label("amount"), cost.currency, cost.note)
    people = (plain(who.id), plain(who.id, "contact_id"), who.name, who.title, who.email)
    return {
        "places": (_places(), at.service_id),
        "access": (_access(), at.service_id),
        "terms": (_terms(), att.service_id),
        "schedules": (select(plain(sch.service_id), *runs, *ends).order_by(sch.position, sch.id), sch.service_id),
        "costs": (select(plain(cost.service_id), *prices).order_by(cost.amount, cost.id), cost.service_id),
        "areas": (
            select(plain(area.service_id), plain(area.id), area.name, area.extent_type).order_by(area.name, area.id),
            area.service_id,
        ),
        "languages": (
            select(plain(lang.service_id), plain(lang.id), lang.code, lang.note).order_by(lang.code, lang.id),
            lang.service_id,
        ),
        "contacts": (select(plain(who.service_id), *people).order_by(who.id), who.service_id),
        "phones": (select(plain(tel.service_id), *PHONE).order_by(tel.id), tel.service_id),
        "contact_phones": (_contact_phones(), who.service_id),
        "organisation_phones": (select(plain(tel.organisation_id), *PHONE).order_by(tel.id), tel.organisation_id),
    }


MANY = bindparam("ids", expanding=True, type_=Uuid())
ONE = bindparam("id", type_=Uuid())
_CHILDREN = _children()
READ_MANY = {name: found.where(column.in_(MANY)) for name, (found, column) in _CHILDREN.items()}
READ_ONE = {name: found.where(column == ONE) for name, (found, column) in _CHILDREN.items()}
SERVICES, SERVICE_ONE = _services().where(s.id.in_(MANY)), _services().where(s.id == ONE)
PLACES = _places().where(at.id.in_(MANY))
_changes = ListingChange.__table__.c
# What tells a service, with all that is shown of it, from the same service before or after a change.
STAMP = [
    plain(s.updated_at),
    s.version,
    select(o.version).where(o.id == s.organisation_id).scalar_subquery(),
    select(func.max(_changes.seq)).where(_changes.service_id == s.id).scalar_subquery(),
]
STAMPS = select(s.id, *STAMP).where(s.id.in_(MANY))
LAST_CHANGE = select(func.max(_changes.at)).where(_changes.service_id == ONE)
OUTCODES = select(Outcode.outcode, Outcode.latitude, Outcode.longitude).where(
    Outcode.outcode.in_(bindparam("outcodes", expanding=True))
)


class Related(NamedTuple):
    """What hangs on some services, by the key of the service; of organisations, contacts and locations by theirs."""

    places: Rows
    access: Rows
    terms: Rows
    schedules: Rows
    costs: Rows
    areas: Rows
    languages: Rows
    contacts: Rows
    phones: Rows
    contact_phones: Rows
    organisation_phones: Rows


def _execute(statement: Select, **parameters: Any) -> Sequence[Row]:
    return db.session.connection().execute(statement, parameters).all()


def services(ids: Sequence[uuid.UUID]) -> list[Row]:
    """One row for each of these services, in their order."""
    if not ids:
        return []
    found = _execute(SERVICE_ONE, id=ids[0]) if len(ids) == 1 else _execute(SERVICES, ids=ids)
    by_id = {as_uuid(row.id): row for row in found}
    return [by_id[one] for one in ids if one in by_id]


def related(rows: Sequence[Row]) -> Related:
    """All that hangs on these services. The number of questions does not depend on how many they are."""
    ids = [as_uuid(row.id) for row in rows]
    owners = list({as_uuid(row.organisation_id) for row in rows})
    found = {}
    for name in Related._fields:
        keys = owners if name == "organisation_phones" else ids
        found[name] = _grouped(
            _execute(READ_ONE[name], id=keys[0]) if len(keys) == 1 else _execute(READ_MANY[name], ids=keys)
        )
    found["places"] = {key: masked(places) for key, places in found["places"].items()}
    return Related(**found)


def _grouped(rows: Iterable[Row]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def as_uuid(key: Any) -> uuid.UUID:
    return key if type(key) is uuid.UUID else uuid.UUID(key)


def places(ids: Sequence[uuid.UUID]) -> list[Any]:
    """One row for each of these services at a location, in their order; what is sensitive is masked."""
    by_id = {as_uuid(row.id): row for row in masked(_execute(PLACES, ids=ids))} if ids else {}
    return [by_id[one] for one in ids if one in by_id]


def access(location_ids: Sequence[uuid.UUID]) -> dict[Any, list[Any]]:
    """What helps people to get in, by the key of the location."""
    return _grouped(_execute(_access().where(acc.location_id.in_(MANY)), ids=location_ids))


def masked(rows: Sequence[Any]) -> list[Any]:
    """The same places, each sensitive one moved to the middle of its postcode district, on a grid of a kilometre.

    Without a known middle it has no point at all, so that no question about distances tells where its door is.
    """
    if not any(row.sensitive for row in rows):
        return list(rows)
    wanted = {code for row in rows if row.sensitive and (code := outcode(row.postcode))}
    middles = {row[0]: (round(row[1], 2), round(row[2], 2)) for row in _execute(OUTCODES, outcodes=sorted(wanted))}
    shown = []
    for row in rows:
        if row.sensitive:
            latitude, longitude = middles.get(outcode(row.postcode) or "", (None, None))
            row = SimpleNamespace(**{**row._mapping, "latitude": latitude, "longitude": longitude})
        shown.append(row)
    return shown


def organisations(ids: Sequence[uuid.UUID]) -> list[Row]:
    return _in_order(select(plain(o.id, "organisation_id"), *ORGANISATION).where(o.id.in_(MANY)), ids)


def organisation_phones(ids: Sequence[uuid.UUID]) -> Rows:
    return _grouped(_execute(READ_MANY["organisation_phones"], ids=ids))


def services_run_by(organisation_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The services that these organisations offer just now."""
    active = select(s.id).where(s.organisation_id.in_(MANY), s.status == ListingStatus.ACTIVE).order_by(s.id)
    return [row[0] for row in _execute(active, ids=organisation_ids)]


def taxonomies(ids: Sequence[uuid.UUID]) -> list[Row]:
    return _in_order(select(plain(tax.id), tax.name, tax.description, tax.uri).where(tax.id.in_(MANY)), ids)


def terms(ids: Sequence[uuid.UUID]) -> list[Row]:
    joined = Term.__table__.join(Taxonomy.__table__, tax.id == term.taxonomy_id)
    return _in_order(select(plain(term.id), *TERM).select_from(joined).where(term.id.in_(MANY)), ids)


def terms_of(taxonomy_ids: Sequence[uuid.UUID]) -> Sequence[Row]:
    joined = Term.__table__.join(Taxonomy.__table__, tax.id == term.taxonomy_id)
    of_these = select(*TERM).select_from(joined).where(tax.id.in_(MANY))
    return _execute(of_these.order_by(term.code, term.id), ids=taxonomy_ids)


def _in_order(statement: Select, ids: Sequence[uuid.UUID]) -> list[Row]:
    """One row for each of these keys, which stand in its first column."""
    by_id = {as_uuid(row[0]): row for row in _execute(statement, ids=ids)} if ids else {}
    return [by_id[one] for one in ids if one in by_id]


def points(south: float, north: float, west: float, east: float) -> Sequence[Any]:
    """Where active services happen in this box, as far as the public may know; and every sensitive place."""
    inside = and_(loc.latitude.between(south, north), loc.longitude.between(west, east))
    joined = ServiceAtLocation.__table__.join(Location.__table__, loc.id == at.location_id)
    joined = joined.join(Service.__table__, s.id == at.service_id).outerjoin(
        Address.__table__, adr.location_id == loc.id
    )
    columns = (at.id.label("place_id"), at.service_id, loc.latitude, loc.longitude, loc.sensitive, adr.postcode)
    found = select(*columns).select_from(joined).where(s.status == ListingStatus.ACTIVE, or_(loc.sensitive, inside))
    return masked(_execute(found))


def stamps(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Any, ...]]:
    """The stamp of each of these services, in their order."""
    found = {row[0]: tuple(row[1:]) for row in _execute(STAMPS, ids=ids)} if ids else {}
    return {one: found[one] for one in ids if one in found}


def last_change(service_id: uuid.UUID) -> Any:
    """When anything of this listing changed last; None when it was never noted."""
    return _execute(LAST_CHANGE, id=service_id)[0][0]
