"""Fills an empty database with the demonstration: places, accounts, listings, then referrals with their histories."""

import csv
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from social_rx import accounts, clock
from social_rx.db import db, transactional
from social_rx.demo.histories import write_histories
from social_rx.directory.changes import note_changes
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Eligibility,
    Language,
    Location,
    Organisation,
    OrganisationKind,
    Phone,
    Schedule,
    ScheduleException,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from social_rx.directory.postcode_loading import load_postcodes
from social_rx.directory.status import CapacityStatus, ListingStatus, ReferralMode
from social_rx.directory.taxonomies import ensure_taxonomies
from social_rx.places import Place, PlaceKind, add_place, find_place
from social_rx.users import ROLE_LABELS, SYSTEM, Role, find_user

HERE = Path(__file__).parent
WORDS = "walking choir garden lantern bicycle teapot orchard meadow kettle harbour willow marble".split()  # noqa: SIM905
Report = Callable[[str], None]


def _read(name: str, key: str) -> list[dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text())[key]


def _groups() -> Iterator[dict[str, Any]]:
    for path in sorted((HERE / "listings").glob("*.toml")):
        yield from tomllib.loads(path.read_text())["organisation"]


def is_loaded() -> bool:
    return find_place(_read("places.toml", "place")[0]["name"]) is not None


def load_demo(password: str, report: Report) -> None:
    """Load everything at once or nothing. Takes some seconds; `report` is told what is being loaded."""
    report("postcodes")
    _load_points()
    _load_all(password, report)


@transactional
def _load_all(password: str, report: Report) -> None:
    report("places")
    _load_places()
    report("listings")
    _load_listings()
    report("accounts")
    _load_users(password)
    report("referrals")
    write_histories(_read("people.toml", "person"), clock.now())


def _load_points() -> None:
    """The postcodes of the demonstration with their points, so that it works without a postcode file or a network."""
    places = [*_read("places.toml", "place"), *_read("people.toml", "person")]
    places += [at for group in _groups() for service in group["service"] for at in service.get("location", [])]
    points = {at["postcode"]: (at["latitude"], at["longitude"]) for at in places if "latitude" in at}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["postcode", "lat", "lon"])
            writer.writerows([postcode, *point] for postcode, point in points.items())
        load_postcodes(path)


def _load_places() -> None:
    made: dict[str, Place] = {}
    for row in _read("places.toml", "place"):
        details: dict[str, Any] = {
            name: row[name]
            for name in ("population", "ods_code", "postcode", "latitude", "longitude", "phone")
            if name in row
        }
        if "address" in row:
            details["address"] = ", ".join([*row["address"], row["town"]])
        made[row["name"]] = add_place(PlaceKind(row["kind"]), row["name"], made.get(row.get("parent", "")), **details)
    db.session.flush()


def _load_users(password: str) -> None:
    groups = {group.name: group.id for group in db.session.scalars(select(Organisation))}
    for row in _read("users.toml", "user"):
        place = find_place(row["place"]) if "place" in row else None
        accounts.add_user(
            SYSTEM,
            name=row["name"],
            email=row["email"],
            role=Role(row["role"]),
            job_title=row.get("job_title"),
            password=password,
            place_id=place.id if place else None,
            organisation_id=groups[row["organisation"]] if "organisation" in row else None,
        )


def _load_listings() -> None:
    terms = ensure_taxonomies()
    made = []
    for group in _groups():
        kind = OrganisationKind(group.get("kind", "vcse"))
        owner = Organisation(
            kind=kind, **{name: group.get(name) for name in ("name", "description", "email", "website")}
        )
        owner.phones = [Phone(number=group["phone"])] if "phone" in group else []
        db.session.add(owner)
        db.session.flush()
        made += [_service(owner, row, terms) for row in group["service"]]
    db.session.add_all(made)
    db.session.flush()
    note_changes(service.id for service in made)


def _service(owner: Organisation, row: dict[str, Any], terms: dict[str, dict[str, Any]]) -> Service:
    capacity, prices = row.get("capacity", {}), row.get("cost", [])
    plain = ("name", "summary", "description", "how_to_join", "who_for", "not_for", "minimum_age", "maximum_age")
    service = Service(
        organisation_id=owner.id,
        status=ListingStatus(row.get("status", "active")),
        referral_mode=ReferralMode(row.get("referral_mode", "both")),
        free=not prices,
        remote=row.get("remote", []),
        capacity_status=CapacityStatus(capacity.get("status", "unknown")),
        capacity_note=capacity.get("note"),
        waiting_weeks=capacity.get("waiting_weeks"),
        capacity_at=_days_ago(capacity.get("days_ago")),
        verified_at=_days_ago(row.get("verified_days_ago")),
        **{name: row.get(name) for name in plain},
    )
    codes = [("needs", code) for code in row["needs"]] + [("supports", code) for code in row["supports"]]
    service.attributes = [Attribute(term=terms[taxonomy][code]) for taxonomy, code in codes]
    service.cost_options = [CostOption(amount=price["amount"], note=price.get("note")) for price in prices]
    service.languages = [Language(code=code) for code in row.get("languages", [])]
    service.areas = [ServiceArea(name=outcode) for outcode in row.get("service_area", [])]
    service.eligibilities = [Eligibility(kind="sex", value=row["sex"])] if "sex" in row else []
    sessions = row.get("session", [])
    service.schedules = [_schedule(n, session) for n, session in enumerate(sessions)]
    service.schedule_exceptions = [
        ScheduleException(on=date.fromisoformat(day), closed=True, schedule=schedule)
        for session, schedule in zip(sessions, service.schedules, strict=True)
        for day in session.get("closed_on", [])
    ]
    service.at_locations = [
        ServiceAtLocation(location=_location(owner, at, row.get("access", []))) for at in row.get("location", [])
    ]
    return service


def _schedule(position: int, row: dict[str, Any]) -> Schedule:
    return Schedule(
        position=position,
        freq=row["freq"],
        interval=row.get("interval", 1),
        byday=row.get("byday"),
        opens_at=time.fromisoformat(row["opens_at"]) if "opens_at" in row else None,
        closes_at=time.fromisoformat(row["closes_at"]) if "closes_at" in row else None,
        dtstart=date.fromisoformat(row["dtstart"]) if "dtstart" in row else None,
        closed_on_bank_holidays=row.get("closed_on_bank_holidays"),
        note=row.get("note"),
    )


def _location(owner: Organisation, row: dict[str, Any], access: list[str]) -> Location:
    location = Location(
        organisation_id=owner.id,
        name=row.get("name"),
        latitude=row["latitude"],
        longitude=row["longitude"],
        sensitive=row.get("sensitive", False),
    )
    lines = [*row.get("address", []), None, None]
    location.address = Address(address_1=lines[0], address_2=lines[1], city=row.get("town"), postcode=row["postcode"])
    location.accessibilities = [Accessibility(feature=feature) for feature in access]
    return location


def _days_ago(days: int | None) -> datetime | None:
    return None if days is None else clock.now() - timedelta(days=days, hours=3)


def new_password() -> str:
    """A passphrase a person can type: three words and a number."""
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(90) + 10)])


def sign_ins() -> list[tuple[str, str, str]]:
    """One account for each role, as role, name and e-mail address."""
    shown = [row for row in _read("users.toml", "user") if row.get("showcase") and find_user(row["email"])]
    return [(ROLE_LABELS[Role(row["role"])], row["name"], row["email"]) for row in shown]
