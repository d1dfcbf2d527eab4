"""The outbox: messages that have been sent or wait to be."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, Identified


class OutboxMessage(Identified, Base):
    """One e-mail. It is written down together with what it tells of, and stays until it has been sent.

    `error` names the kind of failure only: what a mail server answers may hold an address.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (Index("ix_outbox_messages_waiting", "sent_at", "try_at"),)

    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    try_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
