"""Who acts in the demonstration's histories, and which groups they ask."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from social_rx import users
from social_rx.db import db
from social_rx.directory.models import Attribute, Organisation, Service, Term
from social_rx.places import Place
from social_rx.users import Actor, Role, RoleAssignment, User


def referable_for(needs: list[str]) -> list[Service]:
    """The listings for these needs that a person can be referred to today, in a fixed order."""
    query = (
        select(Service).join(Attribute).join(Term).where(Term.code.in_(needs)).order_by(Service.name, Service.summary)
    )
    return [service for service in db.session.scalars(query).unique() if service.why_not_referable is None]


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
    return users.as_actor(*nearest[number % len(nearest)])


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
