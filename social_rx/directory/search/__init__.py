"""Finding services: the one door to the search.

The index finds; the database says what is true now. `find_services` asks both.
"""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from social_rx import clock
from social_rx.directory import queries
from social_rx.directory.models import Service
from social_rx.directory.search.following import Engine
from social_rx.directory.search.query import Hit, Hits, LookedFor, Point, SearchQuery
from social_rx.directory.status import ListingStatus

__all__ = [
    "Engine",
    "Hit",
    "Hits",
    "LookedFor",
    "Point",
    "Results",
    "SearchQuery",
    "current_engine",
    "find",
    "find_services",
    "init_app",
    "rebuild",
]

_KEY = "social_rx_search"


@dataclass(frozen=True)
class Results:
    """One page of answers: each hit beside its service, loaded with all that a result card shows."""

    found: tuple[tuple[Hit, Service], ...]
    hits: Hits

    @property
    def services(self) -> list[Service]:
        return [service for _, service in self.found]


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = Engine(Path(app.config["SEARCH_INDEX_DIR"]), app.config["SECRET_KEY"])


def current_engine() -> Engine:
    if _KEY not in current_app.extensions:
        init_app(current_app)
    return current_app.extensions[_KEY]


def find(query: SearchQuery) -> Hits:
    """The hits alone, for those who need counts or keys and no services."""
    return current_engine().snapshot().search(query, clock.today())


def find_services(query: SearchQuery) -> Results:
    """What answers the query, best first, every change that the open transaction can see included."""
    hits = find(query)
    services = {service.id: service for service in queries.services_by_id([hit.service_id for hit in hits.hits])}
    pairs = ((hit, services.get(hit.service_id)) for hit in hits.hits)
    active = ListingStatus.ACTIVE
    return Results(tuple((hit, one) for hit, one in pairs if one is not None and one.status == active), hits)


def rebuild() -> int:
    """Make the index again from the database. Answers how many listings it holds."""
    return current_engine().rebuild()
