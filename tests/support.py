"""Tools for tests that are about cost rather than result."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from social_rx.db import db


@contextmanager
def recorded_queries() -> Iterator[list[str]]:
    """The SQL statements sent to the database inside the block, savepoints left out."""
    statements: list[str] = []

    def record(conn, cursor, statement, *rest):
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", record)
