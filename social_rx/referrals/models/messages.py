"""What was written to somebody about a referral, kept as it was sent."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, Identified


class Message(Identified, Base):
    """A letter to the GP and referrer. `actions_text` says first what they need to do, "Nothing" included."""

    __tablename__ = "messages"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="to_gp")
    subject: Mapped[str]
    actions_text: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    read_at: Mapped[datetime | None]
