"""The database session, and what one transaction means here.

SQLite and PostgreSQL hold the same schema. On SQLite a use case takes the write lock when it begins
(`BEGIN IMMEDIATE`), so that two writers queue instead of failing half way.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, String, TypeDecorator, Uuid, event, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

MIGRATIONS = Path(__file__).parent.parent / "migrations"
WRITING = "social_rx_writing"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC even by a database that forgets time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was given to the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ANY_JSON = JSON().with_variant(JSONB(), "postgresql")


def _enum(**details: Any) -> Enum:
    return Enum(StrEnum, native_enum=False, values_callable=lambda enum: [item.value for item in enum], **details)


class Base(DeclarativeBase):
    """What every table shares: how constraints are named, and which column type a Python type becomes."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime,
            StrEnum: _enum(length=40),
            str: String(500),
            uuid.UUID: Uuid(),
            dict[str, Any]: ANY_JSON,
            list[str]: ANY_JSON,
        },
    )


class Identified:
    """A record whose key may be published: a random UUID tells nothing and collides with nothing."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-10)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()


def init_app(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine)


def prepare(engine: Engine) -> None:
    """Give SQLite the settings without which it would lose or mix up records. PostgreSQL has them by default."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def transactional(use_case: Callable[P, R]) -> Callable[P, R]:
    """Commit when the outermost use case returns; roll back if it raises.

    A use case called inside another joins the transaction already open.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        info = db.session().info
        if "after_commit" in info:
            return use_case(*args, **kwargs)
        db.session.rollback()  # end the reading done so far: what a use case decides on, it reads itself
        db.session.connection(execution_options={WRITING: True})
        callbacks = info["after_commit"] = []
        try:
            result = use_case(*args, **kwargs)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            del info["after_commit"]
        for callback in callbacks:
            _run_quietly(callback)
        return result

    return run


def take_turns(*names: str) -> None:
    """Until the open transaction ends, nobody else passes here with any of these names. SQLite has one writer anyway.

    For what no row can be locked for, because it must not exist twice.
    """
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for name in sorted(set(names)):
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def after_commit(callback: Callable[..., object], *args: object) -> None:
    """Run `callback(*args)` once the open transaction has committed: for the search index, for e-mail."""
    db.session().info["after_commit"].append(partial(callback, *args))


def _run_quietly(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        logger.exception("after-commit step failed: %r", callback)
