"""The step to a community group: an onward referral that is followed, or a signpost that is not."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified
from social_rx.directory.models import Organisation, Service
from social_rx.referrals.models.people import Consent
from social_rx.referrals.status import ONWARD, OnwardReason, OnwardStatus
from social_rx.users import Actor

if TYPE_CHECKING:
    from social_rx.referrals.models.referral import Referral


class OnwardReferral(Identified, Base):
    """A link worker's request to a community group, with the group's answer.

    `shared` lists what the person agreed the group may see. The status changes by `apply` alone.
    """

    __tablename__ = "onward_referrals"
    __table_args__ = (Index("ix_onward_referrals_organisation_status", "organisation_id", "status", "sent_at"),)

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    consent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consents.id"))
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    service_name: Mapped[str]
    status: Mapped[OnwardStatus] = mapped_column(default=OnwardStatus.SENT)
    message: Mapped[str] = mapped_column(Text)
    shared: Mapped[list[str]]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    sent_by_name: Mapped[str]
    accepted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    first_visit_on: Mapped[date | None]
    reason: Mapped[OnwardReason | None]
    group_note: Mapped[str | None] = mapped_column(Text)
    acknowledged: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    referral: Mapped["Referral"] = relationship(lazy="raise", back_populates="onward")
    consent: Mapped[Consent] = relationship(lazy="raise")
    service: Mapped[Service] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: str, actor: Actor) -> None:
        self.status = OnwardStatus(ONWARD.after(action, self.status, actor.role))


class Signpost(Identified, Base):
    """A name and a number handed over, which is not a referral: nothing is followed."""

    __tablename__ = "signposts"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("services.id"))
    to: Mapped[str] = mapped_column(String(150))
    reason: Mapped[str | None] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
