"""The feed's own description, OpenAPI 3.1: every key that an answer may hold stands in it, written out in its place."""

from copy import deepcopy
from functools import cache
from typing import Any

from social_rx.directory.open_referral.questions import FARTHEST_METRES, MOST_PER_PAGE, PER_PAGE

Part = dict[str, Any]

EXTENSION = "x-hsds-extension"  # marks what the UK profile has no place for; it stands under its international name


def _text(description: str = "", **more: Any) -> Part:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _extension(schema: Part) -> Part:
    return {**schema, EXTENSION: True}


def _record(required: str, **properties: Part) -> Part:
    """An object with a key; `required` names what else it always has."""
    return {"type": "object", "required": ["id", *required.split()], "properties": {"id": KEY, **properties}}


def _list_of(schema: Part) -> Part:
    return {"type": "array", "items": schema}


KEY = _text(format="uuid")
URI, EMAIL, NUMBER = _text(format="uri"), _text(format="email"), {"type": "number"}
DATE, TIME = _text("ISO 8601, YYYY-MM-DD."), _text("HH:MM on the clocks of London.")
KIND = _text(enum=["physical", "postal", "virtual"])
STATUS = _text(enum=["active", "inactive", "defunct", "temporarily closed"])

TERM = _record(
    "name description",
    name=_text(),
    description=_text(),
    parent_id=KEY,
    taxonomy=_text("The name of the taxonomy."),
    taxonomy_id=KEY,
    term_uri=URI,
    code=_extension(_text("The short word by which the term is known here.")),
)
TAXONOMY = _record("name description", name=_text(), description=_text(), uri=URI)
WHOLE_TAXONOMY = _record("name description", **TAXONOMY["properties"] | {"taxonomy_terms": _list_of(TERM)})
PHONE = _record("number", number=_text(), extension=NUMBER, description=_text())
CONTACT = _record(
    "",
    name=_text(),
    title=_text(),
    email=_extension(EMAIL),
    phones=_extension(_list_of(PHONE)),
)
ADDRESS = _record(
    "address_1 city state_province postal_code country address_type",
    address_1=_text(),
    address_2=_extension(_text()),
    city=_text(),
    state_province=_text(),
    postal_code=_text("Of a place whose address is kept back, its postcode district."),
    country=_text("ISO 3166-1, two letters."),
    address_type=KIND,
)
ACCESSIBILITY = _record("", accessibility=_text(), description=_text())
LISTED_LOCATION = _record(
    "location_type",
    location_type=KIND,
    name=_text(),
    description=_text(),
    latitude=NUMBER,
    longitude=NUMBER,
    transportation=_extension(_text("How to get there.")),
)
LOCATION = _record(
    "location_type",
    **LISTED_LOCATION["properties"] | {"addresses": _list_of(ADDRESS), "accessibility": _list_of(ACCESSIBILITY)},
)
SCHEDULE = _record(
    "",
    service_at_location_id=KEY,
    valid_from=DATE,
    valid_to=DATE,
    dtstart=DATE,
    freq=_text(enum=["WEEKLY", "MONTHLY"]),
    interval=NUMBER,
    byday=_text("RFC 5545: TU,TH or 1TH,3TH."),
    bymonthday=_text(),
    opens_at=TIME,
    closes_at=TIME,
    attending_type=_text(),
    notes=_text(),
    until=_extension(DATE),
    count=_extension(NUMBER),
)
COST = _record("", amount=NUMBER, amount_description=_text(), currency=_extension(_text("ISO 4217.")))
AREA = _record("", name=_text(), extent_type=_text("`outcode` where the name is a postcode district."))
LANGUAGE = _record("", name=_extension(_text()), code=_extension(_text("ISO 639.")), note=_extension(_text()))
ATTRIBUTE = _record("", taxonomy_term=TERM)
IDENTIFIER = _record(
    "identifier_type identifier",
    identifier_scheme=_text("A list of org-id.guide."),
    identifier_type=_text(),
    identifier=_text(),
)
LISTED_ORGANIZATION = _record("name description", name=_text(), description=_text(), email=EMAIL, website=URI)
ORGANIZATION_MORE = {"organization_identifiers": _list_of(IDENTIFIER), "phones": _extension(_list_of(PHONE))}
ORGANIZATION = _record("name description", **LISTED_ORGANIZATION["properties"] | ORGANIZATION_MORE)
SCALARS: Part = {
    "organization_id": KEY,
    "name": _text(),
    "description": _text(),
    "url": URI,
    "email": EMAIL,
    "status": STATUS,
    "fees": _text(),
    "minimum_age": NUMBER,
    "maximum_age": NUMBER,
    "assured_date": DATE,
    "alert": _text(),
    "last_modified": _text(format="date-time"),
    "application_process": _extension(_text("How people get in.")),
    "eligibility_description": _extension(_text("Who it is for, and who it is not for.")),
    "wait_time": _extension(_text()),
}
NESTED: Part = {
    "schedules": _list_of(SCHEDULE),
    "service_areas": _list_of(AREA),
    "service_at_locations": _list_of(_record("", location=LOCATION)),
    "languages": _list_of(LANGUAGE),
    "cost_options": _list_of(COST),
    "contacts": _list_of(CONTACT),
    "attributes": _list_of(ATTRIBUTE),
    "phones": _extension(_list_of(PHONE)),
}
ALWAYS = "organization_id name status"
LISTED_SERVICE = _record(ALWAYS, **SCALARS, organization=LISTED_ORGANIZATION)
SERVICE = _record(ALWAYS, **SCALARS, organization=ORGANIZATION, **NESTED)
MINIMAL = {"modified_date": _text("With `minimal=true`, which gives this and the id alone.", format="date-time")}
SERVICE_IN_LIST = _record(ALWAYS, **SERVICE["properties"] | MINIMAL)
LISTED_PLACE = {"service_id": KEY, "location_id": KEY, "location": LISTED_LOCATION, "service": LISTED_SERVICE}
WHOLE_PLACE = {**LISTED_PLACE, "location": LOCATION, "name": _text("Of the service."), "status": STATUS}
PLACE = _record("service_id location_id name status", **WHOLE_PLACE)
WHOLE_ORGANIZATION = _record(
    "name description", **ORGANIZATION["properties"] | {"services": _list_of(_record(ALWAYS, **SCALARS, **NESTED))}
)
ROOT: Part = {
    "type": "object",
    "required": ["version", "profile", "openapi_url"],
    "properties": {"version": _text(), "profile": URI, "openapi_url": URI},
}
PROBLEM: Part = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": _text(),
        "title": _text(),
        "status": {"type": "integer"},
        "code": _text(),
        "errors": {"type": "object", "additionalProperties": True},
    },
}


def _page_of(schema: Part) -> Part:
    numbers = {name: {"type": "integer"} for name in ("total_items", "total_pages", "page_number", "size")}
    answers = {name: {"type": "boolean"} for name in ("first_page", "last_page", "empty")}
    properties = {**numbers, **answers, "contents": _list_of(schema)}
    return {"type": "object", "required": list(properties), "properties": properties}


def _parameter(name: str, schema: Part, description: str) -> Part:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


WHOLE_NUMBER: Part = {"type": "integer", "minimum": 1}
YES: Part = {"type": "boolean"}
PARAMETERS = {
    one["name"]: one
    for one in (
        _parameter("page", WHOLE_NUMBER | {"default": 1}, "Which page, counted from 1."),
        _parameter(
            "per_page",
            WHOLE_NUMBER | {"maximum": MOST_PER_PAGE, "default": PER_PAGE},
            "How many on a page. `perPage` means the same.",
        ),
        _parameter("search", _text(), "Words to find; services come best first."),
        _parameter("format", _text(enum=["json", "ndjson"]), "`ndjson` streams all there is, one record on a line."),
        _parameter("taxonomy_term_id", KEY, "Services that have this term."),
        _parameter("taxonomy_id", KEY, "Services, or terms, of this taxonomy."),
        _parameter("organization_id", KEY, "Services that this organization provides."),
        _parameter("minimum_age", NUMBER, "Services with a minimum age of at least this."),
        _parameter("maximum_age", NUMBER, "Services with a maximum age at or below this."),
        _parameter("day", _text(), "Services on this day of the week: `Monday` or `MO`."),
        _parameter("start_time", _text(), "Services that begin at this time or later, HH:MM."),
        _parameter("end_time", _text(), "Services that end at this time or earlier, HH:MM."),
        _parameter("postcode", _text(), "Services whose area holds this postcode or postcode district."),
        _parameter(
            "proximity",
            {"type": "number", "minimum": 1, "maximum": FARTHEST_METRES},
            "With `postcode`: services within this many metres of it, wherever their area is.",
        ),
        _parameter("modified_after", _text(format="date-time"), "Services changed at this time or later."),
        _parameter("minimal", YES, "Only `id` and `modified_date`, of all services unless `per_page` is given."),
        _parameter("full", YES, "Records with everything."),
        _parameter("full_service", YES, "Organizations with everything, and each of their services too."),
        _parameter("top_only", YES, "Terms without a parent."),
        _parameter("parent_id", KEY, "Terms below this one."),
    )
}
PAGES = "page per_page"
OF_SERVICES = (
    f"search {PAGES} format taxonomy_term_id taxonomy_id organization_id minimum_age maximum_age day start_time "
    "end_time postcode proximity modified_after full"
)
LISTS = {
    "services": ("services", f"{OF_SERVICES} minimal", SERVICE_IN_LIST),
    "taxonomies": ("taxonomies", f"search {PAGES} format", TAXONOMY),
    "taxonomy_terms": ("taxonomy terms", f"search {PAGES} format taxonomy_id parent_id top_only", TERM),
    "service_at_locations": (
        "services at locations",
        OF_SERVICES,
        _record("service_id location_id", **WHOLE_PLACE),
    ),
    "organizations": ("organizations", f"search {PAGES} format full full_service", WHOLE_ORGANIZATION),
}
RECORDS = {
    "services": ("One service with everything.", "", SERVICE),
    "taxonomies": ("One taxonomy with its terms.", "", WHOLE_TAXONOMY),
    "taxonomy_terms": ("One taxonomy term.", "", TERM),
    "service_at_locations": ("One service at one location.", "", PLACE),
    "organizations": ("One organization with its services.", "full_service", WHOLE_ORGANIZATION),
}


@cache
def describe(title: str, url: str, extensions: bool) -> Part:
    """The whole description; without extensions it names none."""
    paths: Part = {"/": _path("About this feed.", "", ROOT)}
    for name, (called, parameters, schema) in LISTS.items():
        paths[f"/{name}"] = _path(f"A page of {called}.", parameters, _page_of(schema))
    for name, (said, parameters, schema) in RECORDS.items():
        paths[f"/{name}/{{id}}"] = _path(said, parameters, schema)
        paths[f"/{name}/{{id}}"]["get"]["parameters"].insert(
            0, {"name": "id", "in": "path", "required": True, "schema": KEY}
        )
    info = {"title": title, "version": "3.0", "description": "Active listings, as Open Referral UK (HSDS-UK 3.0)."}
    whole = {"openapi": "3.1.0", "info": info, "servers": [{"url": url}], "paths": deepcopy(paths)}
    return whole if extensions else _without_extensions(whole)


def _path(summary: str, parameters: str, schema: Part) -> Part:
    refused = {"description": "Refused", "content": {"application/problem+json": {"schema": PROBLEM}}}
    return {
        "get": {
            "summary": summary,
            "parameters": [PARAMETERS[name] for name in parameters.split()],
            "responses": {
                "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
                "default": refused,
            },
        }
    }


def _without_extensions(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_extensions(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: one for name, one in part.items() if not (isinstance(one, dict) and one.get(EXTENSION))}
    return {name: _without_extensions(one) for name, one in kept.items()}
