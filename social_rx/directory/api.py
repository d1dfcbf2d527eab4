"""The directory over JSON: search, one service, and the words by which services are sorted. Open to everyone."""

import uuid
from typing import Any

from flask import Response, jsonify

from social_rx.access import public
from social_rx.directory import finding, search
from social_rx.directory.finding import Asked
from social_rx.directory.schemas import (
    LookedForSchema,
    NearSchema,
    ResultsSchema,
    SearchSchema,
    ServiceSchema,
    TermsSchema,
    card,
)
from social_rx.directory.taxonomies import NEEDS, SUPPORTS
from social_rx.errors import NotFound
from social_rx.openapi import Doors

api = Doors("directory_api", __name__, url_prefix="/api/v1", description="The catalogue of services.")


@api.get("/services")
@public
@api.doc(security=[])
@api.arguments(SearchSchema, location="query")
@api.response(200, ResultsSchema)
def index(data: dict[str, Any]) -> Response:
    """Services that answer a question, best first, with how many there are of each kind."""
    asked = finding.ask(data)
    found = search.find_services(asked.query)
    rough = asked.located is not None and asked.located.approximate
    return jsonify(
        total=found.hits.total,
        page=asked.query.page,
        per_page=asked.query.per_page,
        items=[card(hit, service, rough) for hit, service in found.found],
        facets=found.hits.facets,
        looked_for=LookedForSchema().dump(found.hits.looked_for),
        near=near(asked),
    )


def near(asked: Asked) -> dict[str, Any] | None:
    if asked.located is None and asked.near_problem is None:
        return None
    known = {"label": None, "approximate": False, "problem": asked.near_problem}
    if asked.located:
        known |= {"label": asked.located.label, "approximate": asked.located.approximate}
    return NearSchema().dump(known)


@api.get("/services/<uuid:service_id>")
@public
@api.doc(security=[])
@api.response(200, ServiceSchema)
def read(service_id: uuid.UUID) -> Response:
    """One active service."""
    try:
        service = finding.listing(service_id)
    except finding.Closed as closed:
        raise NotFound(closed.message) from closed
    response = jsonify(ServiceSchema().dump(service))
    response.set_etag(str(service.version))
    return response


@api.get("/needs")
@public
@api.doc(security=[])
@api.response(200, TermsSchema)
def needs() -> Response:
    """What people need help with, by code."""
    return terms(NEEDS)


@api.get("/supports")
@public
@api.doc(security=[])
@api.response(200, TermsSchema)
def supports() -> Response:
    """The kinds of support there are, by code."""
    return terms(SUPPORTS)


def terms(names: dict[str, str]) -> Response:
    return jsonify(items=[{"code": code, "name": name} for code, name in names.items()])
