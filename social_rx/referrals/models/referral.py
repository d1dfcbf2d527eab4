"""One request that a person be helped, followed from draft to close."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified
from social_rx.directory.models import Service
from social_rx.places import Place
from social_rx.referrals.models.case import Attempt, Contact, MeasureResponse
from social_rx.referrals.models.messages import Message
from social_rx.referrals.models.onward import OnwardReferral, Signpost
from social_rx.referrals.models.people import Consent, Person, Risk
from social_rx.referrals.models.plan import Plan
from social_rx.referrals.status import REFERRAL, CancellationReason, ClosureReason, ReferralStatus, RejectionReason
from social_rx.users import Actor, User


class Referral(Identified, Base):
    """One practice's request that a person be helped; to its link worker it is a case.

    `service_name` is kept as it was when the referral was made: a listing may change or go, but what the person was
    offered must stay readable. `place_id` is the place team that answers. The status changes by `apply` alone.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_place_status", "place_id", "status", "received_at"),
        Index("ix_referrals_link_worker_status", "link_worker_id", "status", "next_action_on"),
        Index("ix_referrals_practice_created", "practice_id", "created_at"),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    status: Mapped[ReferralStatus] = mapped_column(default=ReferralStatus.DRAFT)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    practice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("places.id"))
    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("places.id"))
    source: Mapped[str] = mapped_column(String(40), default="gp")
    method: Mapped[str] = mapped_column(String(1), default="3")
    referrer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    referrer_name: Mapped[str] = mapped_column(String(70))
    referrer_role: Mapped[str]
    return_response_to: Mapped[str | None] = mapped_column(String(70))
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("services.id"), index=True)
    service_name: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime | None]
    first_attempt_at: Mapped[datetime | None]
    first_contact_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    waiting_reason: Mapped[str | None]
    expected_on: Mapped[date | None]
    hold_reason: Mapped[str | None]
    review_on: Mapped[date | None]
    link_worker_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    next_action: Mapped[str | None]
    next_action_on: Mapped[date | None]
    rejection_reason: Mapped[RejectionReason | None]
    cancellation_reason: Mapped[CancellationReason | None]
    closure_reason: Mapped[ClosureReason | None]
    ending_note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship(lazy="raise")
    practice: Mapped[Place] = relationship(lazy="raise", foreign_keys=practice_id)
    place: Mapped[Place] = relationship(lazy="raise", foreign_keys=place_id)
    service: Mapped[Service | None] = relationship(lazy="raise")
    link_worker: Mapped[User | None] = relationship(lazy="raise", foreign_keys=link_worker_id)
    needs: Mapped[list["Need"]] = relationship(lazy="raise", order_by="Need.code", cascade="all, delete-orphan")
    consents: Mapped[list[Consent]] = relationship(lazy="raise", order_by=Consent.at, cascade="all")
    risks: Mapped[list[Risk]] = relationship(lazy="raise", order_by=Risk.started_at, cascade="all")
    attempts: Mapped[list[Attempt]] = relationship(lazy="raise", order_by=Attempt.at, cascade="all")
    contacts: Mapped[list[Contact]] = relationship(lazy="raise", order_by=Contact.at, cascade="all")
    plan: Mapped[Plan | None] = relationship(lazy="raise", cascade="all")
    measures: Mapped[list[MeasureResponse]] = relationship(lazy="raise", order_by=MeasureResponse.at, cascade="all")
    onward: Mapped[list[OnwardReferral]] = relationship(
        lazy="raise", order_by=OnwardReferral.sent_at, cascade="all", back_populates="referral"
    )
    signposts: Mapped[list[Signpost]] = relationship(lazy="raise", order_by=Signpost.at, cascade="all")
    messages: Mapped[list[Message]] = relationship(lazy="raise", order_by=Message.sent_at, cascade="all")

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: str, actor: Actor) -> None:
        self.status = ReferralStatus(REFERRAL.after(action, self.status, actor.role))


class Need(Identified, Base):
    """One need of the person, coded and in words; `reporter` says whose words (referrer or person)."""

    __tablename__ = "needs"
    __table_args__ = (Index("uq_needs_referral_id_code_reporter", "referral_id", "code", "reporter", unique=True),)

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(String(150))
    reporter: Mapped[str] = mapped_column(String(20), default="referrer")
