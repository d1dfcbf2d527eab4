"""The append-only record of who did what: the audit trail, and the timeline shown on a page."""

import uuid
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, event, select
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, db


class Subject(Protocol):
    """Anything that has a history: a record with a table and a key."""

    __tablename__: str
    id: Any


class Doer(Protocol):
    """Whoever is doing something, as `users.Actor` is."""

    @property
    def user_id(self) -> uuid.UUID | None: ...

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...


class Event(Base):
    """One line of the audit trail.

    `actor_name` is kept as it was: an account may be renamed or removed, but who did it must stay readable.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_subject", "subject_type", "subject_id", "id"),
        Index("ix_events_name", "subject_type", "name", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    name: Mapped[str] = mapped_column()
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(name: str, subject: Subject, actor: Doer, **data: Any) -> None:
    """Add one event to the open transaction, e.g. `record("referral.accepted", referral, actor)`.

    `data` holds codes, dates, keys and the reasons that staff gave, never what identifies a person.
    """
    if subject.id is None:
        db.session.flush()
    db.session.add(
        Event(
            at=clock.now(),
            name=name,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            actor_id=actor.user_id,
            actor_name=actor.name,
            actor_role=actor.role,
            data=data,
        )
    )


def timeline(subject: Subject) -> list[Event]:
    """Everything that happened to one record, oldest first."""
    about_subject = (Event.subject_type == subject.__tablename__, Event.subject_id == subject.id)
    return list(db.session.scalars(select(Event).where(*about_subject).order_by(Event.at, Event.id)))


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _refuse_change(*_: object) -> None:
    raise RuntimeError("events are append-only")
