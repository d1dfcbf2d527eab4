"""The doors of Open Referral UK: HSDS-UK 3.0 at /oruk/v3, open to everyone and to every other site."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, stream_with_context

from social_rx.access import public
from social_rx.directory import changes
from social_rx.directory.open_referral import answers, assembling, keeping, questions, reading, selecting
from social_rx.directory.open_referral.answers import NDJSON, Show
from social_rx.directory.open_referral.description import describe
from social_rx.directory.open_referral.selecting import Asked, Selection
from social_rx.directory.open_referral.shapes import Shape
from social_rx.errors import NotFound
from social_rx.web import load_query

BASE = "/oruk/v3"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://docs.openreferraluk.org/en/latest/"
OF_LISTINGS = (f"{BASE}/services", f"{BASE}/service_at_locations")
NOT_OF_LISTINGS_ALONE = {"search", "postcode", "day", "start_time", "end_time"}  # today, or postcodes, have a say
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}

LISTED, WHOLE = keeping.keeping(assembling.listed_services), keeping.keeping(assembling.whole_services)
SERVICES, ORGANIZATIONS = questions.ServicesSchema(), questions.OrganizationsSchema()
SEARCHED, TERMS = questions.SearchedPageSchema(), questions.TaxonomyTermsSchema()

publish = Blueprint("open_referral", __name__, url_prefix=BASE)


def init_app(app: Flask) -> None:
    keeping.init_app(app)
    app.register_blueprint(publish)


@publish.after_app_request
def open_to_every_site(response: Response) -> Response:
    """On every answer below /oruk/, refusals and addresses that do not exist included."""
    if not request.path.startswith("/oruk/"):
        return response
    response.headers.update(CORS)
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT)
    if not response.is_streamed:
        answers.compress(response, request.accept_encodings["gzip"] > 0)
    return response


@publish.get("")
@publish.get("/")
@public
def index() -> Response:
    here = current_app.config["BASE_URL"].rstrip("/") + BASE
    return _answer({"version": VERSION, "profile": PROFILE, "openapi_url": f"{here}/openapi.json"})


@publish.get("/openapi.json")
@public
def openapi() -> Response:
    config = current_app.config
    return _answer(describe(config["SERVICE_NAME"], config["BASE_URL"].rstrip("/") + BASE, _extensions()))


@publish.get("/services")
@public
def services() -> Response:
    asked = load_query(SERVICES)
    show: Show = LISTED
    if asked.get("minimal"):
        show = assembling.minimal_services
        asked |= {} if {"per_page", "perPage"} & request.args.keys() else {"per_page": None}
    elif asked.get("format") == NDJSON:
        show = assembling.whole_services  # all of them at once would push out what is asked for often
    elif asked.get("full"):
        show = WHOLE
    return _list(selecting.services, asked, show)


@publish.get("/services/<uuid:id>")
@public
def service(id: uuid.UUID) -> Response:
    found = WHOLE(selecting.one_service(id), _extensions())
    return _one(found, reading.last_change(id))


@publish.get("/service_at_locations")
@public
def service_at_locations() -> Response:
    asked = load_query(SERVICES)
    whole = asked.get("full") or asked.get("format") == NDJSON
    return _list(selecting.places, asked, assembling.whole_places if whole else assembling.listed_places)


@publish.get("/service_at_locations/<uuid:id>")
@public
def service_at_location(id: uuid.UUID) -> Response:
    return _one(selecting.is_active_place(id) and assembling.whole_places({id: ()}, _extensions()))


@publish.get("/organizations")
@public
def organizations() -> Response:
    asked = load_query(ORGANIZATIONS)
    show: Show = assembling.listed_organizations
    if asked.get("full_service"):
        show = assembling.organizations_with_whole_services
    elif asked.get("full") or asked.get("format") == NDJSON:
        show = assembling.whole_organizations
    return _list(selecting.organisations, asked, show)


@publish.get("/organizations/<uuid:id>")
@public
def organization(id: uuid.UUID) -> Response:
    asked = load_query(ORGANIZATIONS)
    whole = asked.get("full_service")
    show = assembling.organizations_with_whole_services if whole else assembling.whole_organizations
    return _one(selecting.is_offering(id) and show({id: ()}, _extensions()))


@publish.get("/taxonomies")
@public
def taxonomies() -> Response:
    asked = load_query(SEARCHED)
    return _list(selecting.taxonomies, asked, assembling.taxonomies)


@publish.get("/taxonomies/<uuid:id>")
@public
def taxonomy(id: uuid.UUID) -> Response:
    return _one(assembling.whole_taxonomies({id: ()}, _extensions()))


@publish.get("/taxonomy_terms")
@public
def taxonomy_terms() -> Response:
    asked = load_query(TERMS)
    return _list(selecting.terms, asked, assembling.taxonomy_terms)


@publish.get("/taxonomy_terms/<uuid:id>")
@public
def taxonomy_term(id: uuid.UUID) -> Response:
    return _one(assembling.taxonomy_terms({id: ()}, _extensions()))


def _extensions() -> bool:
    return current_app.config["ORUK_EXTENSIONS"]


def _list(select: Callable[[Asked], Selection], asked: Asked, show: Show) -> Response:
    """One page; or all there is, a line each, as fast as the other side reads."""
    if asked.get("format") == NDJSON:
        return _stream(select(asked), show)

    def write() -> str:
        return answers.page(select(asked), asked["page"], asked["per_page"], show, _extensions())

    if not request.path.startswith(OF_LISTINGS) or asked.keys() & NOT_OF_LISTINGS_ALONE:
        return _answer(write())
    latest = changes.latest_change()
    text = keeping.page((request.full_path, _extensions()), latest, write)
    return _answer(text, latest and datetime.fromisoformat(latest.at).replace(tzinfo=UTC))


def _stream(selection: Selection, show: Show) -> Response:
    zipped = request.accept_encodings["gzip"] > 0
    lines = answers.lines(selection, show, _extensions(), zipped)
    response = Response(stream_with_context(lines), mimetype="application/x-ndjson")
    response.vary.add("Accept-Encoding")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _one(found: Any, changed: Any = None) -> Response:
    record = next(iter(found or ()), None)
    if record is None:
        raise NotFound("There is no such record in this feed. It may have been taken out.")
    return _answer(record, changed)


def _answer(content: Shape | str, changed: Any = None) -> Response:
    """JSON that its reader may keep, and asks about the next time with If-None-Match or If-Modified-Since."""
    response = Response(answers.as_text(content), mimetype="application/json")
    response.set_etag(answers.digest(response.get_data()), weak=True)
    response.last_modified = changed
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)  # type: ignore[return-value] # the same response
