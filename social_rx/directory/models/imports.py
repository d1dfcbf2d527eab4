"""What was imported into the directory, and what each source said the last time."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, Identified


class Import(Identified, Base):
    """One file that was read into the directory; `counts` says what became of its rows."""

    __tablename__ = "imports"

    source: Mapped[str] = mapped_column(String(60), index=True)
    filename: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class ImportedRecord(Base):
    """What a source said about one organisation or service when it last said something new.

    The next import compares with this and not with the listing. So a correction made here is kept until the source
    itself changes that very field.
    """

    __tablename__ = "imported_records"
    __table_args__ = (Index("uq_imported_records_source_kind_source_id", "source", "kind", "source_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("imports.id"), index=True)
    source: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))  # organisation or service
    source_id: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
