"""How migrations run: on the application's own database, one at a time, in one transaction."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from social_rx.db import Base, UtcDateTime, db

ONE_AT_A_TIME = 7_401_923  # any number that nothing else locks


def as_plain_type(kind: str, item: Any, _: Any) -> str | bool:
    """Migrations stand alone: they name the database's types, not ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def ours(item: Any, name: str | None, kind: str, reflected: bool, _: Any) -> bool:
    """Leave tables alone that something else made."""
    return kind != "table" or not reflected or name in Base.metadata.tables


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    options = current_app.extensions["migrate"].configure_args
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=as_plain_type,
        include_object=ours,
        compare_type=True,
        **{name: value for name, value in options.items() if name != "compare_type"},
    )
    with context.begin_transaction():
        context.run_migrations()


with db.engine.connect() as connection, connection.begin():
    run(connection)
