"""What a link worker does in a case: tries, conversations and measures."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, Identified


class Attempt(Identified, Base):
    """A try to reach the person that was not a conversation: no answer, a text, a letter, a voicemail."""

    __tablename__ = "attempts"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    channel: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str]


class Contact(Identified, Base):
    """One appointment or conversation, in the codes of the NHS Data Dictionary.

    `mechanism` is the consultation mechanism (01 face to face, 02 telephone...), `attended` says who came
    (5 on time, 6 late but seen, 7 late not seen, 3 did not attend, 2 and 4 cancelled).
    """

    __tablename__ = "contacts"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    mechanism: Mapped[str] = mapped_column(String(2))
    attended: Mapped[str] = mapped_column(String(1))
    minutes: Mapped[int | None]
    summary: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str]

    @property
    def counts(self) -> bool:
        """NHS England counts a contact when the person was seen or spoken to, not when a text was sent."""
        return self.attended in {"5", "6"} and self.mechanism in {"01", "02", "04", "11"}


class MeasureResponse(Identified, Base):
    """The answers to one instrument on one day, as given; a missing answer is missing."""

    __tablename__ = "measure_responses"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    instrument: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]]
    mode: Mapped[str] = mapped_column(String(20), default="assisted")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
