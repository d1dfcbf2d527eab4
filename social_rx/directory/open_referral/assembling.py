"""Putting shapes together: a service with all that hangs on it, and the leaner items of the lists."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from social_rx.directory.open_referral import reading, shapes
from social_rx.directory.open_referral.formats import identifier, instant
from social_rx.directory.open_referral.reading import Related
from social_rx.directory.open_referral.selecting import Keys
from social_rx.directory.open_referral.shapes import Shape, present

Ids = Iterable[uuid.UUID]  # one of them, some of them, or the keys of a page with their stamps
AT_ONCE = 500


def listed_services(ids: Ids, extensions: bool) -> Iterator[Shape]:
    """Services as a list shows them: what is one to one."""
    return (shapes.service(row, extensions) for row in reading.services(list(ids)))


def minimal_services(keys: Keys, _extensions: bool) -> list[Shape]:
    """Only which services there are, and when each changed last."""
    stamps = keys if all(keys.values()) else reading.stamps(list(keys))
    return [{"id": str(one), "modified_date": instant(stamp[0])} for one, stamp in stamps.items()]


def whole_services(ids: Ids, extensions: bool) -> Iterator[Shape]:
    """Services with everything."""
    if rows := reading.services(list(ids)):
        related = reading.related(rows)
        terms: dict[Any, Shape] = {}
        yield from (_whole_service(row, related, terms, extensions) for row in rows)


def _whole_service(row: Any, related: Related, terms: dict[Any, Shape], extensions: bool) -> Shape:
    """`terms` holds the terms that services before this one have, too."""
    key = row.id
    places = related.places.get(key, ())
    how = shapes.attending(row.remote, bool(places))
    whole = shapes.service(row, extensions)
    whole["organization"] = _whole_organization(row, "organisation_", related.organisation_phones, extensions)
    more: Shape = {
        "schedules": [shapes.schedule(one, how, extensions) for one in related.schedules.get(key, ())],
        "service_areas": [shapes.service_area(one) for one in related.areas.get(key, ())],
        "service_at_locations": [
            {
                "id": identifier(one.id),
                "location": shapes.whole_location(one, related.access.get(one.location_id, ()), extensions),
            }
            for one in places
        ],
        "languages": [shapes.language(one, extensions) for one in related.languages.get(key, ())],
        "cost_options": [shapes.cost_option(one, extensions) for one in related.costs.get(key, ())],
        "contacts": [
            shapes.contact(one, related.contact_phones.get(one.contact_id, ()), extensions)
            for one in related.contacts.get(key, ())
        ],
        "attributes": [_attribute(one, terms, extensions) for one in related.terms.get(key, ())],
    }
    if extensions:
        more["phones"] = [shapes.phone(one) for one in related.phones.get(key, ())]
    return whole | present(more)


def _attribute(row: Any, terms: dict[Any, Shape], extensions: bool) -> Shape:
    if row.term_id not in terms:
        terms[row.term_id] = shapes.taxonomy_term(row, extensions, "term_")
    return {"id": identifier(row.id), "taxonomy_term": terms[row.term_id]}


def _whole_organization(row: Any, prefix: str, phones: reading.Rows, extensions: bool) -> Shape:
    shape = shapes.organization(row, prefix)
    if numbers := shapes.organization_identifiers(row, prefix):
        shape["organization_identifiers"] = numbers
    held = phones.get(getattr(row, f"{prefix}id"), ())
    if extensions and held:
        shape["phones"] = [shapes.phone(one) for one in held]
    return shape


def listed_places(ids: Ids, extensions: bool) -> list[Shape]:
    """Services at locations as a list shows them, each with what is one to one of its service and its location."""
    return _places(ids, extensions, whole=False)


def whole_places(ids: Ids, extensions: bool) -> list[Shape]:
    """Services at locations with the whole of the location.

    Each also has the service's name and status at its top: the published OpenAPI of the standard asks for a service
    there, and a description of both is satisfied by both.
    """
    return _places(ids, extensions, whole=True)


def _places(ids: Ids, extensions: bool, whole: bool) -> list[Shape]:
    rows = reading.places(list(ids))
    service_ids = list(dict.fromkeys(reading.as_uuid(row.service_id) for row in rows))
    services = {one["id"]: one for one in listed_services(service_ids, extensions)}
    location_ids = [reading.as_uuid(row.location_id) for row in rows]
    access = reading.access(location_ids) if whole and rows else {}
    shown = []
    for row in rows:
        service = services[identifier(row.service_id)]
        shape: Shape = {
            "id": identifier(row.id),
            "service_id": service["id"],
            "location_id": identifier(row.location_id),
        }
        if whole:
            shape |= {"name": service["name"], "status": service["status"]}
            shape["location"] = shapes.whole_location(row, access.get(row.location_id, ()), extensions)
        else:
            shape["location"] = shapes.location(row, extensions)
        shown.append(shape | {"service": service})
    return shown


def listed_organizations(ids: Ids, _extensions: bool) -> list[Shape]:
    return [shapes.organization(row, "organisation_") for row in reading.organisations(list(ids))]


def whole_organizations(ids: Ids, extensions: bool) -> list[Shape]:
    """Organisations with their numbers, telephones, and their services as a list shows them."""
    return _organizations(ids, extensions, listed_services)


def organizations_with_whole_services(ids: Ids, extensions: bool) -> list[Shape]:
    return _organizations(ids, extensions, whole_services)


def _organizations(ids: Ids, extensions: bool, show: Any) -> list[Shape]:
    rows = reading.organisations(list(ids))
    phones = reading.organisation_phones(list(ids)) if rows else {}
    run: dict[str, list[Shape]] = {}
    for some in _chunks(reading.services_run_by(list(ids)) if rows else ()):
        for one in show(some, extensions):
            without = {name: value for name, value in one.items() if name != "organization"}
            run.setdefault(one["organization_id"], []).append(without)
    return [
        _whole_organization(row, "organisation_", phones, extensions)
        | present({"services": run.get(identifier(row.organisation_id) or "")})
        for row in rows
    ]


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def taxonomies(ids: Ids, _extensions: bool) -> list[Shape]:
    return [shapes.taxonomy(row) for row in reading.taxonomies(list(ids))]


def whole_taxonomies(ids: Ids, extensions: bool) -> list[Shape]:
    """Taxonomies with their terms."""
    terms: dict[Any, list[Shape]] = {}
    for row in reading.terms_of(list(ids)):
        terms.setdefault(row.taxonomy_id, []).append(shapes.taxonomy_term(row, extensions, "term_"))
    shown = ((shapes.taxonomy(row), terms.get(row.id)) for row in reading.taxonomies(list(ids)))
    return [shape | present({"taxonomy_terms": held}) for shape, held in shown]


def taxonomy_terms(ids: Ids, extensions: bool) -> list[Shape]:
    return [shapes.taxonomy_term(row, extensions, "term_") for row in reading.terms(list(ids))]
