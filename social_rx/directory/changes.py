"""The order in which listings changed: written with every change, followed by the search index of every process."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select, text

from social_rx.db import db
from social_rx.directory.models import ListingChange

LOCK = 7_305_120_001  # any number, the same in every process


class Mark(NamedTuple):
    """One line of the sequence. Its service and time tell it from another line with the same number: after a
    rollback, or in another database."""

    seq: int
    service_id: uuid.UUID
    at: str


def note_change(service_id: uuid.UUID) -> None:
    """Say, in the open transaction, that a listing or anything shown on it was added, changed or removed."""
    note_changes([service_id])


def note_changes(service_ids: Iterable[uuid.UUID]) -> None:
    """The same for many listings at once: an import, an organisation that was renamed.

    The search index reads what has a higher number than it saw last, so numbers must become visible in their order.
    SQLite has one writer at a time. PostgreSQL hands out numbers before the commit: a slow transaction could show its
    5 after a quick one showed its 6, and the 5 would never be read. The lock, held until the transaction ends, lets
    the next writer take a number only when this one is visible or gone.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    db.session.add_all(ListingChange(service_id=service_id) for service_id in service_ids)
    db.session.flush()


def latest_change() -> Mark | None:
    """The last change that this transaction can see.

    Asked before every search, so it goes past the ORM: a tenth of a millisecond is what a search may take.
    """
    newest = "SELECT seq, service_id, at FROM listing_changes ORDER BY seq DESC LIMIT 1"
    row = db.session.connection().exec_driver_sql(newest).first()
    return _mark(row) if row else None


def changes_from(seq: int) -> list[Mark]:
    """The change with this number and every later one, in order."""
    query = text("SELECT seq, service_id, at FROM listing_changes WHERE seq >= :seq ORDER BY seq")
    return [_mark(row) for row in db.session.execute(query, {"seq": seq})]


def _mark(row: Sequence) -> Mark:
    return Mark(row[0], uuid.UUID(str(row[1])), str(row[2]))
