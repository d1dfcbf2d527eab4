"""The person a referral is about, what they agreed to, and what could harm them."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified
from social_rx.places import Place

NO_KNOWN_RISKS = "no_known_risks"


class Person(Identified, Base):
    """Whom a referral is about (PRSB: person demographics).

    `nhs_number_status` is the NHS verification status, "02" (present, not traced) without a national look-up;
    an absent number has a reason. `contact_note` says how to reach them safely, in words.
    """

    __tablename__ = "people"

    given_name: Mapped[str] = mapped_column(String(35))
    family_name: Mapped[str] = mapped_column(String(35), index=True)
    date_of_birth: Mapped[date]
    nhs_number: Mapped[str | None] = mapped_column(String(10), index=True)
    nhs_number_status: Mapped[str | None] = mapped_column(String(2))
    nhs_number_absent_reason: Mapped[str | None] = mapped_column(String(40))
    gender: Mapped[str] = mapped_column(String(1), default="X")
    ethnicity: Mapped[str] = mapped_column(String(2), default="99")
    language: Mapped[str] = mapped_column(String(8), default="en")
    interpreter: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str | None]
    postcode: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    safe_to_phone: Mapped[bool | None]  # None: nobody has asked
    safe_to_leave_message: Mapped[bool | None]
    contact_note: Mapped[str | None]
    access_needs: Mapped[str | None]
    practice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("places.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    practice: Mapped[Place] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        return f"{self.given_name} {self.family_name[:1]}"

    @property
    def age(self) -> int:
        """Whole years today."""
        return clock.years_between(self.date_of_birth, clock.today())


class Consent(Identified, Base):
    """What a person agreed to or refused: for which purpose, towards whom, how and when.

    A refusal is a row with `given` false. A consent not asked for says why in `reason_not_asked`.
    """

    __tablename__ = "consents"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    given: Mapped[bool]
    given_by: Mapped[str | None]
    method: Mapped[str | None] = mapped_column(String(40))
    reason_not_asked: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]

    @property
    def stands(self) -> bool:
        """Whether something may be shared on the strength of it today."""
        expired = self.expires_on is not None and self.expires_on < clock.today()
        return self.given and self.withdrawn_at is None and not expired


class Risk(Identified, Base):
    """A known risk, or the recorded statement that none is known. It ends; it is never deleted."""

    __tablename__ = "risks"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    text: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
