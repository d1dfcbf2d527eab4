"""What a search may ask over page and API, and what the API says of a service."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from social_rx import clock
from social_rx.directory import wording
from social_rx.directory.models import Service, ServiceAtLocation
from social_rx.directory.occurrences import next_occurrences
from social_rx.directory.search.query import FARTHEST_KM, LAST_PAGE, MOST_PER_PAGE, NEAREST_KM, Hit
from social_rx.directory.taxonomies import NEEDS, SUPPORTS
from social_rx.fields import Codes, StrictSchema

LONGEST_QUESTION, LONGEST_PLACE = 500, 60
OLDEST = 130
NEXT_SHOWN = 5
TEXTS = {"type": "array", "items": {"type": "string"}}
OBJECTS = {"type": "array", "items": {"type": "object"}}
NOT_A_TIME: dict[str, Any] = {"invalid": "Enter a time, like 14:00."}
LANGUAGE = validate.Regexp(r"^[a-z]{2,3}\Z", error="Enter a language code, like pl.")


class SearchSchema(StrictSchema):
    """The query string of a search. `load` names the fields as `SearchQuery` does, and keeps `near` as it was typed."""

    q = fields.String(validate=validate.Length(max=LONGEST_QUESTION, error="Enter fewer words."))
    near = fields.String(validate=validate.Length(max=LONGEST_PLACE, error="Enter a postcode, like CV1 2AB."))
    within_km = fields.Float(
        validate=validate.Range(NEAREST_KM, FARTHEST_KM, error="Enter a distance between 0.1 and 100 kilometres.")
    )
    need = Codes(NEEDS, select="Select a need from the list.")
    support = Codes(SUPPORTS, select="Select a kind of support from the list.")
    age = fields.Integer(validate=validate.Range(0, OLDEST, error="Enter an age between 0 and 130."))
    free = fields.Boolean()
    step_free = fields.Boolean()
    remote = fields.Boolean()
    has_places = fields.Boolean()
    language = fields.String(validate=LANGUAGE)
    day = fields.Integer(validate=validate.Range(0, 6, error="Enter a day from 0 (Monday) to 6 (Sunday)."))
    from_time = fields.Time(format="%H:%M", error_messages=NOT_A_TIME)
    to_time = fields.Time(format="%H:%M", error_messages=NOT_A_TIME)
    verified_within_days = fields.Integer(validate=validate.Range(0, 36_500, error="Enter a number of days."))
    page = fields.Integer(validate=validate.Range(1, LAST_PAGE, error="Enter a page number, 1 or more."))
    per_page = fields.Integer(validate=validate.Range(1, MOST_PER_PAGE, error="Enter a number between 1 and 100."))

    @post_load
    def as_asked(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = {"q": "text", "need": "needs", "support": "supports"}
        renamed = {names.get(name, name): value for name, value in data.items()}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in renamed.items()}


class NearSchema(Schema):
    """Where a search was asked from; `problem` says why distances are missing."""

    label = fields.String(allow_none=True)
    approximate = fields.Boolean()
    problem = fields.String(allow_none=True)


class LookedForSchema(Schema):
    """How the words were understood; `unknown` are those of which no hit speaks."""

    needs = fields.List(fields.String())
    supports = fields.List(fields.String())
    words = fields.List(fields.String())
    unknown_words = fields.List(fields.String(), attribute="unknown", data_key="unknown")


class CapacitySchema(Schema):
    """Whether there is room, from what the group last said."""

    status = fields.String()
    note = fields.String(allow_none=True)
    waiting_weeks = fields.Integer(allow_none=True)
    as_of = fields.AwareDateTime(allow_none=True)


class ServiceSummarySchema(Schema):
    """One service in a list."""

    id = fields.UUID()
    name = fields.String()
    summary = fields.String(allow_none=True)
    organisation = fields.Function(lambda service: service.organisation.name, metadata={"type": "string"})
    needs = fields.List(fields.String())
    supports = fields.List(fields.String())
    when = fields.Function(wording.when, metadata=TEXTS)
    cost = fields.Function(wording.cost, metadata={"type": "string"})
    free = fields.Boolean(allow_none=True)
    remote = fields.List(fields.String())
    capacity = fields.Function(lambda service: capacity(service), metadata={"type": "object"})
    verified_at = fields.AwareDateTime(allow_none=True)
    freshness = fields.String()
    referral_mode = fields.String()
    can_be_referred_to = fields.Function(
        lambda service: service.why_not_referable is None, metadata={"type": "boolean"}
    )


class ServiceCardSchema(ServiceSummarySchema):
    """One service that answers a search: how far away it is, how well it fits, and why."""

    distance_km = fields.Float(allow_none=True)
    approximate = fields.Boolean()
    score = fields.Float()
    reasons = fields.List(fields.String())


class PlaceSchema(Schema):
    """Where a service happens. Of a sensitive place, such as a refuge, only the postcode district is told."""

    name = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    approximate = fields.Boolean()
    sensitive = fields.Boolean()


class ServiceSchema(ServiceSummarySchema):
    """One service with all that the public may know of it."""

    description = fields.String(allow_none=True)
    how_to_join = fields.Function(wording.how_to_join, metadata={"type": "string"})
    who_for = fields.String(allow_none=True)
    not_for = fields.String(allow_none=True)
    minimum_age = fields.Integer(allow_none=True)
    maximum_age = fields.Integer(allow_none=True)
    fees = fields.String(allow_none=True)
    website = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phones = fields.Function(wording.phone_numbers, metadata=TEXTS)
    access = fields.List(fields.String())
    languages = fields.Function(lambda service: [one.code for one in service.languages], metadata=TEXTS)
    places = fields.Function(lambda service: [place(at) for at in service.at_locations], metadata=OBJECTS)
    next_sessions = fields.Function(lambda service: next_sessions(service), metadata=OBJECTS)
    updated_at = fields.AwareDateTime()


class ResultsSchema(Schema):
    total = fields.Integer()
    page = fields.Integer()
    per_page = fields.Integer()
    items = fields.List(fields.Nested(ServiceCardSchema))
    facets = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()))
    looked_for = fields.Nested(LookedForSchema)
    near = fields.Nested(NearSchema, allow_none=True)


class TermSchema(Schema):
    code = fields.String()
    name = fields.String()


class TermsSchema(Schema):
    items = fields.List(fields.Nested(TermSchema))


_SUMMARY, _CAPACITY, _PLACE = ServiceSummarySchema(), CapacitySchema(), PlaceSchema()


def capacity(service: Service) -> dict[str, Any]:
    held = {
        "status": service.capacity_status,
        "note": service.capacity_note,
        "waiting_weeks": service.waiting_weeks,
        "as_of": service.capacity_at,
    }
    return _CAPACITY.dump(held)


def next_sessions(service: Service) -> list[dict[str, Any]]:
    """The next few sessions; `timed` is false where nobody has said when it opens, and the day is all that is known."""
    coming = next_occurrences(service, clock.now(), NEXT_SHOWN)
    return [{"starts": one.starts.isoformat(), "ends": one.ends.isoformat(), "timed": one.timed} for one in coming]


def place(at: ServiceAtLocation) -> dict[str, Any]:
    held = at.location
    known = {"district": wording.district(held), "approximate": held.approximate, "sensitive": held.sensitive}
    if held.sensitive:
        return _PLACE.dump(known | {"approximate": True})
    more = {
        "name": held.name,
        "address": wording.address(held),
        "postcode": held.address.postcode if held.address else None,
        "latitude": held.latitude,
        "longitude": held.longitude,
    }
    return _PLACE.dump(known | more)


def card(hit: Hit, service: Service, asked_from_approximate: bool = False) -> dict[str, Any]:
    """One result: the service, and what the search says of it. Rough distances are rounded, so that they look it."""
    rough = asked_from_approximate or is_approximate(service)
    return _SUMMARY.dump(service) | {
        "distance_km": None if hit.distance_km is None else round(hit.distance_km, 1 if rough else 2),
        "approximate": rough and hit.distance_km is not None,
        "score": round(hit.score, 4),
        "reasons": list(hit.reasons),
    }


def is_approximate(service: Service) -> bool:
    """Whether we know the place only roughly, or tell it only roughly."""
    return any(at.location.approximate or at.location.sensitive for at in service.at_locations)
