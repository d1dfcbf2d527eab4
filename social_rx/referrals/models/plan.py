"""The personalised care and support plan (PRSB headings)."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified


class PlanAction(Identified, Base):
    """Who does what by when towards a goal; `confidence` is the person's, 1 to 10."""

    __tablename__ = "plan_actions"

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goals.id"), index=True)
    what: Mapped[str]
    who: Mapped[str] = mapped_column(String(70))
    due_on: Mapped[date | None]
    confidence: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="planned")


class Goal(Identified, Base):
    """Something the person wants to reach; `importance` is theirs, 1 to 10."""

    __tablename__ = "goals"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    text: Mapped[str]
    importance: Mapped[int | None]
    achievement: Mapped[str] = mapped_column(String(20), default="not_started")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    actions: Mapped[list[PlanAction]] = relationship(lazy="raise", order_by=PlanAction.id, cascade="all, delete-orphan")


class Plan(Identified, Base):
    """One person's plan in one case. Agreed with them, or the reason why not."""

    __tablename__ = "plans"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), unique=True)
    matters: Mapped[str | None] = mapped_column(Text)
    helps: Mapped[str | None] = mapped_column(Text)
    hinders: Mapped[str | None] = mapped_column(Text)
    agreed: Mapped[bool | None]
    agreed_with: Mapped[str | None] = mapped_column(String(70))
    not_agreed_reason: Mapped[str | None]
    review_on: Mapped[date | None]
    review_note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    goals: Mapped[list[Goal]] = relationship(lazy="raise", order_by=Goal.created_at, cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}
