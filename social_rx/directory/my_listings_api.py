"""Keeping listings over JSON: the same use cases as the pages, for a group's or an editor's own system."""

import uuid
from collections.abc import Callable, Set
from typing import Any, NamedTuple

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from social_rx.access import actor, allow
from social_rx.directory import listing_queries, listings
from social_rx.directory.listing_schemas import (
    ListingOutSchema,
    ListingSchema,
    ListingsSchema,
    NewListingSchema,
    PlacesSchema,
    SendBackSchema,
    UnchangedSchema,
    listing_for,
)
from social_rx.directory.models import Service
from social_rx.directory.status import KEEPERS, LISTING, ListingStatus
from social_rx.errors import VersionNeeded
from social_rx.openapi import Doors
from social_rx.users import Role

api = Doors("my_listings_api", __name__, url_prefix="/api/v1/my/listings", description="Keeping listings true.")


class MyListingsQuerySchema(Schema):
    status = fields.List(fields.Enum(ListingStatus, by_value=True), load_default=list)
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, 100))


def answer(service: Service, status: int = 200) -> Response:
    """One listing with its version as ETag."""
    response = jsonify(listing_for(actor(), service))
    response.status_code = status
    response.set_etag(str(service.version))
    return response


def version_read() -> int | None:
    """The version that If-Match names; None when it names none."""
    tags = [tag for tag in request.if_match.as_set() if tag.isdecimal()]
    return int(tags[0][:9]) if tags else None


@api.get("")
@allow(*sorted(KEEPERS))
@api.arguments(MyListingsQuerySchema, location="query")
@api.response(200, ListingsSchema)
def index(query: dict[str, Any]) -> Response:
    """The listings you keep, by name: your group's own, or every one for an editor."""
    found, total = listing_queries.list_mine(actor(), **query)
    items = [listing_for(actor(), service) for service in found]
    return jsonify(total=total, page=query["page"], per_page=query["per_page"], items=items)


@api.post("")
@allow(*sorted(KEEPERS))
@api.arguments(NewListingSchema)
@api.response(201, ListingOutSchema)
def create(data: dict[str, Any]) -> Response:
    """A draft. Nobody else sees it until it is submitted, and the public not before an editor approves it."""
    return answer(listings.create_listing(actor(), **data), 201)


@api.get("/<uuid:service_id>")
@allow(*sorted(KEEPERS))
@api.response(200, ListingOutSchema)
def read(service_id: uuid.UUID) -> Response:
    """One listing in whatever status it is."""
    return answer(listing_queries.get_listing(actor(), service_id))


@api.put("/<uuid:service_id>")
@allow(*sorted(KEEPERS))
@api.arguments(ListingSchema)
@api.response(200, ListingOutSchema)
def edit(data: dict[str, Any], service_id: uuid.UUID) -> Response:
    """Say all of it anew. If-Match must carry the ETag it was read with."""
    listing_queries.get_listing(actor(), service_id)
    version = version_read()
    if version is None:
        raise VersionNeeded("Read the listing first, and send its ETag as If-Match.")
    return answer(listings.edit_listing(actor(), service_id, version=version, **data))


class Door(NamedTuple):
    """What an action takes, the use case it opens, and who may."""

    takes: type[Schema]
    use_case: Callable[..., Service]
    by: Set[Role] = KEEPERS


def _step(action: str, use_case: Callable[..., Service], takes: type[Schema] = UnchangedSchema) -> Door:
    return Door(takes, use_case, {Role(role) for role in LISTING.steps[action].by})


DOORS = {
    "submit": _step("submit", listings.submit_listing),
    "publish": _step("publish", listings.publish_listing),
    "send_back": _step("send_back", listings.send_back_listing, SendBackSchema),
    "pause": _step("pause", listings.pause_listing),
    "resume": _step("resume", listings.resume_listing),
    "archive": _step("archive", listings.archive_listing),
    "restore": _step("restore", listings.restore_listing),
    "confirm": Door(UnchangedSchema, listings.confirm_listing),
    "capacity": Door(PlacesSchema, listings.set_capacity),
    "check": Door(UnchangedSchema, listings.check_listing, {Role.EDITOR}),
}


def _open(action: str, door: Door) -> None:
    def view(data: dict[str, Any], service_id: uuid.UUID) -> Response:
        return answer(door.use_case(actor(), service_id, version=version_read(), **data))

    words = action.replace("_", " ")
    view.__name__, view.__doc__ = action, f"{words.capitalize()}. With If-Match, only the version you have read."
    view = api.arguments(door.takes)(api.response(200, ListingOutSchema)(view))
    view = allow(*sorted(door.by))(view)
    api.post(f"/<uuid:service_id>/{action}")(view)


for _action, _door in DOORS.items():
    _open(_action, _door)
