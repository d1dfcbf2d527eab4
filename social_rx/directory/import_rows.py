"""From one row of a spreadsheet to one listing, as its mapping says; every field checked against what we can keep."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String

from social_rx.directory import postcodes
from social_rx.directory.contact_details import email_in, phones_in, website_from
from social_rx.directory.feeds import Feed
from social_rx.directory.import_mappings import Mapping
from social_rx.directory.models import Address, Location, Organisation, OrganisationKind, Service
from social_rx.directory.opening_times import schedules_in
from social_rx.directory.sheets import Problem, Row, excerpt
from social_rx.directory.text_changes import yes_no

LONGEST_ID = 200
MOST_PARTS = 50
OLDEST = 120
LATITUDES, LONGITUDES = (49.8, 60.9), (-8.7, 1.8)  # the United Kingdom
REMOTE = {"home", "phone", "online"}
MODELS: dict[str, tuple[type, ...]] = {
    "organisation": (Organisation,),
    "service": (Service,),
    "location": (Location, Address),
}


class RowRejected(Exception):
    """This row cannot become a listing."""

    def __init__(self, problem: Problem):
        super().__init__(problem.why)
        self.problem = problem


@dataclass
class ImportedListing:
    """A listing as its source tells it: the columns of the service and the organisation, and what belongs to them.

    Both dictionaries hold plain values only, so that they can be kept and compared with those of the next import.
    """

    row: int
    organisation_id: str
    organisation: dict[str, Any]
    service_id: str
    service: dict[str, Any]
    warnings: list[Problem] = field(default_factory=list)


def listing_from(row: Row, mapping: Mapping) -> ImportedListing:
    """Raises RowRejected when the row cannot be used at all. A field that cannot be used is left out with a warning."""
    if row.problem:
        raise RowRejected(row.problem)
    listing = ImportedListing(
        row=row.number,
        organisation_id=identity(row, mapping.organisation_id),
        organisation={},
        service_id=identity(row, mapping.service_id),
        service={},
    )
    warn = listing.warnings.append
    parts = {part: _fields(row, part, feeds, warn) for part, feeds in mapping.feeds.items()}
    _check_name(parts["organisation"], mapping.feeds["organisation"]["name"])
    _check_name(parts["service"], mapping.feeds["service"]["name"])
    schedules, unreadable = schedules_in(row, mapping.opening)
    for problem in unreadable:
        warn(problem)
    codes = {name: coding.codes(row) for name, coding in mapping.coding.items()}
    listing.organisation = parts["organisation"]
    listing.service = parts["service"] | codes
    listing.service |= {"location": _located(parts["location"], mapping, warn), "schedules": schedules}
    return listing


def identity(row: Row, columns: tuple[str, ...]) -> str:
    """What tells this row from every other of its source, however its letters and spaces are typed."""
    values = [" ".join(row.cells.get(name, "").casefold().split()) for name in columns]
    if not any(values):
        raise RowRejected(Problem("The row has nothing that tells it from others.", ", ".join(columns)))
    text = " | ".join(values)
    if len(text) <= LONGEST_ID:
        return text
    return f"{text[:150]} {hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _check_name(values: dict[str, Any], feed: Feed) -> None:
    name = values.get("name") or ""
    if not name:
        raise RowRejected(Problem("The row has no name.", feed.label()))
    if name.startswith("="):
        raise RowRejected(
            Problem("The name begins like a formula. Write the name itself.", feed.label(), excerpt(name))
        )


def _fields(row: Row, part: str, feeds: Any, warn: Callable[[Problem], None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, feed in feeds.items():
        read = READERS.get(name)
        text = feed.text(row)
        if name in LISTS:
            values[name] = LISTS[name](feed.texts(row), text, feed, warn)
        elif read and text:
            values[name] = read(text)
            if values[name] is None:
                warn(Problem(CANNOT_USE[name], feed.label(), excerpt(text)))
        else:
            values[name] = _within_length(part, name, text, feed) or None
    return values


def _within_length(part: str, name: str, text: str, feed: Feed) -> str:
    for model in MODELS[part]:
        kind = model.__table__.columns[name].type if name in model.__table__.columns else None  # type: ignore[attr-defined] # every model has a table
        if isinstance(kind, String) and kind.length and len(text) > kind.length:
            raise RowRejected(Problem(f"{name} is longer than {kind.length} characters.", feed.label(), excerpt(text)))
    return text


def _located(place: dict[str, Any], mapping: Mapping, warn: Callable[[Problem], None]) -> dict[str, Any] | None:
    """Where it happens. Raises RowRejected for a point outside the United Kingdom: the row is about elsewhere."""
    feeds = mapping.feeds["location"]
    texts = {name: place.pop(name, None) for name in ("latitude", "longitude")}
    if any(texts.values()):
        place |= {
            "latitude": _degrees(texts["latitude"], LATITUDES, feeds.get("latitude"), "latitude"),
            "longitude": _degrees(texts["longitude"], LONGITUDES, feeds.get("longitude"), "longitude"),
        }
    if not any(value for name, value in place.items() if name not in {"name", "sensitive", "access", "region"}):
        return None
    if "sensitive" in feeds and place["sensitive"] is None:
        warn(
            Problem(
                "It is not said whether the address may be shown, so it is kept hidden.", feeds["sensitive"].label()
            )
        )
        place["sensitive"] = True
    return place


def _degrees(text: str | None, bounds: tuple[float, float], feed: Feed | None, name: str) -> float:
    try:
        degrees = float(text or "")
    except ValueError:
        degrees = float("nan")
    low, high = bounds
    if not low <= degrees <= high:  # nor is anything that is not a number
        column = feed.label() if feed else ""
        raise RowRejected(Problem(f"The {name} is not one in the United Kingdom.", column, excerpt(text or "")))
    return degrees


def _age(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= OLDEST else None


def _yes_or_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(yes_no(text))


def _kind(text: str) -> str | None:
    return text if text in list(OrganisationKind) else None


def _postcode(text: str) -> str | None:
    key = postcodes.key_of(text.rstrip(" .,;"))
    return f"{key[:-3]} {key[-3:]}" if key else None


READERS: dict[str, Callable[[str], Any]] = {
    "email": email_in,
    "website": website_from,
    "postcode": _postcode,
    "minimum_age": _age,
    "maximum_age": _age,
    "free": _yes_or_no,
    "sensitive": _yes_or_no,
    "kind": _kind,
}
CANNOT_USE = {
    "email": "This is not one e-mail address, so it was left out.",
    "website": "This is not the address of a website, so it was left out.",
    "postcode": "This is not a UK postcode, so it was left out.",
    "minimum_age": "This is not an age, so it was left out.",
    "maximum_age": "This is not an age, so it was left out.",
    "free": "This says neither yes nor no, so it was left out.",
    "sensitive": "This says neither yes nor no.",
    "kind": f"This is none of {', '.join(OrganisationKind)}, so it was left out.",
}


def _phones(texts: list[str], text: str, feed: Feed, warn: Callable[[Problem], None]) -> list[str]:
    found = phones_in(text)
    if text and not found:
        warn(Problem("This is not a phone number, so it was left out.", feed.label(), excerpt(text)))
    return found[:MOST_PARTS]


def _list_within(length: int, allowed: set[str] | None = None) -> Callable[..., list[str]]:
    def read(texts: list[str], text: str, feed: Feed, warn: Callable[[Problem], None]) -> list[str]:
        usable = [one for one in texts if len(one) <= length and (allowed is None or one in allowed)][:MOST_PARTS]
        if len(usable) < len(texts):
            warn(Problem("Part of this cannot be used, so it was left out.", feed.label(), excerpt(text)))
        return usable

    return read


LISTS: dict[str, Callable[..., list[str]]] = {
    "phone": _phones,
    "remote": _list_within(10, REMOTE),
    "languages": _list_within(8),
    "areas": _list_within(500),
    "access": _list_within(40),
}
