"""Makers of saved records. Each fills in everything the test does not care about."""

from itertools import count
from typing import Any

from sqlalchemy import select

from social_rx import clock, places, users
from social_rx.db import db
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Location,
    Organisation,
    Schedule,
    Service,
    ServiceAtLocation,
    Taxonomy,
    Term,
)
from social_rx.directory.status import ListingStatus
from social_rx.places import Place, PlaceKind
from social_rx.users import Actor, Role, RoleAssignment, User

_number = count(1)
AT_A_PLACE = {
    Role.REFERRER: PlaceKind.PRACTICE,
    Role.PRACTICE_ADMIN: PlaceKind.PRACTICE,
    Role.API_CLIENT: PlaceKind.PRACTICE,
    Role.LINK_WORKER: PlaceKind.PLACE_TEAM,
    Role.COORDINATOR: PlaceKind.LOCAL_HUB,
}


def save(record):
    db.session.add(record)
    db.session.commit()
    return record


def place(kind: PlaceKind, name: str, parent: Place | None = None, **details: Any) -> Place:
    return save(places.add_place(kind, name, parent, **details))


def tree() -> dict[PlaceKind, Place]:
    """City hub > local hub > place team > practice, the same one each time it is asked for."""
    found = list(db.session.scalars(select(Place).where(Place.name.startswith("Test "))))
    if found:
        return {place.kind: place for place in found}
    made, parent = {}, None
    for kind in PlaceKind:
        code = "X99001" if kind == PlaceKind.PRACTICE else None
        parent = made[kind] = place(kind, f"Test {kind.value}", parent, ods_code=code)
    return made


def user(role: Role = Role.REFERRER, *, at: Place | None = None, organisation=None, **fields: Any) -> User:
    number = next(_number)
    fields = {"name": f"Ama Boateng {number}", "email": f"user{number}@example.org"} | fields
    account = save(User(**fields))
    here = at or (tree()[AT_A_PLACE[role]] if role in AT_A_PLACE else None)
    save(
        RoleAssignment(
            user_id=account.id,
            role=role,
            place_id=here.id if here else None,
            organisation_id=organisation.id if organisation else None,
        )
    )
    return account


def actor(role: Role = Role.REFERRER, *, at: Place | None = None, organisation=None, **fields: Any) -> Actor:
    """A new user in this role, as use cases are told of them."""
    [found] = users.actors_of(user(role, at=at, organisation=organisation, **fields).id)
    return found


def organisation(name: str = "Green Steps", **fields: Any) -> Organisation:
    return save(Organisation(name=name, **fields))


def term(code: str, taxonomy: str = "needs") -> Term:
    kept = db.session.scalar(select(Taxonomy).where(Taxonomy.code == taxonomy)) or save(
        Taxonomy(code=taxonomy, name=taxonomy, description=taxonomy)
    )
    known = db.session.scalar(select(Term).where(Term.code == code, Term.taxonomy_id == kept.id))
    return known or save(Term(taxonomy_id=kept.id, code=code, name=code.replace("_", " "), description=code))


def service(
    name: str = "Walking group",
    *,
    organisation: Organisation | None = None,
    latitude: float | None = 52.408,
    longitude: float | None = -1.51,
    postcode: str = "CV1 2AB",
    needs: tuple[str, ...] = (),
    supports: tuple[str, ...] = (),
    access: tuple[str, ...] = (),
    sessions: tuple[dict, ...] = (),
    price: float | None = None,
    sensitive: bool = False,
    **fields: Any,
) -> Service:
    """An active, freshly checked, free listing at one place (none when `latitude` is None)."""
    owner = organisation or globals()["organisation"]()
    fields = {"status": ListingStatus.ACTIVE, "verified_at": clock.now(), "free": price is None} | fields
    made = Service(organisation_id=owner.id, name=name, **fields)
    made.attributes = [Attribute(term=term(code)) for code in needs]
    made.attributes += [Attribute(term=term(code, "supports")) for code in supports]
    made.schedules = [Schedule(position=n, **session) for n, session in enumerate(sessions)]
    made.cost_options = [] if price is None else [CostOption(amount=price)]
    if latitude is not None:
        venue = Location(organisation_id=owner.id, latitude=latitude, longitude=longitude, sensitive=sensitive)
        venue.address = Address(address_1="Church Lane", city="Coventry", postcode=postcode)
        venue.accessibilities = [Accessibility(feature=feature) for feature in access]
        made.at_locations = [ServiceAtLocation(location=venue)]
    return save(made)
