"""Who acts in the demonstration's histories, and which groups they ask."""

from dataclasses import replace
from datetime import date
from math import hypot
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from social_rx import clock, users
from social_rx.db import db
from social_rx.directory.models import Attribute, Organisation, Service, ServiceAtLocation, Term
from social_rx.places import Place
from social_rx.users import Actor, Role, RoleAssignment, User

# Whoever signs in with these accounts should find plenty to do.
GROUP = "Tile Hill Lunch Friends"
SHOWCASE = {"gp@demo.example", "linkworker@demo.example", "hub@demo.example", "group@demo.example"}


def referable_near(person: dict[str, Any]) -> list[Service]:
    """The listings for a person's needs that they can be referred to today, nearest first."""
    places = selectinload(Service.at_locations).joinedload(ServiceAtLocation.location)
    query = (
        select(Service)
        .join(Attribute)
        .join(Term)
        .where(Term.code.in_(person["story"]["needs"]))
        .order_by(Service.name, Service.summary)
        .options(places, joinedload(Service.organisation))
    )
    age = clock.years_between(date.fromisoformat(str(person["date_of_birth"])), clock.today())
    found = [
        service
        for service in db.session.scalars(query).unique()
        if service.why_not_referable is None and (service.minimum_age or 0) <= age <= (service.maximum_age or 200)
    ]
    return sorted(found, key=lambda service: _degrees_away(service, person))


def _degrees_away(service: Service, person: dict[str, Any]) -> float:
    """Near enough for a story: on this small map a degree is a degree. What has no place comes to everybody."""
    spots = [at.location for at in service.at_locations if at.location.latitude is not None]
    away = [hypot(spot.latitude - person["latitude"], spot.longitude - person["longitude"]) for spot in spots]
    return min(away, default=0.1)


def somebody(role: Role, practice: Place, number: int = 0) -> Actor:
    """One of those who act for this practice in this role: at the practice itself, or at a place above it."""
    above = [practice.path[: end + 1] for end in range(len(practice.path)) if practice.path[end] == "/"][1:]
    rows = db.session.execute(
        select(User, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Place, Place.id == RoleAssignment.place_id)
        .where(RoleAssignment.role == role, Place.path.in_(above))
        .options(joinedload(RoleAssignment.place))
        .order_by(Place.path.desc(), User.email)
    ).all()
    if not rows:  # a practice without an account of its own: its referrals were sent by a colleague of another
        elsewhere = db.session.scalars(select(User).join(RoleAssignment).where(RoleAssignment.role == role)).first()
        assert elsewhere is not None  # the demonstration has every role
        return replace(users.actors_of(elsewhere.id)[0], place_id=practice.id, place_path=practice.path)
    nearest = [row for row in rows if row[1].place_id == rows[0][1].place_id]
    shown = [row for row in nearest if row[0].email in SHOWCASE]
    return users.as_actor(*(shown[0] if shown and number % 3 else nearest[number % len(nearest)]))


def answering_for(service: Service) -> Actor:
    """Whoever answers for the group: its own account, or a volunteer who used the link in the e-mail."""
    account = db.session.scalars(
        select(User).join(RoleAssignment).where(RoleAssignment.organisation_id == service.organisation_id)
    ).first()
    if account:
        return users.actors_of(account.id)[0]
    owner = db.session.get(Organisation, service.organisation_id)
    name = owner.name if owner else service.name
    return Actor(user_id=None, name=name, role=Role.PROVIDER, organisation_id=service.organisation_id)
