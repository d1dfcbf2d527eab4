"""Finding services for somebody: from what was typed to a question, and from a listing that has closed to others."""

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from social_rx.directory import geocoding, postcodes, queries, search
from social_rx.directory.geocoding import Located
from social_rx.directory.models import Service
from social_rx.directory.search import Point, SearchQuery
from social_rx.directory.search.vocabulary import vocabulary
from social_rx.directory.status import ListingStatus
from social_rx.errors import InvalidInput, NotFound, SocialRxError

NEEDS_PREFIX = "needs:"
OFFERED = {ListingStatus.ACTIVE}
ONCE_OFFERED = {ListingStatus.PAUSED, ListingStatus.ARCHIVED}
ALTERNATIVES = 3
ALTERNATIVES_WITHIN_KM = 30.0


class Asked(NamedTuple):
    """A question to the search; where it is asked from, or in words why we cannot tell."""

    query: SearchQuery
    located: Located | None = None
    near_problem: str | None = None


class Closed(SocialRxError):
    """The listing was public once and is not now; `service` tells what it was."""

    status, code = 410, "listing_closed"

    def __init__(self, service: Service):
        super().__init__(f"{service.name} is not taking anyone at the moment.")
        self.service = service


def ask(data: Mapping[str, Any]) -> Asked:
    """The question that these fields of `SearchSchema` put.

    A place that cannot be found does not stop the search: it is asked without distances, and `near_problem` says why.
    Raises InvalidInput when another field is out of its bounds.
    """
    fields = {name: value for name, value in data.items() if name != "near" and value is not None}
    near = (data.get("near") or "").strip()
    if not near:
        return Asked(SearchQuery(**fields))
    try:
        located = geocoding.locate(near)
    except InvalidInput as refusal:
        return Asked(SearchQuery(**fields), near_problem=refusal.message)
    point = Point(located.latitude, located.longitude, outcode_of(near))
    return Asked(SearchQuery(near=point, **fields), located)


def outcode_of(near: str) -> str:
    """The postcode district, CV1, of a postcode or of a district."""
    key = postcodes.squeezed(near)
    return key if postcodes.OUTCODE.fullmatch(key) else postcodes.parse(key).outcode


def needs_in(text: str) -> list[str]:
    """The needs that somebody's words stand for, or else those that the help they ask for usually answers."""
    codes = vocabulary().understand(text).codes
    said = [code for code in codes if code.startswith(NEEDS_PREFIX)]
    found = said or sorted(code for code in vocabulary().helped_by(codes) if code.startswith(NEEDS_PREFIX))
    return [code.removeprefix(NEEDS_PREFIX) for code in found]


def listing(service_id: uuid.UUID) -> Service:
    """An active listing with all that its page shows. Raises Closed when it was public once, NotFound otherwise."""
    service = queries.service_with_everything(service_id)
    if service is None or service.status not in OFFERED | ONCE_OFFERED:
        raise NotFound("We could not find that service. It may have been taken out of the directory.")
    if service.status in ONCE_OFFERED:
        raise Closed(service)
    return service


def instead_of(service: Service) -> list[Service]:
    """A few services near a closed one that meet the same needs."""
    places = [at.location for at in service.at_locations if not at.location.sensitive]
    points = [Point(at.latitude, at.longitude) for at in places if at.latitude is not None and at.longitude is not None]
    asked = SearchQuery(
        text="" if service.needs else service.name,
        near=points[0] if points else None,
        within_km=ALTERNATIVES_WITHIN_KM,
        needs=tuple(service.needs),
        per_page=ALTERNATIVES,
    )
    return search.find_services(asked).services
