"""People who sign in, the roles they were given, and the actor that each use case is told of."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified, db
from social_rx.places import Place


class Role(StrEnum):
    REFERRER = "referrer"
    PRACTICE_ADMIN = "practice_admin"
    LINK_WORKER = "link_worker"
    COORDINATOR = "coordinator"
    PROVIDER = "provider"
    PROVIDER_MANAGER = "provider_manager"
    EDITOR = "editor"
    COMMISSIONER = "commissioner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    API_CLIENT = "api_client"


ROLE_LABELS = {
    Role.REFERRER: "GP practice",
    Role.PRACTICE_ADMIN: "Practice reception",
    Role.LINK_WORKER: "Link worker",
    Role.COORDINATOR: "Hub coordinator",
    Role.PROVIDER: "Community group",
    Role.PROVIDER_MANAGER: "Community group manager",
    Role.EDITOR: "Directory editor",
    Role.COMMISSIONER: "Commissioner",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
    Role.API_CLIENT: "Connected system",
}


class RoleAssignment(Identified, Base):
    """What one user may be, and where: at a place, or for an organisation. It ends; it is never deleted."""

    __tablename__ = "role_assignments"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    place_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("places.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    started_on: Mapped[date] = mapped_column(default=clock.today)
    ends_on: Mapped[date | None]
    place: Mapped[Place | None] = relationship(lazy="raise")


class User(Identified, UserMixin, Base):  # type: ignore[misc] # our key is a UUID, theirs is typed as a number
    """An account. `fs_uniquifier` changes when every open session of the account must end."""

    __tablename__ = "users"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    job_title: Mapped[str | None]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid.uuid4().hex)
    confirmed_at: Mapped[datetime | None]
    assignments: Mapped[list[RoleAssignment]] = relationship(lazy="raise", order_by=RoleAssignment.id)

    @property
    def roles(self) -> list:  # type: ignore[override] # Flask-Security asks; what a user may do is decided by access.py alone
        return []


@dataclass(frozen=True)
class Actor:
    """Whoever is doing something: a user in one of their roles, or the system itself."""

    user_id: uuid.UUID | None
    name: str
    role: Role
    place_id: uuid.UUID | None = None
    place_path: str | None = None
    place_name: str | None = None
    organisation_id: uuid.UUID | None = None
    job_title: str | None = None
    email: str | None = None
    assignment_id: uuid.UUID | None = None

    @property
    def role_label(self) -> str:
        return self.job_title or ROLE_LABELS[self.role]


SYSTEM = Actor(user_id=None, name="The system", role=Role.ADMINISTRATOR)


def actors_of(user_id: uuid.UUID) -> list[Actor]:
    """The actors a user may be today, one for each role assignment that has not ended; none if switched off."""
    current = or_(RoleAssignment.ends_on.is_(None), RoleAssignment.ends_on >= clock.today())
    rows = db.session.execute(
        select(User, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .where(User.id == user_id, User.active, current)
        .options(joinedload(RoleAssignment.place))
        .order_by(RoleAssignment.started_on, RoleAssignment.id)
    )
    return [as_actor(user, assignment) for user, assignment in rows]


def as_actor(user: User, assignment: RoleAssignment) -> Actor:
    """One user in one of their roles; `assignment.place` must be loaded."""
    place = assignment.place
    return Actor(
        user_id=user.id,
        name=user.name,
        role=assignment.role,
        place_id=assignment.place_id,
        place_path=place.path if place else None,
        place_name=place.name if place else None,
        organisation_id=assignment.organisation_id,
        job_title=user.job_title,
        email=user.email,
        assignment_id=assignment.id,
    )


def find_user(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))
